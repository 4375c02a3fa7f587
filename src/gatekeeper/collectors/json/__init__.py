"""The kind `json`: its facts, its reader and its formats."""
