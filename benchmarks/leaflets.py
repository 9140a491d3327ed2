"""Random leaflet questions of a drugstore, as a user's files: runs of a week under floors.

Every line has a fixed cost, every category must be in the leaflet, vendors' money must come in, and lines of an offer
stand for a week at least. Lifts are the same on all days; whether single days lose where whole runs pay is not made
sure.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import yaml

CATEGORIES = 6
RUN_DAYS = 7
DEPTHS = (0.10, 0.20, 0.30)
START = np.datetime64("2026-03-02")


def write_leaflet(folder: Path, seed: int, *, products: int = 48, weeks: int = 4, coupons: int = 0) -> Path:
    """Write one leaflet question; returns its file.

    Parameters
    ----------
    folder
        Must exist; tables of an earlier question there are overwritten.
    seed
        The same seed and sizes give the same files.
    products, weeks
        How large it is: products of six categories, and weeks of seven days.
    coupons
        Segments that get coupons in runs of a week, too; none by default.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    days, segments = 7 * weeks, max(coupons, 1)
    price = rng.uniform(1.5, 15.0, products).round(2)
    cost = (price * (1.0 - rng.uniform(0.25, 0.45, products))).round(2)
    units = rng.lognormal(3.5, 0.6, (segments, products)) / segments
    weekday = rng.uniform(0.7, 1.5, (products, 7))
    funded = rng.uniform(0.35, 0.9, len(DEPTHS))
    turnover = float((units.sum(axis=0) * price).sum()) * days
    _write_tables(folder, rng, units, weekday, days, with_coupon=bool(coupons))
    setup = round(0.012 * turnover / products / weeks, 2)
    offers: list[dict[str, Any]] = [
        {
            "id": f"leaflet-{round(100 * depth)}",
            "mechanic": "price_discount",
            "depth": f"{round(100 * depth)}%",
            "fixed_cost": setup,
            "funding": {"vendor": f"v{number % 2}", "share": f"{round(100 * funded[number])}%"},
        }
        for number, depth in enumerate(DEPTHS)
    ]
    if coupons:
        funding = {"vendor": "v1", "share": "60%"}
        offers.append({"id": "coupon", "mechanic": "coupon", "depth": "15%", "layer": "targeted", "funding": funding})
    category = [f"c{k % CATEGORIES}" for k in range(products)]
    scenario = {
        "scenario": f"leaflet-{products}-{seed}",
        "title": f"Random leaflet of {products} products, seed {seed}",
        "currency": "EUR",
        "horizon": {"start": str(START), "periods": days, "unit": "day"},
        "objective": "profit",
        "segments": [{"id": f"s{s}", "customers": 40_000 // segments} for s in range(segments)],
        "products": [
            {"id": f"k{k}", "category": category[k], "price": float(price[k]), "unit_cost": float(cost[k])}
            for k in range(products)
        ],
        "offers": offers,
        "vendors": [{"id": "v0", "fund": round(0.03 * turnover, 2)}, {"id": "v1", "fund": round(0.03 * turnover, 2)}],
        "limits": [
            {"id": "budget", "measure": "spend", "max": round(0.02 * turnover, 2)},
            {"id": "funded", "measure": "vendor_funding", "min": round(0.012 * turnover, 2)},
            {"id": "pays-back", "measure": "roi", "min": "5%"},
            *(
                {"id": f"active-c{c}", "measure": "lines", "min": 2 * RUN_DAYS, "where": {"categories": [f"c{c}"]}}
                for c in range(CATEGORIES)
            ),
        ],
        "rules": [
            *(
                {"id": f"run-{o['id']}", "rule": "min_run", "periods": RUN_DAYS, "where": {"offers": [o["id"]]}}
                for o in offers
            ),
            {"id": "pages", "rule": "max_concurrent", "max": max(CATEGORIES, products // 3)},
        ],
        "baseline": {"table": "baseline.csv"},
        "effects": {"table": "effects.csv", "lift_is": "gross"},
        "response": {
            "fatigue": 0.05,
            "fatigue_half_life": 3,
            "pull_forward": {"share": "8%", "periods": 7},
            "cannibalisation": 0.15,
            "halo": 0.02,
        },
    }
    path = folder / "leaflet.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False), "utf-8")
    return path


def _write_tables(
    folder: Path,
    rng: np.random.Generator,
    units: np.ndarray[Any, Any],
    weekday: np.ndarray[Any, Any],
    days: int,
    *,
    with_coupon: bool,
) -> None:
    """Units by weekday shapes of their own, and lifts from elasticities of 2.6 in the mean."""
    segments, products = units.shape
    with (folder / "baseline.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "product", "period", "units"])
        for s, k, t in np.ndindex(segments, products, days):
            table.writerow([f"s{s}", f"k{k}", str(START + t), f"{units[s, k] * weekday[k, t % 7]:.3f}"])
    elasticity = rng.gamma(16.0, 2.6 / 16.0, (segments, products, 1))
    lift = ((1.0 - np.array(DEPTHS)) ** -elasticity - 1.0) * rng.lognormal(0.0, 0.15, (segments, products, len(DEPTHS)))
    with (folder / "effects.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "product", "period", "offer", "lift", "take_up"])
        for s, k, o in np.ndindex(lift.shape):
            table.writerow([f"s{s}", f"k{k}", "", f"leaflet-{round(100 * DEPTHS[o])}", f"{lift[s, k, o]:.4f}", ""])
        for s, k in np.ndindex(segments, products) if with_coupon else ():
            table.writerow(
                [f"s{s}", f"k{k}", "", "coupon", f"{0.4 * lift[s, k, 1]:.4f}", f"{rng.uniform(0.1, 0.3):.4f}"]
            )
