"""Sentences about verdicts, the same in every format."""
