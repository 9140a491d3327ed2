"""The one account of the days of a campaign that are over: `monitor`, `report` and the folders of `replan` keep it.

Units are those of the actuals, and so are uses where these tell them. Where they do not, a line was used as often as
the campaign's own rows teach (`planner.flight.past.learning`), weighed against what was believed. Every amount, what a
vendor is billed for among them, is booked from there by the response model and `scenarios.answer.outcome.account`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.flight.measure.measured import Switch
from planner.flight.past.learning import Learned, learn
from planner.flight.past.seen import Seen
from planner.flight.past.settle import settle
from scenarios.answer.archive import Frozen
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.basket_row import Layers
from scenarios.flight.pieces import Pieces, of_lines_that_stay, pieces_so_far
from scenarios.flight.settled import holds, tables_of
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.recalibrate import RecalibrateParams


@dataclass(frozen=True, kw_only=True, eq=False)
class PastAccount:
    """The days that are over, in the account."""

    tables: Coefficients
    """Under which what ran sells what was sold."""
    ran: Plan
    """The flat plan [N] as it ran, and is to run."""
    open: Effects
    """Effects that say how surely take-up and lifts are known ..."""
    open_at: int
    """... in a period that is open: what is over is settled, and no future errs there."""
    seen: Seen | None = None
    """What it was learned from; None of a folder that has the account of these days itself."""


def past_account(frozen: Frozen, plan: Plan, actuals: Actuals, switches: Sequence[Switch] = ()) -> PastAccount:
    """Keep the account of what is over, as `replan` would by the same actuals.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run.
    switches
        Periods of public prices in the lots of its rollouts, as far as they are told.
    """
    own = build_coefficients(actuals.grid, frozen.effects, frozen.baskets)
    if frozen.flight is not None and frozen.flight.known_periods == actuals.last + 1:
        ran = as_it_ran(actuals, plan)
        if (ran == plan).all() and holds(own, plan, actuals):
            return PastAccount(tables=own, ran=plan, open=frozen.effects, open_at=_open_at(actuals))
    learned = learn(frozen, own, plan, actuals, RecalibrateParams(), switches)
    ran = as_it_ran(learned.actuals, plan)
    _, pieces = pieces_of(learned, plan, ran)
    effects, _ = settled_as(frozen, own, learned, learned.effects, ran, pieces)
    return in_account(frozen, learned, effects, ran)


def in_account(frozen: Frozen, learned: Learned, effects: Effects, ran: Plan) -> PastAccount:
    """Make the account of effects whose past is settled under what ran."""
    tables = tables_of(learned.actuals.grid, effects, frozen.baskets)
    return PastAccount(
        tables=tables, ran=ran, open=learned.effects, open_at=_open_at(learned.actuals), seen=learned.seen
    )


def _open_at(actuals: Actuals) -> int:
    """The first period to come, or the last one of all."""
    return min(actuals.last + 1, actuals.grid.shape[2] - 1)


def pieces_of(learned: Learned, plan: Plan, ran: Plan) -> tuple[Layers, Pieces]:
    """Pieces of the lines that ran: the planned ones, unless something else ran in their place."""
    if (plan == ran).all():
        return learned.there, learned.pieces
    model, actuals = learned.model, learned.actuals
    there = of_lines_that_stay(actuals.grid, learned.there, plan, ran)
    return there, pieces_so_far(model, ran, sold_by(model, ran, np), actuals, there)


def settled_as(
    frozen: Frozen, planned: Coefficients, learned: Learned, effects: Effects, ran: Plan, pieces: Pieces
) -> tuple[Effects, tuple[str, ...]]:
    """Return effects whose past is what was sold and used under what ran, and sentences about it.

    Parameters
    ----------
    planned
        Tables of the folder's own account, which counted pieces.
    effects
        As they were learned; what is over is not settled yet.
    """
    booked = sold_by(planned, ran, np)
    return settle(learned.model, effects, ran, learned.actuals, pieces, booked=booked, baskets=frozen.baskets)
