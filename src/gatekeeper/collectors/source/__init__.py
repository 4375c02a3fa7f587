"""The kind `source`: its facts, its reader and its languages."""
