"""The guided step: prices learn what limits are worth while slots take their best option (docs/search.md).

Exact gains of the priced objective tell what every alternative is worth; a random part of the free slots takes its best
one, prices move with the excess of each limit, and again. Changing all slots at once would oscillate with period 2,
and identical series would synchronise in time: the random part breaks both.

Rules under which lines come and go only together stand in the way of single changes. They are left out of account for
the first part of a step; then the plan is made to keep them by what loses least, and single changes go on from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.neighbourhood import Neighbourhood
from planner.workspace import Plan, Prices, Workspace

LOOSE = 0.6
"""Share of a step's iterations in which rules that join lines are left out of account."""


@dataclass(frozen=True, kw_only=True)
class GuidedParams:
    """Settings of one guided step."""

    iterations: int = 200
    release: float = 0.2
    """Share of the free slots that may move in the first iteration."""
    last_release: float = 0.1
    """The same in the last iteration, falling geometrically: few moves at the end let prices settle."""
    first_step: float = 0.15
    last_step: float = 0.005
    """Price step at the start and at the end, in units of `Workspace.unit`, falling geometrically."""

    def __post_init__(self) -> None:
        if not (self.iterations >= 1 and 0 < self.last_step <= self.first_step):
            raise ValueError("expected iterations >= 1 and 0 < last_step <= first_step")
        if not (0 < self.last_release <= self.release <= 1):
            raise ValueError("expected 0 < last_release <= release <= 1")


def guided(
    space: Workspace,
    plan: Plan,
    prices: Prices,
    hood: Neighbourhood,
    params: GuidedParams,
    rng: np.random.Generator,
) -> tuple[Plan, Prices]:
    """Improve the free slots of a plan under prices that adapt; the result keeps all rules, limits only nearly.

    Parameters
    ----------
    plan : int8 [N]
        A plan that keeps all rules.
    prices
        Where prices start.
    hood
        The slots that may change.

    Returns
    -------
    tuple
        The changed plan and the prices it ended with.
    """
    plan = plan.copy()
    loose = round(LOOSE * params.iterations) if space.rules.coupled else 0
    decay = (params.last_step / params.first_step) ** (1.0 / max(params.iterations - 1, 1))
    fading = (params.last_release / params.release) ** (1.0 / max(params.iterations - 1, 1))
    step, release = params.first_step, params.release
    rows = np.arange(len(hood.slots))
    for iteration in range(params.iterations):
        loosely = iteration < loose
        if loose and iteration == loose:
            plan = joined(space, plan, prices)
        gain = space.gains(plan, prices, hood)
        gain = np.where(space.rules.allowed(plan, loosely=loosely)[hood.slots], gain, -np.inf)
        best = gain.argmax(axis=1)
        worth = gain[rows, best]
        moving = hood.free & (worth > 1e-9) & (rng.random(len(rows)) < release)
        chosen = np.flatnonzero(moving)
        if chosen.size:
            slots, choices = hood.slots[chosen], best[chosen]
            keep = space.rules.compatible(plan, slots, choices, worth[chosen], loosely=loosely)
            plan[slots[keep]] = choices[keep].astype(np.int8)
        prices = moved(space, prices, plan, step)
        step, release = step * decay, release * fading
    return plan, prices


def joined(space: Workspace, plan: Plan, prices: Prices) -> Plan:
    """Make a plan keep all rules by dropping and adding what loses least of the priced objective."""
    gain = space.gains_everywhere(plan, prices)
    return space.rules.repair(plan, np.where(np.isfinite(gain), -gain, np.inf))


def moved(space: Workspace, prices: Prices, plan: Plan, step: float) -> Prices:
    """Move prices by the clipped relative excess of each limit."""
    scored = space.score(plan)
    over = space.limits.sign * (scored.uses - space.bound) / space.limits.scale
    available = space.available
    limited = np.isfinite(available)
    floor = np.where(limited, np.maximum(available, 1.0), 1.0)
    units = np.where(limited, (scored.stock - np.where(limited, available, 0.0)) / floor, -0.5)
    return Prices(
        np.maximum(prices.scalar + step * space.unit.scalar * np.clip(over, -0.5, 0.5), 0.0),
        np.where(limited, np.maximum(prices.stock + step * space.unit.stock * np.clip(units, -0.5, 0.5), 0.0), 0.0),
    )
