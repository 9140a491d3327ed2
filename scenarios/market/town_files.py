"""The market town's campaign as files: a scenario with learned effects, one with measured effects, their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scenarios.language.schema import Product, Segment
from scenarios.market.experiment import Experiment, Measurement
from scenarios.market.play import Market
from scenarios.market.tables import effect_rows, measure
from scenarios.market.town import question
from scenarios.tables.table_files import write_rows

ORDER_EDGES = (0, 20, 35, 50, 70, 90, 120, 150, 180, 200, 220, 250, 300, 400, 600, 1000, 2000)
TRUE, LEARNED = "true.yaml", "learned.yaml"


def write_learned(folder: Path, market: Market, *, model: str = "model") -> Path:
    """Write the campaign as the retailer asks for it: segments, effects, baselines and orders come from a model."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_products(folder, market.products)
    return _write_question(folder / LEARNED, market, {"segments": {"learn": {}}, "effects": {"model": model}})


def measure_town(market: Market, seed: int, *, runs: int = 3) -> Measurement:
    """Measure the campaign's true effects, baselines and orders in the market, no promotion being on."""
    days = tuple(range(1, market.scenario.horizon.periods, 3))
    return measure(market, Experiment(seed=seed, runs=runs, days=days), ORDER_EDGES)


def write_true(folder: Path, market: Market, found: Measurement) -> Path:
    """Write the same campaign with the market's own segments and its measured effects, baselines and orders."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [segment.id for segment in market.segments]
    _write_products(folder, market.products)
    _write_segments(folder, market.segments)
    header = ("segment", "product", "period", "offer", "lift", "lift_low", "lift_high", "take_up")
    write_rows(folder / "effects.csv", header, effect_rows(market, found.effects))
    write_rows(
        folder / "baseline.csv",
        ("segment", "product", "period", "units"),
        (
            (names[s], product.id, str(date), f"{found.base_units[s, k, t]:.4f}")
            for s in range(len(names))
            for k, product in enumerate(market.products)
            for t, date in enumerate(market.scenario.horizon.dates)
        ),
    )
    write_rows(
        folder / "baskets.csv",
        ("segment", "order_value", "orders", "units"),
        ((names[r.segment], f"{r.value:.2f}", f"{r.orders:.4f}", f"{r.units:.3f}") for r in found.orders),
    )
    sources = {
        "segments": {"table": "segments.csv"},
        "baskets": {"table": "baskets.csv"},
        "baseline": {"table": "baseline.csv"},
        "effects": {"table": "effects.csv", "lift_is": "gross"},
    }
    return _write_question(folder / TRUE, market, sources)


def _write_question(path: Path, market: Market, sources: Mapping[str, Any]) -> Path:
    customers = sum(segment.customers for segment in market.segments)
    content = question(customers) | {"products": {"table": "products.csv"}} | dict(sources)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _write_segments(folder: Path, segments: Sequence[Segment]) -> None:
    rows = ((s.id, s.name or s.id, str(s.customers)) for s in segments)
    write_rows(folder / "segments.csv", ("id", "name", "customers"), rows)


def _write_products(folder: Path, products: Sequence[Product]) -> None:
    rows = ((p.id, p.name or p.id, p.category, str(p.price), str(p.unit_cost), p.vendor or "") for p in products)
    write_rows(folder / "products.csv", ("id", "name", "category", "price", "unit_cost", "vendor"), rows)
