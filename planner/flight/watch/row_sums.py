"""One sum that a row of a limit bounds or divides: what was used of it so far, and what is drawn of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.flight.watch.foreseen_contacts import contacts_ahead, in_two_ways
from scenarios.arrays import Flag, Float
from scenarios.flight.messages.reached import newly_reached
from scenarios.flight.realised import Realised, Use
from scenarios.grid import Grid
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import Measure
from scenarios.response.measures import message_share
from surrogate.flight.watch.foresee import Beside, Foreseen, foresee, going_on


@dataclass(frozen=True, kw_only=True, eq=False)
class RowSum:
    """One sum over a row of a limit."""

    told: bool
    """Whether the file tells its use."""
    planned: float
    """By the plan's account, so far."""
    seen: Float
    """[T'] used in each observed period."""
    used: float
    """What was used so far, to the minor unit."""
    expected: Float
    """[D, T'] in the futures of the plan that was to run."""
    paths: Float
    """[D, T] in those of the plan as it ran."""
    ahead: Float | None
    """[D, T''] in the periods to come, where they are known otherwise than from what is drawn."""

    @property
    def drawn_so_far(self) -> Float:
        """[D] what was used so far in each future."""
        return np.asarray(self.paths[:, : len(self.seen)].sum(axis=1))

    def foreseen(self, beside: Beside | None) -> Foreseen:
        """What it comes to in each future, ``beside`` being what else was seen of each."""
        if self.ahead is not None:
            return going_on(self.seen, self.ahead)
        return foresee(self.paths, self.seen, beside)


def periods_of(grid: Grid, where: Scope) -> Flag:
    """[T] periods that a row counts."""
    return admitted(where, grid.segments, grid.products, grid.scenario.horizon).periods


def row_sum(
    realised: Realised,
    measure: Measure | str,
    scope: Scope,
    use: Use | None,
    where: Scope,
    drawn: tuple[Float, Float],
    *,
    asked: bool = False,
) -> RowSum:
    """Cut a sum to the periods of a row.

    Parameters
    ----------
    scope, where
        Of the sum in all rows, and in this one.
    use
        What was really used over the scope; None of customers reached, whom every row counts anew.
    drawn : [D, T], [D, T]
        Over the scope in the futures of the plan that was to run, and of what ran in its place.
    asked
        What vendors are asked for, and not what they pay.
    """
    grid, count = realised.model.grid, realised.actuals.last + 1
    inside, planned = periods_of(grid, where), realised.planned(measure, where)
    if use is None:
        going, as_planned = newly_reached(grid, realised.ran, realised.written, where)
        futures = len(drawn[0])
        return RowSum(
            told=False,
            planned=planned,
            seen=going[:count],
            used=float(going[:count].sum()),
            expected=np.full((futures, 1), planned),
            paths=np.broadcast_to(going, (futures, len(going))),
            ahead=in_two_ways(going[count:], as_planned[count:], futures),
        )
    expected, paths = (
        amounts + message_share(measure) * written.cost_beyond(scope)
        for amounts, written in zip(drawn, (realised.to_be_written, realised.written), strict=True)
    )
    if measure is Measure.CONTACTS:
        expected = expected + realised.to_be_written.contacts_beyond(scope)
    return RowSum(
        told=use.told,
        planned=planned,
        seen=np.where(inside, use.amounts, 0.0)[:count],
        used=realised.so_far(measure, where, asked=asked)[0],
        expected=np.where(inside, expected, 0.0)[:, :count],
        paths=np.where(inside, paths, 0.0),
        ahead=contacts_ahead(realised, where, len(paths)) if measure is Measure.CONTACTS else None,
    )
