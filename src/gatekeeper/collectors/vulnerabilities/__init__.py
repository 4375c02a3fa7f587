"""The kind `vulnerabilities`: its facts, its reader and its formats."""
