"""Choices that are the best by a careful objective: over the futures, not by what is expected."""
