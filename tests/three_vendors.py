"""The phone of docs/money.md beside a case of another vendor and a cable of nobody, under offers on all three."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from command_line import run

SHOP = """\
scenario: three-products
currency: CNY
horizon: {start: 2026-11-01, periods: 2}
money: {tax_rate: 13%, return_rate: 4%, fee_rate: 0.6%}
segments: [{id: everyone, customers: 1000}]
products:
  - {id: phone, category: phones, price: 2260, unit_cost: 1500, vendor: nova}
  - {id: case, category: cases, price: 226, unit_cost: 100, vendor: acme}
  - {id: cable, category: cables, price: 113, unit_cost: 40}
vendors: [{id: nova, fund: 20000}, {id: acme, fund: 2000}]
offers:
  - {id: all-10, mechanic: price_discount, depth: 10%, fixed_cost: 200, funding: {vendor: of_product, share: 40%}}
  - {id: terms, mechanic: price_discount, depth: 10%, fixed_cost: 200,
     funding: [{vendor: nova, share: 40%}, {vendor: of_product, share: 30%, per_unit: 2}]}
  - {id: front, mechanic: feature, fixed_cost: 500, funding: {vendor: of_product, per_line: 800}}
  - {id: scan, mechanic: feature, funding: {vendor: of_product, per_unit: 3}}
limits:
  - {id: of-acme, measure: spend, max: 5000, where: {vendor: acme}}
  - {id: acme-lines, measure: lines, max: 4, where: {vendor: acme}}
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 0, pull_forward: {share: 0, periods: 1}, cannibalisation: 0, halo: 0}
"""
TABLES = {
    "baseline.csv": "segment,product,period,units\neveryone,phone,,100\neveryone,case,,100\neveryone,cable,,100\n",
    "effects.csv": "offer,lift\nall-10,0.5\nterms,0.5\nfront,0.2\nscan,0.2\n",
}
PRODUCTS = ("phone", "case", "cable")


def shop(folder: Path, edits: dict[str, str] | None = None) -> Path:
    """Write the shop with texts replaced, and return the scenario's path; each old text must be there."""
    text = SHOP
    for old, new in (edits or {}).items():
        assert old in text, old
        text = text.replace(old, new, 1)
    for name, table in TABLES.items():
        (folder / name).write_text(table, "utf-8")
    (folder / "shop.yaml").write_text(text, "utf-8")
    return folder / "shop.yaml"


def told(
    folder: Path, offer: str, products: tuple[str, ...] = PRODUCTS, edits: dict[str, str] | None = None
) -> dict[str, Any]:
    """Score an offer on some products on the first day, on the command line; what the ledger says of it."""
    rows = "".join(f"2026-11-01,{product},*,{offer}\n" for product in products)
    (folder / "lines.csv").write_text(f"date,product,segment,offer\n{rows}", "utf-8")
    return json.loads(run("score", shop(folder, edits), folder / "lines.csv", "--json").stdout)  # type: ignore[no-any-return]
