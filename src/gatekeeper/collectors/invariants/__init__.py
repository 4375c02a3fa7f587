"""The kind `invariants`: its facts, its reader and its formats."""
