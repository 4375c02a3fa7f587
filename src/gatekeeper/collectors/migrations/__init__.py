"""The kind `migrations`: its facts, its reader and its formats."""
