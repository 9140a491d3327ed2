"""A cap per customer on basket offers counts the orders that the offer is for, no others."""

from __future__ import annotations

import math

import pytest
from one_phone import phone_shop

from scenarios.grid import build_grid
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.served import kept_uses

SMALL, LARGE = (OrderBin(value=value, orders=orders, units=1.0) for value, orders in ((40.0, 900.0), (100.0, 200.0)))


def threshold(spend: str) -> dict[str, object]:
    """One use per customer of a saving on baskets worth ``spend``."""
    return {"id": "save", "mechanic": "threshold", "spend": spend, "save": "5", "per_customer": 1}


@pytest.mark.parametrize(("spend", "mean"), [("80", 0.2), ("40", 1.1)])
def test_small_orders_do_not_use_up_the_cap(spend, mean):
    """1,000 customers place 200 orders from 80 on: 0.2 uses each, of which a cap of one leaves 90.6 %."""
    model, _ = phone_shop(threshold(spend), lifts=(0.0,), take_ups=(0.0,))
    kept = kept_uses(build_grid(model.grid.scenario), Baskets(bins={"everyone": (SMALL, LARGE)}))
    assert kept[0, -1, 0] == pytest.approx((1 - math.exp(-mean)) / mean)
