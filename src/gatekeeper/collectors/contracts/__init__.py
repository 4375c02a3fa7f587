"""The kind `contracts`: its facts, its reader and its formats."""
