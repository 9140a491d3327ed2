"""What the bound does not keep exactly and gives prices: limits, messages, business rules, what rivals take.

Each file lays out its part of a question as arrays, and says what columns pay at some prices. `limit_rows.py` has the
limits as rows of functionals, `weights.py` what these weigh in every column; `messages.py`, `rules.py` and `theft.py`
stand beside each other.
"""
