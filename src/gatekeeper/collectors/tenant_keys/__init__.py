"""The kind `tenant_keys`: its facts, its reader and its formats."""
