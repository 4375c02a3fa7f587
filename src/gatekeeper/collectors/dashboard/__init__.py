"""The kind `dashboard`: its facts, its reader and its formats."""
