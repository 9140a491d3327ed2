"""The market behind a scenario: its own where it was measured in one, else one that resembles it."""

from __future__ import annotations

from planner.problem import Problem
from scenarios.market.likeness import CUSTOMERS_PER_SEGMENT, likeness
from scenarios.market.play import Market
from scenarios.shipped import singles_day
from scenarios.shipped.singles_day_truth import truth

MEASURED_CUSTOMERS = 500
"""Customers a segment of singles-day in simulations: fewer than it was measured with, for speed."""
LIVED = 24_000
"""Single customers of a market whose past is recorded: there is as much to learn from as there are customers."""


def world_of(problem: Problem, seed: int, *, customers: int | None = None) -> tuple[Market, str]:
    """Return the market and a sentence about it.

    Parameters
    ----------
    customers
        About how many are simulated one by one, in equal numbers of each segment, where there are to be more than the
        usual ones; but never more than the smallest segment really has.
    """
    segments = problem.grid.segments
    each = min((customers or 0) // len(segments), min(segment.customers for segment in segments))
    scenario, measured = problem.loaded.scenario, truth(max(MEASURED_CUSTOMERS, each))
    # A scenario of one's own may have the same name, but not its customers.
    if scenario.scenario == singles_day.NAME and measured.knows(problem.grid.segments, problem.grid.products):
        return Market(scenario=scenario, truth=measured), "the market that singles-day was measured in"
    market = likeness(problem.grid, problem.effects, seed, per_segment=max(CUSTOMERS_PER_SEGMENT, each))
    return market, (
        "a market that resembles the scenario: its quiet sales and price reactions are near the tables, "
        "the rest is the market's own"
    )
