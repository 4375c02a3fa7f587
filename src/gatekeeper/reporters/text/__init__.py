"""Text for its destination: terminals, Markdown, MDX, workflow commands."""
