"""The one phone of docs/money.md in files, under offers whose vendors pay for each unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from command_line import run

PHONE = """\
scenario: one-phone
currency: CNY
horizon: {start: 2026-11-01, periods: 1}
money: {tax_rate: 13%, return_rate: 4%, fee_rate: 0.6%}
segments: [{id: everyone, customers: 1000}]
products: [{id: phone, category: phones, price: 2260, unit_cost: 1500}]
vendors: [{id: nova, fund: 20000}, {id: orbit}]
channels: [{id: push, cost_per_contact: 0.05}, {id: app}]
offers:
  - {id: scan, mechanic: price_discount, depth: 10%, funding: {vendor: nova, per_unit: 100}}
  - {id: both, mechanic: price_discount, depth: 10%, fixed_cost: 200, funding: {vendor: nova, share: 40%, per_unit: 25}}
  - {id: display, mechanic: feature, fixed_cost: 500, funding: {vendor: orbit, per_unit: 20}}
  - {id: pair, mechanic: bundle, buy: 2, price: 4294, funding: {vendor: nova, per_unit: 100}}
  - {id: coupon, mechanic: coupon, value: 113, layer: targeted, channel: app, stacks: true,
     funding: {vendor: orbit, per_unit: 50}}
  - {id: apart, mechanic: coupon, value: 113, layer: targeted, funding: {vendor: orbit, per_unit: 50}}
limits: [{id: costs, measure: gross_spend, max: 30000}]
rules: [{id: floor, rule: min_price, margin: 20%, counts_funding: true}]
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 0, pull_forward: {share: 0, periods: 1}, cannibalisation: 0, halo: 0}
"""
EFFECTS = """\
offer,lift,take_up
scan,0.5,
both,0.5,
display,0.2,
pair,0.5,60%
coupon,0,30%
apart,0,30%
"""
HEADER = "date,product,segment,offer\n"


def phone(folder: Path, **offers: str) -> Path:
    """Write the phone of docs/money.md to files; offers by name stand for texts that replace theirs."""
    text = PHONE
    for old, new in offers.items():
        assert f"id: {old}," in text
        text = text.replace(f"id: {old},", f"id: {old}, {new},", 1)
    (folder / "phone.yaml").write_text(text, "utf-8")
    (folder / "baseline.csv").write_text("segment,product,period,units\neveryone,phone,,100\n", "utf-8")
    (folder / "effects.csv").write_text(EFFECTS, "utf-8")
    return folder / "phone.yaml"


def told(folder: Path, *offers: str) -> dict[str, Any]:
    """Score a plan of these offers on the command line; what the ledger says of it."""
    rows = [f"2026-11-01,phone,{'everyone' if offer in ('coupon', 'apart') else '*'},{offer}" for offer in offers]
    (folder / "lines.csv").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    result = run("score", phone(folder), folder / "lines.csv", "--json")
    return json.loads(result.stdout)["plan"]  # type: ignore[no-any-return]
