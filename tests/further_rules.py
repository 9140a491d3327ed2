"""Random rules under which lines come and go together, exclude or prepare each other, or have their price watched."""

from __future__ import annotations

import datetime as dt
import itertools
import zlib
from decimal import Decimal
from typing import Any

import numpy as np

KINDS = (
    "min_run",
    "cycle",
    "all_or_nothing",
    "never_with",
    "only_after",
    "price_ladder",
    "reference_price",
    "fairness",
)
_AXES = ([], ["product"], ["segment"], ["segment", "product"], ["category"], ["offer"])


class Draw:
    """Draws of one scenario's names."""

    def __init__(self, rng: np.random.Generator, scenario: dict[str, Any]) -> None:
        self.rng, self.scenario = rng, scenario
        self.products = [product["id"] for product in scenario["products"]]
        self.segments = [segment["id"] for segment in scenario["segments"]]
        self.offers = [offer["id"] for offer in scenario["offers"]]
        self.mechanics = sorted({offer["mechanic"] for offer in scenario["offers"]})
        self.periods = scenario["horizon"]["periods"]
        self.step = 7 if scenario["horizon"]["unit"] == "week" else 1

    def one(self, names: list[str]) -> str:
        """One of some names."""
        return str(self.rng.choice(names))

    def date(self) -> dt.date:
        """A date from two periods before the horizon to its end."""
        start: dt.date = self.scenario["horizon"]["start"]
        return start + dt.timedelta(days=self.step * int(self.rng.integers(-2, self.periods)))

    def scope(self) -> dict[str, Any]:
        """A random scope."""
        where: dict[str, Any] = {}
        if self.rng.random() < 0.25:
            where["products"] = [self.one(self.products)]
        if self.rng.random() < 0.2:
            where["segments"] = [self.one(self.segments)]
        if self.rng.random() < 0.3:
            where["mechanics"] = [self.one(self.mechanics)]
        if self.rng.random() < 0.2:
            where["offers"] = sorted({self.one(self.offers), self.one(self.offers)})
        if self.rng.random() < 0.2:
            where["layer"] = self.one(["public", "targeted"])
        if self.rng.random() < 0.2:
            first = self.date()
            where["periods"] = [f"{first}..{first + dt.timedelta(days=2 * self.step)}"]
        return where

    def per(self, without: tuple[str, ...] = ()) -> list[str]:
        """Random axes."""
        axes = _AXES[int(self.rng.integers(len(_AXES)))]
        return [axis for axis in axes if axis not in without]

    def count(self, most: int) -> int:
        """A number from 1 on."""
        return int(self.rng.integers(1, most + 1))

    def share(self, most: float) -> str:
        """A share as people write it."""
        return f"{100 * float(self.rng.uniform(0, most)):.3f}%"


def _ladder(draw: Draw, where: dict[str, Any]) -> dict[str, Any]:
    rng, products = draw.rng, draw.scenario["products"]
    rule: dict[str, Any] = {"where": {key: where[key] for key in ("products", "periods") if key in where}}
    if rng.random() < 0.4:
        depths = [int(rng.integers(5, 40)) for _ in products]
        given = [offer["depth"] for offer in draw.scenario["offers"][:2] if "depth" in offer][:1]
        cut = [Decimal(each["price"]) * (100 - depth) / 100 for each, depth in zip(products, depths, strict=True)]
        cut += [Decimal(each["price"]) * (100 - Decimal(depth[:-1])) / 100 for each in products for depth in given]
        rule["prices"] = [str(round(price, 2)) for price in cut]
    if rng.random() < 0.5 or "prices" not in rule:
        rule["falling"] = True
    if len(products) > 1 and rng.random() < 0.6:
        ranked = sorted(products, key=lambda product: float(product["price"]))
        least = min(float(b["price"]) / float(a["price"]) for a, b in itertools.pairwise(ranked))
        rule["order"] = [product["id"] for product in ranked]
        rule["step"] = f"{100 * float(rng.uniform(0, 1)) * min(least - 1, 1):.3f}%"
    return rule


def _keys(draw: Draw, kind: str) -> dict[str, Any]:
    rng, where = draw.rng, draw.scope()
    if kind == "min_run":
        return {"where": where, "periods": draw.count(3), "per": draw.per()}
    if kind == "cycle":
        rule = {"where": where, "run": draw.count(2), "rest": draw.count(2), "per": draw.per()}
        rule |= {"every": bool(rng.random() < 0.4)}
        return rule | ({"first": draw.date()} if rng.random() < 0.4 else {})
    if kind == "all_or_nothing":
        axes = ["segment", "product", "category", "offer", "period"]
        across = [str(axis) for axis in rng.choice(axes, size=1 + int(rng.random() < 0.3), replace=False)]
        return {"where": where, "across": across, "per": draw.per(tuple(across))}
    if kind == "never_with":
        within = {"within": draw.count(3)} if rng.random() < 0.5 else {}
        return {"where": where, "with": draw.scope(), "per": draw.per()} | within
    if kind == "only_after":
        within = {"within": draw.count(3)} if rng.random() < 0.5 else {}
        return {"where": where, "after": draw.scope(), "per": draw.per()} | within
    if kind == "max_promotions":
        told_apart = [["offer", "product"], ["product"], ["offer"], ["category", "offer"], ["segment", "offer"]]
        of = told_apart[draw.count(len(told_apart)) - 1]
        span = {"each": draw.one(["period", "week", "month"])} if rng.random() < 0.7 else {}
        return {"where": where, "max": draw.count(3) - 1, "of": of, "per": draw.per(tuple(of))} | span
    if kind == "price_ladder":
        return _ladder(draw, where)
    if kind == "reference_price":
        least = {"min": draw.share(0.15)} if rng.random() < 0.7 else {}
        named = {"products": where["products"]} if "products" in where else {}
        return {"where": named, "days": int(rng.integers(1, 4)) * draw.step} | least
    return {"where": where, "min": draw.count(2)}


def further_rules(rng: np.random.Generator, scenario: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw some rules of these kinds over random scopes."""
    draw = Draw(rng, scenario)
    chosen = [kind for kind in KINDS if rng.random() < (0.15 if kind == "fairness" else 0.3)]
    made = [{"id": kind.replace("_", "-"), "rule": kind} | _keys(draw, kind) for kind in chosen]
    # From a stream of its own, so that all else stays as it is drawn without it.
    own = Draw(np.random.Generator(np.random.Philox(zlib.crc32(repr(scenario["offers"]).encode()))), scenario)
    counted = {"id": "max-promotions", "rule": "max_promotions"} | _keys(own, "max_promotions")
    return [*made, counted] if own.rng.random() < 0.3 else made
