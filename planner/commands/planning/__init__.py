"""Commands under the heading Planning: from the question to plans.

In the order in which people use them: `question.py` (init, validate, and schema for editors), `effects.py`, `plan.py`,
`score.py`, and `sweep.py` with the folder that it writes.
"""
