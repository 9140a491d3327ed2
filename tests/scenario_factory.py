"""Tiny random scenarios with everything in them: both layers, baskets, history, interactions, limits and rules."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from further_rules import further_rules
from random_funding import pay_by_the_line, pay_by_the_unit, pay_on_own_products
from random_limits import limits_of_every_kind, random_limits
from random_offers import basket_offers, cap_some, give_with_orders, public_offer, serve_fewer, share, targeted_offer
from random_reach import reach_fewer
from random_rules import random_rules
from sent_once import send_once

from scenarios.grid import build_grid
from scenarios.language.schema import Horizon, Scenario
from scenarios.language.words import BASKET, EVERYBODY, Mechanic, Weekday
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.effects import Effects
from scenarios.tables.closed_units import while_open
from scenarios.tables.last_sales import until_last_sale

START = dt.date(2026, 11, 2)
PRICE_MECHANICS = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)


@dataclass(frozen=True, kw_only=True)
class TinyParams:
    """Sizes and switches of a tiny scenario; None means drawn at random."""

    segments: int | None = None
    products: int | None = None
    periods: int | None = None
    public_offers: int = 2
    targeted_offers: int = 2
    baskets: bool | None = None
    history: bool | None = None
    interactions: bool = True
    stock: bool | None = None
    limits: bool = True
    spans: bool = True
    """With limits also such in windows and months, on shares, on ROI, and least amounts."""
    rules: bool = True
    """A random choice of rules of every kind but `locked` and `forbidden`."""
    further: bool = False
    """Rules of the kinds of `further_rules` too."""
    weeks: bool | None = None
    members: int = 2
    own_rates: bool | None = None
    """Products with rates of tax and returns of their own; drawn from another stream, as the next two.

    Cases that were chosen for what a search does in them, and benchmarks with published figures, do without.
    """
    per_unit: bool | None = None
    """Offers whose vendors pay by the unit; drawn from a stream of their own, and not where ``own_rates`` is False."""
    reach: bool | None = None
    """Channels that reach a part of each segment; drawn as ``per_unit`` is."""
    last_sales: bool = True
    """Among products of their own rates some that leave the range."""
    order_gifts: bool = True
    """In some scenarios with baskets one of the two basket offers is a gift with orders; from a stream of its own, too.

    All else stays as it is drawn without."""
    own_vendors: bool | None = None
    """Offers for which each product's own vendor pays, or several vendors each on their own products; from a stream of
    their own, and not where ``own_rates`` is False. All else stays as it is drawn without."""
    own_ahead: bool = True
    """The last product's share of what is bought ahead is a quarter of the others'. Not in cases as above."""
    closed: tuple[str, ...] = ()
    """Weekdays and dates on which nothing is sold; nothing else is drawn otherwise for them."""
    valid: bool = False
    """Offers with a channel are sent once, in some periods, and are valid for two or three of them."""
    terms: bool = True
    """Levels of quantity, and caps per customer where there are baskets; drawn from a stream of their own."""


def rng_of(seed: int) -> np.random.Generator:
    """Return a Philox stream of its own for one test case."""
    return np.random.Generator(np.random.Philox(seed))


def _flag(rng: np.random.Generator, given: bool | None, chance: float = 0.5) -> bool:
    return bool(rng.random() < chance) if given is None else given


def _history(rng: np.random.Generator, scenario: dict[str, Any]) -> list[dict[str, Any]]:
    step = 7 if scenario["horizon"]["unit"] == "week" else 1
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for _ in range(int(rng.integers(1, 7))):
        offer = scenario["offers"][int(rng.integers(len(scenario["offers"])))]
        basket = offer["mechanic"] in ("threshold", "free_shipping")
        product = BASKET if basket else str(rng.choice([p["id"] for p in scenario["products"]]))
        targeted = offer.get("layer") == "targeted"
        segment = str(rng.choice([s["id"] for s in scenario["segments"]])) if targeted else EVERYBODY
        day = START - dt.timedelta(days=step * int(rng.integers(1, 5)))
        coverage = str(rng.choice(offer.get("coverage", ["100%"])))
        quantity = offer.get("quantity", "100%")
        lines[(day, product, segment)] = {
            "date": day,
            "product": product,
            "segment": segment,
            "offer": offer["id"],
            "coverage": coverage,
            "quantity": quantity if isinstance(quantity, str) else quantity[0],
        }
    return list(lines.values())


def tiny_document(rng: np.random.Generator, params: TinyParams) -> dict[str, Any]:
    """Draw a scenario as the plain values of a scenario file, without limits and history."""
    segments = params.segments or int(rng.integers(1, 4))
    products = params.products or int(rng.integers(1, 4))
    weeks = _flag(rng, params.weeks, 0.2)
    strong = params.interactions
    cannibalisation, pull = float(rng.uniform(0, 0.5)) * strong, float(rng.uniform(0, 0.4)) * strong
    offers = [public_offer(rng, number, 2) for number in range(params.public_offers)]
    offers += [targeted_offer(rng, number, 2) for number in range(params.targeted_offers)]
    for offer in offers:
        if offer["mechanic"] == "flash_sale" and rng.random() < 0.7:
            offer["max_run"] = int(rng.integers(1, 3))
        if rng.random() < 0.2:
            offer["applies_to"] = {"products": [f"k{int(rng.integers(products))}"]}
    document: dict[str, Any] = {
        "scenario": "tiny",
        "currency": "CNY",
        "horizon": {
            "start": START,
            "periods": params.periods or int(rng.integers(2, 5)),
            "unit": "week" if weeks else "day",
            **({} if weeks else {"week_starts": str(list(Weekday)[(3 * segments + products) % 7])}),
            **({"closed": params.closed} if params.closed else {}),
        },
        "money": {"tax_rate": "13%", "return_rate": "4%", "fee_rate": "1%"},
        "segments": [{"id": f"s{s}", "customers": int(rng.integers(50, 500))} for s in range(segments)],
        "products": [
            {
                "id": f"k{k}",
                "category": str(rng.choice(["soft", "hard"])),
                "price": str(round(float(rng.uniform(5, 30)), 2)),
                "unit_cost": str(round(float(rng.uniform(2, 4)), 2)),
                "units_per_use": float(rng.choice([1.0, 1.5])),
            }
            for k in range(products)
        ],
        "offers": offers,
        "gifts": [{"id": "cup", "unit_cost": "1.5", "stock": int(rng.integers(5, 60))}],
        "channels": [
            {
                "id": "push",
                "cost_per_contact": "0.01",
                "contacts_per_customer": {"max": int(rng.integers(1, 4)), "days": int(rng.integers(2, 9))},
            }
        ],
        "vendors": [{"id": "v0", "fund": str(int(rng.integers(20, 400)))}, {"id": "v1"}],
        "effects": {"table": "none.csv", "lift_is": "gross"},
        "response": {
            "fatigue": float(rng.uniform(0, 0.9)) * strong,
            "fatigue_half_life": float(rng.uniform(0.5, 5)),
            "pull_forward": {
                "share": pull,
                "periods": int(rng.integers(1, 4)),
                "own": [{"product": f"k{products - 1}", "share": 0.25 * pull}] * (params.own_ahead and products > 1),
            },
            "cannibalisation": cannibalisation,
            "halo": float(rng.uniform(0, 0.2)) * strong,
        },
    }
    if rng.random() < 0.5:
        document["offers"][-1].setdefault("applies_to", {"segments": ["s0"]})
    return document


def _own_terms(document: dict[str, Any], params: TinyParams) -> None:
    """Give some products a tax, returns and a last sale of their own, which no other draw depends on."""
    products, horizon = document["products"], Horizon.model_validate(document["horizon"])
    own = rng_of(zlib.crc32(repr([sorted(product.items()) for product in products]).encode()))
    if not _flag(own, params.own_rates, 0.4):
        return
    for product in products:
        for key, most in (("tax_rate", 0.3), ("return_rate", 0.2)):
            if own.random() < 0.6:
                product[key] = share(own.uniform(0.0, most))
    for product in products if params.last_sales else ():
        if own.random() < 0.3:  # within the horizon, within what is bought ahead of it, or after that
            product["last_sale"] = horizon.date_of(int(own.integers(1, horizon.periods + 4)))
    for product in products:
        if own.random() < 0.3:
            product["return_cost"] = str(round(float(own.uniform(0.1, 9.0)), 2))


def tiny_scenario(rng: np.random.Generator, **options: Any) -> tuple[Scenario, Effects, Baskets | None]:
    """Draw a tiny random scenario with its effects and order values.

    Parameters
    ----------
    rng
        A named stream; the same stream gives the same scenario.
    options
        Fields of `TinyParams`.
    """
    params = TinyParams(**options)
    terms = rng.spawn(1)[0]
    document = tiny_document(rng, params)
    with_baskets = _flag(rng, params.baskets)
    baskets = None
    if with_baskets:
        document["offers"] += basket_offers()
        document["baskets"] = {"table": "none.csv"}
        bins = (OrderBin(value=20.0, orders=20.0, units=1.5), OrderBin(value=40.0, orders=10.0, units=2.5))
        held = (OrderBin(value=0.0, orders=5.0, units=1.0), OrderBin(value=0.0, orders=2.0, units=3.0))
        quantities = {product["id"]: held for product in document["products"]}
        baskets = Baskets(
            bins={segment["id"]: bins for segment in document["segments"]},
            quantities={segment["id"]: quantities for segment in document["segments"]},
        )
    if params.valid:
        send_once(rng_of(zlib.crc32(repr(document["offers"]).encode())), document)
    _own_terms(document, params)
    pay_by_the_unit(document, params.per_unit if params.own_rates is not False else False)
    pay_by_the_line(document)
    if params.terms:
        serve_fewer(terms, document["offers"], with_baskets)
    reach_fewer(document, False if params.own_rates is False else params.reach)
    if _flag(rng, params.history, 0.6):
        document["history"] = _history(rng, document)
    if params.rules:
        document["rules"] = random_rules(rng, document)
    if params.further:
        document["rules"] = document.get("rules", []) + further_rules(rng, document)
    effects = tiny_effects(rng, document, params.members)
    volume = effects.base_units.mean(axis=0)
    if _flag(rng, params.stock, 0.5):
        stocked = document["products"][int(rng.integers(len(document["products"])))]
        stocked["stock"] = int(volume[:, document["products"].index(stocked)].sum() * rng.uniform(0.8, 1.5))
        stocked["arrivals"] = {START + dt.timedelta(days=1): int(rng.integers(0, 20))}
    if params.limits:
        prices = np.array([float(product["price"]) for product in document["products"]])
        turnover = float((volume.sum(axis=(0, 2)) * prices).sum())
        document["limits"] = random_limits(rng, turnover)
        if params.terms and terms.random() < 0.3:
            most = str(round(turnover * float(terms.uniform(0.02, 0.4)), 2))
            document["limits"].append({"id": "owed", "measure": "max_liability", "max": most})
        if params.spans:
            # A stream of their own: what other draws come to does not depend on these.
            own = rng_of(zlib.crc32(repr(sorted(document["products"][0].items(), key=str)).encode()))
            document["limits"] += limits_of_every_kind(own, document, turnover)
    if with_baskets and params.order_gifts:
        cap_some(rng_of(zlib.crc32(repr(document["products"]).encode())), document["offers"])
        own = rng_of(zlib.crc32(repr([product["price"] for product in document["products"]]).encode()))
        give_with_orders(own, document["offers"])
    pay_on_own_products(document, params.own_vendors if params.own_rates is not False else False)
    scenario = Scenario.model_validate(document)
    assert isinstance(scenario.products, tuple)
    there = while_open(effects.base_units, scenario.horizon)
    base, _ = until_last_sale(there, scenario.products, scenario.horizon)
    return scenario, replace(effects, base_units=base), baskets


def tiny_effects(rng: np.random.Generator, document: dict[str, Any], members: int) -> Effects:
    """Random effects on the axes of a scenario document."""
    bare = {key: value for key, value in document.items() if key not in ("rules", "history")}
    grid = build_grid(Scenario.model_validate(bare))
    s, k, t = grid.shape
    offers = grid.scenario.offers
    o = len(offers)
    base = rng.uniform(0, 30, size=(s, k, t)) * (rng.random((s, k, t)) > 0.05)
    base_units = base * rng.uniform(0.9, 1.1, size=(members, s, k, 1))
    lift = rng.uniform(-0.1, 2.0, size=(s, k + 1, t, o))
    take_up = rng.uniform(0.05, 0.9, size=(s, k + 1, t, o))
    for number, offer in enumerate(offers):
        here = np.zeros((s, k + 1, t), dtype=bool)
        for block, choices in enumerate(grid.choices):
            for column, choice in enumerate(choices, start=1):
                if choice.offer == number:
                    table = grid.allowed[block][..., column]
                    here[:, k if offer.is_basket else slice(0, k)] |= table
        public_price = offer.mechanic in PRICE_MECHANICS and offer.layer.value == "public"
        if public_price:
            take_up[..., number] = 1.0
        if offer.is_basket:
            lift[..., number] *= 0.1
        lift[..., number] *= here
        take_up[..., number] *= here
    spread = rng.uniform(0.8, 1.2, size=(members, 1, 1, 1, o))
    return Effects(
        base_units=base_units,
        base_cv=np.full((s, k), 0.1),
        lift=np.maximum(lift * spread, -0.5),
        lift_sd=np.full((s, k + 1, t, o), 0.2),
        take_up=take_up,
        take_up_cv=np.where(take_up == 1.0, 0.0, 0.3),
        evidence=("assumed",) * o,
        source="a random table",
    )
