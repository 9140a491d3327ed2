"""A grocer's twelve weeks with a handful of offers on eight products, as a plan that runs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flight_case import Running

from planner.problem import problem_of
from scenarios.answer.archive import freeze
from scenarios.language.plan_lines import PlanLine
from scenarios.loading.load import load_scenario

FIRST = dt.date(2027, 1, 4)
SCENARIO = """\
scenario: weekly-shop
title: A grocer's twelve weeks
currency: EUR
horizon: {start: 2027-01-04, periods: 12, unit: week}
objective: profit
money: {tax_rate: 20%}
segments:
  - {id: families, customers: 9000}
  - {id: others, customers: 14000}
products:
  - {id: coffee, category: hot-drinks, price: 7.50, unit_cost: 4.00}
  - {id: tea, category: hot-drinks, price: 3.80, unit_cost: 1.90}
  - {id: juice, category: cold-drinks, price: 2.40, unit_cost: 1.20}
  - {id: water, category: cold-drinks, price: 0.90, unit_cost: 0.40}
  - {id: shampoo, category: care, price: 4.20, unit_cost: 2.10}
  - {id: soap, category: care, price: 2.10, unit_cost: 1.00}
  - {id: pasta, category: staples, price: 1.60, unit_cost: 0.80}
  - {id: rice, category: staples, price: 2.90, unit_cost: 1.50}
offers:
  - {id: cut-20, mechanic: price_discount, depth: 20%, applies_to: {products: [coffee, shampoo]}}
  - {id: cut-10, mechanic: price_discount, depth: 10%, applies_to: {products: [juice, pasta]}}
  - {id: display, mechanic: feature, fixed_cost: 40, applies_to: {products: [tea, rice]}}
  - {id: leaflet, mechanic: coupon, depth: 15%, layer: targeted, channel: mail, applies_to: {products: [soap, water]}}
channels: [{id: mail, cost_per_contact: 0.01}]
risk: {baseline_cv: 15%}
baseline: {table: baseline.csv}
effects: {table: effects.csv, lift_is: gross}
"""
BASELINE = """\
segment,product,period,units
families,coffee,,180
families,tea,,120
families,juice,,300
families,water,,420
families,shampoo,,110
families,soap,,140
families,pasta,,380
families,rice,,160
others,coffee,,260
others,tea,,190
others,juice,,330
others,water,,500
others,shampoo,,150
others,soap,,170
others,pasta,,420
others,rice,,200
"""
EFFECTS = """\
segment,product,period,offer,lift,lift_low,lift_high,take_up
,,,cut-20,0.80,0.52,1.22,
,,,cut-10,0.35,0.23,0.54,
,,,display,0.40,0.26,0.62,
,,,leaflet,0.45,0.29,0.70,15%
"""
RUNS = {
    "coffee": ("cut-20", (1, 4, 7, 10)),
    "shampoo": ("cut-20", (2, 5, 8)),
    "juice": ("cut-10", (1, 2, 6, 9)),
    "pasta": ("cut-10", (3, 7, 10)),
    "tea": ("display", (2, 3, 6, 7, 10)),
    "rice": ("display", (1, 5, 9)),
    "soap": ("leaflet", (3, 8)),
    "water": ("leaflet", (4, 9, 11)),
}
"""Offer and weeks, counted from 0, by product."""


def week(number: int) -> dt.date:
    """First day of a week, counted from 0."""
    return FIRST + dt.timedelta(weeks=number)


def lines() -> tuple[PlanLine, ...]:
    """The lines that run."""
    found = []
    for product, (offer, weeks) in RUNS.items():
        segments = ("families", "others") if offer == "leaflet" else ("*",)
        found += [
            PlanLine(date=week(number), product=product, segment=segment, offer=offer, coverage=1.0)
            for number in weeks
            for segment in segments
        ]
    return tuple(found)


def write_weekly_shop(folder: Path, edits: dict[str, str] | None = None) -> Path:
    """Write the scenario and its tables, texts replaced, and return its path."""
    texts = {"weekly-shop.yaml": SCENARIO, "baseline.csv": BASELINE, "effects.csv": EFFECTS}
    for name, text in texts.items():
        for old, new in (edits or {}).items():
            text = text.replace(old, new)
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder / "weekly-shop.yaml"


def weekly_shop(folder: Path, edits: dict[str, str] | None = None) -> Running:
    """Load the shop, and let its lines run."""
    loaded = load_scenario(write_weekly_shop(folder, edits))
    problem = problem_of(loaded)
    return Running(
        problem=problem,
        frozen=freeze(loaded, 1),
        grid=problem.grid,
        model=problem.model,
        plan=problem.grid.plan_of(lines()),
    )
