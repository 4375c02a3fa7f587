"""YAML <-> model: loading with positions, schemas, new workspaces."""
