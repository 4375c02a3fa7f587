"""Derive from verdicts: next steps, needs, forecast, validity, progress and the deploy gate."""
