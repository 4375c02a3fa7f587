"""The kind `traces`: its facts, its reader and its formats."""
