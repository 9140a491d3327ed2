"""Random interacting scenarios of any size and strength, written as a user's files: YAML and tables.

Benchmarks share them. Elasticities, margins and vendor funding lie in ranges known from retail, so that some offers pay
and most do not; limits are set by what the offers that pay would use, so that they bind.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

MOST_LIFT = 15.0
"""Where a drawn lift is cut: few elasticities are so large that a deep cut would sell sixteen times as much."""

STRENGTHS: dict[str, dict[str, Any]] = {
    "none": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
    "weak": {"fatigue": 0.1, "pull_forward": {"share": "5%", "periods": 2}, "cannibalisation": 0.1, "halo": 0.02},
    "medium": {"fatigue": 0.25, "pull_forward": {"share": "10%", "periods": 3}, "cannibalisation": 0.2, "halo": 0.05},
    "strong": {"fatigue": 0.5, "pull_forward": {"share": "25%", "periods": 4}, "cannibalisation": 0.4, "halo": 0.1},
}
"""Response terms by how much offers get in each other's way."""
HALF_LIFE = 3
"""Periods after which half of the fatigue is gone."""
CHANNEL = "app"


@dataclass(frozen=True, kw_only=True)
class Size:
    """Axes of a scenario; slots are (segments + 1) * (products + 1) * days."""

    segments: int = 5
    products: int = 10
    days: int = 14
    public: int = 5
    """Offers on the shelf, cuts and flash sales in turn."""
    targeted: int = 4
    """Coupons."""

    def __post_init__(self) -> None:
        if not (min(self.segments, self.products, self.public, self.targeted) >= 1 and self.days >= 2):
            raise ValueError("expected at least one segment, product, public and targeted offer, and two days")

    @property
    def slots(self) -> int:
        """Slots of the grid."""
        return (self.segments + 1) * (self.products + 1) * self.days


def write_family(folder: Path, seed: int, strength: str, size: Size) -> Path:
    """Write one scenario of a family; returns its file.

    Parameters
    ----------
    folder
        Must exist; tables of an earlier scenario there are overwritten.
    seed
        The same seed, strength and size give the same files.
    strength
        A key of `STRENGTHS`.
    size
        How large it is.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    price = rng.uniform(15.0, 90.0, size.products).round(2)
    cost = (price * (1.0 - rng.uniform(0.15, 0.45, size.products))).round(2)
    units = rng.lognormal(2.5, 0.7, (size.segments, size.products))
    offers, depth, funded = _offers(rng, size)
    _write_baseline(folder, rng, units, size)
    turnover = float((units.sum(axis=0) * price).sum()) * size.days
    spend = _write_effects(folder, rng, units, price, cost, depth, funded, size) * size.days
    customers = rng.integers(5_000, 40_000, size.segments)
    budget = round(0.25 * spend, 2)
    fortnight = max(size.days // 2, 2)
    scenario = {
        "scenario": f"family-{strength}-{seed}",
        "title": f"Random family, interactions {strength}, seed {seed}",
        "currency": "EUR",
        "horizon": {"start": "2026-03-02", "periods": size.days, "unit": "day"},
        "objective": "profit",
        "segments": [{"id": f"s{s}", "customers": int(number)} for s, number in enumerate(customers)],
        "products": [
            {
                "id": f"k{k}",
                "category": f"c{k // 4}",
                "price": float(price[k]),
                "unit_cost": float(cost[k]),
                "vendor": f"v{k % 2}",
                **({"stock": int(1.15 * units[:, k].sum() * size.days)} if k % 3 == 0 else {}),
            }
            for k in range(size.products)
        ],
        "offers": offers,
        "channels": [
            {"id": CHANNEL, "cost_per_contact": 0.002, "contacts_per_customer": {"max": 3, "days": 7}},
        ],
        "vendors": [{"id": "v0", "fund": round(0.08 * turnover, 2)}, {"id": "v1", "fund": round(0.05 * turnover, 2)}],
        "limits": [
            {"id": "budget", "measure": "spend", "max": budget},
            {"id": "coupons", "measure": "spend", "max": round(0.3 * budget, 2), "where": {"mechanics": ["coupon"]}},
            {"id": "weekly", "measure": "spend", "max": round(0.65 * budget, 2), "window": f"{fortnight} days"},
            {"id": "messages", "measure": "contacts", "max": int(customers.sum() * size.days * 0.25)},
            {"id": "margin", "measure": "margin_rate", "min": "8%"},
        ],
        "rules": [
            {"id": "calm", "rule": "min_gap", "periods": 2, "per": ["product"], "where": {"mechanics": ["flash_sale"]}},
            {
                "id": "short",
                "rule": "max_run",
                "periods": 4,
                "per": ["product"],
                "where": {"mechanics": ["price_discount"]},
            },
            {
                "id": "few-flash",
                "rule": "max_concurrent",
                "max": max(2, size.products // 4),
                "where": {"mechanics": ["flash_sale"]},
            },
        ],
        "baseline": {"table": "baseline.csv"},
        "effects": {"table": "effects.csv", "lift_is": "gross"},
        "response": {**STRENGTHS[strength], "fatigue_half_life": HALF_LIFE},
    }
    path = folder / "family.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False), "utf-8")
    return path


def _offers(
    rng: np.random.Generator, size: Size
) -> tuple[list[dict[str, Any]], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Offers as the file says them, with depth and funded share of each: public ones first."""
    count = size.public + size.targeted
    depth = np.concatenate([np.linspace(0.08, 0.3, size.public), np.linspace(0.1, 0.25, size.targeted)])
    funded = rng.uniform(0.3, 0.85, count)
    offers = []
    for number in range(count):
        offer: dict[str, Any] = {
            "id": f"o{number}",
            "depth": f"{100 * depth[number]:.1f}%",
            "funding": {"vendor": f"v{number % 2}", "share": f"{100 * funded[number]:.0f}%"},
        }
        if number >= size.public:
            offer |= {"mechanic": "coupon", "layer": "targeted", "channel": CHANNEL}
        elif number % 2:
            offer |= {"mechanic": "flash_sale", "max_run": 2, "fixed_cost": 15}
        else:
            offer |= {"mechanic": "price_discount"}
        offers.append(offer)
    return offers, depth, funded


def _write_baseline(folder: Path, rng: np.random.Generator, units: np.ndarray[Any, Any], size: Size) -> None:
    """Units by weekday shapes of their own for every product."""
    shape = rng.uniform(0.7, 1.5, (size.products, 7))
    start = np.datetime64("2026-03-02")
    with (folder / "baseline.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "product", "period", "units"])
        for s in range(size.segments):
            for k in range(size.products):
                for t in range(size.days):
                    table.writerow([f"s{s}", f"k{k}", str(start + t), f"{units[s, k] * shape[k, t % 7]:.3f}"])


def _write_effects(
    folder: Path,
    rng: np.random.Generator,
    units: np.ndarray[Any, Any],
    price: np.ndarray[Any, Any],
    cost: np.ndarray[Any, Any],
    depth: np.ndarray[Any, Any],
    funded: np.ndarray[Any, Any],
    size: Size,
) -> float:
    """Lifts from elasticities of 3.6 in the mean; returns a day's spend where all took what earns most alone."""
    elasticity = rng.gamma(16.0, 3.6 / 16.0, (size.segments, size.products))[..., None]
    noise = rng.lognormal(0.0, 0.2, (size.segments, size.products, len(depth)))
    reach = np.where(np.arange(len(depth)) < size.public, 1.0, 0.6)
    lift = np.minimum(((1.0 - depth) ** -elasticity - 1.0) * noise * reach, MOST_LIFT)
    take_up = np.where(np.arange(len(depth)) < size.public, 1.0, rng.uniform(0.1, 0.4, lift.shape))
    with (folder / "effects.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "product", "period", "offer", "lift", "take_up"])
        for s, k, o in np.ndindex(lift.shape):
            taken = "" if o < size.public else f"{take_up[s, k, o]:.4f}"
            table.writerow([f"s{s}", f"k{k}", "", f"o{o}", f"{lift[s, k, o]:.4f}", taken])
    saving = price[None, :, None] * depth * (1.0 - funded)
    margin = (price - cost)[None, :, None]
    sold = units[..., None] * (take_up + lift)
    earned = units[..., None] * lift * margin - sold * saving
    best = earned.argmax(axis=2)
    pays = earned.max(axis=2) > 0
    return float(np.where(pays, np.take_along_axis(sold * saving, best[..., None], axis=2)[..., 0], 0.0).sum())
