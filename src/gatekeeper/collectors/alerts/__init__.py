"""The kind `alerts`: its facts, its reader and its formats."""
