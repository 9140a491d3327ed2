"""No figure of a model is about fewer customers than the smallest group: orders, users of coupons, contacts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surrogate.evidence.past_runs import coupon_precedents
from surrogate.evidence.suspicion import contacted_few, heavy_buyers
from surrogate.shelf.baskets import BINS, order_bins


def orders_of(customer, paid) -> pd.DataFrame:
    """Return orders of two weeks."""
    customer = np.asarray(customer)
    return pd.DataFrame(
        {"customer": customer, "week": np.arange(customer.size) % 2, "paid": paid, "quantity": np.ones(customer.size)}
    )


def test_order_sizes_are_those_of_many_customers():
    """One customer of a hundred places all large orders: no bin is hers alone, and the number of orders is right."""
    customer = np.concatenate([np.repeat(np.arange(99), 2), np.full(60, 99)])
    paid = np.concatenate([np.linspace(5, 10, 198), np.full(60, 900.0)])
    (bins,) = order_bins(orders_of(customer, paid), dict.fromkeys(range(100), 0), 1, least=50)
    assert 1 <= len(bins) < BINS and max(value for value, _, _ in bins) < 900
    assert sum(count for _, count, _ in bins) == pytest.approx(258 / 2, abs=0.001)
    (free,) = order_bins(orders_of(customer, paid), dict.fromkeys(range(100), 0), 1)
    assert len(free) == BINS and free[-1][0] == 900.0


def test_a_segment_whose_orders_are_a_few_customers_is_told_everybodys():
    """Ten of a segment's customers ordered lately: what they paid is not told, how many orders there were is."""
    customer = np.concatenate([np.arange(200), np.arange(300, 310)])
    paid = np.concatenate([np.full(200, 20.0), np.full(10, 777.0)])
    group = dict.fromkeys(range(200), 0) | dict.fromkeys(range(300, 360), 1)
    first, second = order_bins(orders_of(customer, paid), group, 2, least=50)
    assert {value for value, _, _ in first} == {20.0}
    assert sum(count for _, count, _ in second) == pytest.approx(5.0, abs=0.01)
    assert all(value < 777.0 for value, _, _ in second)


class Bought:
    """Events that hold coupon sales only."""

    products = pd.DataFrame({"category": ["tea"]}, index=[1])

    def __init__(self, users: int) -> None:
        used = np.arange(100) < users
        self.coupon_sales = pd.DataFrame(
            {
                "campaign": 1, "customer": np.arange(100), "product": 1, "week": 7, "quantity": 1.0, "used": used,
                "saving": np.where(used, 0.2, np.nan),
            }
        )  # fmt: skip


@pytest.mark.parametrize(("users", "told"), [(1, 0), (49, 0), (50, 1), (80, 1)])
def test_use_of_a_coupon_by_a_few_is_not_kept(users, told):
    """A hundred contacted customers bought: how much of it with the coupon is told from fifty users on."""
    assert coupon_precedents(Bought(users), ("tea",), least=50).week.size == told


def test_spend_of_a_few_contacted_customers_is_not_told():
    """A coupon that went to three customers says nothing of what these spend."""
    spend, contacted = np.arange(200.0), np.zeros(200)
    contacted[-3:] = 1
    assert heavy_buyers(spend, contacted, "coupons") is not None
    assert heavy_buyers(spend, contacted, "coupons", least=50) is None


def test_that_a_few_contacted_customers_are_not_told_of_is_said():
    """Fewer than the smallest group were contacted: that is said; of nobody, and of enough, there is no such word."""
    few, nobody, enough = (np.arange(200) < count for count in (3, 0, 50))
    said = "who was sent coupons is not told: fewer than 50 customers were (min_segment_size)"
    assert contacted_few(few, "coupons", least=50) == said
    assert contacted_few(nobody, "coupons", least=50) == contacted_few(enough, "coupons", least=50) == ""
