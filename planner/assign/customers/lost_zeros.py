"""Ids whose leading zeros a spreadsheet has taken off: 00123 became 123, and names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.assign.customers.customer_file import hashes_of
from planner.assign.customers.held_out import Holdout, Key, find_held_out
from planner.assign.customers.listed_customers import ListedCustomers
from planner.assign.customers.nobody_held import others_found

MOST = 4
"""Zeros that are tried beyond the longest id that a file has: it may have lost them from all."""


def without_zeros(holdouts: Sequence[Holdout], file: ListedCustomers, key: Key) -> str:
    """Say what to do where customers are found once their ids have leading zeros again; empty where they are not.

    Ids have zeros up to one length: that of the longest, or one a little longer.
    """
    numbers = [name for name in dict.fromkeys(file.names) if name.isdecimal()]
    if file.pseudonymous or not numbers:
        return ""
    longest = max(map(len, numbers))
    for width in range(longest, longest + MOST + 1):
        short = [name for name in numbers if len(name) < width]
        padded = [name.zfill(width) for name in short]
        first = _first_found(holdouts, replace(file, names=tuple(padded)), key)
        if first is not None:
            return (
                f"ids lost their leading zeros, as spreadsheets take them off ({short[first]} is {padded[first]} in "
                "the rollout): export the file again with ids as text, and keep a spreadsheet from turning them into "
                "numbers"
            )
    return ""


def _first_found(holdouts: Sequence[Holdout], file: ListedCustomers, key: Key) -> int | None:
    """Return the first customer of a file whom a rollout names as kept out, else any where audiences hold one."""
    if not file.names:
        return None
    for holdout in holdouts:
        held = find_held_out(holdout, file, key)
        if held.customers:
            return int(np.argmax(held.holds(hashes_of(np.array(file.names, dtype=object)))))
    return 0 if any(others_found(holdout, file, key()) for holdout in holdouts) else None
