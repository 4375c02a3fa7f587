"""OpenAPI descriptions."""
