"""The market town's campaign as files: a scenario with measured effects, one with learned effects, their tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scenarios.market import Market
from scenarios.market_experiment import Experiment, Measurement
from scenarios.market_purchases import PurchaseData
from scenarios.market_tables import effect_rows, measure
from scenarios.market_town import question
from scenarios.schema import Product, Segment
from scenarios.table_files import write_rows

ORDER_EDGES = (0, 20, 35, 50, 70, 90, 120, 150, 180, 200, 220, 250, 300, 400, 600, 1000, 2000)
TRUE, LEARNED = "true.yaml", "learned.yaml"
Profile = dict[str, float]


def measure_town(market: Market, seed: int, *, runs: int = 3) -> Measurement:
    """Measure the campaign's true effects, baselines and orders in the market, no promotion being on."""
    days = tuple(range(1, market.scenario.horizon.periods, 3))
    return measure(market, Experiment(seed=seed, runs=runs, days=days), ORDER_EDGES)


def write_town(folder: Path, market: Market, found: Measurement, data: PurchaseData) -> tuple[Path, Path]:
    """Write both scenarios and their tables; returns the path with measured and the path with learned effects.

    The first takes effects, baselines and baskets from the measurement. The second knows only what the retailer
    knows: effects and baselines come from the model in the folder ``model``, profiles and baskets from the purchases.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [segment.id for segment in market.segments]
    header = ("segment", "product", "period", "offer", "lift", "lift_low", "lift_high", "take_up")
    write_rows(folder / "effects.csv", header, effect_rows(market, found.effects))
    base = found.base_units
    write_rows(
        folder / "baseline.csv",
        ("segment", "product", "period", "units"),
        (
            (names[s], product.id, str(date), f"{base[s, k, t]:.3f}")
            for s in range(len(names))
            for k, product in enumerate(market.products)
            for t, date in enumerate(market.scenario.horizon.dates)
        ),
    )
    basket_header = ("segment", "order_value", "orders", "units")
    measured = ((names[r.segment], f"{r.value:.2f}", f"{r.orders:.2f}", f"{r.units:.3f}") for r in found.orders)
    write_rows(folder / "true-baskets.csv", basket_header, measured)
    write_rows(folder / "learned-baskets.csv", basket_header, _order_rows(data, market.segments))
    _write_segments(folder, market.segments, profiles_of(data, market.segments))
    _write_products(folder, market.products)
    shared = question() | {"products": {"table": "products.csv"}, "segments": {"table": "segments.csv"}}
    true = shared | {
        "baskets": {"table": "true-baskets.csv"},
        "baseline": {"table": "baseline.csv"},
        "effects": {"table": "effects.csv", "lift_is": "gross"},
    }
    learned = shared | {"baskets": {"table": "learned-baskets.csv"}, "effects": {"model": "model"}}
    for name, content in ((TRUE, true), (LEARNED, learned)):
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder / TRUE, folder / LEARNED


def profiles_of(data: PurchaseData, segments: Sequence[Segment]) -> dict[str, Profile]:
    """Return the mean habits of each segment's customers, by the names that a trained model gives them.

    Only customers with a purchase count, as in a model's features.
    """
    rows = data.transactions.merge(data.customers[["customer", "segment"]], on="customer")
    rows["regular"] = rows["paid"] + rows["shelf_discount"] + rows["coupon_discount"]
    weeks = (pd.to_datetime(rows["time"]).max() - pd.to_datetime(rows["time"]).min()).days / 7
    by = rows.groupby("customer")
    sums = by[["regular", "paid", "quantity", "shelf_discount", "coupon_discount"]].sum()
    baskets = by["basket"].nunique()
    weekend = rows[pd.to_datetime(rows["time"]).dt.weekday >= 5].groupby("customer")["basket"].nunique()
    habits = pd.DataFrame(
        {
            "weekend_share": weekend.reindex(baskets.index).fillna(0.0) / baskets,
            "visits_per_week": baskets / weeks,
            "spend_per_week": sums["paid"] / weeks,
            "basket_value": sums["paid"] / baskets,
            "units_per_basket": sums["quantity"] / baskets,
            "discount_share": sums["shelf_discount"] / sums["regular"],
            "coupon_share": sums["coupon_discount"] / sums["regular"],
        }
    )
    value = rows.pivot_table(index="customer", columns="product", values="regular", aggfunc="sum", fill_value=0.0)
    for product in value.columns:
        habits[f"share_of_{product}"] = value[product] / sums["regular"]
    known = data.customers.set_index("customer")[["segment", "age", "browse_minutes"]]
    means = habits.join(known).groupby("segment").mean(numeric_only=True)
    table = means.reindex([segment.id for segment in segments]).to_numpy(dtype=float)
    return {
        segment.id: dict(zip(map(str, means.columns), np.round(row, 5).tolist(), strict=True))
        for segment, row in zip(segments, table, strict=True)
    }


def _order_rows(data: PurchaseData, segments: Sequence[Segment]) -> list[tuple[str, ...]]:
    """Return each segment's orders an average day by value, scaled from the followed to all customers."""
    rows = data.transactions.merge(data.customers[["customer", "segment"]], on="customer")
    orders = rows.groupby(["segment", "basket"])[["paid", "quantity"]].sum().reset_index()
    days = rows["time"].nunique()
    followed = data.customers["segment"].value_counts()
    edges = np.asarray(ORDER_EDGES, dtype=float)
    orders["bin"] = np.searchsorted(edges, orders["paid"].to_numpy(), side="right")
    found: list[tuple[str, ...]] = []
    for segment in segments:
        scale = segment.customers / float(followed[segment.id]) / days
        for _, part in orders[orders["segment"] == segment.id].groupby("bin"):
            row = (part["paid"].mean(), len(part) * scale, part["quantity"].mean())
            found.append((segment.id, f"{row[0]:.2f}", f"{row[1]:.2f}", f"{row[2]:.3f}"))
    return found


def _write_segments(folder: Path, segments: Sequence[Segment], profiles: dict[str, Profile]) -> None:
    columns = tuple(profiles[segments[0].id])
    rows = (
        (s.id, s.name or s.id, str(s.customers), *(f"{profiles[s.id][column]:g}" for column in columns))
        for s in segments
    )
    write_rows(folder / "segments.csv", ("id", "name", "customers", *columns), rows)


def _write_products(folder: Path, products: Sequence[Product]) -> None:
    rows = ((p.id, p.name or p.id, p.category, str(p.price), str(p.unit_cost), p.vendor or "") for p in products)
    write_rows(folder / "products.csv", ("id", "name", "category", "price", "unit_cost", "vendor"), rows)
