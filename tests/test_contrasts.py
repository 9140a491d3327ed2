"""Lifts that a holdout measured count in re-planning: the offer that they tell of is moved, and of its segment most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, line, running
from little_work import little_work
from replan_case import again, happened, sold

from planner.report.flight.replan import show_replanned
from planner.report.flight.replan_json import replan_json
from scenarios.flight.actuals import Actuals
from surrogate.flight.evidence import nudges_of
from surrogate.flight.recalibration.beliefs import believed
from surrogate.flight.recalibration.contrasts import Contrast, told
from surrogate.flight.recalibration.recalibrate import recalibrate

LAST = 4
YOUNG, CASE = 0, 2
KEPT_OUT = 800
"""Of 4,000 young customers."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, where every coupon on cases goes to a half of the young, and the price of phones is cut once."""
    case = running(tmp_path_factory.mktemp("shop"))
    lines = [line(day, "case", "coupon-20", "young", 0.5) for day in (1, 3, 6)]
    return replace(case, plan=case.grid.plan_of((*lines, line(2, "phone", "cut-15"))))


def _measured(case: Running, lift: float, sd: float) -> Contrast:
    """A measured lift of the coupon, where .4 was planned."""
    periods = np.zeros(case.grid.shape[2], dtype=bool)
    periods[[1, 3]] = True
    return Contrast(
        offer=case.grid.offer_index["coupon-20"],
        product=CASE,
        segment=YOUNG,
        planned=0.4,
        lift=lift,
        standard_error=sd,
        periods=periods,
    )


def test_slopes_are_those_of_the_expected_lifts(case: Running) -> None:
    """By each part, changes counting from a moment on, the expected lift moves as its slope says."""
    nudges = nudges_of(case.model, case.plan, LAST)
    contrast = _measured(case, 0.7, 0.1)
    cell = (contrast.segment, contrast.product, contrast.offer)
    beliefs = believed(case.model, case.frozen.effects, nudges, case.plan, LAST, 0.2, [cell])
    theta, step = np.full(len(beliefs.kind), 0.1), 1e-6
    here = told([contrast], beliefs, theta, 2)
    for part in range(len(theta)):
        further = told([contrast], beliefs, theta + step * np.eye(len(theta))[part], 2)
        assert (here.off - further.off)[0] / step == pytest.approx(here.slopes[part, 0], abs=1e-4)
    assert here.trust.tolist() == [pytest.approx(100)]


@pytest.mark.parametrize(("lift", "low", "high"), [(0.4, 0.9, 1.1), (0.8, 1.5, 2.1), (0.2, 0.45, 0.75)])
def test_a_measured_lift_moves_its_offer(case: Running, lift: float, low: float, high: float) -> None:
    """Sales as forecast say nothing else; a sure contrast decides, and what is unsure shrinks."""
    wide = replace(case.frozen.effects, lift_sd=np.where(case.frozen.effects.lift_sd > 0, 0.6, 0.0))
    silent = np.ones(case.grid.shape[1:], dtype=bool)
    silent[CASE, :3] = False  # sales of next to nothing tell of it beside
    actuals = happened(case, sold(case), last=LAST)
    plain = recalibrate(case.model, wide, case.plan, actuals, silent=silent).offers["coupon-20"]
    moved = recalibrate(case.model, wide, case.plan, actuals, silent=silent, contrasts=[_measured(case, lift, 0.02)])
    found = moved.offers["coupon-20"]
    assert low < found.factor < high and moved.contrasts == 1
    assert found.high / found.low < plain.high / plain.low


def test_the_segment_that_was_measured_is_moved_most(case: Running) -> None:
    """A lift twice as large of the young says less of the same coupon for others."""
    actuals = happened(case, sold(case), last=LAST)
    found = recalibrate(case.model, case.frozen.effects, case.plan, actuals, contrasts=[_measured(case, 0.8, 0.02)])
    offer, before = case.grid.offer_index["coupon-20"], case.frozen.effects.lift
    ratio = found.effects.lift[0, :, CASE, -1, offer] / before[0, :, CASE, -1, offer]
    assert ratio[YOUNG] > ratio[1] > 1.0


def _held(case: Running, lift: float) -> Actuals:
    """The days of the forecast, with rows of both groups in which the treated buy so much more per customer."""
    actuals = happened(case, sold(case), last=LAST)
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    people[0, YOUNG, CASE], people[1, YOUNG, CASE] = 4000 - KEPT_OUT, KEPT_OUT
    whole = units[0, YOUNG, CASE].copy()
    ratio = (4000 - KEPT_OUT) / KEPT_OUT * (1.0 + lift)
    units[1, YOUNG, CASE] = np.rint(whole / (1.0 + ratio))
    units[0, YOUNG, CASE] = whole - units[1, YOUNG, CASE]
    return replace(actuals, tables={**actuals.tables, "units": units, "customers": people})


def test_a_re_planning_reads_the_holdout(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sales in all, split otherwise between treated and kept out, say otherwise of the offer."""
    little_work(monkeypatch)
    small, large = (again(case, _held(case, lift)) for lift in (0.0, 0.6))
    factors = [each.recalibration.offers["coupon-20"].factor for each in (small, large)]
    assert factors[0] < factors[1]
    assert replan_json(large, folder="plans", plan=1)["learned"]["holdout_lifts"] == large.recalibration.contrasts == 1
    notes = [note for part in show_replanned(large, title="shop") for note in getattr(part, "notes", ())]
    assert "1 lift measured by customers who were kept out weighed with the sales" in notes


def test_without_a_lift_or_an_error_there_is_no_contrast(case: Running) -> None:
    """Nothing can be said to be so many times nothing."""
    with pytest.raises(ValueError, match="standard error above 0"):
        replace(_measured(case, 0.4, 0.1), planned=0.0)
    with pytest.raises(ValueError, match="standard error above 0"):
        _measured(case, 0.4, 0.0)
