"""Limits that are kept as expected and break in many futures: nobody who reads "kept" or "binding" would know.

A limit holds on expected use unless ``at_risk`` asks for more, so where a plan uses all of a budget, half of the
futures may ask for more than it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from constraints.ledger import Ledger
from planner.evolution.start.first import VERY_MANY
from planner.figures import part
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan
from scenarios.first_few import first_few

NOTABLE = 0.05
"""Share of the futures from which on it is told that a limit breaks."""
ASKED = 0.95
"""What the sentence proposes to ask for, and so what the limits are drawn by."""
NEAR = Decimal("0.75")
"""Share of a cap from which on its use is followed through the futures; of its use that a floor is at least."""


def kept_as_expected(ledger: Ledger, plan: Plan, limits: Sequence[LimitResult]) -> tuple[str, ...]:
    """Return one sentence on limits without ``at_risk`` that a plan keeps as expected and breaks in many futures.

    Vendors' funds, which are told by what is beyond them, and stock, which turns buyers away, are left out.

    Parameters
    ----------
    plan
        int8 [N].
    limits
        What the ledger says of it.
    """
    grid = ledger.grid
    if grid.slots > VERY_MANY:  # a plan's futures take many seconds there
        return ()
    near = {limit.id for limit in limits if limit.ok and limit.at_risk is None and _near(limit)}
    asked = tuple(
        limit.model_copy(update={"at_risk": ASKED})
        for limit in grid.scenario.limits
        if limit.id in near and limit.at_risk is None
    )
    if not asked:
        return ()
    scenario = grid.scenario.model_copy(
        update={"limits": asked, "risk": grid.scenario.risk.model_copy(update={"service": None})}
    )
    judge = Ledger(replace(ledger.model, grid=replace(grid, scenario=scenario)), ledger.effects, ledger.draws)
    shares = {id_: share for id_, share in judge.overruns(plan).items() if id_ in near and share >= NOTABLE}
    if not shares:
        return ()
    often = sorted(shares, key=lambda id_: -shares[id_])
    named = [f"{id_} in {part(shares[id_])}" for id_ in often]
    return (
        f"kept by expected use, but broken by plan 1 in some of the futures: {first_few(named)}; at_risk: {ASKED:.0%} "
        f"beside a limit makes plans keep it in {ASKED:.0%} of them",
    )


def _near(limit: LimitResult) -> bool:
    """Whether use is so close to a bound that it may cross it in many futures."""
    return limit.used >= NEAR * limit.limit if limit.sense == "max" else limit.limit >= NEAR * limit.used
