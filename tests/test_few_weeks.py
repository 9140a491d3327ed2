"""An effect that few weeks tell is as unsure as these weeks are few, however many customers bought in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from offers_shop import shop_model, shop_scenario

from scenarios.language.words import Mechanic
from surrogate.evidence.uncertainty.answer_errors import SECTION
from surrogate.evidence.uncertainty.few_weeks import week_errors
from surrogate.evidence.uncertainty.weather import WeeklyWeather
from surrogate.scoring.score import score
from surrogate.shelf.cells import Shelf
from surrogate.shelf.deal_cells import DealCells
from surrogate.shelf.mechanics import KINDS

GIFT, COUPON = KINDS.index(Mechanic.GIFT), KINDS.index(Mechanic.COUPON)
WEEKS = 40


def shelf() -> Shelf:
    """Two categories of one item each."""
    empty = np.zeros((2, WEEKS))
    return Shelf(
        categories=("a", "b"), names=("a: x", "b: x"), category=np.arange(2), weeks=np.arange(100, 100 + WEEKS),
        depth=empty, display=empty, mailer=empty, weight=np.ones(2),
    )  # fmt: skip


def cells(items: list[int], weeks: list[int], *, kind: int = GIFT, named: bool = False) -> DealCells:
    """Return where an offer ran."""
    count = len(items)
    none, flat = np.zeros(count), np.zeros((0, count))
    return DealCells(
        offer=("x",) * count, kind=np.full(count, kind), saving=none + 0.1, level=none, tired=none,
        targeted=np.full(count, named), item=np.array(items), week=100 + np.array(weeks),
        apart=np.full(count, named), beside=np.zeros(count, dtype=int), overlap=none,
        use_seen=np.zeros(count, dtype=bool), share=flat, units=flat, used=flat,
    )  # fmt: skip


def error(of: DealCells, units: float = 1e9) -> float:
    """Return the error of the one mechanic where weeks differ by 8 % for all goods and 6 % for each."""
    weather = WeeklyWeather(covariance=0.08**2 + np.diag([0.06**2, 0.06**2]), told=np.full((2, 2), 30.0))
    (found,) = week_errors(of, shelf(), np.array([units, units]), weather, 2.0).values()
    return found


def test_the_error_falls_with_the_weeks_and_not_with_the_units():
    """Seven weeks of one category: a week's deviation of 10 % over the root of seven; more units change nothing."""
    weeks = [1, 2, 9, 10, 20, 21, 33]
    assert error(cells([0] * 7, weeks)) == pytest.approx(0.10 / np.sqrt(7), rel=1e-3)
    assert error(cells([0] * 7, weeks), units=1e12) == pytest.approx(error(cells([0] * 7, weeks)), rel=1e-3)
    assert error(cells([0], [5])) == pytest.approx(0.10, rel=1e-3)


def test_goods_of_one_week_are_not_weeks_of_their_own():
    """What all goods share of a week stays, what each has for itself averages out; counting noise comes on top."""
    assert error(cells([0, 1], [5, 5])) == pytest.approx(np.sqrt(0.08**2 + 0.06**2 / 2), rel=1e-3)
    assert error(cells([2], [5])) == pytest.approx(error(cells([0, 1], [5, 5])), rel=1e-3), "orders are of all goods"
    assert error(cells([0], [5]), units=200.0) == pytest.approx(np.sqrt(0.10**2 + 2.0 / 200.0), rel=1e-3)


def test_offers_to_named_customers_are_compared_on_the_same_days():
    """Their weeks are those of the customers beside them."""
    assert error(cells([0], [5], kind=COUPON, named=True)) == 0.0


def test_the_interval_of_a_public_offer_knows_its_weeks():
    """The same model with an error of four points spreads as far; an offer to named customers stays."""
    scenario = shop_scenario({"id": "save", "mechanic": "threshold", "spend": 20, "save": 2})
    model = shop_model()
    others = {name: section for name, section in model.sections.items() if name != SECTION}
    model = replace(model, sections=others)  # without what is unsure of its answer beside its weeks

    def spread(errors: dict[str, float]) -> np.ndarray:
        told = replace(model.offers, week_error=errors)
        return score(replace(model, offers=told), scenario).effects.lift[:, :, -1, 0, 0].std(axis=0, ddof=1)

    plain, wide = spread({}), spread({"threshold": 0.04})
    assert (plain < 0.03).all() and (wide > 0.035).all()
    np.testing.assert_array_equal(spread({"threshold": 0.0, "sent threshold": 0.04}), plain)
