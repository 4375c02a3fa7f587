"""Resolve and check the plan: cells, matrix, questions, requests, and mistakes in it."""
