"""A use that no file tells is told as an estimate, and as broken only beyond what the estimate may be off."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, Running, line, running, running_shop
from little_work import little_work
from lived import actuals_of
from printed import printed
from really_ran import ran_of
from replan_case import LAST, again, happened, sold

from planner.flight.estimate_error import EstimateError
from planner.flight.limits_kept import LimitKept, limits_kept
from planner.flight.watch.readings import Interval, LimitReading
from planner.report.flight.by_estimate import WITHIN
from planner.report.flight.limits_kept import show_limits_kept
from planner.report.flight.monitor_findings import warning_sentence
from planner.report.flight.replan import show_replanned
from planner.report.flight.replan_json import replan_json
from scenarios.flight.actuals import Actuals
from scenarios.flight.realised import Realised
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.totals import sold_by

case = running_shop

__all__ = ["case"]


def _realised(case: Running, scatter: float) -> Realised:
    """The shop's cut and nothing else, sold as expected at prices that lie so far from the regular ones."""
    plan = case.grid.plan_of([line(4, "phone", "cut-15")])
    actuals = actuals_of(case.grid, sold_by(case.model, plan, np).units, DAYS - 1)
    paid = actuals.tables["revenue"].copy()
    paid[..., ::2] *= 1.0 + scatter
    paid[..., 1::2] *= 1.0 - scatter
    return Realised(case.model, case.model, plan, replace(actuals, tables={**actuals.tables, "revenue": paid}))


def test_an_estimate_is_off_as_prices_are_paid_otherwise(case: Running) -> None:
    """Where every row stands at its regular price a cut's spend is sure; where prices scatter by 1% it is not."""
    spend = [
        EstimateError(_realised(case, each), case.frozen.effects).of(Measure.SPEND, Scope(), 1000.0)
        for each in (0.0, 0.01)
    ]
    assert spend[0] == 0.0
    assert spend[1] == pytest.approx(1.645 * 1.4826 * 10.0, rel=0.01)
    errors = EstimateError(_realised(case, 0.01), case.frozen.effects)
    assert errors.of(Measure.UNITS, Scope(), 1000.0) == errors.of(Measure.CONTACTS, Scope(), 1000.0) == 0.0
    assert EstimateError(_realised(case, 0.5), case.frozen.effects).of(Measure.SPEND, Scope(), 1000.0) == 0.0


def test_uses_that_nobody_counted_are_as_uncertain_as_their_take_up(case: Running) -> None:
    """A coupon whose uses the file does not tell leaves its spend as open as its take-up was; a cut leaves nothing."""
    actuals = actuals_of(case.grid, sold_by(case.model, case.plan, np).units, DAYS - 1)
    realised = Realised(case.model, case.model, case.plan, actuals)
    errors = EstimateError(realised, case.frozen.effects)
    coupon = Scope(offers=("coupon-20",))
    used = float(realised.use(Measure.SPEND, coupon).amounts.sum())
    assert used > 0
    assert errors.of(Measure.SPEND, coupon, used) > 0.1 * used
    assert errors.of(Measure.SPEND, Scope(offers=("cut-15",)), used) == 0.0


def _reading(used: float, error: float, *, told: bool = False) -> LimitReading:
    all_of_it = Interval(p05=used, p50=used, p95=used)
    return LimitReading(
        id="budget", measure="spend", words="spend max", span=None, sense="max", bound=12_000.0, planned_bound=12_000.0,
        used=used, told=told, planned=used, forecast=all_of_it, end=all_of_it, probability=1.0, on=None, earliest=None,
        broken=True, error=error,
    )  # fmt: skip


def test_the_monitor_says_broken_only_beyond_the_estimates_error() -> None:
    """What is told is broken or not; an estimate is said to be one, and may be while its interval holds the bound."""
    assert warning_sentence(_reading(12_045.72, 150.0), "SEK") == (
        "limit budget may be broken: 12,045.72 by estimate, really 11,895.72 to 12,195.72, max 12,000.00; a column "
        "spend would tell"
    )
    assert warning_sentence(_reading(12_934.3, 150.0), "SEK") == (
        "limit budget is broken: 12,934.30 by estimate, max 12,000.00"
    )
    assert warning_sentence(_reading(12_045.72, 0.0, told=True), "SEK") == (
        "limit budget is broken: 12,045.72, max 12,000.00"
    )


def test_the_report_says_the_same(case: Running) -> None:
    """Beside a bound an estimate is kept, or may be broken, by estimate; far from it the verdict is plain."""
    one = next(
        each
        for each in limits_kept(_realised(case, 0.01), EstimateError(_realised(case, 0.01), case.frozen.effects), {})
        if each.measure == "spend" and each.kept
    )

    def shown(used: float, kept: bool) -> str:
        limit: LimitKept = replace(one, bound=1000.0, used=used, kept=kept, error=20.0)
        return " ".join(printed(show_limits_kept([limit], "CNY"), 100))

    assert "kept, by estimate" in shown(990.0, True) and "970.00 to 1,010.00" in shown(990.0, True)
    assert "may be broken" in shown(1010.0, False)
    assert "may be" not in (far := shown(1030.0, False)) and "broken" in far
    assert "by estimate" not in shown(970.0, True)


def test_a_replanning_names_limits_that_are_kept_only_within_the_error(
    case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uses nobody told are 3 % below a bound, and may be far above it: that is said, and of other limits nothing."""
    little_work(monkeypatch)
    realised = Realised(case.model, case.model, case.plan, happened(case, sold(case)))
    used, told = realised.so_far(Measure.SPEND, Scope(offers=("coupon-20",)))
    assert used > 0 and not told
    days = "where: {offers: [coupon-20], periods: [2026-11-01..2026-11-05]}"
    budget = "  - {id: total-budget, measure: spend, max: 80000}\n"
    near = f"  - {{id: near, measure: spend, max: {1.03 * used:.2f}, {days}}}\n"
    tight = running(tmp_path, shop={budget: near})
    found = again(tight, happened(tight, sold(tight)), change_cost=Decimal(0))
    (near,) = found.within_error
    assert (near.id, near.sense, near.span) == ("near", "max", None)
    assert near.used == pytest.approx(used, rel=0.03)
    assert near.used <= near.bound < near.used + near.error
    text = " ".join(row for part in show_replanned(found, title="x") for row in printed(part, 400))
    assert WITHIN in text
    low, high = near.used - near.error, near.used + near.error
    assert f"limit near comes to {near.used:,.2f} by estimate, really {low:,.2f} to {high:,.2f}, max" in text
    assert [each["id"] for each in replan_json(found, folder="x", plan=1)["within_error"]] == ["near"]
    assert found.flight.known_periods == LAST + 1


def test_lines_whose_running_is_told_are_no_estimate(case: Running) -> None:
    """Uses that nobody counted leave a count of lines as it is; a line without a row may not have run, and only it."""
    units = sold_by(case.model, case.plan, np).units
    coupon = Scope(offers=("coupon-20",))
    day, case_row = case.grid.scenario.horizon.period_of(line(6, "case", "coupon-20").date), case.grid.row("case")

    def found(actuals: Actuals) -> tuple[float, bool, float]:
        realised = Realised(case.model, case.model, case.plan, actuals)
        return *realised.so_far(Measure.LINES, coupon), EstimateError(realised, case.frozen.effects).of(
            Measure.LINES, coupon, 3.0
        )

    told = actuals_of(case.grid, units, DAYS - 1)
    whole = replace(told, ran=ran_of(case, case.grid.lines(case.plan), DAYS - 1))
    assert found(whole) == (3.0, True, 0.0)
    gap = {name: table.copy() for name, table in told.tables.items()}
    for table in gap.values():
        table[:, :, case_row, day] = np.nan
    assert found(replace(whole, tables=gap)) == (3.0, False, 1.0)
    assert found(told) == (3.0, False, 0.0), "without a column offer the plan ran"


def test_a_use_that_is_just_the_bound_is_kept_and_no_estimate(case: Running) -> None:
    """A floor on lines that is just met by what the file tells is kept, and nothing may be broken by estimate."""
    limit = LimitKept(
        id="full", measure="lines", words="lines min", span=None, sense="min", bound=72.0, planned=72.0, used=72.0,
        told=True, ratio=False, kept=True,
    )  # fmt: skip
    text = " ".join(printed(show_limits_kept([limit], "PLN"), 100))
    assert "kept" in text and "estimate" not in text
