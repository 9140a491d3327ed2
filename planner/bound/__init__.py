"""What no plan can exceed, and what the gap is made of.

A reader begins with `lowering/tight.py`, which gives the argument step by step, and goes on with `problem.py`, one
question from its arrays to its value. What these stand on, from the ground up: `tables.py` (a model's tables over
columns), `relaxed/` (what has a price), `programs/` (what is planned exactly along time), `inputs.py` and `layout.py`
(all of it as arguments of one function), `at_prices/` (that function), `blocks/` (rivals whose schedules are counted
in place of programs). On top stand `lowering/`, which moves the prices, and `gap/`, which tells where a gap comes from.
"""
