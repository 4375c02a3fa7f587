"""Derive actions, needs, forecast, validity, progress and the deploy gate from verdicts."""
