"""What is no evidence of a forecast: shelves that were empty though nobody told so, and offers that did not run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, Running, running, running_shop
from little_work import little_work
from lived import lived_units
from plan_directory import plans_of
from printed import printed
from replan_case import LAST, again, happened, sold

from planner.flight.counted import believed_before
from planner.flight.measure.comparable import comparable, empty_shelves, told_chance
from planner.flight.past.learning import learn
from planner.replan.question import problem_in_flight
from planner.replan.replan import ReplanParams
from planner.replan.replanned import Replanned
from planner.replan.until_now.so_far import so_far
from planner.report.flight.replan import show_replanned
from scenarios.answer.archive import Frozen
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.messages.contacts import NOBODY
from scenarios.language.aim import Aim
from scenarios.response.coefficients import build_coefficients
from surrogate.flight.chance import ChanceParams
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, Recalibration

PHONE, CASE = 0, 2


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a re-planning learns is tested here, not how good its plan is."""
    little_work(monkeypatch)


case = running_shop


def _ran(case: Running, *, without: str = "") -> frozenset[Ran]:
    """What the plan says, as rows of the actuals tell it, one offer left out."""
    grid = case.grid
    found = set()
    for line in LINES:
        period = grid.scenario.horizon.period_of(line.date)
        if line.offer == without or period > LAST or line.product == "basket":
            continue
        own = [grid.segment_index[line.segment]] if line.segment in grid.segment_index else [0, 1]
        place = {"period": period, "product": grid.product_index[line.product], "offer": grid.offer_index[line.offer]}
        found |= {Ran(segment=segment, **place) for segment in own}
    return frozenset(found)


def learned(case: Running, actuals: Actuals) -> Recalibration:
    """What a re-planning learns; the rest is not planned."""
    planned, params = problem_in_flight(case.frozen).model, ReplanParams().recalibration
    return learn(case.frozen, planned, case.plan, actuals, params, ()).recalibration


def _empty(case: Running) -> Actuals:
    """Sales as forecast, but none of cases on the second day."""
    units = sold(case).copy()
    units[:, CASE, 1] = 0
    return happened(case, units)


def test_an_empty_shelf_that_nobody_told_of_is_no_evidence(case: Running) -> None:
    """Offers and baselines move as if the file had told that the product was sold out, and the report names it."""
    actuals = _empty(case)
    left = np.full(case.grid.shape[1:], np.nan)
    left[CASE, 1] = 0
    told = learned(case, happened(case, actuals.units, stock_end=left))
    found = again(case, actuals)
    assert found.recalibration.left_out == told.left_out == 1
    for name, moved in found.recalibration.offers.items():
        assert moved.factor == pytest.approx(told.offers[name].factor), name
    assert any(sentence.startswith("case sold nothing") for sentence in found.warnings)
    said = " ".join(line for part in show_replanned(found, title="plans") for line in printed(part, 120))
    assert "left out, because nothing of demand is told by it: 1 day in which a product was sold out" in said


def test_an_empty_shelf_does_not_tell_how_much_days_scatter(tmp_path: Path) -> None:
    """Holes are found first; how much single days scatter is told by the other cells, as if there were no holes."""
    case = running(tmp_path, shop={"periods: 7": "periods: 21"})
    whole = lived_units(case.model, case.frozen.effects, case.plan, seed=3)[0]
    holes = whole.copy()
    holes[:, CASE, [3, 9, 15]] = 0
    found = [
        empty_shelves(case.model, case.frozen.effects, case.plan, _days(case, units), seed=1, chance=ChanceParams())
        for units in (whole, holes)
    ]
    assert [np.flatnonzero(silent[CASE]).tolist() for silent, _ in found] == [[], [3, 9, 15]]
    as_it_is, with_holes = (chance.lot for _, chance in found)
    actuals = _days(case, holes)
    blind = told_chance(case.model, case.plan, actuals, comparable(actuals, case.plan), ChanceParams()).lot
    assert with_holes == pytest.approx(as_it_is, rel=0.1)
    assert blind > 1.2 * as_it_is, "left in, they would look like lots"


def _asked_again(case: Running, actuals: Actuals) -> Frozen:
    """The question of the rest, with the account of what was sold: a search for the rest changes neither."""
    plan_set, _ = plans_of(case.frozen, [case.plan])
    running_plan, locked, learning = plan_set.plans[0], actuals.last + 1, RecalibrateParams()
    known = so_far(case.frozen, plan_set, running_plan, actuals, b"", locked, learning, None, (), NOBODY)
    return known.frozen


def test_how_units_scatter_is_told_by_what_was_believed_before_a_new_plan(tmp_path: Path) -> None:
    """Units come in lots of four. The account of a campaign that was planned again holds them, and hides no lots."""
    case = running(tmp_path, shop={"periods: 7": "periods: 28"})
    chance = ChanceParams(lot=4.0)
    units = lived_units(case.model, case.frozen.effects, case.plan, seed=3, chance=chance)[0]
    planned_again = _asked_again(case, _days(case, units))
    told = []
    for frozen in (case.frozen, planned_again):
        actuals = _days(case, units)
        before = believed_before(frozen, case.grid, case.plan, actuals)
        model = build_coefficients(case.grid, frozen.effects, frozen.baskets)
        shelves = empty_shelves(
            model, frozen.effects, case.plan, actuals, seed=1, chance=ChanceParams(), futures=100, before=before
        )
        told.append(shelves[1].lot)
    first, second = told
    assert first > 2.0
    assert second == pytest.approx(first, rel=0.1)


def _days(case: Running, units: np.ndarray) -> Actuals:
    return happened(case, units, last=20)


def test_an_offer_that_did_not_run_teaches_nothing(case: Running) -> None:
    """A cut that nobody switched on leaves its lifts as they were believed, and rivals are not missed on its days."""
    without = case.grid.plan_of([line for line in LINES if line.offer != "cut-15"])
    units = sold(replace(case, plan=without))
    actuals = replace(happened(case, units), ran=_ran(case, without="cut-15"))
    assert (as_it_ran(actuals, case.plan) == _late_only(case)).all()
    found = learned(case, actuals)
    assert set(found.offers) == {"coupon-20"}
    cut, lifts = case.grid.offer_index["cut-15"], found.carried.lift
    assert lifts[..., cut].mean() == pytest.approx(case.frozen.effects.lift[..., cut].mean(), rel=0.03)
    assert all(abs(moved.factor - 1) < 0.03 for moved in found.products.values())
    told = learned(case, replace(actuals, ran=None))
    assert told.offers["cut-15"].factor < 0.8, "taken to have run, it would be blamed"


def _late_only(case: Running) -> np.ndarray:
    """The plan without the cuts of the days that are over; those to come still count."""
    dates = case.grid.scenario.horizon.dates
    lines = [line for line in LINES if line.offer != "cut-15" or line.date > dates[LAST]]
    return case.grid.plan_of(lines)


def test_an_offer_that_ran_for_some_is_no_evidence_where_it_differed(case: Running) -> None:
    """Cells on which something else ran than planned are left out, as the monitor leaves them out."""
    whole = replace(happened(case, sold(case)), ran=_ran(case))
    some = frozenset(each for each in _ran(case) if (each.period, each.product, each.segment) != (2, 1, 0))
    partly = replace(whole, ran=some)
    assert learned(case, whole).used - learned(case, partly).used == 2
    assert (as_it_ran(partly, case.plan) == case.plan).all()


@pytest.fixture(scope="module")
def found(case: Running) -> Replanned:
    """The rest planned again after days that went as forecast."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return again(case, happened(case, sold(case)))


def test_the_report_says_for_what_the_rest_was_planned(found: Replanned) -> None:
    """Of a front only the first measure is looked at: who reads the report is told, not only who reads the notes."""
    plain = " ".join(line for part in show_replanned(found, title="plans") for line in printed(part, 120))
    assert "planned again for" not in plain
    objective = Aim.model_validate({"pareto": {"spend": "min", "profit": "max"}})
    scenario = found.frozen.scenario.model_copy(update={"objective": objective})
    front = replace(found, frozen=replace(found.frozen, scenario=scenario))
    text = " ".join(line for part in show_replanned(front, title="plans") for line in printed(part, 120))
    assert "the rest was planned again for less spend, the first measure of the front" in text


def test_the_report_says_that_offers_without_a_row_are_moved_too(case: Running, found: Replanned) -> None:
    """Coupons ran and others did not: what is planned next may be one of these, so their move is told."""
    assert set(found.recalibration.offers) < {offer.id for offer in case.grid.scenario.offers}
    text = " ".join(line for part in show_replanned(found, title="plans") for line in printed(part, 120))
    assert "offers that have not run are moved by what others of their mechanic show, by less" in text
