"""The kind `error_registry`: its facts, its reader and its formats."""
