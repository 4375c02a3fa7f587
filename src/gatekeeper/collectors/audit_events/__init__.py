"""The kind `audit_events`: its facts, its reader and its formats."""
