"""The market's pieces by hand: the shelf, the account, what its settings may be."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.language.schema import MoneyTerms, Product
from scenarios.market.account import Tally, account_of
from scenarios.market.customers import MarketParams
from scenarios.market.shelf import serve

SOAP = Product.model_validate({"id": "soap", "category": "care", "price": "113", "unit_cost": "60"})


def test_the_account_by_hand():
    """Ten units at 113 with 10 % off, 13 % tax, 5 % returns, 1 % fee, unit cost 60, worked by hand."""
    tally = Tally.empty(1, 1, 1)
    tally.units[0, 0, 0], tally.listed[0, 0, 0], tally.discount[0, 0, 0], tally.cost[0, 0, 0] = 10, 1130, 113, 600
    totals = account_of(tally, [SOAP], MoneyTerms(tax_rate=0.13, return_rate=0.05, fee_rate=0.01)).totals()
    assert totals["revenue"] == Decimal("855.00")
    assert totals["cost_of_goods"] == Decimal("570.00")
    assert totals["fees"] == Decimal("10.17")
    assert totals["profit"] == Decimal("274.83")


@pytest.mark.parametrize(("digits", "revenue"), [(0, "1003"), (2, "1002.65"), (3, "1002.655")])
def test_the_account_rounds_to_the_currencys_minor_unit(digits, revenue):
    """1,133 with 13 % tax are booked in whole yen, in cents, and in thousandths of a dinar, as the ledger does."""
    tally = Tally.empty(1, 1, 1)
    tally.listed[0, 0, 0] = 1133
    account = account_of(tally, [SOAP], MoneyTerms(tax_rate=0.13), digits)
    assert account.totals(digits)["revenue"] == Decimal(revenue)


def test_the_account_takes_each_products_own_tax_and_returns():
    """Soap at 13 %, wine at 25 % of which a fifth comes back; a saving on baskets is spread over both by value."""
    wine = Product.model_validate(
        {"id": "wine", "category": "wine", "price": "250", "unit_cost": "90", "tax_rate": "25%", "return_rate": "20%"}
    )
    tally = Tally.empty(1, 2, 1)
    tally.listed[0, :2, 0], tally.cost[0, :2, 0], tally.discount[0, 2, 0] = (1130, 2500), (600, 900), 363
    found = account_of(tally, [SOAP, wine], MoneyTerms(tax_rate=0.13))
    assert found.list_revenue[0, :, 0].tolist() == [1000_00, 1600_00, 0]
    assert found.cost_of_goods[0, :, 0].tolist() == [600_00, 720_00, 0]
    assert found.discount[0, :, 0].tolist() == [0, 0, 260_00], "2,600 of 3,630 are left, and of 363 therefore 260"


@pytest.mark.parametrize(
    "setting",
    [
        {"customers_per_segment": 0},
        {"warm_up_days": -1},
        {"taste_spread": float("nan")},
        {"fatigue": 1.0},
        {"fatigue_half_life_days": 0.0},
    ],
)
def test_impossible_settings_are_refused(setting):
    """Settings are validated when they are made; the message names the setting."""
    with pytest.raises(ValueError, match=next(iter(setting))):
        MarketParams(seed=1, **setting)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 40),
    columns=st.integers(1, 4),
    stock=st.lists(st.one_of(st.floats(0, 30), st.just(np.inf)), min_size=4, max_size=4),
)
def test_the_shelf_serves_in_order_and_never_more_than_it_holds(seed, rows, columns, stock):
    """Whatever the demand, each product gives at most its stock, and nobody after the first unserved gets it."""
    rng = np.random.Generator(np.random.Philox(seed))
    available, shelf = np.array(stock[:columns]), np.arange(columns)
    first = rng.integers(-1, columns, rows)
    wanted = {int(k): 1.0 + rng.integers(0, 3, rows) for k in shelf}
    choice, filled = serve(
        rng.random((rows, columns)),
        rng.random(rows),
        shelf,
        first,
        wanted,
        np.full(rows, 1.5),
        rng.random(rows),
        available,
    )
    for k in shelf:
        taken = np.where(choice == k, wanted[int(k)] * 1.5 * filled, 0.0)
        assert taken.sum() <= available[k] * (1 + 1e-9) + 1e-9
        short = np.flatnonzero((choice == k) & (filled < 1))
        if short.size:
            assert short.size == 1
            assert not (choice[short[0] + 1 :] == k).any()
    assert ((filled >= 0) & (filled <= 1)).all()
