"""Random offers of every mechanic, as the plain values of a scenario file."""

from __future__ import annotations

from typing import Any

import numpy as np


def share(value: float) -> str:
    """Write a share as people do."""
    return f"{100 * value:.4f}%"


def public_offer(rng: np.random.Generator, number: int, vendors: int) -> dict[str, Any]:
    """Draw an offer to everybody."""
    kind = str(rng.choice(["price_discount", "flash_sale", "gift", "bundle", "feature"], p=[0.4, 0.25, 0.1, 0.15, 0.1]))
    offer: dict[str, Any] = {"id": f"p{number}-{kind}", "mechanic": kind}
    if kind in ("price_discount", "flash_sale"):
        offer["depth"] = share(rng.uniform(0.05, 0.4))
    elif kind == "gift":
        offer["gift"] = "cup"
    elif kind == "bundle":
        offer |= {"buy": int(rng.integers(1, 4)), "get": 1}
    return _dress(rng, offer, vendors)


def targeted_offer(rng: np.random.Generator, number: int, vendors: int) -> dict[str, Any]:
    """Draw an offer to single segments."""
    kind = str(rng.choice(["coupon", "gift", "price_discount"], p=[0.6, 0.2, 0.2]))
    offer: dict[str, Any] = {"id": f"t{number}-{kind}", "mechanic": kind, "layer": "targeted"}
    if kind == "coupon" and rng.random() < 0.5:
        offer["value"] = str(round(float(rng.uniform(0.5, 4.0)), 2))
    elif kind == "gift":
        offer |= {"gift": "cup", "worth": "3"}
    else:
        offer["depth"] = share(rng.uniform(0.05, 0.4))
    if rng.random() < 0.8:
        offer["channel"] = "push"
    if rng.random() < 0.4:
        offer["coverage"] = ["50%", "100%"]
    return _dress(rng, offer, vendors)


def _dress(rng: np.random.Generator, offer: dict[str, Any], vendors: int) -> dict[str, Any]:
    if rng.random() < 0.6:
        offer["funding"] = {"vendor": f"v{int(rng.integers(vendors))}", "share": share(rng.uniform(0.2, 0.9))}
    if rng.random() < 0.3:
        offer["fixed_cost"] = str(round(float(rng.uniform(0, 5)), 2))
    if rng.random() < 0.3:
        offer["stacks"] = True
    return offer


def basket_offers() -> list[dict[str, Any]]:
    """Return one basket offer of each layer."""
    return [
        {"id": "b-threshold", "mechanic": "threshold", "spend": "30", "save": "4"},
        {"id": "b-ship", "mechanic": "free_shipping", "value": "2", "layer": "targeted", "channel": "push"},
    ]


def give_with_orders(own: np.random.Generator, offers: list[dict[str, Any]]) -> None:
    """Make one of the two basket offers a gift with orders, in some scenarios; ids and all other draws stay."""
    if own.random() >= 0.4:
        return
    offer = [each for each in offers if each["id"].startswith("b-")][int(own.integers(2))]
    for key in ("save", "value"):
        offer.pop(key, None)
    offer |= {"mechanic": "gift", "gift": "cup", "spend": str(own.choice(["0", "30"]))}
    if own.random() < 0.5:
        offer["worth"] = str(own.choice(["1", "5"]))
    if own.random() < 0.5:
        offer["funding"] = {"vendor": "v0", "share": share(own.uniform(0.2, 0.9))}


def cap_some(own: np.random.Generator, offers: list[dict[str, Any]]) -> None:
    """Give some offers of a depth a most that it takes off, below or above what it comes to; other draws stay."""
    for offer in offers:
        if "depth" in offer and "get" not in offer and own.random() < 0.25:
            offer["at_most"] = str(round(float(own.uniform(0.3, 6.0)), 2))


def serve_fewer(rng: np.random.Generator, offers: list[dict[str, Any]], with_baskets: bool) -> None:
    """Count the pieces of some offers, and cap what one customer may take."""
    for offer in offers:
        if offer["mechanic"] == "feature":
            continue
        if rng.random() < 0.3:
            several = "coverage" not in offer and rng.random() < 0.4
            offer["quantity"] = ["40%", "100%"] if several else share(rng.uniform(0.2, 1.0))
        if with_baskets and rng.random() < 0.2 and "valid" not in offer:
            offer["per_customer"] = int(rng.integers(1, 3))
