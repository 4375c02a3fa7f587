"""The kind `prompts`: its facts, its reader and its formats."""
