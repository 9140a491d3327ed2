"""Limits at risk in the search: expected bounds are tightened until the drawn futures keep the real ones.

The search sees only the expected account. Where a limit must hold in a share of the futures, the ledger says which use
decides; the bound in force is the real one, shrunk by how much that use exceeds the expected use. The same mends the
rounding of the ledger's integers, which may push a plan at its bound over it by a cent.
"""

from __future__ import annotations

import math

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from constraints.limits import RATE_SCALE
from planner.finish import Finish
from planner.workspace import Candidate, Workspace

ROUNDS = 6
"""Most rounds of tightening; each round that fails shrinks the bound of every broken limit again."""
MARGIN = 1.002
"""Every tightening takes this much more than was missing, so that few rounds are enough."""
SAFETY = 0.002
"""Share of a limit at risk that is left unused, because another plan's futures spread a little otherwise."""


def tighten(space: Workspace, finish: Finish, ledger: Ledger, candidate: Candidate) -> Candidate:
    """Set the bounds in force by a plan's risk, and mend the plan until the ledger passes it.

    Returns the last candidate, whether it passes or not: the caller's audit decides.
    """
    for _ in range(ROUNDS):
        report = ledger.audit(candidate.plan)
        set_bounds(space, report)
        if report.ok or not _tightened(space, report, candidate):
            return candidate
        candidate = finish.trim(candidate.plan)
    return candidate


def set_bounds(space: Workspace, report: LedgerReport) -> None:
    """Set the bounds of limits at risk to what a plan's own futures allow: tighter, or wider than they were."""
    place = {limit: number for number, limit in enumerate(space.limits.ids)}
    for result in report.limits:
        number = place.get(result.id)
        if number is None or result.used_at_risk is None or not math.isnan(space.limits.rate[number]):
            continue
        used, risky = float(result.used), float(result.used_at_risk)
        if used > 0 and risky > 0:
            space.bound[number] = float(result.limit) * used / risky * (1.0 - space.limits.sign[number] * SAFETY)


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
            most = np.minimum(space.available[product], candidate.stock[product].max())
            space.available[product] = np.maximum(most - missing, 0.0)
            changed = True
        elif result.id in place:
            number = place[result.id]
            sign = space.limits.sign[number]
            if not math.isnan(space.limits.rate[number]):
                missing *= float(space.limits.scale[number]) / RATE_SCALE
            tightest = min(sign * space.bound[number], sign * candidate.uses[number])
            space.bound[number] = sign * (tightest - missing)
            changed = True
    return changed
