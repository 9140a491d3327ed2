"""Stages of training beyond the first fit: the second fit, its segments, and what a model says of itself."""
