"""The readiness page: render it, compare it with the workspace, import it."""
