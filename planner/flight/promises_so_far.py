"""What a campaign that was planned again was to bring: first, by its latest plan, and what was forecast in between."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.archive import Frozen
from scenarios.answer.in_flight import InFlight
from scenarios.answer.outcome import account
from scenarios.answer.promise import Promised, promised_periods, total
from scenarios.grid import Grid
from scenarios.response.coefficients import build_coefficients


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """What one plan promised, of the observed periods and of the whole campaign."""

    so_far: Promised
    whole: Promised


@dataclass(frozen=True, kw_only=True)
class ProfitStep:
    """What moved the promised profit of the whole campaign from one plan to the next."""

    words: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PromisesSoFar:
    """The promises of a campaign that was planned again."""

    flight: InFlight
    first: Pledge | None
    """Of the plan of before the campaign; None where an older version planned it again."""
    last: Pledge
    """Of this plan: of the days that its actuals told, what happened."""

    @property
    def forecast(self) -> Decimal:
        """What all re-plannings that are told were forecast to bring, each as things were known at its time."""
        return sum((each.change for each in self.flight.replannings), Decimal(0))

    @property
    def steps(self) -> tuple[ProfitStep, ...]:
        """From the first promised profit to the last; they add up exactly. Nothing without the first."""
        if self.first is None:
            return ()
        stands, found = self.first.whole.profit, []
        for each in self.flight.replannings:
            found.append(ProfitStep(words=f"happened and learned up to {each.as_of}", amount=each.carried_on - stands))
            found.append(ProfitStep(words=f"planned again as of {each.as_of} (forecast)", amount=each.change))
            stands = each.planned_again
        left = self.last.whole.profit - stands
        if left:
            found.append(ProfitStep(words="booked, though stock or funds end before it", amount=left))
        return tuple(found)


def promises_so_far(frozen: Frozen, grid: Grid, plan: NDArray[np.int8], periods: int) -> PromisesSoFar | None:
    """Return what was promised; None where the campaign was never planned again.

    Parameters
    ----------
    plan
        The flat plan [N] that runs.
    periods
        Observed periods.
    """
    flight = frozen.flight
    if flight is None:
        return None
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    own = promised_periods(account(model, plan), account(model, grid.empty()))
    first = None
    if flight.first is not None:
        first = Pledge(so_far=flight.first.of_first(periods), whole=total(flight.first.periods))
    return PromisesSoFar(flight=flight, first=first, last=Pledge(so_far=total(own[:periods]), whole=total(own)))
