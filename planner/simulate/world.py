"""The market behind a scenario: its own where it was measured in one, else one that resembles it."""

from __future__ import annotations

from planner.problem import Problem
from scenarios.market.likeness import likeness
from scenarios.market.play import Market
from scenarios.shipped import singles_day
from scenarios.shipped.singles_day_truth import truth

MEASURED_CUSTOMERS = 500
"""Customers a segment of singles-day in simulations: fewer than it was measured with, for speed."""


def world_of(problem: Problem, seed: int) -> tuple[Market, str]:
    """Return the market and a sentence about it."""
    scenario, measured = problem.loaded.scenario, truth(MEASURED_CUSTOMERS)
    # A scenario of one's own may have the same name, but not its customers.
    if scenario.scenario == singles_day.NAME and measured.knows(problem.grid.segments, problem.grid.products):
        return Market(scenario=scenario, truth=measured), "the market that singles-day was measured in"
    market = likeness(problem.grid, problem.effects, seed)
    return market, (
        "a market that resembles the scenario: its quiet sales and price reactions are near the tables, "
        "the rest is the market's own"
    )
