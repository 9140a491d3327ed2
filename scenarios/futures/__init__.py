"""Uncertain futures: draws, what plans do in them, what caution makes of it."""
