"""A model on a scenario's own axes: the effects of its offers on its segments, single customers, and why.

`score.py` is the page. It stands on `declared.py` (segments that a scenario lists), `matching.py` and `untried.py` (its
offers among those that were tried), and `lifts.py` over `predictive.py` (what the networks say, and how surely).
`single.py` does the same for customers one by one, and `why.py` explains one effect.
"""
