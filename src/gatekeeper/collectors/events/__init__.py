"""The kind `events`: its facts, its reader and its formats."""
