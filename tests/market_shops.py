"""The small shop as the market plays it: with pieces and caps per customer, and planned in weeks."""

from __future__ import annotations

from pathlib import Path

from flight_case import line
from shop import load_shop, write_shop

from planner.problem import Problem, problem_of

RATIONED = {
    "shop": {
        "depth: 15%,": "depth: 15%, quantity: [50%, 100%],",
        "depth: 12%,": "depth: 12%, per_customer: 1,",
        "stock: 500,": "stock: 500000,",
        "unit_cost: 89, stock: 300": "unit_cost: 89, stock: 300000",
        "value: 20,": "value: 20, per_customer: 1,",
        "gift: earbuds,": "gift: earbuds, quantity: [50%, 100%],",
        "spend: 3000, save: 200,": "spend: 300, save: 20, quantity: [25%, 100%],",
    },
    "baskets": {
        "segment,order_value,orders,units\n": "segment,product,order_value,orders,units\n"
        "*,phone,,40,1.2\n*,phone-pro,,20,1.1\n*,case,,50,1.6\n",
        "young,79": "young,,79",
        "young,2700": "young,,2700",
        "young,4000": "young,,4000",
        "old,79": "old,,79",
        "old,3200": "old,,3200",
    },
}
"""Every way in which not everybody gets an offer."""

WEEKS = {
    "shop": {
        "periods: 7, unit: day": "periods: 4, unit: week",
        "max: 3, days: 7": "max: 3, days: 28",
        "date: 2026-10-30": "date: 2026-10-25",
        "stock: 500, arrivals: {2026-11-03: 100}": "stock: 1200, arrivals: {2026-11-10: 900}",
        "max: 80000": "max: 400000",
        "fund: 100000": "fund: 900000",
    },
    "baseline": {
        "young,phone,,30": "young,phone,,210",
        "young,phone-pro,,12": "young,phone-pro,,84",
        "young,case,,70": "young,case,,490",
        "old,phone,,25": "old,phone,,175",
        "old,phone-pro,,20": "old,phone-pro,,140",
        "old,case,,50": "old,case,,350",
    },
    "baskets": {
        "79,60": "79,420",
        "2700,30": "2700,210",
        "4000,10": "4000,70",
        "79,50": "79,350",
        "3200,50": "3200,350",
    },
}
"""The shop planned in weeks that sell seven times as much as a day."""

CUTS = (
    *(line(day, "phone-pro", "cut-15") for day in (3, 4)),
    line(4, "phone", "cut-15"),
    line(3, "phone", "flash-12"),
    *(line(day, "case", "coupon-20", "young") for day in (2, 4)),
    line(5, "phone", "buds", "old"),
    line(5, "basket", "save-200", "old"),
)
"""Lines of the rationed shop."""


def rationed_shop(folder: Path) -> Problem:
    """The shop in which not everybody gets an offer."""
    return problem_of(load_shop(folder, **RATIONED))


def write_both(folder: Path) -> Path:
    """Write the shop planned in weeks in which not everybody gets an offer; the scenario's path."""
    edits = {stem: {**RATIONED.get(stem, {}), **WEEKS[stem]} for stem in WEEKS}
    edits["shop"]["stock: 500, arrivals: {2026-11-03: 100}"] = edits["shop"].pop("stock: 500,") + " arrivals: {}"
    return write_shop(folder, {f"{stem}.yaml" if stem == "shop" else f"{stem}.csv": edits[stem] for stem in edits})


def weekly_shop(folder: Path, **more: dict[str, str]) -> Problem:
    """The shop planned in weeks; ``more`` edits by the file's stem."""
    edits = {stem: {**WEEKS.get(stem, {}), **more.get(stem, {})} for stem in {*WEEKS, *more}}
    return problem_of(load_shop(folder, **edits))
