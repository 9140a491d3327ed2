"""Customers told one by one, with a past: all segments together stand first, and each is dated by its own days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from lived import actuals_of

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.measure.measured import Source
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.response.totals import sold_by
from surrogate.flight.measure.effects_measured import cuped
from surrogate.flight.measure.pooled_past import KnownGroups, pooled_cuped

LIFT = 0.25


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, whose coupon goes to the young on three days and to the old on one."""
    folder: Path = tmp_path_factory.mktemp("shop")
    lines = [line(day, "case", "coupon-20", "young") for day in (2, 3, 4)]
    found = running(folder)
    return replace(found, plan=found.grid.plan_of((*lines, line(3, "case", "coupon-20", "old"))))


def _group(segment: str, seed: int, *, past: bool = True, treated: int = 1600, held: int = 400) -> CustomerGroup:
    """Customers who buy as they bought before, the treated by a quarter more."""
    rng = np.random.default_rng(seed)
    before = rng.poisson(2.0, treated + held).astype(float)
    bought = rng.poisson(0.5 * before).astype(float)
    return CustomerGroup(
        segment=segment,
        offer="coupon-20",
        product="case",
        treated=bought[:treated] * (1.0 + LIFT),
        held=bought[treated:],
        before=(before[:treated], before[treated:]) if past else None,
    )


def _report(case: Running, *groups: CustomerGroup) -> OutcomeReport:
    actuals = actuals_of(case.grid, sold_by(case.model, case.plan, np).units, 6)
    params = EvaluateParams(futures=50)
    return evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params, customers=groups)


def test_all_segments_together_stand_first(case: Running) -> None:
    """With a past of every customer the offer as a whole is told by it, closer than any of its segments."""
    report = _report(case, _group("young", 1), _group("old", 2))
    first = report.together[0]
    assert (first.source, first.offer, first.segments) == (Source.CUSTOMERS_TOGETHER, "coupon-20", ("young", "old"))
    assert first.measured.method == "CUPED" and first.measured.low < LIFT < first.measured.high
    assert first.measured.explained > 0.2
    alone = [each.measured for each in report.effects if each.source is Source.CUSTOMERS]
    assert len(alone) == 2 and all(first.measured.standard_error < each.standard_error for each in alone)
    assert (first.measured.treated, first.measured.held) == (3200, 800)


def test_without_a_past_of_all_nothing_is_pooled(case: Running) -> None:
    """One segment, or one whose past is not told, is told as before."""
    for groups in ([_group("young", 1)], [_group("young", 1), _group("old", 2, past=False)]):
        assert not _report(case, *groups).together


def test_one_segment_by_itself_is_its_own_comparison() -> None:
    """Pooling a single segment is CUPED of it, to the last digit that matters."""
    one = _group("young", 3)
    assert one.before is not None
    plain = cuped(one.treated, one.held, *one.before)
    pooled = pooled_cuped(
        [KnownGroups(treated=one.treated, held=one.held, treated_before=one.before[0], held_before=one.before[1])]
    )
    assert plain is not None and pooled is not None
    np.testing.assert_allclose((pooled.lift, pooled.low, pooled.high), (plain.lift, plain.low, plain.high))


def test_lessons_are_dated_by_each_segments_own_messages(case: Running) -> None:
    """The coupon ran for three days, and for the old on one of them: no lesson goes on to the end of the campaign."""
    days = {row[3]: row[6:8] for row in _report(case, _group("young", 1), _group("old", 2)).lessons}
    assert days == {"young": ("2026-11-02", "2026-11-04"), "old": ("2026-11-03", "2026-11-03")}
    assert dt.date.fromisoformat(days["old"][1]) < case.grid.scenario.horizon.last_day
