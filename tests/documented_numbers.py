"""Numbers as docs/ write, round and share them out, in plain Python."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction


def share(value) -> float:
    """Read ``18%`` or a number."""
    text = str(value).strip()
    return float(Decimal(text[:-1]) / 100) if text.endswith("%") else float(text)


def reached(shop, a: int | None, o: int) -> float:
    """Share of a segment's customers whom an offer's channel can reach; without one everybody."""
    told = shop.channels.get(shop.offers[o].get("channel"), {}).get("reach", 1)
    return share(told.get(shop.segments[a]["id"], 1) if isinstance(told, dict) else told)


def ahead_of(products, told) -> tuple[list[float], int]:
    """Shares that are bought ahead (of the product's row, else its category's, else everybody's), and how long."""
    shares, rows = [], told.get("own", ())
    for product in products:
        mine = [each for each in rows if each.get("product") == product["id"]]
        mine += [each for each in rows if each.get("category") == product["category"]]
        shares.append(share((mine or [told])[0]["share"]))
    return shares, told["periods"]


def rounded(amount: float, digits: int) -> int:
    """Round once, half to even; what differs from a half by noise of floats is a half."""
    wide = amount * 10**digits
    below = math.floor(wide)
    if abs(wide - below - 0.5) <= 1e-14 * max(1.0, abs(wide)):
        return below + below % 2
    return int(Decimal(repr(wide)).quantize(Decimal(1), ROUND_HALF_EVEN))


def shared_out(total: int, weights: list[Fraction]) -> list[int]:
    """Split by largest remainder, equal ones in order."""
    shares = [total * weight / sum(weights) for weight in weights]
    parts = [math.floor(each) for each in shares]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - shares[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts
