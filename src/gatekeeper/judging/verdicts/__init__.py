"""Facts and rules in, verdicts on criteria, gates, levels, services and milestones out."""
