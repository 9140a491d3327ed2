"""Limits: bounds on sums, as rows of numbers and as verdicts."""
