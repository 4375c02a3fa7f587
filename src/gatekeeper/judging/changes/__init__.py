"""What a change to a workspace weakens, loses or claims."""
