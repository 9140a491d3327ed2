"""Purchase data of a simulated market: its past is played, and what the till and the mailing log see is written down.

Every simulated customer is a customer of the data. None of their traits is written, only age and browsing time with
noise, and the segment they were born into, which is no column that a data file maps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from scenarios.arrays import Float
from scenarios.language.price_share import PriceShare
from scenarios.language.schema import Gift, Offer
from scenarios.market.customers import Memory, stream
from scenarios.market.offered import remember
from scenarios.market.past import PastCalendar
from scenarios.market.play import Market
from scenarios.market.receipts import messages_log, receipts
from scenarios.plain_digits import share_text

HEAVY_NOISE = 0.35
"""How far habit's idea of who buys much is from the truth, as a share of its whole range."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PurchaseData:
    """What the retailer's systems hold of the past."""

    transactions: pd.DataFrame
    """One row a purchase: customer, time, basket, product, quantity, paid, shelf_discount, coupon_discount, offer,
    basket_offer. Savings of bundles and on whole orders stand on receipt lines of their own, not in ``paid``."""
    offers: pd.DataFrame
    """One row an offer that ran: offer, product (blank: baskets), customer (blank: everybody), first_day, last_day."""
    customers: pd.DataFrame
    """customer, segment, age, browse_minutes"""
    products: pd.DataFrame
    """product, category"""
    offer_terms: dict[str, dict[str, Any]]
    """What each past offer was, by id, as ``past_offers`` of a data file."""
    memory: Memory
    """What customers carry into the day after the past; the market's own, in no file."""
    stock: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["product", "time", "stock"]))
    """One row a product of limited stock and day: what was left in the evening."""


def record_past(market: Market, calendar: PastCalendar, seed: int) -> PurchaseData:
    """Play the calendar over the market's horizon and write down what customers bought and were told.

    Shelves are full throughout. Outside experimenting weeks messages go first to those who buy most.

    Raises
    ------
    ValueError
        When the market is in weeks, or a line counts its pieces or caps a customer's uses: a past is written day by
        day, with full shelves.
    """
    names = np.arange(market.people.segment.size).astype(str).astype(object)
    if market.scenario.horizon.period_days != 1:
        raise ValueError("horizon: expected days, because receipts and messages have dates, got weeks")
    by_day = market.by_day(calendar.lines)
    if any(line.rationed for lines in by_day.values() for line in lines):
        raise ValueError("past offers: expected none with quantity, per_customer or valid: nobody is refused one")
    depths = market.competitor(seed)
    heavy = _heavy_first(market, seed)
    state = market.open_doors(market.warm(seed))
    rows: list[pd.DataFrame] = []
    told: list[pd.DataFrame] = []
    for day in range(market.scenario.horizon.periods):
        draws = market.draws(seed, day)
        if day not in calendar.experimenting:
            # Whom a channel cannot reach has a draw beyond 1 for it.
            draws = replace(draws, chance=np.where(draws.chance > 1.0, draws.chance, heavy[:, None]))
        offered = market.offer(by_day.get(day, ()), state, draws)
        demand = market.demand(state, day, offered, depths, draws.traffic)
        result = market.serve(state, demand, offered, draws)
        rows.append(receipts(market, day, offered, result, names))
        told.append(messages_log(market, day, offered, draws, names))
        saw = offered.saw(names.size, market.prices.size)
        state = replace(state, memory=remember(result.memory, offered, saw, market.truth.params))
    return PurchaseData(
        transactions=pd.concat(rows, ignore_index=True),
        offers=pd.concat(told, ignore_index=True),
        customers=_customers(market, seed),
        products=pd.DataFrame(
            {"product": [p.id for p in market.products], "category": [p.id for p in market.products]}
        ),
        offer_terms={offer.id: offer_terms(offer, market.scenario.gifts) for offer in market.scenario.offers},
        memory=state.memory,
    )


def offer_terms(offer: Offer, gifts: Sequence[Gift] = ()) -> dict[str, Any]:
    """Return an offer's mechanic and parameters as a data file writes them.

    Parameters
    ----------
    gifts
        A gift whose worth nobody named is worth its unit cost, as everywhere in the scenario language.
    """
    terms: dict[str, Any] = {"mechanic": offer.mechanic.value, "layer": offer.layer.value}
    if offer.depth is not None:
        terms["depth"] = offer.depth
    for key in ("at_most", "price", "value", "spend", "save"):
        amount = getattr(offer, key)
        if amount is not None:
            terms[key] = float(amount)
    worth = offer.worth
    if worth is None:
        worth = next((gift.unit_cost for gift in gifts if gift.id == offer.gift), None)
    if worth is not None:
        terms["gift_value"] = share_text(worth.share) if isinstance(worth, PriceShare) else float(worth)
    terms |= {key: count for key, count in (("buy", offer.buy), ("get", offer.get)) if count is not None}
    return terms


AGE_AND_BROWSING: Mapping[str, Any] = {"numeric": ["age", "browse_minutes"]}
"""Columns of customers that a town's data file maps; the segment they were born into is none of them."""


def write_purchases(
    data: PurchaseData,
    folder: Path,
    *,
    train_until: str,
    test_until: str,
    known: Mapping[str, Any] | None = AGE_AND_BROWSING,
) -> Path:
    """Write the files and the ``data.yaml`` that describes them; returns its path. Same data, same bytes.

    Parameters
    ----------
    known
        What the data file says of columns of the customers; None where it names none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = ("transactions", "offers", "customers", "products", *(("stock",) if len(data.stock) else ()))
    for name in parts:
        getattr(data, name).to_parquet(folder / f"{name}.parquet", index=False)
    described: dict[str, Any] = {
        "kind": "transactions",
        "files": {
            "transactions": {
                "file": "transactions.parquet",
                "customer": "customer",
                "time": "time",
                "product": "product",
                "quantity": "quantity",
                "paid": "paid",
                "shelf_discount": "shelf_discount",
                "coupon_discount": "coupon_discount",
                "basket": "basket",
                "offer_used": "offer",
                "order_offer_used": "basket_offer",
            },
            "products": {"file": "products.parquet", "product": "product", "category": "category"},
            **({"demographics": {"file": "customers.parquet", "customer": "customer", **known}} if known else {}),
            "offers": {
                "file": "offers.parquet",
                "offer": "offer",
                "product": "product",
                "customer": "customer",
                "first_day": "first_day",
                "last_day": "last_day",
            },
            **(
                {"stock": {"file": "stock.parquet", "product": "product", "time": "time", "stock": "stock"}}
                if len(data.stock)
                else {}
            ),
        },
        "past_offers": data.offer_terms,
        "train_until": train_until,
        "test_until": test_until,
        "products": {product: [product] for product in data.products["product"]},
    }
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump(described, sort_keys=False, allow_unicode=True), encoding="utf-8", newline="\n")
    return path


def _heavy_first(market: Market, seed: int) -> Float:
    """Return [N] from 0 to 1, lowest for those whom habit takes for heavy buyers of their segment."""
    people = market.people
    buys = (1 / (1 + np.exp(-people.need))).sum(axis=1)
    guess = np.empty(buys.size)
    for s in range(len(market.segments)):
        mine = np.flatnonzero(people.segment == s)
        rank = np.argsort(np.argsort(-buys[mine], kind="stable"), kind="stable") / mine.size
        noisy = rank + HEAVY_NOISE * stream(seed, "heavy buyers", s).random(mine.size)
        guess[mine] = np.argsort(np.argsort(noisy, kind="stable"), kind="stable") / mine.size
    return guess


def _customers(market: Market, seed: int) -> pd.DataFrame:
    """Return what is known of the customers: the segment they were born into, age and browsing time with noise."""
    rng = stream(seed, "demographics")
    segment = market.people.segment
    noise = rng.standard_normal((2, segment.size))
    centre = {
        key: np.array([_number(one.profile.get(key)) for one in market.segments])[segment]
        for key in ("age", "browse_minutes")
    }
    return pd.DataFrame(
        {
            "customer": np.arange(segment.size).astype(str),
            "segment": np.array([one.id for one in market.segments], dtype=object)[segment],
            "age": np.round(centre["age"] + 4.0 * noise[0]).clip(16, 90),
            "browse_minutes": np.round(centre["browse_minutes"] * np.exp(0.3 * noise[1]), 1),
        }
    )


def _number(value: float | str | None) -> float:
    """A profile's number; 0 where it says nothing, or a word."""
    return float(value) if isinstance(value, int | float) else 0.0
