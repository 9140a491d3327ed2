"""Limits at risk in the search: expected bounds are tightened until the drawn futures keep the real ones.

The search sees only the expected account. Where a limit must hold in a share of the futures, the ledger says which use
decides; the bound in force is the real one, shrunk by how much that use exceeds the expected use. The same mends the
rounding of the ledger's integers, which may push a plan at its bound over it by a cent.

No bound is shrunk below what the locked lines alone use, or no lines at all, where the ledger passes that: goods that
sell out nearly by themselves must not forbid a promotion of others, which takes nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from constraints.ledger import Ledger, Verdict
from planner.evolution.finish import Finish
from planner.evolution.workspace import Candidate, Workspace
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float, Int, Plan
from scenarios.response.totals import sold_by, value

ROUNDS = 6
"""Most rounds of tightening; each round that fails shrinks the bound of every broken limit again."""
GENTLE = 3
"""Rounds in which a limit at risk is tightened to what the plan's futures allow, and not below."""
MARGIN = 1.002
"""Every tightening takes this much more than was missing, so that few rounds are enough."""
SAFETY = 0.002
"""Share of a limit at risk that is left unused, because another plan's futures spread a little otherwise."""


def tighten(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    candidate: Candidate,
    mend: Callable[[Plan], Candidate] | None = None,
) -> Candidate:
    """Set the bounds in force by a plan's risk, and mend the plan until the ledger passes it.

    Returns the last candidate, whether it passes or not: the caller's audit decides.

    Parameters
    ----------
    mend
        How a plan is mended that breaks the bounds in force; by dropping lines only, where nothing is said.
    """
    mend = finish.trim if mend is None else mend
    for number in range(ROUNDS):
        report = ledger.verdict(candidate.plan)
        set_bounds(space, report)
        if report.ok:
            return replace(candidate, feasible=bool(space.enough_kept(candidate.plan)))
        if not _tightened(space, report, candidate, gently=number < GENTLE):
            break
        if number < GENTLE:
            _leave_room(space, ledger, report)
        made = mend(candidate.plan)
        if np.array_equal(made.plan, candidate.plan):
            break
        candidate = made
    _leave_room(space, ledger, report)
    return candidate


def heeding(space: Workspace, ledger: Ledger) -> Callable[[Candidate], Candidate]:
    """How a plan is valued within the bounds that its own futures leave: feasible then where the ledger passes it.

    Where no limit must hold at risk, a plan is valued as it is: expected uses tell.
    """
    if all(limit.at_risk is None for limit in space.grid.scenario.limits):
        return lambda candidate: candidate

    def heeded(candidate: Candidate) -> Candidate:
        report = ledger.verdict(candidate.plan)
        set_bounds(space, report)
        return replace(space.score(candidate.plan), feasible=report.ok and bool(space.enough_kept(candidate.plan)))

    return heeded


def set_bounds(space: Workspace, report: Verdict) -> None:
    """Set the bounds of limits at risk to what a plan's own futures allow, and never wider than the limits are."""
    for result in report.limits:
        rows = space.limits.rows_of.get(result.id)
        if rows is None or result.used_at_risk is None:
            continue
        used, risky = float(result.used), float(result.used_at_risk)
        if result.ratio:
            sign = float(space.limits.sign[rows[0]])
            lost = max(sign * (risky - used), 0.0) * (1.0 + SAFETY)
            space.bound[rows] = space.limits.bound[rows] - sign * lost * _wholes(space, rows, report.account.plan)
        elif used > 0 and risky > 0:
            sign, limit = float(space.limits.sign[rows[0]]), float(result.limit)
            bound = sign * min(sign * limit * used / risky * (1.0 - sign * SAFETY), sign * limit)
            space.bound[rows] = bound - space.limits.past[rows]


def _tightened(space: Workspace, report: Verdict, candidate: Candidate, *, gently: bool) -> bool:
    """Shrink the bounds of all broken limits; False where nothing can be shrunk.

    Gently, what the plan's own futures have already set below its use stays as it is.
    """
    products = {name: number for number, name in enumerate(space.limits.stock_ids)}
    changed = False
    for result in report.limits:
        if result.ok:
            continue
        uses = [float(used) for used in (result.used, result.used_at_risk) if used is not None]
        missing = abs((max if result.sense == "max" else min)(uses) - float(result.limit)) * MARGIN
        if result.id in products:
            product = products[result.id]
            most = np.minimum(space.available[product], candidate.stock[product].max())
            space.available[product] = np.maximum(most - missing, 0.0)
            changed = True
        elif result.id in space.limits.rows_of:
            rows = space.limits.rows_of[result.id]
            changed = True
            if gently and not result.ratio and _below_use(space, rows, candidate):
                continue
            shrink = _ratio_rows if result.ratio else _sum_rows
            space.bound[rows] = shrink(space, rows, candidate, missing)
    return changed


def _leave_room(space: Workspace, ledger: Ledger, report: Verdict) -> None:
    """Loosen bounds in force that forbid what the locked lines alone use, where the ledger passes that.

    What a plan's futures need beyond its expected use is less for a plan that sells less. So stock goes back to the
    share that the plan's own futures leave of it, or if that is still too little, as limits do, to the locked lines'
    use.
    """
    alone, limits = space.alone, space.limits
    excess = space.evaluator.excess(alone.uses, alone.stock, space.bound, space.available)
    over, short = excess.scalar > 0, (excess.stock > 0).any(axis=1)
    if not (over.any() or short.any()):
        return
    seen = {result.id: result for result in report.limits}
    passed = {result.id: result for result in ledger.verdict(alone.plan).limits if result.ok}
    for name, rows in limits.rows_of.items():
        if name in passed and not passed[name].ratio and over[rows].any():
            sign = limits.sign[rows]
            space.bound[rows] = sign * np.maximum(sign * space.bound[rows], sign * alone.uses[rows])
    for product in np.flatnonzero(short):
        name = limits.stock_ids[product]
        if name in passed:
            left = limits.available[product] * _share_left(seen[name])
            space.available[product] = np.maximum(left, alone.stock[product])


def _share_left(result: LimitResult) -> float:
    """The share of a product's stock that a plan may be expected to sell, by the plan's own futures."""
    used, risky = float(result.used), float(result.used_at_risk or result.used)
    return min(used / risky * (1.0 - SAFETY), 1.0) if used > 0 and risky > 0 else 1.0


def _below_use(space: Workspace, rows: Int, candidate: Candidate) -> bool:
    """Whether the bounds in force already ask a plan to use less of a limit than it does."""
    sign = space.limits.sign[rows]
    over = sign * (candidate.uses[rows] - space.bound[rows])
    return bool((over > 1e-6 * space.limits.scale[rows]).any())


def _sum_rows(space: Workspace, rows: Int, candidate: Candidate, missing: float) -> Float:
    """Bounds of the rows of a limit, all tightened to what its tightest row may use."""
    sign, past = space.limits.sign[rows[0]], space.limits.past[rows]
    now = sign * (candidate.uses[rows] + past)
    tightest = min(float((sign * (space.bound[rows] + past)).min()), float(now.max()))
    return np.asarray(sign * (tightest - missing) - past)


def _ratio_rows(space: Workspace, rows: Int, candidate: Candidate, missing: float) -> Float:
    """Bounds of the rows of a ratio, tightened by so much of what it divides by that nothing is missing.

    Where futures have already set them below what the plan uses, they stay.
    """
    limits = space.limits
    sign = limits.sign[rows]
    bound = sign * space.bound[rows]
    used = sign * candidate.uses[rows]
    if (used > bound + 1e-9 * limits.scale[rows]).any():
        return np.asarray(space.bound[rows])
    nearest = used >= used.max() - 1e-9 * limits.scale[rows]
    tightest = np.where(nearest, used, bound)
    return np.asarray(sign * (tightest - missing * _wholes(space, rows, candidate.plan)))


def _wholes(space: Workspace, rows: Int, plan: Plan) -> Float:
    """What the rows of a ratio divide by at a plan."""
    model = space.evaluator.model
    what = sold_by(model, plan, np)
    parts = [space.limits.rate_parts[row] for row in rows]
    return np.array([0.0 if each is None else max(float(value(each[1], model, what, np)), 0.0) for each in parts])
