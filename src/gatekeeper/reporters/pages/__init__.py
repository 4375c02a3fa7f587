"""The exit report as data and as HTML."""
