# ruff: noqa: E501 - the scenario is text in which a line is a record
"""A small valid shop scenario as text, for tests that break it."""

from __future__ import annotations

from pathlib import Path

from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.problems import InvalidInput

FILES = {
    "shop.yaml": """\
scenario: shop
title: A small shop
currency: CNY
horizon: {start: 2026-11-01, periods: 7, unit: day}
objective: profit
money: {tax_rate: 13%, return_rate: 4%, fee_rate: 0.6%}
segments:
  - {id: young, customers: 4000, profile: {age: 24}}
  - {id: old, customers: 6000, profile: {age: 58}}
products:
  - {id: phone, category: phones, price: 2699, unit_cost: 1890, stock: 500, arrivals: {2026-11-03: 100}, vendor: nova}
  - {id: phone-pro, category: phones, price: 3999, unit_cost: 2760, vendor: nova}
  - {id: case, category: extras, price: 79, unit_cost: 20}
offers:
  - {id: cut-15, mechanic: price_discount, depth: 15%, applies_to: {categories: [phones]}, funding: {vendor: nova, share: 60%}}
  - {id: flash-12, mechanic: flash_sale, depth: 12%, max_run: 2, applies_to: {products: [phone]}}
  - {id: coupon-20, mechanic: coupon, value: 20, layer: targeted, channel: push, coverage: [50%, 100%], applies_to: {products: [case]}}
  - {id: buds, mechanic: gift, gift: earbuds, layer: targeted, channel: push, applies_to: {categories: [phones]}}
  - {id: front, mechanic: feature, fixed_cost: 100}
  - {id: save-200, mechanic: threshold, spend: 3000, save: 200, layer: targeted, channel: push}
gifts: [{id: earbuds, unit_cost: 89, stock: 300}]
channels: [{id: push, cost_per_contact: 0.02, contacts_per_customer: {max: 3, days: 7}}]
vendors: [{id: nova, fund: 100000}]
limits:
  - {id: total-budget, measure: spend, max: 80000}
  - {id: margin, measure: margin_rate, min: 8%}
rules:
  - {id: calm, rule: min_gap, periods: 3, where: {mechanics: [flash_sale]}}
  - {id: launch, rule: blackout, where: {products: [phone-pro], periods: [2026-11-01..2026-11-02]}}
  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}
history:
  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}
baskets: {table: baskets.csv}
baseline: {table: baseline.csv}
effects: {table: effects.csv, lift_is: gross}
response: {fatigue: 0.25, fatigue_half_life: 3, pull_forward: {share: 10%, periods: 3}, cannibalisation: 0.2, halo: 0}
""",
    "baskets.csv": """\
segment,order_value,orders,units
young,79,60,1
young,2700,30,1
young,4000,10,2
old,79,50,1
old,3200,50,1.5
""",
    "baseline.csv": """\
segment,product,period,units
young,phone,,30
young,phone-pro,,12
young,case,,70
old,phone,,25
old,phone-pro,,20
old,case,,50
""",
    "effects.csv": """\
segment,product,period,offer,lift,lift_low,lift_high,take_up
,phone,,cut-15,0.80,0.50,1.20,
,phone-pro,,cut-15,0.60,0.40,0.90,
,,,flash-12,0.90,,,
young,,,coupon-20,0.50,0.30,0.80,25%
old,,,coupon-20,0.30,0.20,0.50,0.15
,,,buds,0.40,,,0.80
,,,front,0.20,,,
young,basket,,save-200,0.10,,,0.08
old,basket,,save-200,0.12,,,
""",
}
"""By file name."""


def write_shop(folder: Path, edits: dict[str, dict[str, str]] | None = None) -> Path:
    """Write the shop with texts replaced, file by file, and return the scenario's path; each old text must be there."""
    for name, text in FILES.items():
        for old, new in (edits or {}).get(name, {}).items():
            assert text.count(old) >= 1, f"{old!r} is not in {name}"
            text = text.replace(old, new, 1)
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder / "shop.yaml"


def load_shop(folder: Path, **edits: dict[str, str]) -> LoadedScenario:
    """Load the shop; ``edits`` by the file's stem."""
    return load_scenario(write_shop(folder, {_named(stem): pairs for stem, pairs in edits.items()}))


def problems_of(folder: Path, **edits: dict[str, str]) -> list[str]:
    """Load the shop and return its problems as lines, the folder left out."""
    try:
        load_shop(folder, **edits)
    except InvalidInput as error:
        return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    return []


def _named(stem: str) -> str:
    return "shop.yaml" if stem == "shop" else f"{stem}.csv"
