"""What repositories say about their services: catalogues and package manifests, a file a format."""
