"""How far a model can be trusted: each customer foreseen by fits that did not see it, beside other learners.

`evaluate.py` is the page; `evaluation.py` has its records. `predict.py` and `peers.py` foresee, `policies.py` says what
rules of who gets what would earn, and `verdict.py` puts it in sentences.
"""
