"""Assigning by a careful objective: what a scenario's futures say of single customers, and what came of it."""
