"""The kind `document`: its facts, its reader and its formats."""
