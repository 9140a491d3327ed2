"""A lesson and the training mean the same average, however unequal the holdouts of the segments were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, Running, line, running
from lived import actuals_of
from pydantic import ValidationError

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.measure.lessons import lessons_csv
from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.language.words import Mechanic
from scenarios.response.totals import sold_by
from surrogate.data.lift_test_file import read_lift_tests
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.lift_update import Measured, Updated, update_lifts
from surrogate.evidence.spill import LiftCells
from surrogate.scoring.cell_weights import cell_weights

SEGMENTS, PRODUCTS = ("young", "old"), ("phone", "phone-pro", "case")
COUPON, GIFT = (2, 4, 6), (3, 5)
LESSONS = (
    *(line(day, "case", "coupon-20", segment) for day in COUPON for segment in SEGMENTS),
    *(line(day, "phone", "buds", segment) for day in GIFT for segment in SEGMENTS),
    *(line(3, "phone-pro", "buds", segment) for segment in SEGMENTS),
)
OFFERS = {"coupon-20": 0, "buds": 1}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """A coupon on cases, a gift with both phones (twice with one, once with the other), to both segments."""
    plain = {"fatigue: 0.25": "fatigue: 0", "share: 10%": "share: 0%", "cannibalisation: 0.2": "cannibalisation: 0"}
    shop = running(tmp_path_factory.mktemp("shop"), shop=plain)
    return replace(shop, plan=shop.grid.plan_of(LESSONS))


def actuals(case: Running, held: tuple[float, float], lift: Float | None = None) -> Actuals:
    """Sales without noise: those held out buy as planned without offers, the others more by ``lift`` [S, K]."""
    plain = sold_by(case.model, np.zeros_like(case.plan), np).units
    told = actuals_of(case.grid, plain, DAYS - 1)
    customers = np.array([segment.customers for segment in case.grid.segments], dtype=float)
    share = np.array(held) / customers
    on = np.zeros((*plain.shape[1:],))
    on[2, [day - 1 for day in COUPON]] = on[0, [day - 1 for day in GIFT]] = on[1, 2] = 1.0
    more = 1.0 + on * (np.zeros((2, 3)) if lift is None else lift)[:, :, None]
    units, people = told.tables["units"].copy(), np.full_like(told.tables["units"], np.nan)
    for group, own in ((0, 1.0 - share), (1, share)):
        units[group, :2, :3] = plain * own[:, None, None] * (more if group == 0 else 1.0)
        people[group, :2, :3] = (customers * own)[:, None, None]
    return replace(told, tables={**told.tables, "units": units, "customers": people})


def report(case: Running, told: Actuals) -> OutcomeReport:
    """Evaluate it."""
    return evaluate_campaign(case.frozen, case.plan, told, folder="plans", rank=1, params=EvaluateParams(futures=50))


@pytest.fixture(scope="module")
def lift(case: Running) -> Float:
    """[S, K] what the plan expects of each product in each segment; the young answer to coupons more than the old."""
    found = np.zeros((2, 3))
    for each in report(case, actuals(case, (400.0, 600.0))).effects:
        found[SEGMENTS.index(str(each.segment)), PRODUCTS.index(str(each.product))] = each.planned
    assert (found > 0).all() and found[0, 2] > 1.3 * found[1, 2]
    return found


def learned(case: Running, lift: Float, tests: list[LiftTest]) -> tuple[Updated, Float]:
    """Take lessons in where a model foresees ``lift``: what it makes of them, and [J] what it foresaw for each."""
    base = sold_by(case.model, np.zeros_like(case.plan), np).units
    runs = np.zeros((2, 3, 2))
    runs[:, 2, 0] = runs[:, :2, 1] = 1.0
    cells = LiftCells(
        lift=(lift[:, :, None] * runs)[None], sd=0.3 * runs, log_price=np.zeros((3, 2)),
        mechanics=(Mechanic.COUPON, Mechanic.GIFT), names=tuple(OFFERS), selected=np.zeros(2), carried=np.zeros((2, 2)),
    )  # fmt: skip
    numbers = [OFFERS[str(test.offer)] for test in tests]
    weights = []
    for test, number in zip(tests, numbers, strict=True):
        tested = np.array([not test.who or one in test.who for one in SEGMENTS])[:, None] & (runs[..., number] > 0)
        tested &= np.array([not test.on or one in test.on for one in PRODUCTS])
        weights.append(cell_weights(test, np.broadcast_to(tested[..., None], base.shape), base, SEGMENTS, PRODUCTS))
    measured = Measured(
        lift=np.array([test.lift for test in tests]),
        standard_error=np.array([test.standard_error for test in tests]),
        weight=np.stack(weights),
        same=tuple(numbers),
        cells=replace(
            cells, lift=cells.lift[..., numbers], sd=cells.sd[..., numbers], log_price=cells.log_price[:, numbers],
            mechanics=tuple(cells.mechanics[n] for n in numbers), names=tuple(cells.names[n] for n in numbers),
            selected=cells.selected[numbers], carried=cells.carried[:, numbers],
        ),
    )  # fmt: skip
    foreseen = np.einsum("jsk,skj->j", measured.weight, measured.cells.lift[0])
    return update_lifts(cells, measured, ("phones", "phones", "extras"), runs), foreseen


UNEQUAL = {
    "old too thin": (400.0, 60.0),
    "young too thin": (60.0, 700.0),
    "both too thin": (80.0, 200.0),
    "both enough": (400.0, 600.0),
}
"""Customers kept out of 4,000 young, who buy 210 cases, and 6,000 old, who buy 150."""


def taught(case: Running, told: Actuals, folder: Path) -> list[LiftTest]:
    """What a data file reads of the lessons of a report."""
    (folder / "lessons.csv").write_bytes(lessons_csv(report(case, told).lessons))
    return [LiftTest.model_validate(row) for row in read_lift_tests({"table": "lessons.csv"}, folder, "data.yaml:1")]


@pytest.fixture(scope="module")
def right(case: Running, lift: Float, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[LiftTest]]:
    """Lessons of sales that were as planned, by whom was held out."""
    place = tmp_path_factory.mktemp("lessons")
    return {name: taught(case, actuals(case, held, lift), place) for name, held in UNEQUAL.items()}


@pytest.mark.parametrize("name", UNEQUAL)
def test_a_model_that_is_right_stays_as_it_is(
    case: Running, lift: Float, right: dict[str, list[LiftTest]], name: str
) -> None:
    """Measured without noise, of whatever holdouts: every lesson says what the model foresees, and nothing moves."""
    tests = right[name]
    assert "coupon-20" in {test.offer for test in tests}
    found, foreseen = learned(case, lift, tests)
    assert foreseen == pytest.approx([test.lift for test in tests], abs=1e-4)  # of percents with two digits
    assert found.lift[0, :, 2, 0] == pytest.approx(lift[:, 2], rel=1e-4)
    assert found.lift[0, :, :2, 1] == pytest.approx(lift[:, :2], rel=1e-4)


@pytest.mark.parametrize("name", ["old too thin", "both too thin"])
def test_a_lesson_above_the_model_raises_every_lift(case: Running, lift: Float, tmp_path: Path, name: str) -> None:
    """All lifts are a twentieth above the planned ones: none is learned to be lower, whomever the holdouts are of."""
    found, _ = learned(case, lift, taught(case, actuals(case, UNEQUAL[name], 1.05 * lift), tmp_path))
    assert (found.lift[0, :, 2, 0] > lift[:, 2]).all()
    assert (found.lift[0, :, :2, 1] >= lift[:, :2]).all()


def test_a_lesson_is_of_as_little_as_tells_one(right: dict[str, list[LiftTest]]) -> None:
    """A segment that tells enough has a lesson with its own error; those too thin for one are one together, weighed."""
    rows = {name: [test for test in tests if test.offer == "coupon-20"] for name, tests in right.items()}
    assert [test.who for test in rows["both enough"]] == [("young",), ("old",)]
    assert [test.who for test in rows["old too thin"]] == [("young",)]  # 1.5 purchases of the others teach nothing
    (both,) = rows["both too thin"]
    assert both.who == ("young", "old") and both.on == ("case",)
    compared = np.array([80 * 3920 / 4000 * 210 / 4000, 200 * 5800 / 6000 * 150 / 6000])  # n1 n0 / (n1 + n0) at rates
    assert both.segment_weights == pytest.approx(compared / compared.sum(), abs=1e-4)
    (gift,) = (test for test in right["old too thin"] if test.offer == "buds")
    assert gift.who == ("young",) and gift.on == ("phone", "phone-pro")
    assert gift.product_weights == pytest.approx((60 / 72, 12 / 72), abs=1e-4)  # two days of the one, one of the other


def test_weights_are_of_what_is_named_and_add_up() -> None:
    """As many as products or segments, above 0, 100 % together; else the reader hears what is wrong."""
    known = {"offer": "mail", "lift": "10%", "standard_error": "2%"}
    two = {"segments": ["a", "b"], "segment_weights": ["70%", "30%"]}
    assert LiftTest.model_validate(known | two).segment_weights == (0.7, 0.3)
    assert LiftTest.model_validate(known | {"segments": ["a", "b"]}).untold == ("segments",)
    for wrong, said in (
        ({"segment_weights": ["100%"]}, "as many segment_weights as segments"),
        ({"products": ["a"], "product_weights": ["50%", "50%"]}, "as many product_weights as products"),
        ({"segments": ["a", "b"], "segment_weights": ["70%", "20%"]}, "add up to 100%"),
        ({"segments": ["a", "b"], "segment_weights": ["100%", "0%"]}, "above 0%"),
    ):
        with pytest.raises(ValidationError, match=said):
            LiftTest.model_validate(known | wrong)


def test_told_weights_keep_how_the_baseline_is_spread_and_leave_out_what_is_not_there() -> None:
    """Margins are as told; without them the baseline decides, as it always did; unknown segments give theirs up."""
    base = np.array([[6.0, 2.0], [1.0, 1.0], [5.0, 5.0]])[:, :, None]
    cells = np.ones((3, 2, 1), dtype=bool)
    cells[2] = False
    plain = LiftTest.model_validate({"offer": "mail", "segments": ["a", "b", "gone"], "lift": 0.1, "standard_error": 1})

    def weights(**told: object) -> Float:
        test = LiftTest.model_validate(plain.model_dump(exclude_none=True) | told)
        return cell_weights(test, cells, base, ("a", "b", "c"), ("x", "y"))

    np.testing.assert_allclose(weights(), [[0.6, 0.2], [0.1, 0.1], [0, 0]])
    own = weights(segment_weights=(0.2, 0.2, 0.6))
    np.testing.assert_allclose(own, [[0.375, 0.125], [0.25, 0.25], [0, 0]])
    both = weights(segment_weights=(0.2, 0.2, 0.6), products=("x", "y"), product_weights=(0.3, 0.7))
    np.testing.assert_allclose(both.sum(axis=1), [0.5, 0.5, 0], atol=1e-9)
    np.testing.assert_allclose(both.sum(axis=0), [0.3, 0.7], atol=1e-9)
    assert both[0, 0] * both[1, 1] / (both[0, 1] * both[1, 0]) == pytest.approx(3.0)  # odds of the baseline
