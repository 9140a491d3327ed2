"""Uses are watched like sales: a dead code alarms, uncertain take-up alone does not, and false alarms stay as rare."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from little_watch import LIGHT
from replan_case import LAST, happened, sold
from rich.console import Console

from planner.flight.measure.comparable import comparable
from planner.flight.watch.monitor import MonitorParams, forecast, monitor
from planner.flight.watch.readings import MonitorReport, SeriesReading
from planner.report.flight.monitor import show_monitor
from planner.report.flight.monitor_findings import findings_of
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import Kind, watch
from scenarios.flight.watched_uses import watch_uses
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.response.coefficients import unlimited
from scenarios.response.totals import sold_by
from surrogate.flight.chance import with_chance
from surrogate.flight.watch.sequential import peak

EXTRAS, COUPON = 2, "coupon-20"
PARAMS = MonitorParams(futures=200, most=400, least=400)

case = running_shop
"""The shop; its coupon runs for the young on three days, two of them so far."""


def _told(case: Running, share: float) -> Actuals:
    """Sales as forecast, and so many of the expected uses."""
    actuals, what = happened(case, sold(case)), sold_by(case.model, case.plan, np)
    actuals.tables["revenue"][:] = np.nan  # paid as planned
    s, k, t = case.grid.shape
    uses = np.full((2, s + 1, k + 1, t), np.nan)
    uses[0, 0, EXTRAS, : LAST + 1] = np.rint(share * what.targeted[0, EXTRAS, : LAST + 1])
    return replace(actuals, tables={**actuals.tables, "uses": uses})


def _read(case: Running, share: float) -> MonitorReport:
    return monitor(case.frozen, case.plan, _told(case, share), folder="plans", rank=1, params=LIGHT)


def _uses(report: MonitorReport) -> SeriesReading:
    (found,) = (each for each in report.series if each.series.kind is Kind.USES)
    return found


def test_a_dead_code_is_found_by_its_uses(case: Running) -> None:
    """Nobody used it: an alarm that asks whether the code works, though sales come as forecast."""
    report = _read(case, 0.0)
    reading, what = _uses(report), sold_by(case.model, case.plan, np).targeted[0, EXTRAS]
    assert reading.series.id == COUPON and reading.alarm is not None and not report.on_course
    assert reading.expected == pytest.approx(what[: LAST + 1].sum(), rel=0.02)
    assert reading.whole == pytest.approx(what.sum(), rel=0.02)
    assert [each.series.kind for each in report.alarms] == [Kind.USES]
    (said,) = (each for each in findings_of(report) if each.startswith(COUPON))
    assert f"none of {reading.expected:,.0f} expected uses: does its code work" in said


def test_uses_as_expected_are_no_news(case: Running) -> None:
    """They are shown, and say nothing."""
    report = _read(case, 1.0)
    assert report.on_course and _uses(report).inside and _uses(report).ratio == pytest.approx(1.0, abs=0.02)
    console = Console(width=80, record=True, file=io.StringIO())
    for part in show_monitor(report):
        console.print(part)
    text = console.export_text()
    assert "Uses so far" in text and max(map(len, text.splitlines())) <= 80
    assert "uses of" not in text


def test_without_the_column_nothing_of_uses_is_shown(case: Running) -> None:
    """And the error is spread over sales alone."""
    report = monitor(case.frozen, case.plan, happened(case, sold(case)), folder="p", rank=1, params=LIGHT)
    assert not [each for each in report.series if each.series.kind is Kind.USES]


def test_false_alarms_stay_as_rare_with_uses(case: Running) -> None:
    """Fresh futures whose uses follow their good and bad days, as real ones do: at most 5 % alarm, but for chance."""
    actuals, free = _told(case, 1.0), unlimited(case.model)
    effects, count = case.frozen.effects, 600
    usable = comparable(actuals, case.plan)
    watched = watch(case.grid, case.plan, usable, by_segment=True)
    uses = watch_uses(free, case.plan, usable, actuals)
    assert uses is not None
    made = forecast(case.model, effects, case.plan, watched, seed=1, params=PARAMS, uses=uses)
    shares = dict.fromkeys(Kind, 0.0)
    for series, weight in zip(made.series, made.tests.weights, strict=True):
        shares[series.kind] += float(weight)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares[Kind.USES] == pytest.approx(0.2) and shares[Kind.OFFER] == pytest.approx(0.4)
    rng, happened_to, products = np.random.default_rng(5), [], []
    for what in sales(free, effects, case.plan, draw(case.grid, effects, 7, name="fresh", count=count)):
        units = with_chance(what.units, PARAMS.chance, rng)
        good = units.sum(axis=(-3, -2)) / np.maximum(what.units.sum(axis=(-3, -2)), 1e-9)
        used = rng.poisson(uses.by_product(what) * good[:, None, None]).sum(axis=-2)
        happened_to.append(np.concatenate([watched.sums(watched.folded(units)), used], axis=-2))
        products.append(units.sum(axis=-3))
    highest = peak(made.evidence(np.concatenate(happened_to), np.concatenate(products)))
    alarmed = float((highest > made.bar.log_evidence).mean())
    assert alarmed <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / count)
