"""Rivals whose schedules are few: every joint schedule of such a block is counted, and the best one is taken.

In reading order: `schedules.py` finds the blocks and lists their schedules, `kept_rules.py` says which rules these keep
without prices, `best_schedules.py` values them at some prices.
"""
