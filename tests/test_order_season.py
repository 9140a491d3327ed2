"""Learned orders go with the baseline of what they hold, by number and by value as the weeks of the data do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from scenarios.language.words import Unit
from surrogate.effects.fading import LearnedFading
from surrogate.effects.season import LearnedSeason
from surrogate.people.learned_groups import LearnedGroups
from surrogate.scoring.axes import Axes
from surrogate.scoring.order_season import in_season, order_notes
from surrogate.shelf.order_growth import number_growth, planned_shares, usual_values, with_mean

FEAST = dt.date(2026, 5, 10)


def weeks_of(sold: np.ndarray, number: float) -> pd.DataFrame:
    """Visits of weeks that sell as told, whose orders grow with it by some power."""
    zero = np.zeros(sold.size)
    return pd.DataFrame(
        {
            "customer": 0,
            "week": np.arange(sold.size),
            "baskets": 100 * sold**number,
            "regular": 5000 * sold,
            "shelf_discount": zero,
            "coupon_discount": zero,
        }
    )


def axes_with(
    *,
    planned: tuple[float, ...] | None,
    number: float = 0.3,
    unit: Unit = Unit.WEEK,
    periods: int = 2,
    basket: bool = True,
) -> Axes:
    """Two goods at 10 and 20 of which a segment buys 40 and 30 a week, 1000 in all; its orders of late came to 500.

    In the week up to the feast thrice as much is sold.
    """
    groups = LearnedGroups(
        ids=("all",), names=("all",), customers=np.array([1000]), features=np.zeros((1, 1)), raw=np.zeros((1, 1)),
        base=np.array([[[40.0, 30.0]]]), base_cv=np.zeros((1, 2)),
        orders=(((20.0, 8.0, 2.0), (60.0, 4.0, 4.0), (300.0, 1 / 3, 9.0)),), planned=planned, more_orders=number,
    )  # fmt: skip
    days = 7 if unit is Unit.WEEK else 1
    start = FEAST - dt.timedelta(days=6)
    dates = [start + dt.timedelta(days=days * number) for number in range(periods)]
    horizon = SimpleNamespace(unit=unit, periods=periods, period_days=days, dates=dates)
    season = LearnedSeason(harmonics=0, holidays={"feast": (str(FEAST),)}, effect=np.full((1, 2, 1), np.log(3.0)))
    share = np.array([[0.1] * 5 + [0.25] * 2] * 2)
    model = Known(categories=("a", "b"), regular_price=np.array([10.0, 20.0]), weekday_share=share, season=season)
    scenario = SimpleNamespace(horizon=horizon, offers=(SimpleNamespace(is_basket=basket),))
    products = (SimpleNamespace(id="a", price=None),)
    return Axes(
        scenario=scenario, segments=(), products=products, index=np.array([0]), model=model, groups=groups
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Known:
    """What of a model the levels of a horizon need."""

    categories: tuple[str, ...]
    regular_price: np.ndarray
    weekday_share: np.ndarray
    season: LearnedSeason | None
    fading: LearnedFading | None = None
    test_until: str = str(FEAST - dt.timedelta(days=7))


def worth(axes: Axes) -> float:
    """What all orders of a week are worth."""
    return sum(value * count for bins in axes.groups.orders for value, count, _ in bins)


def test_orders_of_planned_goods_come_to_what_the_baseline_sells() -> None:
    """A feast's week sells 3,000 and the next 1,000, in all 4 times the 500 of late: 30 % of it by more orders."""
    axes = in_season(axes_with(planned=(1.0,)))
    assert worth(axes) == pytest.approx(2000.0, rel=1e-3)
    now, before = (sum(count for _, count, _ in each.groups.orders[0]) for each in (axes, axes_with(planned=(1.0,))))
    assert now / before == pytest.approx((6**0.3 + 2**0.3) / 2, rel=1e-3)
    (grown, recent) = axes.groups.orders[0], axes_with(planned=(1.0,)).groups.orders[0]
    assert [value for value, *_ in grown] == [value for value, *_ in recent]
    more = [new / old for (_, new, _), (_, old, _) in zip(grown, recent, strict=True)]
    assert more == sorted(more) and more[0] < 1 < more[1]


def test_what_orders_hold_of_other_goods_stays_as_it_was() -> None:
    """Of 500 of late 100 were planned goods, of which 2,000 are foreseen: 400 and 2,000."""
    assert worth(in_season(axes_with(planned=(0.2,)))) == pytest.approx(2400.0, rel=1e-3)


def test_a_product_that_the_scenario_prices_counts_at_its_price() -> None:
    """The good at 10 costs 20 now: 40 x 20 + 30 x 20 a usual week, twice that on the mean of the two."""
    axes = axes_with(planned=(1.0,))
    dearer = replace(axes, products=(SimpleNamespace(id="a", price=20.0),))
    assert worth(in_season(dearer)) == pytest.approx(2 * 1400.0, rel=1e-3)


def test_days_of_a_week_differ_in_the_number_of_their_orders() -> None:
    """A weekend sells 2.5 times a weekday's share: with orders as large as on the week's mean, not larger ones."""
    week = in_season(axes_with(planned=(1.0,), unit=Unit.DAY, periods=7))
    weekdays = in_season(axes_with(planned=(1.0,), unit=Unit.DAY, periods=5))
    assert worth(week) == pytest.approx(3000.0, rel=1e-3)
    assert worth(weekdays) == pytest.approx(3000.0 * 0.1 * 7, rel=1e-3)
    mean = [worth(each) / sum(count for _, count, _ in each.groups.orders[0]) for each in (week, weekdays)]
    assert mean[0] == pytest.approx(mean[1], rel=1e-3)


def test_orders_of_older_models_stay_and_say_so() -> None:
    """A model that does not tell what its orders hold is read as before, and asks to be trained again."""
    old = axes_with(planned=None)
    assert in_season(old) is old
    (note,) = order_notes(old, old)
    assert "older version" in note and "campaign train" in note


def test_a_note_tells_orders_where_offers_ask_for_them() -> None:
    """Number and value, now and of late; nothing where no offer is on orders."""
    axes = axes_with(planned=(1.0,))
    (note,) = order_notes(axes, in_season(axes))
    assert note.startswith("Orders go with the baseline: 18 a week worth 110.")
    assert "the last weeks of the data had 12 worth 40.54" in note and "3.0% more" in note
    quiet = axes_with(planned=(1.0,), basket=False)
    assert not list(order_notes(quiet, in_season(quiet)))


@pytest.mark.parametrize("number", [0.0, 0.3, 1.0])
def test_the_weeks_tell_whether_orders_grow_in_number_or_in_value(number: float) -> None:
    """A season of several times the sales shows it; usual values of a week follow."""
    sold = np.exp(np.cos(np.arange(104) * 2 * np.pi / 52))
    visits = weeks_of(sold, number)
    assert number_growth(visits) == pytest.approx(number, abs=0.01)
    values = usual_values(visits, pd.Series(np.arange(78, 104)))
    assert (values / values[0]).to_numpy() == pytest.approx((sold / sold[0]) ** (1 - number), rel=0.02)


def test_weeks_that_sell_alike_say_nothing_of_it() -> None:
    """What differs by chance in value is no sign that seasons bring larger orders."""
    sold = np.exp(0.02 * np.cos(np.arange(104)))
    assert number_growth(weeks_of(sold, 0.0)) > 0.9
    assert number_growth(weeks_of(sold[:1], 0.0)) == 1.0


def test_orders_hold_planned_goods_by_what_was_paid_for_them() -> None:
    """Customers of the first segment paid half for planned goods, of the second nothing, in the weeks of the orders."""
    orders = pd.DataFrame({"customer": [0, 1, 2], "week": [30, 31, 31], "paid": [10.0, 30.0, 20.0]})
    sales = pd.DataFrame(
        {
            "customer": [0, 1, 1],
            "week": [30, 31, 2],
            "regular": [10.0, 14.0, 500.0],
            "shelf_discount": [1.0, 0.0, 0.0],
            "coupon_discount": [1.0, 2.0, 0.0],
        }
    )
    group = {0: 0, 1: 0, 2: 1}
    assert planned_shares(sales, orders, group, 2) == (0.5, 0.0)
    assert planned_shares(sales, orders, group, 2, least=2) == (0.5, pytest.approx(20 / 60, abs=1e-4))


def test_larger_orders_become_more_frequent_and_what_they_come_to_stays() -> None:
    """The mean is as asked, the number the same; a mean that no mix of the orders has is reached by larger ones."""
    values, counts = np.array([0.0, 10.0, 19.99, 40.0, 90.0]), np.array([1.0, 5.0, 9.0, 4.0, 1.0])
    mean = values @ counts / counts.sum()
    for times in (0.6, 1.0, 1.5, 2.0):
        found, left = with_mean(values, counts, times)
        assert left == 1.0 and found.sum() == pytest.approx(20.0)
        assert values @ found / 20 == pytest.approx(times * mean)
    np.testing.assert_allclose(with_mean(values, counts, 1.0)[0], counts, rtol=1e-6)
    found, left = with_mean(np.array([30.0, 30.0]), np.array([2.0, 3.0]), 1.5)
    assert left == pytest.approx(1.5) and found.tolist() == [2.0, 3.0]
