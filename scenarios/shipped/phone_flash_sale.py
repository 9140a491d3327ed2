"""The illustrative tables of phone-flash-sale: ``python -m scenarios.shipped.phone_flash_sale OUT_DIR``.

Nothing here is measured: lifts follow a promotional price elasticity of 3.6 in the mean, scaled by how price-sensitive
a segment is and how well a product fits it. The numbers make a small question in which price cut, flash sale and gift
compete; they are no evidence about any market.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import BASKET
from scenarios.tables.table_files import write_rows

SEED = 20261101
DAY_SHAPE = (1.55, 1.20, 0.90, 0.80, 0.78, 0.80, 0.95, 0.98, 0.92, 1.30, 2.60, 0.95, 0.75, 0.72)
"""Traffic of the 14 days from 2026-11-01 on, relative to a quiet autumn day: opening night, lull, Singles' Day."""
THRESHOLD_SPEND = 3000.0
ORDERS_SAMPLED = 20_000
BIN_EDGES = (0.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 2400.0, 3000.0, 3400.0, 4200.0, 6000.0, np.inf)


@dataclass(frozen=True, kw_only=True)
class Buyers:
    """What sets one segment apart: price sensitivity around 1, taste for gifts around 1, share that reads messages."""

    customers: int
    sensitivity: float
    gift_taste: float
    notice: float
    daily_rate: float


@dataclass(frozen=True, kw_only=True)
class Item:
    """One product: list price, share of all units on a quiet day, and how its lifts differ from the mean."""

    price: float
    weight: float
    fit: float
    is_phone: bool


SEGMENTS = {
    "students": Buyers(customers=120_000, sensitivity=1.15, gift_taste=1.20, notice=0.62, daily_rate=0.0026),
    "young-professionals": Buyers(customers=180_000, sensitivity=0.95, gift_taste=0.95, notice=0.50, daily_rate=0.0034),
    "families": Buyers(customers=150_000, sensitivity=1.00, gift_taste=1.10, notice=0.42, daily_rate=0.0024),
    "deal-seekers": Buyers(customers=90_000, sensitivity=1.35, gift_taste=0.80, notice=0.70, daily_rate=0.0030),
    "brand-fans": Buyers(customers=60_000, sensitivity=0.70, gift_taste=1.25, notice=0.66, daily_rate=0.0048),
    "silver": Buyers(customers=70_000, sensitivity=0.85, gift_taste=0.85, notice=0.30, daily_rate=0.0016),
}
PRODUCTS = {
    "lite-8": Item(price=1499, weight=0.115, fit=1.08, is_phone=True),
    "lite-7": Item(price=1199, weight=0.070, fit=1.12, is_phone=True),
    "nova-12": Item(price=2699, weight=0.125, fit=1.00, is_phone=True),
    "nova-11": Item(price=2199, weight=0.080, fit=1.06, is_phone=True),
    "orion-5": Item(price=2499, weight=0.075, fit=1.02, is_phone=True),
    "nova-12-pro": Item(price=3999, weight=0.075, fit=0.92, is_phone=True),
    "orion-5-max": Item(price=4599, weight=0.045, fit=0.90, is_phone=True),
    "buds-3": Item(price=399, weight=0.120, fit=1.02, is_phone=False),
    "watch-fit": Item(price=899, weight=0.060, fit=0.98, is_phone=False),
    "charger-67w": Item(price=149, weight=0.110, fit=0.96, is_phone=False),
    "power-bank": Item(price=199, weight=0.080, fit=1.00, is_phone=False),
    "case-clear": Item(price=79, weight=0.045, fit=0.94, is_phone=False),
}
TASTE = {
    "students": (1.5, 1.6, 1.0, 1.3, 1.1, 0.5, 0.4, 1.3, 0.8, 1.1, 1.3, 1.4),
    "young-professionals": (0.6, 0.4, 1.2, 0.9, 1.1, 1.5, 1.4, 1.2, 1.4, 1.0, 1.0, 0.9),
    "families": (1.2, 1.2, 1.0, 1.1, 1.0, 0.7, 0.7, 0.7, 0.9, 1.2, 0.9, 1.0),
    "deal-seekers": (1.3, 1.7, 0.9, 1.5, 1.0, 0.5, 0.4, 0.9, 0.7, 1.0, 1.1, 1.1),
    "brand-fans": (0.3, 0.2, 1.7, 0.6, 0.5, 2.1, 0.9, 1.6, 1.6, 0.8, 0.8, 1.0),
    "silver": (1.8, 1.9, 0.7, 1.0, 0.9, 0.4, 0.4, 0.4, 0.6, 0.9, 0.6, 0.8),
}
"""Taste of each segment for the products, in the order of PRODUCTS."""
NOVA = ("lite-8", "lite-7", "nova-12", "nova-11", "nova-12-pro")
ORION = ("orion-5", "orion-5-max")
ACCESSORIES = ("buds-3", "watch-fit", "charger-67w", "power-bank", "case-clear")


def daily_base() -> Float:
    """Return the expected units with no promotion, [S, K, T], before rounding."""
    weights = np.array([item.weight for item in PRODUCTS.values()])
    rows = []
    for segment, buyers in SEGMENTS.items():
        taste = weights * np.array(TASTE[segment])
        rows.append(buyers.customers * buyers.daily_rate * taste / taste.sum())
    quiet: Float = np.array(rows)
    units: Float = quiet[:, :, None] * np.array(DAY_SHAPE)
    return units


def _cut_lift(depth: float, buyers: Buyers, item: Item) -> float:
    """Lift of a price cut at a constant elasticity, 3.6 for the mean buyer and product."""
    return float((1 - depth) ** (-3.6 * buyers.sensitivity * item.fit) - 1)


def _effect(buyers: Buyers, offer: str, item: Item) -> tuple[float, float | None]:
    """Lift per contacted customer, and take-up (None where it is 1 by the mechanic)."""
    public = {
        "nova-cut-12": 0.12,
        "nova-cut-18": 0.18,
        "orion-cut-15": 0.15,
        "extras-cut-15": 0.15,
        "nova-clear-25": 0.25,
    }
    if offer in public:
        return _cut_lift(public[offer], buyers, item), None
    if offer in ("nova-flash-10", "orion-flash-10"):
        # A short-run sale works by urgency beside its depth: about as much as 2.5 points more of price.
        return _cut_lift(0.125, buyers, item), None
    if offer == "extras-bundle":
        return 0.55 * buyers.sensitivity**0.5 * item.fit, 0.22 * buyers.sensitivity**0.5
    if offer == "front-page":
        return 0.16 * item.fit, None
    if offer == "buds-gift":
        return 0.47 * buyers.gift_taste * item.fit, 0.75 + 0.25 * buyers.notice
    if offer in ("nova-coupon-200", "orion-coupon-200"):
        return buyers.notice * 0.8 * _cut_lift(200 / item.price, buyers, item), 0.45 * buyers.notice
    if offer == "extras-coupon-20":
        return buyers.notice * 0.8 * _cut_lift(0.20, buyers, item), 0.40 * buyers.notice
    raise ValueError(f"no effect is known for offer {offer}")


OFFER_PRODUCTS = {
    "nova-cut-12": NOVA,
    "nova-cut-18": NOVA,
    "nova-clear-25": ("lite-7", "nova-11"),
    "nova-flash-10": NOVA,
    "orion-cut-15": ORION,
    "orion-flash-10": ORION,
    "extras-cut-15": ACCESSORIES,
    "extras-bundle": ("charger-67w", "power-bank", "case-clear"),
    "front-page": tuple(PRODUCTS),
    "buds-gift": ("lite-8", "nova-12", "nova-11", "nova-12-pro"),
    "nova-coupon-200": ("lite-8", "nova-12", "nova-12-pro"),
    "orion-coupon-200": ORION,
    "extras-coupon-20": ACCESSORIES,
}
"""Where each product offer of the scenario may be chosen (its ``applies_to``)."""


def orders_by_value(rng: np.random.Generator) -> dict[str, list[tuple[float, float, float]]]:
    """Order values of one average period: (value, orders, units per order) by segment, one triple a bin.

    An order is one main product, and a phone takes an accessory along three times in ten; the bins are scaled so that
    they hold the units of an average day.
    """
    prices = np.array([item.price for item in PRODUCTS.values()])
    phones = np.array([item.is_phone for item in PRODUCTS.values()])
    day_units = daily_base().mean(axis=2)
    bins: dict[str, list[tuple[float, float, float]]] = {}
    for s, segment in enumerate(SEGMENTS):
        main = rng.choice(prices.size, size=ORDERS_SAMPLED, p=day_units[s] / day_units[s].sum())
        extras = np.where(phones, 0.0, day_units[s])
        extra = rng.choice(prices.size, size=ORDERS_SAMPLED, p=extras / extras.sum())
        takes = phones[main] & (rng.random(ORDERS_SAMPLED) < 0.3)
        value = prices[main] + takes * prices[extra]
        units = 1.0 + takes
        scale = day_units[s].sum() / units.sum()
        which = np.digitize(value, BIN_EDGES) - 1
        bins[segment] = [
            (float(value[which == b].mean()), float((which == b).sum() * scale), float(units[which == b].mean()))
            for b in np.unique(which)
        ]
    return bins


def write_tables(folder: Path) -> None:
    """Write the baseline, baskets and effects of phone-flash-sale into ``folder``, the same bytes every time."""
    base = daily_base()
    dates = [f"2026-11-{day:02d}" for day in range(1, len(DAY_SHAPE) + 1)]
    write_rows(
        folder / "phone-flash-sale-baseline.csv",
        ("segment", "product", "period", "units"),
        (
            (segment, product, date, f"{base[s, k, t]:.2f}")
            for s, segment in enumerate(SEGMENTS)
            for k, product in enumerate(PRODUCTS)
            for t, date in enumerate(dates)
        ),
    )
    bins = orders_by_value(np.random.Generator(np.random.Philox(SEED)))
    write_rows(
        folder / "phone-flash-sale-baskets.csv",
        ("segment", "order_value", "orders", "units"),
        (
            (segment, f"{value:.2f}", f"{orders:.3f}", f"{units:.3f}")
            for segment, rows in bins.items()
            for value, orders, units in rows
        ),
    )
    rows: list[tuple[str, ...]] = []
    for offer, products in OFFER_PRODUCTS.items():
        for segment, buyers in SEGMENTS.items():
            for product in products:
                lift, take_up = _effect(buyers, offer, PRODUCTS[product])
                rows.append(
                    (segment, product, "", offer, *_interval(lift), "" if take_up is None else f"{take_up:.3f}")
                )
    for segment, buyers in SEGMENTS.items():
        total = sum(orders for _, orders, _ in bins[segment])
        above = sum(orders for value, orders, _ in bins[segment] if value >= THRESHOLD_SPEND)
        take_up = 0.4 * buyers.notice * above / total
        lift = 0.24 * buyers.notice * buyers.sensitivity
        rows.append((segment, BASKET, "", "save-200", *_interval(lift), f"{take_up:.3f}"))
    write_rows(
        folder / "phone-flash-sale-effects.csv",
        ("segment", "product", "period", "offer", "lift", "lift_low", "lift_high", "take_up"),
        rows,
    )


def _interval(lift: float) -> tuple[str, str, str]:
    """Return the lift with an assumed 90 % interval: log-normal with a relative standard deviation of 25 %."""
    spread = float(np.exp(1.645 * 0.25))
    return f"{lift:.3f}", f"{lift / spread:.3f}", f"{lift * spread:.3f}"


if __name__ == "__main__":
    write_tables(Path(sys.argv[1]))
