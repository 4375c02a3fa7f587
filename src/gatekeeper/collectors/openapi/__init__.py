"""The kind `openapi`: its facts, its reader and its formats."""
