"""Commands under the heading Data and editors: what is learned from data, how far to trust it, and what it tells.

In that order: `train.py`, `evaluate.py`, `profiles.py` (profiles, privacy).
"""
