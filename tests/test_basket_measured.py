"""Offers on whole baskets in flight: what they brought against a holdout, and that what did not run teaches nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from basket_case import BASKETS, OLD, THURSDAY, TUESDAY, save_case, told_case
from little_work import little_work
from replan_case import LAST, happened, sold

from planner.commands.running.flight import no_lesson
from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.series import all_ran_as_planned
from surrogate.flight.recalibration.recalibrate import recalibrate


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the past is tested here, not how good the plan is."""
    little_work(monkeypatch)


def test_the_lift_of_orders_stands_beside_the_planned_one(tmp_path: Path) -> None:
    """A fifth kept out, orders as planned: the plan's lift of orders is 0.12, and so is the measured one.

    The file of lessons says why it is empty though something was measured: training reads lifts on products.
    """
    case = save_case(tmp_path, None)
    actuals = told_case(case, orders=1.0)
    units = actuals.tables["units"].copy()
    usual = 10_000 * (case.model.orders_per_unit * case.model.base_units).sum(axis=1)
    lift = np.zeros(usual.shape)
    lift[OLD, [TUESDAY, THURSDAY]] = 0.12
    for group, share in ((0, 0.8), (1, 0.2)):
        units[group, :2] = np.rint(share * units[0, :2])
        units[group, :2, BASKETS] = np.rint(share * usual * (1.0 + (lift if group == 0 else 0.0)))
    units[..., LAST + 1 :] = np.nan
    people = np.where(np.isfinite(units), np.array([0.8, 0.2])[:, None, None, None] * 6000.0, np.nan)
    held = replace(actuals, tables={**actuals.tables, "units": units, "customers": people})
    report = evaluate_campaign(case.frozen, case.plan, held, folder="plans", rank=1, params=EvaluateParams(futures=50))
    (effect,) = report.effects
    assert (effect.offer, effect.product, effect.segment) == ("save-200", "basket", "old")
    assert effect.measured.lift == pytest.approx(0.12, abs=0.005)
    assert effect.planned == pytest.approx(0.12, abs=0.005)
    assert "because no lift above is one that training reads" in no_lesson(report)
    assert no_lesson(replace(report, effects=())).endswith("nothing was measured against a holdout")
    assert no_lesson(replace(report, lessons=(("x",),))) == ""


def test_an_offer_on_orders_that_did_not_run_teaches_nothing(tmp_path: Path) -> None:
    """Rows of baskets without the offer: no evidence against its lift, no part of the forecast, no series to compare.

    Without rows of baskets nothing tells of it, and the plan is taken to have run.
    """
    case = save_case(tmp_path, None)
    quiet = case.grid.empty()
    units = sold(replace(case, plan=quiet))
    actuals = replace(told_case(case, orders=1.0), ran=frozenset())
    tables = {**actuals.tables, "units": actuals.tables["units"].copy()}
    tables["units"][0, :2, :3, : LAST + 1] = np.rint(units[..., : LAST + 1])
    actuals = replace(actuals, tables=tables)
    day = case.grid.scenario.horizon.date_of(TUESDAY)
    left = [each.date for each in case.grid.lines(as_it_ran(actuals, case.plan))]
    assert day not in left and len(left) == 1
    assert not all_ran_as_planned(actuals, case.plan)[:, TUESDAY].any()
    assert all_ran_as_planned(actuals, case.plan)[:, :TUESDAY].all()
    learned = recalibrate(case.model, case.frozen.effects, case.plan, actuals)
    assert learned.offers.get("save-200") is None or learned.offers["save-200"].factor == pytest.approx(1.0, abs=0.02)
    untold = replace(actuals, tables=happened(case, units).tables)
    assert (as_it_ran(untold, case.plan) == case.plan).all()
    assert all_ran_as_planned(untold, case.plan).all()
