"""What may not be chosen earns so little that no best way goes through it."""

from __future__ import annotations

NEVER = -1e30
"""Reward of a column that a cell does not allow, of a state in which a word may not end."""
