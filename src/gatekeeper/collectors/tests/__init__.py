"""The kind `tests`: its facts, its reader and its formats."""
