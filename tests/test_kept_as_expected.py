"""Limits that hold as expected and break in many futures are told with how often they do."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from random_plan import random_plan

from constraints.ledger import Ledger
from planner.run.notes.kept_as_expected import kept_as_expected
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import measure_functional

DRAWS = 200


@pytest.fixture(scope="module")
def made():
    """A ledger of a tiny scenario without limits, and a plan of it."""
    grid, effects, baskets, plan = random_plan(3)
    return Ledger(build_coefficients(grid, effects, baskets), effects, draw(grid, effects, 3, count=DRAWS)), plan


def limited(made, **keys):
    """The same with one limit on units."""
    ledger, plan = made
    limits = (Limit(id="cap", measure="units", **keys),)
    grid = replace(ledger.grid, scenario=ledger.grid.scenario.model_copy(update={"limits": limits}))
    judge = Ledger(replace(ledger.model, grid=grid), ledger.effects, ledger.draws)
    return kept_as_expected(judge, plan, judge.audit(plan).limits)


def units(made):
    """Units of the plan, expected and [D] in every future."""
    ledger, plan = made
    row = measure_functional(ledger.grid, ledger.model.economics, Measure.UNITS, Scope())
    drawn = outcomes(ledger.model, ledger.effects, plan, ledger.draws, [row]).values[:, 0]
    return float(ledger.audit(plan).outcome.units), drawn


@pytest.mark.parametrize("sense", ["max", "min"])
def test_how_often_a_used_up_limit_breaks(made, sense):
    """A bound that is just kept as expected is told with the share of the futures beyond it, and what mends it."""
    expected, drawn = units(made)
    bound = Decimal(str(round(expected + (0.01 if sense == "max" else -0.01), 2)))
    (told,) = limited(made, **{sense: bound})
    beyond = (drawn > float(bound)).mean() if sense == "max" else (drawn < float(bound)).mean()
    found = re.search(r"cap in (\d+)%;", told)
    assert found is not None and 100 * beyond == pytest.approx(int(found[1]), abs=1.0)
    assert "at_risk: 95%" in told


def test_what_holds_in_the_futures_is_not_told(made):
    """Neither a bound far from its use nor one that is asked to hold at risk is worth a word."""
    expected, drawn = units(made)
    far = Decimal(str(round(max(2 * expected, drawn.max()) + 1, 2)))
    assert limited(made, max=far) == ()
    assert limited(made, max=far, at_risk=0.95) == ()
