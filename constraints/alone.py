"""Which rules lines break by themselves, whatever else a plan holds: all but floors, which other lines may fill."""

from __future__ import annotations

import numpy as np

from constraints.enforce.floors import Floors
from constraints.rulebook import RuleBook
from scenarios.arrays import Flag, Plan


def has_floors(book: RuleBook) -> bool:
    """Whether some rule asks for so many lines (`fairness`)."""
    return any(isinstance(form, Floors) for form in book.forms)


def keep_but_floors(book: RuleBook, plans: Plan) -> Flag:
    """[P] which of some plans [P, N] keep every rule but floors; masks and locks are left out, too."""
    kept: Flag = np.ones(len(plans), dtype=bool)
    for form in book.forms:
        left = np.flatnonzero(kept)
        if not isinstance(form, Floors) and len(left):
            kept[left] = ~form.broken(plans[left]).any(axis=1)
    return kept
