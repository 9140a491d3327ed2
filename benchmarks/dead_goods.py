"""Learn from made-up shops whose elasticities are known, goods that no deal moves among them: bias, coverage, loss.

Shops are made up without this package's simulated market: customers buy Poisson counts of four items a category, levels
drift, one item week in seven is cut by 10 to 30 %. Lifts of whole categories at cuts of 10, 20, 30 and 50 % are held
against the truth, and so is what the best cut by learned lifts really earns where vendors pay a share of it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from cut_questions import write_questions
from numpy.typing import NDArray

from planner.learning import train_model
from scenarios.futures.draws import factor
from scenarios.loading.load import load_scenario
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR
from surrogate.model import Model
from surrogate.scoring.score import score

Float = NDArray[np.float64]
ITEMS = 4
RAN, ASKED = (0.10, 0.15, 0.20, 0.30), (0.10, 0.20, 0.30, 0.50)
END = dt.date(2026, 10, 25)
"""A Sunday."""
LEVEL = 0.90
SIZES = {"zero": (-1.0, 1e-9), "small": (1e-9, 0.15), "middle": (0.15, 0.5), "large": (0.5, np.inf)}


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A kind of shop."""

    customers: int
    weeks: int
    test_weeks: int
    rate: float
    """Units a customer, week and item."""
    elasticities: tuple[float, ...]
    """By category."""


_MIXED = (0.0, 0.0, 0.0, 0.0, 0.4, 0.7, 1.0, 1.3, 1.8, 2.4, 3.0, 3.6)
SHOPS = {
    "mixed": Shop(customers=700, weeks=60, test_weeks=8, rate=0.14, elasticities=_MIXED),
    "thin": Shop(customers=300, weeks=34, test_weeks=6, rate=0.10, elasticities=_MIXED),
    "few": Shop(customers=600, weeks=80, test_weeks=8, rate=0.14, elasticities=(0.0, 0.0, 0.5, 1.5, 2.2, 2.8)),
    "nothing": Shop(customers=600, weeks=50, test_weeks=8, rate=0.14, elasticities=(0.0,) * 8),
    "elastic": Shop(
        customers=600, weeks=50, test_weeks=8, rate=0.14, elasticities=(1.2, 1.5, 1.8, 2.0, 2.2, 2.5, 2.8, 3.2)
    ),
}


def write_shop(name: str, seed: int, folder: Path) -> Float:
    """Write purchases, data file and scenario of a shop, and return its true lifts [C, 4]."""
    shop, rng = SHOPS[name], np.random.default_rng([seed, len(name), SHOPS[name].customers])
    count, weeks = len(shop.elasticities), shop.weeks
    category = np.repeat(np.arange(count), ITEMS)
    price = np.round(rng.uniform(1.5, 9, category.size), 2)
    item = np.exp(rng.normal(0, 0.4, category.size))
    item /= item.mean()
    heavy = np.exp(rng.normal(0, 0.6, shop.customers))
    taste = np.exp(rng.normal(0, 0.4, (shop.customers, count)))
    elasticity = np.array(shop.elasticities)[category] * np.exp(rng.normal(0, 0.15, category.size))
    common = np.cumsum(rng.normal(0, 0.02, weeks)) + 0.05 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    level = common[None] + np.cumsum(rng.normal(0, 0.015, (count, weeks)), axis=1)
    chance = np.exp(rng.normal(0, 0.05, (category.size, weeks)))
    on = rng.random((category.size, weeks)) < 0.15
    depth = np.where(on, rng.choice(RAN, on.shape, p=[0.3, 0.2, 0.3, 0.2]), 0.0)
    depth[:, :2] = 0
    mean = item[:, None] * shop.rate * np.exp(level[category]) * chance * (1 - depth) ** (-elasticity[:, None])
    rows = []
    for week in range(weeks):
        here = rng.random(shop.customers) < 0.8
        wanted = heavy[:, None] * taste[:, category] * mean[:, week] / 0.8 * here[:, None]
        units = rng.poisson(wanted * rng.gamma(4, 1 / 4, wanted.shape))
        who, what = np.nonzero(units)
        day = rng.integers(0, 7, shop.customers)[who]
        first = END - dt.timedelta(days=7 * (weeks - week) - 1)
        days = np.array([str(first + dt.timedelta(days=number)) for number in range(7)])
        full, cut = units[who, what] * price[what], depth[what, week]
        rows.append(pd.DataFrame({
            "customer": who, "time": days[day], "product": what, "quantity": units[who, what],
            "paid": np.round(full * (1 - cut), 2), "markdown": np.round(full * cut, 2),
        }))  # fmt: skip
    pd.concat(rows).to_csv(folder / "sales.csv", index=False)
    names = [f"c{number:02d}" for number in range(count)]
    goods = {"product": range(category.size), "category": [names[one] for one in category]}
    pd.DataFrame(goods | {"line": [f"b{number}" for number in range(category.size)]}).to_csv(
        folder / "articles.csv", index=False
    )
    prices = {name: float(price[category == one].mean()) for one, name in enumerate(names)}
    write_questions(folder, prices, asked=ASKED, end=END, test_weeks=shop.test_weeks, horizon=4, cost=1 / 2)
    share = item * (category == np.arange(count)[:, None])
    share /= share.sum(axis=1, keepdims=True)
    return np.stack([share @ (1 - asked) ** (-elasticity) - 1 for asked in ASKED], axis=1)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one training gave. S segments, C categories, four cuts."""

    true: Float
    """[C, 4]"""
    lift: Float
    """[S, C, 4]"""
    ends: Float
    """[2, S, C, 4]"""
    base: Float
    """[S, C]"""

    def earned(self, paid: float, cost: float = 0.5) -> tuple[float, float, float]:
        """Return gains of the best cuts by learned lifts, of the best ones, and what losing lines lost.

        Shares of baseline sales; ``paid`` is the vendor's part of a cut.
        """

        def gain(lift: Float) -> Float:
            return (1 + lift) * (1 - np.array(ASKED) * (1 - paid) - cost) - (1 - cost) - 0.01

        weight = self.base.sum(axis=0) / self.base.sum()
        mean = (self.lift * self.base[..., None]).sum(axis=0) / self.base.sum(axis=0)[:, None]
        chosen, real = gain(mean), gain(self.true)
        got = np.where(chosen.max(axis=1) > 0, real[np.arange(len(real)), chosen.argmax(axis=1)], 0.0)
        best = np.maximum(real.max(axis=1), 0.0)
        return float(weight @ got), float(weight @ best), float(weight @ np.minimum(got, 0.0))


def found_of(model: Model, folder: Path, true: Float) -> Found:
    """Hold a model's lifts against the truth."""
    effects = score(model, load_scenario(folder / "plan.yaml").scenario).effects
    return Found(
        true=true,
        lift=effects.lift.mean(axis=(0, 3))[:, :-1],
        ends=np.quantile(_futures(effects), ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0),
        base=effects.base_units.mean(axis=(0, 3)),
    )


def _futures(effects: Effects, count: int = 4000) -> Float:
    """Return lifts [D, S, C, 4] of futures."""
    lift, spread = effects.lift.mean(axis=3)[:, :, :-1], effects.lift_sd.mean(axis=2)[:, :-1]
    scores = np.random.default_rng(3).standard_normal((count, *spread.shape))
    return np.maximum(lift[np.resize(np.arange(len(lift)), count)] * factor(scores, spread), LIFT_FLOOR)


def table(found: Sequence[Found]) -> list[str]:
    """Return bias and coverage by the size of the true lift, and what plans earn, as lines."""
    lines = ["cuts     true lift  cells   mean   error  held  median width"]
    for words, columns in (("to 30 %", slice(0, 3)), ("50 %", slice(3, 4))):
        for name, (low, high) in SIZES.items():
            parts = []
            for one in found:
                lift, ends = one.lift[..., columns], one.ends[..., columns]
                true = np.broadcast_to(one.true[:, columns], lift.shape)
                on = (true >= low) & (true < high)
                inside = (ends[0] <= true + 1e-9) & (true <= ends[1] + 1e-9)
                parts.append(np.stack([true[on], (lift - true)[on], inside[on], (ends[1] - ends[0])[on]]))
            cells = np.concatenate(parts, axis=1)
            if cells.size:
                lines.append(
                    f"{words:8s} {name:9s} {cells.shape[1]:6d} {cells[0].mean():+6.3f}  {cells[1].mean():+.3f} "
                    f"{cells[2].mean():5.0%}  {np.median(cells[3]):.3f}"
                )
    for paid in (0.0, 0.5, 0.8):
        got, best, lost = np.mean([one.earned(paid) for one in found], axis=0)
        lines.append(f"vendors pay {paid:.0%}: earned {got:+.4f} of {best:+.4f}, losing lines {lost:+.4f}")
    return lines


def main() -> None:
    """Train on every shop and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", nargs="+", default=list(SHOPS), choices=list(SHOPS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[2, 3])
    options = parser.parse_args()
    found = []
    for seed in options.seeds:
        for name in options.shops:
            with tempfile.TemporaryDirectory(prefix="dead-goods-") as scratch:
                folder = Path(scratch)
                true = write_shop(name, seed, folder)
                model = train_model(folder / "data.yaml", folder / "model", segments=2)
                assert isinstance(model, Model)
                found.append(found_of(model, folder, true))
            print(f"{name}, seed {seed}", *table(found[-1:]), "", sep="\n", flush=True)
    print("together", *table(found), sep="\n")


if __name__ == "__main__":
    main()
