"""The kind `coverage`: its facts, its reader and its formats."""
