"""Escape untrusted text for its destination: terminals, Markdown, MDX, workflow commands."""
