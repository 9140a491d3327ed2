"""Who pays for random offers: by the unit, by the line, each product's own vendor; each by a stream of its own."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from random_offers import share


def _stream(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def _drawn(own: np.random.Generator, given: bool | None) -> bool:
    """Whether a scenario has such funding: as it is given, else two in five."""
    return bool(own.random() < 0.4) if given is None else given


def pay_by_the_unit(document: dict[str, Any], given: bool | None) -> None:
    """Let vendors pay for each unit under some offers on products, more than it costs now and then."""
    own = _stream(zlib.crc32(repr(["by the unit", *map(str, document["products"])]).encode()))
    if not _drawn(own, given):
        return
    for offer in document["offers"]:
        if offer["mechanic"] in ("threshold", "free_shipping") or own.random() < 0.4:
            continue
        funding = offer.setdefault("funding", {"vendor": f"v{int(own.integers(2))}"})
        funding["per_unit"] = str(round(float(own.uniform(0.05, 1.5) if own.random() < 0.8 else own.uniform(3, 9)), 3))
        if own.random() < 0.4:
            funding.pop("share", None)


def pay_by_the_line(document: dict[str, Any]) -> None:
    """Let vendors who pay for units pay an amount for each line besides, by a stream of its own."""
    own = _stream(zlib.crc32(repr(["by the line", *map(str, document["products"])]).encode()))
    for offer in document["offers"]:
        if "per_unit" in offer.get("funding", {}) and own.random() < 0.4:
            offer["funding"]["per_line"] = str(round(float(own.uniform(0.5, 20.0)), 2))


def pay_on_own_products(document: dict[str, Any], given: bool | None) -> None:
    """Let the vendor of each product pay for some offers on products; some products have none."""
    own = _stream(zlib.crc32(repr(["own", *(str(product["price"]) for product in document["products"])]).encode()))
    if not _drawn(own, given):
        return
    for product in document["products"]:
        if own.random() < 0.75:
            product["vendor"] = f"v{int(own.integers(2))}"
    for offer in document["offers"]:
        if offer["mechanic"] in ("threshold", "free_shipping") or "spend" in offer or own.random() < 0.3:
            continue
        terms = {key: value for key, value in offer.get("funding", {}).items() if key != "vendor"}
        terms = terms or {"share": share(own.uniform(0.2, 0.9))}
        others = {key: share(own.uniform(0.1, 0.9)) if key == "share" else value for key, value in terms.items()}
        listed = [{"vendor": "v0", **others}, {"vendor": str(own.choice(["v1", "of_product"])), **terms}]
        offer["funding"] = listed if own.random() < 0.4 else {"vendor": "of_product", **terms}
