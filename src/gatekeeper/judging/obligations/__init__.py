"""Expand a plan to what it asks of each service: every criterion, with everything that decides it."""
