"""The market behind a scenario: its own where it was measured in one, else one that resembles it."""

from __future__ import annotations

from collections.abc import Iterator

from planner.problem import Problem
from scenarios.language.words import Unit
from scenarios.market.likeness import likeness
from scenarios.market.play import Market
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Mistake
from scenarios.shipped import singles_day
from scenarios.shipped.singles_day_truth import truth

MEASURED_CUSTOMERS = 500
"""Customers a segment of singles-day in simulations: fewer than it was measured with, for speed."""


def world_of(problem: Problem, seed: int) -> tuple[Market, str]:
    """Return the market and a sentence about it.

    Raises
    ------
    InvalidInput
        Where the market cannot play the scenario: it plays day by day, and serves everybody who wants an offer.
    """
    scenario = problem.loaded.scenario
    mistakes = [*_weeks(problem), *_rationed(problem)]
    if mistakes:
        raise InvalidInput(mistakes)
    if scenario.scenario == singles_day.NAME:
        market = Market(scenario=scenario, truth=truth(MEASURED_CUSTOMERS))
        return market, "the market that singles-day was measured in"
    market = likeness(problem.grid, problem.effects, seed)
    return market, (
        "a market that resembles the scenario: its quiet sales and price reactions are near the tables, "
        "the rest is the market's own"
    )


def _weeks(problem: Problem) -> Iterator[Mistake]:
    if problem.loaded.scenario.horizon.unit is not Unit.DAY:
        where, remedy = problem.loaded.positions.at(("horizon", "unit")), "simulate a campaign that is planned in days"
        expected = "a horizon in days: the simulated market plays day by day"
        yield Mistake(where=where, what="horizon.unit", expected=expected, got="weeks", remedy=remedy)


def _rationed(problem: Problem) -> Iterator[Mistake]:
    """Name offers that not everybody gets who wants them: told before anything is planned, whichever plan would run."""
    for number, offer in enumerate(problem.loaded.scenario.offers):
        for key in ("quantity", "per_customer"):
            if getattr(offer, key) is not None:
                yield Mistake(
                    where=problem.loaded.positions.at(("offers", number, key)),
                    what=f"offers.{offer.id}.{key}",
                    expected="no such key: the simulated market serves everybody who wants an offer",
                    got=key,
                    remedy="simulate a copy without it",
                )
