"""The kind `api_diff`: its facts, its reader and its formats."""
