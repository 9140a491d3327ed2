"""How much of a gap is only what limits at risk must leave for bad futures, which the proof lets plans use.

The bound knows what plans are expected to use. A plan that keeps `at_risk: 95%` uses less, because some futures ask for
more, and what it leaves, at the price that the bound has for it, is a part of the gap that no search closes.
"""

from __future__ import annotations

import numpy as np

from constraints.limits.book import Limits
from planner.bound.lowering.bound import Bound
from planner.evolution.workspace import Candidate
from scenarios.first_few import first_few

NARROW = 0.05
"""Share of the bound up to which a gap needs no explanation."""
TELLING = 0.25
"""Share of the gap from which on it is told."""


def held_back(limits: Limits, bound: Bound | None, best: Candidate) -> tuple[str, ...]:
    """Say what share of the gap limits at risk make, where it is a large part of a gap that is not small."""
    if bound is None or bound.at is None or not limits.functionals:
        return ()
    gap = bound.value - best.objective
    if not (gap > NARROW * max(1.0, abs(bound.value))):
        return ()
    risky = np.isfinite(limits.at_risk)
    left = np.where(risky, -limits.excess(best.uses) * bound.at.limit, 0.0)
    if not (left.sum() >= TELLING * gap):
        return ()
    amounts = {name: float(left[np.array(limits.ids) == name].sum()) for name in dict.fromkeys(limits.ids)}
    names = sorted((name for name, amount in amounts.items() if amount > 0.0), key=lambda name: -amounts[name])
    return (
        f"{min(left.sum() / gap, 1.0):.0%} of the gap is what {first_few(names)} must leave for bad futures "
        "(at_risk): the bound is of plans that may use all of it in the expected one",
    )
