"""The kind `pen_test`: its facts, its reader and its formats."""
