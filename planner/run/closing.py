"""The end of a run that keeps to its time: how much of it checking and writing the answer will take.

A search that ends when its time is up has not answered yet: every plan is still mended and judged by the ledger in all
drawn futures, and limits are priced. One audit, made on the spot, says how fast that goes here and now. Parts that an
answer can do without are begun only where one as long as those before fits the time that is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from constraints.ledger import Ledger
from planner.evolution.start.first import VERY_MANY
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.arrays import Plan

PER_PLAN = 3.5
"""Audits' worth of time that checking, mending and writing one plan takes, roughly."""
LAST = 8.0
"""The same for what comes after limits are priced, accounts and the plans' luck in other futures, and for notes."""
ONCE = 30.0
"""The same for what is done once: prices of limits and how far they hold, optimism, the empty plan ..."""
LARGEST_ONCE = 0.15
"""... but no more than this share of the time: on large questions audits grow faster."""
LARGEST_SHARE = 0.4
"""Share of the time that checking may take, before fewer plans are returned."""
YARDSTICKS_FROM = 6.0
"""Yardsticks, which take about as long as the first plan, are made where the time is so many times that of it ..."""
SEARCHED = 2.0
"""... and so many times that of it are left when the search goes on: they leave it as much as they take."""
FIRST_STEP = 0.5
"""How long the first step of the search is taken to last on very many slots, as a share of the time of the first plan:
no other step shows it in time."""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What the end of a run may hold."""

    plans: int
    """Plans that there is time to check."""
    seconds: float
    """Time to leave for checking and answering."""
    yardsticks: float
    """Time to leave for the yardsticks beside the best plan; 0 where there is none."""
    audit: float = 0.0
    """Seconds of one audit."""

    @property
    def last(self) -> float:
        """Time to leave for what comes after limits are priced, and that notes take that changes are tried for."""
        return min(LAST * self.audit, self.seconds)

    @property
    def reserve(self) -> float:
        """Time that is left when the search ends."""
        return self.seconds + self.yardsticks


def closing(seconds: float, plans: int, audit: float, first: float, left: float) -> Closing:
    """Plan the end of a run.

    Parameters
    ----------
    seconds
        The whole time of the run.
    plans
        How many plans were asked for.
    audit, first
        How long one audit by the ledger took, and the first plan.
    left
        Time that is left of the whole when the search goes on from first plans.

    Raises
    ------
    ValueError
        For a time or a number that makes no sense.
    """
    if not (seconds > 0 and plans >= 1 and audit >= 0 and first >= 0):
        raise ValueError("expected seconds above 0, at least one plan, and times of at least 0")
    fitting, once = plans, min(ONCE * audit, LARGEST_ONCE * seconds)
    while fitting > 1 and PER_PLAN * fitting * audit + once > LARGEST_SHARE * seconds:
        fitting -= 1
    needed = PER_PLAN * fitting * audit + once
    room = seconds >= YARDSTICKS_FROM * first and left - needed >= SEARCHED * first
    return Closing(plans=fitting, seconds=needed, yardsticks=first if room else 0.0, audit=audit)


def ending_of(ledger: Ledger, first: Plan, params: SearchParams, watch: Watch) -> Closing:
    """Plan the end of a run whose first plan is there, and leave the time that it takes on the run's clock.

    Where time is limited, one audit of the first plan (int8 [N]) says how long every audit will take.
    """
    if params.seconds is None:
        return Closing(plans=params.plans, seconds=0.0, yardsticks=0.0)
    begun, one_start = watch.seconds, watch.first
    ledger.audit(first)
    ending = closing(params.seconds, params.plans, watch.seconds - begun, one_start, watch.left)
    watch.reserve = ending.reserve
    watch.begin_steps(FIRST_STEP * one_start if ledger.model.grid.slots > VERY_MANY else 0.0)
    return ending
