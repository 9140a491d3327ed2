"""Loyalty points: a gift that costs a share of what is paid, in the account, the market and what is learned."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from market_case import line as market_line
from market_case import play, small_market
from one_phone import line, phone_shop, told
from shop import load_shop, problems_of

from scenarios.language.price_share import PriceShare
from scenarios.language.schema import Product
from scenarios.language.schemas.offer import Gift, Offer
from scenarios.market.purchases import offer_terms
from scenarios.response.measures import objective_functional
from scenarios.response.net_factors import net_factors
from scenarios.response.totals import evaluate
from surrogate.data.data_parts import PastOffer
from surrogate.shelf.mechanics import past_terms, scenario_terms

POINTS = Gift(id="points", unit_cost="5%")


def points(**more: Any) -> dict[str, Any]:
    """An offer of points."""
    return {"id": "points-5x", "mechanic": "gift", "gift": "points", **more}


def test_points_cost_a_share_of_what_is_paid_net_of_tax_and_returns() -> None:
    """The worked example of docs/money.md."""
    model, _ = phone_shop(points(), lifts=(0.2,), take_ups=(1.0,), orders=False)
    found, _ = told(model, line("points-5x"))
    assert found.units == Decimal("120.000")
    assert found.gifts_cost == Decimal("11520.00")
    assert found.spend == Decimal("11520.00")
    assert found.profit_change == Decimal("-2191.20")


@pytest.mark.parametrize(("stacks", "cost"), [(True, "2592.00"), (False, "0.00")])
def test_points_beside_a_cut_are_a_share_of_the_reduced_price(stacks: bool, cost: str) -> None:
    """30 of 100 units: 5 % of 2,034.00 net each. Apart, what is worth less than the cut is not used at all."""
    off_10 = {"id": "off-10", "mechanic": "price_discount", "depth": "10%"}
    targeted = points(layer="targeted", stacks=stacks)
    model, _ = phone_shop(off_10, targeted, lifts=(0.0, 0.0), take_ups=(1.0, 0.3), orders=False)
    plan = (line("off-10"), line("points-5x", segment="everyone"))
    assert told(model, *plan)[0].gifts_cost == Decimal(cost)
    chosen = model.grid.plan_of(plan)
    profit = float(evaluate(objective_functional(model), model, chosen, np))
    assert told(model, *plan)[0].profit == pytest.approx(Decimal(str(profit)), abs=Decimal("0.01"))


@pytest.mark.parametrize(
    ("worth", "saving"),
    [(None, 0.05), ("8%", 0.08), ("4.00", 0.2)],
)
def test_what_points_are_worth_is_a_share_of_the_price(worth: str | None, saving: float) -> None:
    """At a price of 10 and two units a use: points come with each unit, an amount with each use."""
    product = Product(id="a", category="c", price="10", unit_cost="5", units_per_use=2)
    offer = Offer.model_validate(points(**({} if worth is None else {"worth": worth})))
    assert scenario_terms(offer, product, (POINTS,), price=10.0, order=50.0).saving == pytest.approx(saving)


def test_past_points_are_taught_by_their_share() -> None:
    """`gift_value` of a past offer may be a share; the market's own files write it so."""
    past = PastOffer.model_validate({"mechanic": "gift", "gift_value": "12.5%"})
    assert past_terms(past, price=33.0, order=50.0).saving == pytest.approx(0.125)
    written = offer_terms(Offer.model_validate(points()), (POINTS,))
    assert PastOffer.model_validate(written).gift_value == PriceShare(share=0.05)


def test_the_market_gives_points_on_what_its_customers_paid() -> None:
    """Whoever took points at the till cost the named share of the price, net."""
    market = small_market()
    gifts = tuple(gift.model_copy(update={"unit_cost": PriceShare(share=0.05)}) for gift in market.scenario.gifts)
    market = replace(market, scenario=market.scenario.model_copy(update={"gifts": gifts}))
    days = market.scenario.horizon.dates
    sold = play(market, [market_line("hx-tablet", "power-bank-gift", "campus", day=day) for day in days])
    tablet = [product.id for product in market.products].index("hx-tablet")
    product = market.products[tablet]
    each = 0.05 * float(product.price) * float(net_factors(market.products, market.scenario.money)[tablet])
    assert sold.totals["gifts"] > 0
    gifts_cost = float(sold.account.totals()["gift_cost"])
    assert gifts_cost == pytest.approx(sold.totals["gifts"] * product.units_per_use * each, rel=1e-3)


@pytest.mark.parametrize(("written", "remedy"), [("110%", ""), ("5 percent", "write 5%"), ("-5%", "")])
def test_what_is_no_share_of_a_price_is_refused(written: str, remedy: str) -> None:
    """In one sentence, with what to write where that is clear."""
    with pytest.raises(ValueError) as caught:
        Gift.model_validate({"id": "points", "unit_cost": written})
    context = caught.value.errors()[0]["ctx"]
    assert "share of the price" in context["expected"]
    assert remedy in context["remedy"]


def test_points_under_a_bundle_and_a_coupon_are_a_share_of_what_is_paid_there() -> None:
    """Who buys two for one pays half, who has a coupon 1,808.00: their points are 5 % of that, in ledger and search."""
    free = {"id": "free", "mechanic": "bundle", "buy": 1, "get": 1, "stacks": True}
    cut = {"id": "cut", "mechanic": "coupon", "depth": "20%", "layer": "targeted", "stacks": True}
    for first, second, take_ups, cost in (
        (free, points(layer="targeted"), (1.0, 0.3), "1440.00"),  # 30 units at 960.00
        (points(), cut, (1.0, 0.3), "9024.00"),  # 100 units at 1,920.00, 30 of them a fifth less
    ):
        model, _ = phone_shop(first, second, lifts=(0.0, 0.0), take_ups=take_ups, orders=False)
        plan = (line(first["id"]), line(second["id"], segment="everyone"))
        found, _ = told(model, *plan)
        assert found.gifts_cost == Decimal(cost)
        profit = float(evaluate(objective_functional(model), model, model.grid.plan_of(plan), np))
        assert found.profit == pytest.approx(Decimal(str(profit)), abs=Decimal("0.01"))


def test_a_scenario_may_say_what_points_are_worth(tmp_path: Path) -> None:
    """`worth: 8%` of an offer is read from a file; amounts in its place still have the currency's digits."""
    points_in_file = {"unit_cost: 89, stock: 300": "unit_cost: 5%", "gift: earbuds,": "gift: earbuds, worth: 8%,"}
    loaded = load_shop(tmp_path, shop=points_in_file)
    assert next(offer for offer in loaded.scenario.offers if offer.id == "buds").worth == PriceShare(share=0.08)
    (refused,) = problems_of(tmp_path, shop={"gift: earbuds,": "gift: earbuds, worth: 1.234,"})
    assert "at most 2 decimals" in refused
