"""Whom offers reach: heavy buyers count for more, luck does not, and which of the two it was is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from surrogate.shelf.reach import ORDERS, Reach
from surrogate.shelf.usual_purchases import usual_purchases

CUSTOMERS, WEEKS = 2000, 24
RUNS = np.arange(6, 18)
"""Weeks that an offer ran in."""


def shop(chosen: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> tuple[Reach, np.ndarray]:
    """Return a shop whose offers go to the customers that ``chosen`` ranks first, and their true share of sales [R].

    ``chosen`` sees the customers' rates and what they bought before the week.
    """
    rng = np.random.Generator(np.random.Philox(5))
    rate = rng.gamma(1.5, 0.3, CUSTOMERS)
    units = rng.poisson(rate[:, None], (CUSTOMERS, WEEKS))
    told = [np.argsort(-chosen(rate, units[:, :week].sum(axis=1)), kind="stable")[: CUSTOMERS // 4] for week in RUNS]
    row, week = np.nonzero(units)
    sales = pd.DataFrame({"customer": row, "week": week, "quantity": units[row, week]})
    reach = Reach(
        contacts=pd.DataFrame(
            {"run": np.repeat(np.arange(RUNS.size), CUSTOMERS // 4), "customer": np.concatenate(told)}
        ),
        run_week=RUNS,
        run_category=np.where(RUNS % 2 == 0, -1, 0),
        usual=usual_purchases(sales),
        sold=sales.assign(category=0),
    )
    return reach, np.array([rate[who].sum() for who in told]) / rate.sum()


def shop_of_two_tastes(*, dear: float = 1.0) -> tuple[Reach, float]:
    """Return a shop whose offers on category 1 and on orders go to half of the customers who are fond of category 1.

    Its goods are worth ``dear`` a unit, all others 1. The true share of category 1 that named customers buy comes too.
    """
    rng = np.random.Generator(np.random.Philox(8))
    fond = np.arange(CUSTOMERS) % 4 == 0
    taste = np.where(fond, 0.5, 0.05)
    total = rng.poisson(0.6, (CUSTOMERS, WEEKS))
    some = rng.binomial(total, taste[:, None])
    rows = []
    for category, units, worth in ((0, total - some, 1.0), (1, some, dear)):
        row, week = np.nonzero(units)
        bought = {"customer": row, "week": week, "quantity": units[row, week], "category": category}
        rows.append(pd.DataFrame(bought | {"worth": worth * units[row, week]}))
    sold = pd.concat(rows, ignore_index=True)
    told = np.flatnonzero(fond)[::2]
    reach = Reach(
        contacts=pd.DataFrame(
            {"run": np.repeat(np.arange(RUNS.size), told.size), "customer": np.tile(told, RUNS.size)}
        ),
        run_week=RUNS,
        run_category=np.where(RUNS % 2 == 0, ORDERS, 1),
        usual=usual_purchases(sold.groupby(["customer", "week"], as_index=False)["quantity"].sum()),
        sold=sold,
    )
    return replace(reach, choice=reach.measured_choice()), float(taste[told].sum() / taste.sum())


def by_nature(rate: np.ndarray, bought: np.ndarray) -> np.ndarray:
    """Rank by what customers are like."""
    return rate


def by_purchases(rate: np.ndarray, bought: np.ndarray) -> np.ndarray:
    """Rank by what customers have bought."""
    return bought.astype(float)


@pytest.mark.parametrize(("chosen", "low", "high"), [(by_nature, 0.8, 1.0), (by_purchases, 0.0, 0.2)])
def test_how_customers_were_chosen_is_seen_in_what_they_bought_afterwards(chosen, low, high):
    """Choice by nature and choice by purchases are told apart, and the right reading finds the true share."""
    reach, true = shop(chosen)
    choice = reach.measured_choice()
    assert low <= choice <= high
    owner = np.zeros(reach.usual.customers.size, dtype=np.int64)
    found = replace(reach, choice=choice).of_groups(owner, 1)[0]
    wrong = replace(reach, choice=1.0 - choice).of_groups(owner, 1)[0]
    assert np.abs(found / true - 1).mean() < 0.03
    assert np.abs(found - true).mean() < 0.5 * np.abs(wrong - true).mean()


def test_an_offer_on_goods_reaches_what_its_customers_buy_of_them():
    """Customers who are named because they are fond of some goods are not drawn to everybody's taste."""
    reach, true = shop_of_two_tastes()
    found = reach.of_groups(np.zeros(reach.usual.customers.size, dtype=np.int64), 1)[0]
    assert reach.choice > 0.8
    assert found[RUNS % 2 == 1] == pytest.approx(true, rel=0.04)


def test_an_offer_on_orders_reaches_what_the_orders_of_its_customers_are_worth():
    """Where named customers buy dear goods, they make a larger share of what is paid than of the units."""
    reach, _ = shop_of_two_tastes(dear=5.0)
    fond, others = 0.5 * 5.0 + 0.5, 0.05 * 5.0 + 0.95
    worth = 0.125 * fond / (0.25 * fond + 0.75 * others)
    found = reach.of_groups(np.zeros(reach.usual.customers.size, dtype=np.int64), 1)[0]
    assert found[RUNS % 2 == 0] == pytest.approx(worth, rel=0.04)
    assert found[RUNS % 2 == 0].min() > 1.5 * 0.125  # their share of the units


def test_goods_that_nobody_bought_yet_are_shared_as_all_purchases_are():
    """Before the first purchase of a category its offers reach the share of all purchases."""
    reach, _ = shop_of_two_tastes()
    early = reach.sold[(reach.sold["category"] == 0) | (reach.sold["week"] > RUNS[-1])]
    owner = np.zeros(reach.usual.customers.size, dtype=np.int64)
    found = replace(reach, sold=early).of_groups(owner, 1)[0]
    assert found[RUNS % 2 == 1] == pytest.approx(0.125, rel=0.05)


def test_nothing_after_a_run_says_whom_it_reached():
    """With the choice given, purchases from the week of a run on do not matter."""
    reach, _ = shop(by_nature)
    late = reach.sold["week"] >= RUNS[-1]
    changed = reach.sold.assign(quantity=np.where(late, 7 * reach.sold["quantity"], reach.sold["quantity"]))
    again = replace(reach, usual=usual_purchases(changed.drop(columns="category")), sold=changed)
    owner = np.zeros(reach.usual.customers.size, dtype=np.int64)
    np.testing.assert_array_equal(reach.of_groups(owner, 1), again.of_groups(owner, 1))


def test_without_contacts_both_readings_count_alike():
    """Nobody was named: nothing is measured, and nothing breaks."""
    reach, _ = shop(by_nature)
    nobody = replace(reach, contacts=reach.contacts.iloc[:0])
    assert nobody.measured_choice() == 0.5
    assert (nobody.of_groups(np.zeros(reach.usual.customers.size, dtype=np.int64), 1) == 0).all()
