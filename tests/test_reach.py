"""Whom offers reach: heavy buyers count for more, luck does not, and which of the two it was is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from surrogate.shelf.reach import Reach
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
