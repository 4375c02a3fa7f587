"""The pure rule engine: manifests and evidence in, verdict out."""
