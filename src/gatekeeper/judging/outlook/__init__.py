"""What follows from a verdict: the least work, the forecast, the deploy gate."""
