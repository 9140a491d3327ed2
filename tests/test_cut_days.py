"""Days on which the shelf price was cut for everybody tell nothing of a coupon that customers take in place of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from left_out_shop import CATEGORIES, CUSTOMERS, RUNS, monday, shop

from surrogate.data.data_parts import PastOffer
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.holdouts.groups import Found, comparisons
from surrogate.evidence.holdouts.pools import pools
from surrogate.evidence.holdouts.rows_beside import rows_beside


def compared(events: Events, partly: tuple[str, ...] = ()) -> Found:
    """Compare with the true kinds of customers as strata."""
    return comparisons(events, CATEGORIES, lambda _: np.arange(len(events.customers)) % 2, 2, partly)


def cut(events: Events, depth: float, weeks: list[int], coupon: float = 0.0, goods: tuple[int, ...] = (0, 1)) -> Events:
    """Cut the price of the coupon's goods in some weeks; of a share ``coupon`` of the rows a coupon comes on top."""
    rows = events.sales
    here = rows["week"].isin(weeks) & rows["product"].isin(goods)
    used = here & (np.arange(len(rows)) % 10 < 10 * coupon)
    sales = rows.assign(
        shelf_discount=rows["regular"] * depth * here, coupon_discount=rows["regular"] * (1 - depth) * 0.2 * used
    )
    return replace(events, sales=sales)


def test_a_run_in_a_week_of_a_deeper_cut_is_not_compared():
    """A coupon of 20 % in a week in which everybody pays 25 % less: the run is left out and the reason is told."""
    events = shop(3)
    found, before = compared(cut(events, 0.25, [RUNS[0]])), compared(events).runs
    (reason,) = found.unused["mail"]
    assert found.unused["mail"][reason] == 1 and "shelf price" in reason
    assert len(found.runs) == len(before) - 1
    np.testing.assert_array_equal(found.runs[0].units, before[1].units)


@pytest.mark.parametrize(("depth", "left_out"), [(0.04, 0), (0.08, 0), (0.12, 1), (0.4, 1)])
def test_the_weeks_of_cuts_from_half_of_the_coupon_on_are_left_out(depth: float, left_out: int):
    """Of a run of two weeks the one with the cut is left out, and said with its number."""
    events = shop(3)
    longer = events.offers["last_day"].where(events.offers["first_day"] != monday(RUNS[0]), monday(RUNS[0]) + 13)
    events = replace(events, offers=events.offers.assign(last_day=longer))
    whole, run = compared(events).runs[0], compared(cut(events, depth, [RUNS[0] + 1])).runs[0]
    assert (run.days, run.days_cut) == (14 - 7 * left_out, 7 * left_out)
    assert (run.units.sum() < whole.units.sum()) == bool(left_out)
    tests = pools(
        {("mail", "p0"): [run]}, {"mail": events.past_offers["mail"].as_offer("mail")}, ["s1", "s2"], 20
    ).tests
    assert all(("7 of 14 days left out" in test.name) == bool(left_out) for test in tests) and tests


def at_the_end_of(events: Events, weeks: list[int], depth: float) -> Events:
    """Spread purchases over the days, and cut the coupon's goods from Thursday to Saturday of some weeks."""
    rows = events.sales
    rows = rows.assign(day=rows["week"] * 7 + 1 + np.arange(len(rows)) % 7)
    here = rows["week"].isin(weeks) & rows["product"].isin((0, 1)) & ((rows["day"] - 1) % 7).isin((3, 4, 5))
    return replace(events, sales=rows.assign(shelf_discount=rows["regular"] * depth * here))


@pytest.mark.parametrize("depth", [0.15, 0.4])
def test_of_a_week_that_is_cut_on_three_days_the_other_four_are_compared(depth: float):
    """By the mean of its weeks a cut of 15 % is less than half of the coupon, and one of 40 % takes them whole."""
    events = shop(3)
    found, before = compared(at_the_end_of(events, list(RUNS), depth)), compared(events).runs
    assert [(run.days, run.days_cut) for run in found.runs] == [(4, 3)] * len(before)
    assert (found.beside["mail"].days, found.beside["mail"].mostly) == (7 * len(before), 3 * len(before))
    sales = at_the_end_of(events, [], 0.0).sales
    rows = sales[(sales["week"] == RUNS[0]) & sales["product"].isin((0, 1)) & ~((sales["day"] - 1) % 7).isin((3, 4, 5))]
    own = np.bincount(rows["customer"], rows["quantity"], CUSTOMERS)
    np.testing.assert_array_equal(found.runs[0].units, own[found.runs[0].customer])


def test_purchases_that_all_have_one_date_of_their_week_are_judged_by_weeks():
    """Three sevenths of the purchases of a week at a cut price: where no day is told apart, it is left out whole."""
    events = shop(3)
    dated = at_the_end_of(events, [RUNS[0]], 0.4)
    weekly = replace(dated, sales=dated.sales.assign(day=events.sales["day"]))
    assert [run.days for run in compared(weekly).runs] == [7] * (len(compared(events).runs) - 1)
    assert compared(dated).runs[0].days == 4


def test_where_coupons_come_on_top_of_cuts_all_weeks_count():
    """The till shows rows with both: what the coupon brings beside the cut is its own."""
    events = shop(3)
    found = compared(cut(events, 0.25, [RUNS[0]], coupon=0.3))
    assert len(found.runs) == len(compared(events).runs) and not sum(found.unused["mail"].values())


def test_a_cut_of_other_goods_leaves_a_run_as_it_is():
    """A cut of the other product of the shop says nothing of the coupon's."""
    events = shop(3)
    elsewhere = events.sales["product"] == 2
    sales = events.sales.assign(shelf_discount=events.sales["regular"] * 0.5 * elsewhere)
    assert len(compared(replace(events, sales=sales)).runs) == len(compared(events).runs)


@pytest.mark.parametrize(
    "terms", [{"mechanic": "gift", "gift_value": 3}, {"mechanic": "threshold", "spend": 20, "save": 2}]
)
def test_offers_that_leave_the_price_come_beside_a_cut(terms: dict[str, object]):
    """A gift or a saving on orders comes along whatever the goods cost."""
    events = shop(3)
    past = {"mail": PastOffer.model_validate({**terms, "layer": "targeted"})}
    found = compared(replace(cut(events, 0.25, [RUNS[0]]), past_offers=past))
    assert len(found.runs) == len(compared(events).runs)


def test_weeks_that_are_left_count_by_how_much_of_the_use_falls_in_them():
    """Three quarters of the uses fall in the first week: a run of which that is left out is told by the rest."""
    events = shop(3)
    runs = events.offers.groupby("first_day").ngroup()
    longer = events.offers.assign(run=runs, last_day=events.offers["first_day"] + 13)
    used = pd.DataFrame(
        [(run, first // 7 + week, uses) for run, first in enumerate(sorted(set(longer["first_day"])))
         for week, uses in enumerate((75.0, 25.0))], columns=["run", "week", "used"],
    )  # fmt: skip
    events = cut(replace(events, offers=longer), 0.25, [RUNS[0]])
    told = compared(replace(events, offer_sales=used.assign(customer=0, product=0, quantity=used["used"]))).runs[0]
    untold = compared(replace(events, offer_sales=events.offer_sales.assign(run=0))).runs[0]
    assert (told.days, told.days_cut) == (7, 7)
    np.testing.assert_allclose(told.offered, 0.5 * untold.offered)
    np.testing.assert_array_equal(told.units, untold.units)


def cheap_first(events: Events) -> Events:
    """The same with a product 0 that is worth a third of the coupon's goods."""
    rows = events.sales
    return replace(events, sales=rows.assign(regular=rows["regular"] * np.where(rows["product"] == 0, 0.5, 1.0)))


def test_a_week_of_a_cut_of_some_of_the_goods_counts_only_where_too_few_others_do():
    """A third of the goods is cut: the run tells what the coupon adds to that, and counts only where it is asked for.

    There what was bought at a cut price is not among what the extra units are set against.
    """
    events = cheap_first(shop(3))
    here = cut(events, 0.25, [RUNS[0]], goods=(0,))
    found, before = compared(here), compared(events).runs
    assert len(found.runs) == len(before) - 1 and [run.days_cut for run in found.runs] == [0] * len(found.runs)
    (reason,) = found.unused["mail"]
    assert "some or most of its goods" in reason
    assert (found.beside["mail"].days, found.beside["mail"].partly) == (7 * len(before), 7)
    run, plain = compared(here, ("mail",)).runs[0], before[0]
    np.testing.assert_array_equal(run.units, plain.units)
    rows = events.sales[(events.sales["week"] == RUNS[0]) & (events.sales["product"] == 1)]
    own = np.bincount(rows["customer"], rows["quantity"], CUSTOMERS)
    np.testing.assert_array_equal(run.offered, own[run.customer])
    assert run.offered.sum() < plain.offered.sum()


def test_the_weeks_that_a_lift_test_names_are_looked_up():
    """Of six weeks in which the coupon ran, two had a cut: a test that names its days may have measured them."""
    first, last = (dt.date.fromordinal(monday(week)) for week in (RUNS[0], RUNS[-1] + 1))
    row = {"offer": "mail", "product": "p0", "lift": 0.1, "standard_error": 0.05}
    dated, undated = (LiftTest.model_validate(row | days) for days in ({"first_day": first, "last_day": last}, {}))
    events = cut(shop(3), 0.25, list(RUNS[:2]))
    found = rows_beside([dated, undated], events, CATEGORIES)["mail"]
    assert (found.days, found.mostly, found.partly) == (7 * len(RUNS), 14, 0)
    assert f"{2 / len(RUNS):.0%} of the days that rows of experiments name for mail" in found.told_of_rows("mail")
    assert rows_beside([undated], events, CATEGORIES) == {}
