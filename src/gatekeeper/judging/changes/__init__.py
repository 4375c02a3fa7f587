"""Compare two states of a workspace: weakenings of rules and plans, regressions, and new claims."""
