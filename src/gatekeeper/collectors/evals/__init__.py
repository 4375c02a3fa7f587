"""The kind `evals`: its facts, its reader and its formats."""
