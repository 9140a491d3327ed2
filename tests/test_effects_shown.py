"""The report's table of effects: bounds that say nothing are open, and many comparisons find some by chance."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flight_case import DAYS, Running, running_shop
from lived import actuals_of, lived_units
from printed import printed

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.measure.measured import Effect, Source
from planner.flight.watch.untold import untold
from planner.report.flight.outcome_report import outcome_json, show_outcome
from scenarios.flight.actuals import Actuals
from surrogate.flight.measure.effects_measured import Measured

case = running_shop


def _actuals(case: Running) -> Actuals:
    return actuals_of(case.grid, lived_units(case.model, case.frozen.effects, case.plan, seed=3)[0], DAYS - 1)


@pytest.fixture(scope="module")
def report(case: Running) -> OutcomeReport:
    """A report without effects of its own."""
    params = EvaluateParams(futures=50)
    return evaluate_campaign(case.frozen, case.plan, _actuals(case), folder="plans", rank=1, params=params)


def _effect(number: int, high: float = 0.9, method: str = "difference") -> Effect:
    measured = Measured(
        method=method, lift=0.5, low=-0.2, high=high, standard_error=0.2, treated=900, held=300, mean=0.5
    )
    return Effect(
        offer=f"coupon-{number}", product="case", segment="young", measured=measured, planned=0.5, source=Source.ROWS
    )


def shown(report: OutcomeReport, *effects: Effect) -> str:
    """The report with these effects, as text."""
    return "\n".join(line for part in show_outcome(replace(report, effects=effects)) for line in printed(part, 140))


def test_a_bound_that_bounds_nothing_is_open_and_stays_a_number_in_json(report: OutcomeReport) -> None:
    """Above 999 %; at 999 % it is still told."""
    text = shown(report, _effect(1, high=200.887))
    assert "-20.0% to open" in text and "20,088.7%" not in text
    assert "open: too few were kept out to bound it" in text
    assert outcome_json(replace(report, effects=(_effect(1, high=200.887),)))["effects"][0]["high"] == 200.887
    text = shown(report, _effect(1, high=9.99))
    assert "-20.0% to +999.0%" in text and "open" not in text


def test_many_comparisons_find_some_by_chance(report: OutcomeReport) -> None:
    """Of forty two; customers told twice are one comparison, and of few nothing is said."""
    forty = [_effect(number) for number in range(40)]
    twice = [_effect(number, method="CUPED") for number in range(40)]
    assert "of 40 comparisons about 2 would be so by chance" in shown(report, *forty, *twice)
    assert "by chance" not in shown(report, *forty[:9], *twice[:9])


def test_only_columns_that_are_missing_are_told(case: Running) -> None:
    """With contacts in the file, buyers alone are missing."""
    actuals = _actuals(case)
    bare = {name: actuals.tables[name] for name in ("units", "revenue")}
    assert "not told: contacts and buyers (columns contacts, buyers)" in untold(replace(actuals, tables=bare))
    half = replace(actuals, tables={**bare, "contacts": bare["units"], "returns": bare["units"]})
    assert list(untold(half)) == [
        "not told: buyers, beside contacts (column buyers)",
        "not told: visitors and buyers (columns visitors, buyers)",
    ]
