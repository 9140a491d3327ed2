"""From rows to what is learned from: features, the arms' probabilities, offers as terms, guards against leakage.

`prepare.py` shows it all; `features.py`, `assignment.py`, `offers.py` and `leakage.py` are its parts.
"""
