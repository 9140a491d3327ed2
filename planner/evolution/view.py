"""The search's evaluator as `constraints` sees it: every look at it is counted as work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.limits.book import Limits
from constraints.repairing.trials import Trials
from planner.evolution.workspace import Prices, Workspace
from scenarios.arrays import Flag, Float, Int, Plan


class View:
    """The search's evaluator as repair sees it; counts the work."""

    def __init__(self, space: Workspace) -> None:
        self._space = space

    def value(self, plans: Plan) -> tuple[Float, Float, Float]:
        """True values of plans."""
        found = self._space.value(plans)
        return found.objective, found.uses, found.stock

    def gains(self, plan: Plan, objective_weight: float, limit_prices: Float, stock_prices: Float) -> Float:
        """Exact gains of all single changes."""
        return self._space.gains_everywhere(plan, Prices(limit_prices, stock_prices), objective_weight)

    def dropped(
        self, plan: Plan, droppable: Flag, objective_weight: float, limit_prices: Float, stock_prices: Float
    ) -> list[tuple[Int, float]]:
        """What dropping whole messages gains, for each of several lines."""
        evaluator = self._space.evaluator
        if evaluator.messages is None:
            return []
        worth = evaluator.messages.priced(evaluator.weighed(objective_weight, limit_prices))
        gain = self.gains(plan, objective_weight, limit_prices, stock_prices)
        groups = evaluator.messages.dropped(plan, gain, worth, droppable)
        # Scopes that count the same lines tell of one message several times.
        found: dict[bytes, tuple[Int, float]] = {}
        for scope, segment, period in np.argwhere(np.isfinite(groups.gain)):
            lines = groups.lines[scope, segment, :, period]
            slots = evaluator.messages.place[segment, lines, period]
            found.setdefault(slots.tobytes(), (slots, float(groups.gain[scope, segment, period])))
        return list(found.values())


def in_force(space: Workspace) -> Limits:
    """The limits with the stock in force; the bounds in force of the other rows go beside them."""
    return replace(space.limits, available=space.available)


def trials(space: Workspace, probes: int) -> Trials:
    """True evaluation of changes against the bounds in force, at most ``probes`` plans at once."""
    return Trials(View(space), in_force(space), space.bound, probes)
