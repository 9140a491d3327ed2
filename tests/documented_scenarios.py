"""Two invented scenarios with everything that the documents say of money: yen by the day, dinars by the week."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np

TOKYO = """
scenario: tokyo
currency: JPY
horizon: {start: 2026-11-05, periods: 9, unit: day, week_starts: saturday}
objective: profit
money: {tax_rate: 10%, return_rate: 3%, return_cost: 35, fee_rate: 1.5%}
segments: [{id: young, customers: 3333}, {id: old, customers: 1777}, {id: few, customers: 7}]
products:
  - {id: tea, category: drink, price: 598, unit_cost: 61.3%, vendor: maker, tax_rate: 8%}
  - {id: coffee, category: drink, price: 1280, unit_cost: 577, stock: 300, vendor: other, units_per_use: 1.3,
     arrivals: {2026-11-09: 200}}
  - {id: cup, category: ware, price: 2450, unit_cost: 990, units_per_use: 2, return_rate: 11%, return_cost: 210.5}
vendors: [{id: maker, fund: 90000}, {id: other}]
gifts: [{id: pin, unit_cost: 77, stock: 400}]
channels:
  - {id: mail, cost_per_contact: 3, contacts_per_customer: {max: 2, days: 5}, reach: {young: 62%, old: 28%}}
  - {id: app, cost_per_contact: 1, reach: {young: 40%, old: 80.5%, few: 50%}}
offers:
  - {id: cut, mechanic: price_discount, depth: 20%, funding: {vendor: of_product, share: 35%},
     fixed_cost: 1001}
  - {id: flash, mechanic: flash_sale, price: 499, quantity: [25%, 60%, 100%], fixed_cost: 500,
     applies_to: {products: [tea]}}
  - {id: coupon, mechanic: coupon, value: 150, layer: targeted, channel: mail, coverage: [33%, 70%, 100%], stacks: true,
     funding: {vendor: other, share: 12.5%}}
  - {id: tenth, mechanic: coupon, depth: 10%, layer: targeted, channel: app, coverage: [50%, 100%], stacks: true,
     fixed_cost: 333, funding: {vendor: other, per_unit: 17.5, per_line: 77}}
  - {id: fifth, mechanic: coupon, depth: 22%, at_most: 90, layer: targeted, channel: mail, coverage: [100%]}
  - {id: pin, mechanic: gift, gift: pin, worth: 200, layer: targeted, channel: mail, coverage: [70%, 100%],
     quantity: [50%, 100%], applies_to: {categories: [ware]}, funding: {vendor: maker, share: 50%}}
  - {id: three, mechanic: bundle, buy: 2, get: 1, applies_to: {categories: [drink]},
     funding: [{vendor: maker, share: 10%, per_unit: 40}, {vendor: of_product, per_unit: 25, per_line: 13}]}
  - {id: shelf, mechanic: feature, fixed_cost: 700,
     funding: [{vendor: maker, per_unit: 6, per_line: 451}]}
  - {id: pair, mechanic: bundle, buy: 2, price: 999, applies_to: {products: [tea]},
     funding: {vendor: maker, share: 30%}}
  - {id: member, mechanic: price_discount, depth: 8%, layer: targeted, coverage: [100%], quantity: [100%],
     applies_to: {products: [cup]}}
  - {id: card, mechanic: price_discount, price: 560, layer: targeted, coverage: [60%], applies_to: {products: [tea]}}
  - {id: yours, mechanic: price_discount, depth: 9%, layer: targeted, channel: app, coverage: [100%],
     applies_to: {products: [coffee]}}
limits:
  - {id: budget, measure: spend, max: 200000}
  - {id: rolling, measure: gross_spend, max: 100000, window: 4 days}
  - {id: mail, measure: spend, max: 40%, where: {channels: [mail]}, share_of: {measure: gross_spend}}
  - {id: burden, measure: discount, max: 30%, share_of: {measure: revenue}, window: 3 days}
  - {id: return, measure: roi, min: 0.2}
  - {id: drinks, measure: roi, min: 0, where: {categories: [drink]}}
  - {id: rate, measure: margin_rate, min: 48%}
  - {id: grams, measure: own, max: 500, where: {layer: targeted}, each: week}
  - {id: owed, measure: max_liability, max: 3000000}
  - {id: maker, measure: vendor_funding, max: 60000, where: {vendor: maker, categories: [drink]}}
  - {id: other, measure: spend, max: 90000, where: {vendor: other}}
  - {id: reach, measure: customers_reached, max: 5000, where: {segments: [young, old]}}
  - {id: told, measure: customers_reached, max: 2500, where: {channels: [mail, app]}}
  - {id: messages, measure: contacts, max: 9000, where: {offers: [coupon]}}
  - {id: sales, measure: revenue, max: 900000, where: {offers: [coupon, cut]}}
  - {id: alone, measure: revenue, max: 900000, where: {offers: [tenth]}}
  - {id: pieces, measure: units, max: 500, where: {offers: [coupon, cut]}}
  - {id: cash, measure: cash_cost, max: 20000, where: {mechanics: [coupon]}}
  - {id: base, measure: discount_on_base, max: 40%, share_of: {measure: discount}}
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 31%, fatigue_half_life: 2.5, pull_forward: {share: 15%, periods: 2}, cannibalisation: 17%,
  without_rivals: keep, halo: 6%}
"""
KUWAIT = """
scenario: kuwait
currency: KWD
horizon: {start: 2026-11-02, periods: 6, unit: week}
objective: profit
money: {tax_rate: 0%, return_rate: 7.5%, fee_rate: 2%}
segments: [{id: a, customers: 901}, {id: b, customers: 411}]
products:
  - {id: oud, category: scent, price: 12.345, unit_cost: 4.567, vendor: house}
  - {id: musk, category: scent, price: 3.999, unit_cost: 40%, tax_rate: 15%}
  - {id: dates, category: food, price: 1.275, unit_cost: 0.605, rivals: sweets, stock: 300, units_per_use: 3,
     arrivals: {2026-11-18: 150, 2026-12-01: 90}}
  - {id: nuts, category: nuts, price: 2.05, unit_cost: 1.111, rivals: sweets, tax_rate: 5%, return_rate: 0%}
vendors: [{id: house, fund: 100}]
gifts: [{id: box, unit_cost: 0.255}, {id: card, unit_cost: 0.405, stock: 300}]
channels: [{id: sms, cost_per_contact: 0.013, reach: 74%}]
offers:
  - {id: coupon, mechanic: coupon, value: 0.505, layer: targeted, channel: sms, coverage: [40%, 100%], per_customer: 2}
  - {id: cut, mechanic: price_discount, depth: 15%, fixed_cost: 5.005, funding: {vendor: house, share: 33.3%}}
  - {id: everybody, mechanic: coupon, depth: 12%, per_customer: 1, quantity: [40%, 100%]}
  - {id: box, mechanic: gift, gift: box, layer: targeted, channel: sms, quantity: [30%, 100%], per_customer: 1,
     coverage: [60%]}
  - {id: card, mechanic: gift, gift: card, layer: targeted, channel: sms, coverage: [40%, 100%],
     applies_to: {products: [oud]}}
  - {id: ten, mechanic: threshold, spend: 10, save: 1.25, fixed_cost: 3, per_customer: 1,
     funding: {vendor: house, per_line: 4.5}}
  - {id: ship, mechanic: free_shipping, value: 0.75, spend: 6, layer: targeted, channel: sms, coverage: [50%, 100%],
     stacks: true}
  - {id: bag, mechanic: gift, gift: card, spend: 10, worth: 1.3, funding: {vendor: house, share: 45%}}
  - {id: sent, mechanic: gift, gift: card, spend: 6, layer: targeted, channel: sms, coverage: [60%, 100%],
     per_customer: 2}
  - {id: few, mechanic: gift, gift: box, spend: 0, layer: targeted, channel: sms, quantity: [50%, 100%], stacks: true}
  - {id: five, mechanic: bundle, buy: 4, get: 1, layer: targeted, coverage: [80%],
     funding: {vendor: house, per_unit: 0.0455},
     applies_to: {products: [dates, nuts]}}
  - {id: trio, mechanic: bundle, buy: 3, price: 9.505, layer: targeted, coverage: [100%], stacks: true,
     per_customer: 1, applies_to: {products: [musk]}}
history:
  - {date: 2026-10-26, product: oud, offer: cut}
  - {date: 2026-10-19, product: oud, offer: cut}
  - {date: 2026-10-26, product: oud, segment: a, offer: coupon, coverage: 40%}
  - {date: 2026-10-19, product: basket, offer: ten}
  - {date: 2026-10-26, product: basket, offer: bag}
  - {date: 2026-10-26, product: oud, segment: b, offer: card, coverage: 100%}
limits:
  - {id: budget, measure: spend, max: 400}
  - {id: rolling, measure: gross_spend, max: 300, window: 2 weeks}
  - {id: month, measure: discount, max: 300, each: month}
  - {id: owed, measure: max_liability, max: 9000, window: 3 weeks}
  - {id: orders, measure: orders, max: 300, where: {offers: [ten, ship]}}
  - {id: known, measure: orders, max: 900, where: {segments: [a]}}
  - {id: sales, measure: revenue, max: 900, where: {offers: [ten, cut]}}
  - {id: dates, measure: units, max: 400, where: {products: [dates]}}
  - {id: basket, measure: gross_spend, max: 90, where: {products: [basket]}}
  - {id: active, measure: uses, min: 20, where: {layer: targeted}, window: 2 weeks}
  - {id: week, measure: gross_spend, max: 30%, share_of: {measure: gross_spend},
     where: {periods: [2026-11-11..2026-11-17]}}
  - {id: given, measure: gifts, max: 200, where: {products: [basket]}, window: 2 weeks}
  - {id: water, measure: own, max: 50, window: 2 weeks}
  - {id: messages, measure: contacts, max: 900, each: period}
  - {id: scent, measure: profit, min: 4000, where: {categories: [scent]}}
baskets: {table: baskets.csv}
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 20%, fatigue_half_life: 1.5, cannibalisation: 25%,
  pull_forward: {share: 12%, periods: 2, own: [{category: scent, share: 31%}, {product: musk, share: 4%}]},
  halo: [{from: oud, to: dates, units: 0.4}, {from: nuts, to: musk, units: 0.15}]}
"""


def write_tokyo(folder: Path) -> Path:
    """Write the scenario and its tables; returns the scenario's file."""
    rng = np.random.default_rng(11)
    segments, products = ("young", "old", "few"), ("tea", "coffee", "cup")
    days = [dt.date(2026, 11, 5) + dt.timedelta(days=day) for day in range(9)]
    _write_baseline(folder, segments, products, days, rng, 0.5)
    most = {"cut": 1.2, "flash": 0.9, "three": 0.8, "shelf": 0.2, "coupon": 0.9, "tenth": 0.9, "fifth": 1.1, "pin": 0.7}
    most |= {"pair": 0.6, "member": 0.4, "card": 0.3, "yours": 0.3}
    own = {"three": 2.5, "coupon": 1.1, "tenth": 0.3, "pin": 12}
    rows = [
        (s, k, o, round(rng.uniform(-0.15, high), 4), "" if o in ("cut", "flash", "shelf") else 0.4, own.get(o, ""))
        for o, high in most.items()
        for s in segments
        for k in products
    ]
    _write(folder / "effects.csv", ("segment", "product", "offer", "lift", "take_up", "own"), rows)
    return _write_scenario(folder, TOKYO)


def write_kuwait(folder: Path) -> Path:
    """Write the scenario and its tables; returns the scenario's file."""
    rng = np.random.default_rng(12)
    segments, products = ("a", "b"), ("oud", "musk", "dates", "nuts")
    weeks = [dt.date(2026, 11, 2) + dt.timedelta(weeks=week) for week in range(6)]
    _write_baseline(folder, segments, products, weeks, rng, 9.0)
    rows = [(s, "", value, int(rng.integers(3, 60)), 2.5) for s in segments for value in (3.5, 6, 9.999, 10, 17.25)]
    rows += [(s, k, "", int(rng.integers(1, 30)), units) for s in segments for k in products for units in (1, 2, 5)]
    _write(folder / "baskets.csv", ("segment", "product", "order_value", "orders", "units"), rows)
    own = {"coupon": 0.2, "box": 0.71}
    effects = [
        (s, k, o, round(rng.uniform(-0.2, 1.5), 4), "" if o == "cut" else 0.0008, own.get(o, ""))
        for o in ("coupon", "cut", "everybody", "box", "five", "trio")
        for s in segments
        for k in products
    ]
    effects += [(s, "oud", "card", 0.31, 0.0007, "") for s in segments]
    orders = {"ten": 0.21, "ship": 0.09, "bag": 0.17, "sent": 0.24, "few": -0.04}
    effects += [(s, "basket", o, lift, "", "") for s in segments for o, lift in orders.items()]
    _write(folder / "effects.csv", ("segment", "product", "offer", "lift", "redemption", "own"), effects)
    return _write_scenario(folder, KUWAIT)


def _write_scenario(folder: Path, text: str) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(text, "utf-8")
    return path


def _write_baseline(folder: Path, segments, products, days, rng, least: float) -> None:
    rows = [(s, k, day, round(rng.uniform(least, 60), 3)) for s in segments for k in products for day in days]
    _write(folder / "baseline.csv", ("segment", "product", "period", "units"), rows)


def _write(path: Path, header, rows) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
