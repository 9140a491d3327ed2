"""Learn from made-up fashion shops what deep markdowns at the end of a season sell, beside the truth.

Styles are launched at full price, fade with age, lose sizes one by one, are cut by 20 to 30 % in mid-season and by 50
to 60 % at its end, and then are gone. Data ends when the third collection has had its first markdown; the question is
what the deep one will sell. Written without this package's simulated market.
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
ASKED = (0.20, 0.30, 0.50, 0.60)
SEASON, COLLECTIONS, STYLES, SIZES = 27, 3, 3, 4
FIRST, DEEP = 10, 20
"""Weeks of a season in which its first and its deep markdown begin."""
HORIZON, TEST = 4, 6
WEEKS = SEASON * (COLLECTIONS - 1) + DEEP
END = dt.date(2026, 10, 25)
"""A Sunday."""
LEVEL = 0.90
ELASTICITIES = (1.2, 1.6, 1.9, 2.2, 2.6)
"""By category."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A kind of shop."""

    customers: int
    apart: int
    """Weeks over which the launches of a season are spread."""
    shallow: bool
    """Whether there is a first markdown before the deep one."""
    stock: float
    """Pieces bought of a style over what it would sell in its season at full price and at its markdowns."""


SHOPS = {
    "staggered": Shop(customers=1000, apart=9, shallow=True, stock=0.9),
    "lockstep": Shop(customers=1000, apart=1, shallow=True, stock=0.9),
    "small": Shop(customers=600, apart=6, shallow=True, stock=1.1),
    "deep alone": Shop(customers=1000, apart=1, shallow=False, stock=0.9),
}


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of a shop. C categories."""

    lift: Float
    """[C, 4] of cuts as deep as ``ASKED``, of what is on the shelf."""
    level: Float
    """[C] units in the horizon at full price, sizes that are there alone."""
    deep: Float
    """[C] units in the horizon at the half of the price, as long as sizes last."""


def write_shop(name: str, seed: int, folder: Path) -> Truth:
    """Write purchases, data file and scenario of a shop, and return what is true of it."""
    shop, rng = SHOPS[name], np.random.default_rng([seed, len(name), SHOPS[name].customers])
    count, weeks = len(ELASTICITIES), WEEKS + HORIZON
    style = np.arange(count * COLLECTIONS * STYLES)
    category, season = style % count, style // count % COLLECTIONS
    price = np.round(rng.uniform(20, 80, style.size), 0)
    elasticity = np.array(ELASTICITIES)[category] * np.exp(rng.normal(0, 0.15, style.size))
    launch = season * SEASON + rng.integers(0, shop.apart, style.size)
    age = np.arange(weeks) - launch[:, None]
    in_season = np.arange(weeks) - season[:, None] * SEASON
    there = (age >= 0) & (in_season < SEASON)
    first = np.where(rng.random(style.size) < 0.5, 0.2, 0.3) * shop.shallow
    last = np.where(rng.random(style.size) < 0.5, 0.5, 0.6)
    depth = np.where(in_season >= DEEP, last[:, None], np.where(in_season >= FIRST, first[:, None], 0.0))
    fading = rng.normal(0.05, 0.015, style.size)
    curve = np.where(there, np.minimum((age + 1) / 2, 1.0) * np.exp(-fading[:, None] * np.maximum(age, 0)), 0.0)
    common = np.cumsum(rng.normal(0, 0.02, weeks)) + 0.08 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    chance = np.exp(common + rng.normal(0, 0.08, (style.size, weeks)))
    appeal = 0.028 * np.exp(rng.normal(0, 0.4, style.size))
    quiet = appeal[:, None] * curve * chance
    mean = quiet * (1 - depth) ** -elasticity[:, None]
    sizes = rng.dirichlet(np.full(SIZES, 6.0), style.size)
    bought = shop.stock * shop.customers * mean.sum(axis=1, keepdims=True)
    pieces = bought * rng.dirichlet(np.full(SIZES, 12.0), style.size)
    heavy = rng.gamma(2.0, 0.5, shop.customers)
    taste = np.exp(rng.normal(0, 0.4, (shop.customers, count)) - 0.08)
    size = (rng.random((shop.customers, style.size))[..., None] > sizes.cumsum(axis=1)[:, :-1]).sum(axis=2)
    left, rows, deep = pieces.astype(int), [], np.zeros(count)
    has = np.ones(size.shape, dtype=bool)  # whose size is there when the horizon begins
    level, wanted_at = np.zeros(count), np.zeros((count, len(ASKED) + 1))
    for week in range(weeks):
        coming = week >= WEEKS
        demand = heavy[:, None] * taste[:, category] * (quiet if coming else mean)[:, week]
        if week == WEEKS:
            has = left[style, size] > 0
        if coming:
            alone = (demand * has).sum(axis=0)
            level += np.bincount(category, alone, count)
            cuts = (1 - np.array([0.0, *ASKED])) ** -elasticity[:, None] * alone[:, None]
            np.add.at(wanted_at, category, cuts)
            demand = demand * 0.5**-elasticity
        units = rng.poisson(demand)
        who, what = np.nonzero(units)
        order = rng.permutation(who.size)
        who, what = who[order], what[order]
        cell = what * SIZES + size[who, what]
        turn = pd.Series(units[who, what]).groupby(cell).cumsum().to_numpy()
        got = np.clip(units[who, what] - np.maximum(turn - left.ravel()[cell], 0), 0, None)
        np.subtract.at(left.reshape(-1), cell, got)
        who, what, got = who[got > 0], what[got > 0], got[got > 0]
        if coming:
            deep += np.bincount(category[what], got, count)
            continue
        first_day = END - dt.timedelta(days=7 * (WEEKS - week) - 1)
        days = np.array([str(first_day + dt.timedelta(days=number)) for number in range(7)])
        full, cut = got * price[what], depth[what, week]
        rows.append(pd.DataFrame({
            "customer": who, "time": days[rng.integers(0, 7, shop.customers)[who]], "product": what, "quantity": got,
            "paid": np.round(full * (1 - cut), 2), "markdown": np.round(full * cut, 2),
        }))  # fmt: skip
    pd.concat(rows).to_csv(folder / "sales.csv", index=False)
    names = [f"c{number}" for number in range(count)]
    goods = {"product": style, "category": [names[one] for one in category], "line": [f"s{one}" for one in style]}
    pd.DataFrame(goods).to_csv(folder / "articles.csv", index=False)
    prices = {name: float(price[category == one].mean()) for one, name in enumerate(names)}
    write_questions(folder, prices, asked=ASKED, end=END, test_weeks=TEST, horizon=HORIZON, cost=1 / 3)
    return Truth(lift=wanted_at[:, 1:] / wanted_at[:, :1] - 1, level=level, deep=deep)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one training gave, beside the truth. C categories, four cuts."""

    truth: Truth
    lift: Float
    """[C, 4] of all customers together."""
    lift_ends: Float
    """[2, C, 4]"""
    level: Float
    """[C]"""
    deep: Float
    """[C] at half the price."""
    deep_ends: Float
    """[2, C]"""


def found_of(model: Model, folder: Path, truth: Truth) -> Found:
    """Hold a model's levels and lifts against the truth."""
    effects = score(model, load_scenario(folder / "plan.yaml").scenario).effects
    lift, base = _futures(effects)
    total = base.sum(axis=1)
    mean = (lift * base[..., None]).sum(axis=1) / total[..., None]
    deep = total * (1 + mean[..., ASKED.index(0.5)])
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    usual = effects.base_units.mean(axis=0).sum(axis=-1)
    learned = (effects.lift.mean(axis=(0, 3))[:, :-1] * usual[..., None]).sum(axis=0) / usual.sum(axis=0)[:, None]
    return Found(
        truth=truth,
        lift=learned,
        lift_ends=np.quantile(mean, ends, axis=0),
        level=usual.sum(axis=0),
        deep=usual.sum(axis=0) * (1 + learned[:, ASKED.index(0.5)]),
        deep_ends=np.quantile(deep, ends, axis=0),
    )


def _futures(effects: Effects, count: int = 4000) -> tuple[Float, Float]:
    """Return lifts [D, S, C, 4] and units at full price [D, S, C] of futures."""
    lift, spread = effects.lift.mean(axis=3)[:, :, :-1], effects.lift_sd.mean(axis=2)[:, :-1]
    rng = np.random.default_rng(3)
    member = np.resize(np.arange(len(lift)), count)
    shared = rng.standard_normal((count, 1, *spread.shape[1:]))
    drawn = np.maximum(lift[member] * factor(np.broadcast_to(shared, (count, *spread.shape)), spread), LIFT_FLOOR)
    level = rng.standard_normal((count, 1, effects.base_cv.shape[1]))
    base = effects.base_units.sum(axis=-1)[member]
    return drawn, base * factor(np.broadcast_to(level, base.shape), np.sqrt(np.log1p(effects.base_cv**2)))


def table(found: Sequence[Found]) -> list[str]:
    """Return levels, lifts and deep sales beside the truth, as lines."""
    lines = ["                cells  true   found / true   held in 90 %   median width / true"]
    for number, depth in enumerate(ASKED):
        true = np.concatenate([one.truth.lift[:, number] for one in found])
        got = np.concatenate([one.lift[:, number] for one in found])
        ends = np.concatenate([one.lift_ends[..., number] for one in found], axis=1)
        lines.append(_line(f"lift of {depth:.0%}", true, got, ends))
    level = np.concatenate([one.level / one.truth.level for one in found])
    lines.append(f"{'level':15s} {level.size:6d} {'':6s} {np.exp(np.log(level).mean()):12.2f}")
    true, got = (np.concatenate(one) for one in zip(*((f.truth.deep, f.deep) for f in found), strict=True))
    lines.append(_line("sold at half", true, got, np.concatenate([one.deep_ends for one in found], axis=1)))
    return lines


def _line(name: str, true: Float, got: Float, ends: Float) -> str:
    inside, width = (ends[0] <= true) & (true <= ends[1]), (ends[1] - ends[0]) / true
    ratio = np.exp(np.log(np.maximum(got, 1e-3) / true).mean())
    return f"{name:15s} {true.size:6d} {true.mean():6.2f} {ratio:12.2f} {inside.mean():14.0%} {np.median(width):14.2f}"


def main() -> None:
    """Train on every shop and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", nargs="+", default=list(SHOPS), choices=list(SHOPS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options = parser.parse_args()
    for name in options.shops:
        found = []
        for seed in options.seeds:
            with tempfile.TemporaryDirectory(prefix="seasonal-goods-") as scratch:
                folder = Path(scratch)
                truth = write_shop(name, seed, folder)
                model = train_model(folder / "data.yaml", folder / "model", segments=2)
                assert isinstance(model, Model)
                found.append(found_of(model, folder, truth))
            print(f"{name}, seed {seed}", *table(found[-1:]), "", sep="\n", flush=True)
        print(f"{name}, together", *table(found), "", sep="\n", flush=True)


if __name__ == "__main__":
    main()
