"""What to type next: commands that a command suggests, which ask the same question when they are pasted.

`pasted.py` writes them; `way_out.py` makes options of what mends a question; `no_plan.py` tells all that where a search
found no plan.
"""
