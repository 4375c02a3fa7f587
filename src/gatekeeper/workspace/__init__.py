"""What can be done with a workspace: load, judge, compare, look back, change."""
