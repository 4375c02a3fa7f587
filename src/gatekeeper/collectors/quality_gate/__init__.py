"""The kind `quality_gate`: its facts, its reader and its formats, which are data."""
