"""The kind `load_test`: its facts, its reader and its formats."""
