"""The kind `sync`: its facts, its reader and its formats."""
