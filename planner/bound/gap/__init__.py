"""What a gap is made of: from a plan's objective to the bound, step by step.

`story.py` tells it; `named_gains.py` has the steps in which cells name what others do to them, and `as_planned.py` what
a plan really does to them.
"""
