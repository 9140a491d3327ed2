"""The market behind a scenario: its own where it was measured in one, else one that resembles it."""

from __future__ import annotations

from planner.problem import Problem
from scenarios.market.likeness import CUSTOMERS_PER_SEGMENT, likeness
from scenarios.market.play import Market
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Wrong
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

    Raises
    ------
    InvalidInput
        For offers that are sent once: simulated customers keep no message from one day to the next.
    """
    once = next((offer for offer in problem.loaded.scenario.offers if offer.valid is not None), None)
    if once is not None:
        expected = "no offer with valid: simulated customers keep no message from one day to the next"
        what, got = f"offers.{once.id}.valid", "" if once.valid is None else once.valid.words
        remedy = "simulate a copy of the scenario without valid"
        raise InvalidInput([Wrong(where="simulate", what=what, expected=expected, got=got, remedy=remedy)])
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
