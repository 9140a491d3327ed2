"""The bound lowered: prices are moved until little more can be gained.

`tight.py` is the page to begin with. Beside it: `bound.py` (what comes of it), `params.py` (how much work it may
cost), `sizes.py` and `descent.py` (how far and which way prices move), and `beside.py`, which does all this in a thread
beside the search.
"""
