"""Three departments, two segments, four days, two vendors: small enough to bill and book by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from plan_folders import write_folder

from planner.problem import Problem, build_problem
from scenarios.language.plan_lines import PlanLine

SHOP = """
scenario: billed
currency: SEK
horizon: {start: 2026-11-02, periods: 4}
money: {tax_rate: 12%, fee_rate: 1%}
segments: [{id: near, customers: 600}, {id: far, customers: 400}]
products:
  - {id: milk, category: grocery, price: 22.40, unit_cost: 14}
  - {id: shampoo, name: Shampoo 250 ml, category: drugstore, price: 50, unit_cost: 22, tax_rate: 25%}
  - {id: cups, category: household, price: 112, unit_cost: 40, return_rate: 10%}
vendors: [{id: brand, name: The Brand, fund: 2000}, {id: dairy}, {id: idle, fund: 500}]
channels: [{id: mail, cost_per_contact: 0.05}]
offers:
  - {id: off-20, mechanic: price_discount, depth: 20%, fixed_cost: 100, funding: {vendor: brand, share: 50%}}
  - {id: scan, mechanic: price_discount, price: 20.16, funding: {vendor: dairy, per_unit: 1.50},
     applies_to: {products: [milk]}}
  - {id: display, mechanic: feature, fixed_cost: 20, funding: {vendor: brand, share: 50%, per_unit: 5}}
  - {id: save, mechanic: threshold, spend: 200, save: 14, funding: {vendor: brand, share: 25%}}
  - {id: coupon, name: Coupon by mail, mechanic: coupon, value: 6.25, layer: targeted, channel: mail,
     funding: {vendor: brand, share: 100%}}
  - {id: own, mechanic: price_discount, depth: 5%, applies_to: {products: [milk]}}
baskets: {table: baskets.csv}
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 0, pull_forward: {share: 0, periods: 1}, cannibalisation: 0, halo: 0}
"""
TABLES = {
    "baskets": "segment,order_value,orders,units\nnear,80,24,2\nnear,250,36,8\nfar,80,16,2\nfar,250,24,8\n",
    "baseline": (
        "segment,product,units\nnear,milk,300\nfar,milk,200\nnear,shampoo,28\nfar,shampoo,28\nnear,cups,6\nfar,cups,4\n"
    ),
    "effects": (
        "product,offer,lift,take_up\n,off-20,0.5,\nmilk,scan,0.1,\n,display,0.2,\nbasket,save,0.05,\n"
        ",coupon,0,25%\nmilk,own,0,\n"
    ),
}


def day(number: int) -> dt.date:
    """A day of the horizon, from 1 on."""
    return dt.date(2026, 11, 1 + number)


LINES = (
    PlanLine(date=day(1), product="milk", offer="scan"),
    PlanLine(date=day(1), product="shampoo", offer="off-20"),
    PlanLine(date=day(1), product="cups", offer="display"),
    PlanLine(date=day(2), product="basket", offer="save"),
    PlanLine(date=day(3), product="shampoo", offer="off-20"),
    PlanLine(date=day(4), product="shampoo", segment="near", offer="coupon"),
    PlanLine(date=day(4), product="shampoo", segment="far", offer="coupon"),
)


def billed(folder: Path, *lines: PlanLine, edits: Mapping[str, str] | None = None) -> tuple[Problem, Path]:
    """Write the shop, with texts replaced, and a plan folder of these lines; `LINES` where none are named."""
    for name, text in {**{f"{name}.csv": table for name, table in TABLES.items()}, "billed.yaml": SHOP}.items():
        for old, new in (edits or {}).items():
            text = text.replace(old, new)
        folder.joinpath(name).write_text(text, "utf-8")
    problem = build_problem(folder / "billed.yaml")
    write_folder(problem, folder / "plans", lines or LINES)
    return problem, folder / "plans"
