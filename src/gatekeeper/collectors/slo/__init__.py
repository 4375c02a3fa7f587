"""The kind `slo`: its facts, its reader and its formats."""
