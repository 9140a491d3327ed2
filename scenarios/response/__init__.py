"""The response model and its measures: what a plan does, as array functions."""
