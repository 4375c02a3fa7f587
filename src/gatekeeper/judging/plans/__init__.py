"""What the plan asks: cells, matrix, questions, and mistakes in it."""
