"""What a running plan has really used so far, as tests ask for it: its past settled under its own effects."""

from __future__ import annotations

import numpy as np
from flight_case import Running

from planner.flight.past.learning import Learned, learn_whole
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.basket_row import Layers
from scenarios.flight.pieces import of_lines_that_stay, pieces_so_far
from scenarios.flight.realised import Realised
from scenarios.flight.settled import settled, tables_of
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by


def realised_of(
    case: Running,
    actuals: Actuals,
    there: Layers | None = None,
    *,
    plan: Plan | None = None,
    model: Coefficients | None = None,
    effects: Effects | None = None,
) -> Realised:
    """Keep the account of what was sold, by what was believed; the case's own plan and tables by default."""
    plan, model = case.plan if plan is None else plan, case.model if model is None else model
    effects, baskets = case.frozen.effects if effects is None else effects, case.frozen.baskets
    ran = as_it_ran(actuals, plan)
    booked, pieces = sold_by(model, ran, np), None
    if there is not None:
        stays = of_lines_that_stay(model.grid, there, plan, ran)
        pieces = pieces_so_far(model, ran, booked, actuals, stays)
    found = settled(model, effects, ran, actuals, baskets, booked, pieces).effects
    return Realised(model, tables_of(model.grid, found, baskets), plan, actuals, there)


def learned_of(case: Running, actuals: Actuals) -> Learned:
    """What all days so far teach."""
    return learn_whole(case.frozen, case.plan, actuals)
