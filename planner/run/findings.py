"""What a search found, before it is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from constraints.ledger import Ledger, LedgerReport
from planner.bound.lowering.bound import Bound
from planner.evolution.shown.baselines import Baselines
from planner.evolution.workspace import Candidate, Prices
from planner.run.search_params import SearchParams
from scenarios.futures.optimism import HalfPlan


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """What the search found, before it is written down."""

    checked: tuple[tuple[Candidate, LedgerReport], ...]
    """Plans that pass the ledger, best first."""
    bound: Bound | None
    baselines: Baselines | None
    halves: tuple[HalfPlan, ...] | None
    """Plans made on each half of the futures, which tell the optimism; empty where a half found none, None untried."""
    prices: Prices
    asked: SearchParams
    """What was asked for; fewer plans are explained in the notes."""
    effort: str
    """What the run could spend, in words."""
    ledger: Ledger
    """What judged them."""
    interrupted: bool
    front: FoundFront | None = None
    """Of several objectives, what the front was before its plans were chosen."""
    allowed: int | None = None
    """How many plans there was time to check."""
    late: Callable[[], bool] = lambda: False
    """Whether another price of a limit would be found too late, where time is limited."""
    hurried: Callable[[], bool] = lambda: False
    """Whether there is no time for notes that changes of the plan are tried for."""


@dataclass(frozen=True, kw_only=True)
class FoundFront:
    """A front as the search found it."""

    plans: int
    """Plans of which none is better than another in everything."""
    covered: float
    """Share of their hypervolume that the chosen plans cover."""
    whole: bool = True
    """Whether the best of every measure was looked for, or time or Ctrl-C came first."""
    ends: int = 0
    """Of how many measures, the first ones, the best was searched for with as much work as a run for it alone has."""
