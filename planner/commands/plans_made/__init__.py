"""Commands under the heading Plans that were made: they read a plan folder, and search nothing.

`explain.py`, `answer.py` (compare, check, export) with `rollout.py` for one of its exports, and `stress.py`.
"""
