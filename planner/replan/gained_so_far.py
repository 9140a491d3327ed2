"""What a campaign has gained against no promotion by its sales: real profit less that of the sales without its lifts.

Nobody has seen the campaign without its offers. What its sales say of it is what `replan` learns from them: how much of
what was sold under an offer is its lift, weighed against what was believed. The rest would have been sold anyway. Ends
are those of all offers at once, each at the same end of its own 90 % interval, which is no narrower than what these say
of their sum; an offer that fails far beyond what was believed possible is seen late, by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.flight.gained import Gained
from planner.flight.measure.measured import Switch
from planner.flight.outcomes_so_far import BridgeStep
from planner.problem import Problem
from planner.replan.learning import Learned, learn
from planner.replan.past import settle
from planner.replan.question import problem_in_flight
from scenarios.answer.archive import Frozen
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.measures import measure_functional
from scenarios.response.totals import by_period, sold_by
from surrogate.flight.carried import WHOLE


def gained_so_far(
    frozen: Frozen, running: Plan, actuals: Actuals, profit: BridgeStep, switches: Sequence[Switch] = ()
) -> Gained:
    """Take off both profits what no promotion would have made.

    Parameters
    ----------
    running
        The flat plan [N] that runs.
    profit
        Of the observed periods, expected and real: the last step of the report's bridge.
    """
    planned = problem_in_flight(frozen)
    learned = learn(frozen, planned, running, actuals, WHOLE, switches)
    offers = learned.recalibration.offers

    def without(times: Mapping[str, float]) -> float:
        return _without(frozen, planned, learned, _times(learned.effects, actuals, times))

    low = {name: each.low / each.factor for name, each in offers.items()}
    high = {name: each.high / each.factor for name, each in offers.items()}
    real = float(profit.actual)
    ends = real - without(low), real - without(high)
    return Gained(
        planned=float(profit.forecast) - _profit(planned.model, np.zeros_like(running), actuals.last),
        by_sales=real - without({}),
        low=min(ends),
        high=max(ends),
    )


def _times(effects: Effects, actuals: Actuals, times: Mapping[str, float]) -> Effects:
    """Effects with some offers' lifts so many times as large."""
    lift = effects.lift.copy()
    for name, factor in times.items():
        lift[..., actuals.grid.offer_index[name]] *= factor
    return replace(effects, lift=lift)


def _without(frozen: Frozen, planned: Problem, learned: Learned, effects: Effects) -> float:
    """Profit of no promotion over the observed periods, under effects by which what ran sold what was really sold."""
    actuals, ran = learned.actuals, learned.ran.plan
    booked = sold_by(planned.model, ran, np)
    settled, _ = settle(
        learned.model, effects, ran, actuals, learned.pieces, booked=booked, baskets=frozen.baskets
    )  # fmt: skip
    tables = build_coefficients(actuals.grid, settled, frozen.baskets)
    return _profit(tables, np.zeros_like(ran), actuals.last)


def _profit(model: Coefficients, plan: Plan, last: int) -> float:
    """Profit of a plan over the periods up to the last observed one, in major units."""
    functional = measure_functional(model.grid, model.economics, Measure.PROFIT, Scope())
    amounts = np.broadcast_to(by_period(functional, model, sold_by(model, plan, np), np), (model.grid.shape[2],))
    return float(amounts[: last + 1].sum())
