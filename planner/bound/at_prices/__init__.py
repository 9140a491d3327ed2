"""The relaxed objective as one function of its prices, in NumPy or JAX: whatever the prices, a valid upper bound.

Read `dual.py` first, which adds up everything. Below it, from the ground: `worth.py` (what units are worth),
`priced.py` (and what columns cost), `ties.py` (what segments pay each other for public lines), `rewards.py` (what the
programs choose from, made period by period).
"""
