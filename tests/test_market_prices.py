"""In the market a new price stays what it is where another price is cut; habit prefers the lower price."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from shop import load_shop

from planner.problem import problem_of
from scenarios.language.schema import Offer, Product
from scenarios.market.customers import MarketParams, Population
from scenarios.market.deals import ActiveLine, Benefit, Deal, benefit_of, make_deal
from scenarios.market.likeness import likeness
from scenarios.market.past import PastParams, past_calendar
from scenarios.response.economics import saving_per_unit

PHONE = Product.model_validate({"id": "phone", "category": "phones", "price": "2000", "unit_cost": "1000"})
CUT = {"mechanic": "price_discount", "depth": "10%"}
PARAMS = cast("MarketParams", SimpleNamespace(fatigue=0.0, urgency=0.0))
PEOPLE = cast(
    "Population",
    SimpleNamespace(segment=np.zeros(1, dtype=np.int64), bulk=np.array([[True]]), sensitivity=np.ones(1)),
)


def offer(**terms: object) -> Offer:
    """An offer on the phone."""
    return Offer.model_validate({"id": "deal", **terms})


def met(public: Offer, targeted: Offer) -> Deal:
    """Both offers, as a customer meets them."""
    first, second = benefit(public), benefit(targeted)
    line = ActiveLine(offer=targeted, product=0, segment=0, coverage=1.0)
    noticed = np.ones(1, dtype=bool)
    return make_deal(first, public, [(line, second, noticed)], 1, PEOPLE, np.zeros(1), PARAMS, 0)


def benefit(one: Offer) -> Benefit:
    """What an offer is by itself."""
    return benefit_of(one, PHONE, 0, PEOPLE, {}, PARAMS)


def paid(deal: Deal) -> float:
    """What a phone costs under a deal."""
    return float(2000 * (1 - deal.saving_public[0]) * (1 - deal.saving_targeted[0]))


@pytest.mark.parametrize("mechanic", ["price_discount", "flash_sale"])
@pytest.mark.parametrize(("price", "pays"), [(1800, 1800), (1600, 1600), (1900, 1800)])
def test_a_new_price_stays_on_a_reduced_price(mechanic: str, price: int, pays: int) -> None:
    """Of 2,000 cut by 10 %, a member price of 1,800 takes nothing more off, as in the account; it is felt so, too."""
    member = offer(mechanic=mechanic, price=price, layer="targeted", stacks=True)
    deal = met(offer(**CUT), member)
    assert paid(deal) == pytest.approx(pays)
    assert paid(deal) == pytest.approx(1800 - saving_per_unit(member, PHONE, 1800.0))
    assert 2000 * np.exp(-deal.utility[0]) == pytest.approx(pays), "a price is felt as what is paid"


def test_a_new_price_comes_on_top_of_what_is_no_price() -> None:
    """A coupon for everybody of 100 leaves the shelf at 2,000, off which 1,800 takes 200 more, as in the account."""
    member = offer(mechanic="price_discount", price=1800, layer="targeted", stacks=True)
    assert paid(met(offer(mechanic="coupon", value=100), member)) == pytest.approx(1700)


def test_a_share_off_and_an_amount_off_are_what_they_were() -> None:
    """A share is of the reduced price; an amount stays an amount."""
    share = offer(mechanic="price_discount", depth="10%", layer="targeted", stacks=True)
    assert paid(met(offer(**CUT), share)) == pytest.approx(1620)
    amount = offer(mechanic="coupon", value=200, layer="targeted", stacks=True)
    assert paid(met(offer(**CUT), amount)) == pytest.approx(1600)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("mechanic: bundle, buy: 2, price: 4000", "mechanic: bundle, buy: 2, price: 5200"),
        ("mechanic: bundle, buy: 2, price: 3000", "mechanic: bundle, buy: 3, get: 1"),
        ("mechanic: flash_sale, price: 2000", "mechanic: flash_sale, depth: 12%"),
    ],
)
def test_habit_prefers_the_lower_price(tmp_path: Path, more: str, less: str) -> None:
    """Of two offers the more generous of two draws: three times in four, however either is written."""
    flash = "  - {id: flash-12, mechanic: flash_sale, depth: 12%, max_run: 2, applies_to: {products: [phone]}}\n"
    rate = ",,,flash-12,0.90,,,\n"
    both = "".join(
        f"  - {{id: {name}, {terms}, max_run: 1, applies_to: {{products: [phone]}}}}\n"
        for name, terms in (("flash-12", more), ("less", less))
    )
    problem = problem_of(
        load_shop(tmp_path, shop={flash: both}, effects={rate: f"{rate}{rate.replace('flash-12', 'less')}"})
    )
    market = likeness(problem.grid, problem.effects, 1, per_segment=20)
    horizon = market.scenario.horizon.model_copy(update={"start": dt.date(2026, 1, 4), "periods": 1400})
    market = replace(market, scenario=market.scenario.model_copy(update={"horizon": horizon}))
    lines = past_calendar(market, PastParams(seed=1, experimenting=0.0, public=0.5)).lines
    ran = [line.offer for line in lines if line.offer in ("flash-12", "less")]
    assert len(ran) > 40
    assert ran.count("flash-12") / len(ran) == pytest.approx(0.75, abs=0.12)
