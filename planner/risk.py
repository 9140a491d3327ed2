"""Limits at risk in the search: expected bounds are tightened until the drawn futures keep the real ones.

The search sees only the expected account. Where a limit must hold in a share of the futures, the ledger says which use
decides; the bound in force is the real one, shrunk by how much that use exceeds the expected use. The same mends the
rounding of the ledger's integers, which may push a plan at its bound over it by a cent.
"""

from __future__ import annotations

import math

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from planner.finish import Finish
from planner.workspace import Candidate, Workspace

ROUNDS = 6
"""Most rounds of tightening; each round that fails shrinks the bound of every broken limit again."""
MARGIN = 1.002
"""Every tightening takes this much more than was missing, so that few rounds are enough."""


def tighten(space: Workspace, finish: Finish, ledger: Ledger, candidate: Candidate) -> Candidate:
    """Tighten the bounds in force and mend a plan until the ledger passes it.

    Returns the last candidate, whether it passes or not: the caller's audit decides.
    """
    for _ in range(ROUNDS):
        report = ledger.audit(candidate.plan)
        if report.ok or not _tightened(space, report, candidate):
            return candidate
        candidate = finish.trim(candidate.plan)
    return candidate


def _tightened(space: Workspace, report: LedgerReport, candidate: Candidate) -> bool:
    """Shrink the bounds of all broken limits; False where nothing can be shrunk."""
    place = {limit: number for number, limit in enumerate(space.limits.ids)}
    products = {name: number for number, name in enumerate(space.limits.stock_ids)}
    changed = False
    for result in report.limits:
        if result.ok:
            continue
        used = float(result.used if result.used_at_risk is None else result.used_at_risk)
        missing = abs(used - float(result.limit)) * MARGIN
        if result.id in products:
            product = products[result.id]
            space.available[product] = np.maximum(
                np.minimum(space.available[product], candidate.stock[product].max()) - missing, 0.0
            )
            changed = True
        elif result.id in place:
            number = place[result.id]
            sign = space.limits.sign[number]
            row = missing
            if not math.isnan(space.limits.rate[number]):
                row = missing * float(space.limits.scale[number]) / 0.01
            tightest = min(sign * space.bound[number], sign * candidate.uses[number])
            space.bound[number] = sign * (tightest - row)
            changed = True
    return changed
