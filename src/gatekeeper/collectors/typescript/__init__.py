"""The kind `typescript`: its facts, its reader and its formats."""
