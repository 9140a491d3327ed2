"""Learn a coupon's lift from a made-up shop that left a random part of its customers out, with and without that part.

The shop is made up without this package's simulated market: three kinds of customers buy Poisson counts of two goods a
category, have busy and quiet times, and every other week a coupon on one category goes to the third who bought most of
it in the last four weeks. A random tenth of these is left out, anew for each run or the same ones for good. The coupon
lifts what they buy by 30 %; that they are in a busy time anyway is what a lift learned from purchases takes for more.
With ``--cut-days 3 4 5`` the shelf price of the coupon's goods is 20 % lower from Thursday to Saturday in every week in
which it runs; as everybody gets the better of the two, it brings nothing on these days.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scenarios.language.schema import LearnSpec, Scenario
from surrogate.data.data_spec import read_data_spec
from surrogate.evidence.gather import TESTS
from surrogate.scoring.score import score
from surrogate.train import train

START = dt.date(2026, 1, 5)
"""A Monday."""
CATEGORIES, GOODS = 5, 2
RATES = (0.15, 0.35, 0.7)
"""Units a week and category that each third of the customers buys."""
COUPON = 0.25
CUT, ELASTICITY = 0.2, 2.0
"""Depth of a cut of the shelf price, and what it is answered with."""
WITHIN = 1.645
"""Standard deviations of the log of a lift that a 90 % interval reaches to either side."""


def write_shop(
    folder: Path,
    *,
    customers: int,
    weeks: int,
    lift: float,
    share: float,
    fixed: bool,
    seed: int,
    cut_days: Sequence[int] = (),
) -> None:
    """Write the files of a shop.

    Parameters
    ----------
    customers, weeks
        Its size.
    lift
        What the coupon brings.
    share
        Part of those who would be sent it that chance leaves out.
    fixed
        Whether these are the same customers in all runs.
    cut_days
        Weekdays, 0 for Monday, on which the shelf price of the coupon's goods is cut while it runs.
    """
    rng, days = np.random.Generator(np.random.Philox(seed)), np.random.Generator(np.random.Philox(seed + 1_000))
    cut_on = np.isin(np.arange(7), cut_days)
    bump = np.where(cut_on, (1.0 - CUT) ** -ELASTICITY, 1.0)
    answer = np.stack([bump, np.maximum(bump, 1.0 + lift)])  # by weekday, without the coupon and with it
    rate = np.array(RATES)[np.arange(customers) % 3] * rng.gamma(4.0, 0.25, customers)
    taste = rng.dirichlet(np.full(CATEGORIES, 4.0), customers) * CATEGORIES
    level = np.exp(np.cumsum(rng.normal(0.0, 0.03, (weeks, CATEGORIES)), axis=0))
    busy = rng.normal(0.0, 0.7, customers)
    unlucky = rng.random(customers) < share
    ids = np.char.add("c", np.arange(customers).astype(str))
    sales, sent, held, bought = [], [], [], []
    for week in range(weeks):
        busy = 0.9 * busy + rng.normal(0.0, 0.3, customers)
        monday = START + dt.timedelta(days=7 * week)
        now = rate * np.exp(busy - 0.24)
        mean = now[:, None] * taste * level[week]
        used = np.zeros((customers, CATEGORIES))
        cut = np.where(rng.random(CATEGORIES) < 0.2, CUT, 0.0)
        mean, mailed = mean * (1.0 - cut) ** -ELASTICITY, -1
        if week >= 8 and week % 2 == 0:
            mailed = category = (week // 2) % CATEGORIES
            lately = np.sum(bought[-4:], axis=0)[:, category] + 1e-3 * rng.random(customers)
            meant = lately.argsort()[-customers // 3 :]
            left = unlucky[meant] if fixed else rng.random(meant.size) < share
            cut[category] = 0.0
            mean[:, category] = (now * taste[:, category]) * level[week, category]
            mean[:, category] *= answer[0].mean()
            mean[meant[~left], category] *= answer[1].mean() / answer[0].mean()
            used[meant[~left], category] = 0.4
            last = monday + dt.timedelta(days=6)
            sent += [(f"mail-{category}", f"p{category}-{good}", ids[one], monday, last)
                     for one in meant[~left] for good in range(GOODS)]  # fmt: skip
            held += [(f"mail-{category}", monday, ids[one]) for one in meant[left]]
        units = rng.poisson(mean)
        bought.append(units)
        for customer, category in zip(*np.nonzero(units), strict=True):
            count, weekday = int(units[customer, category]), int(rng.integers(7))
            sent_it = used[customer, category] > 0
            if category == mailed and cut_on.any():
                weekday = int(days.choice(7, p=answer[int(sent_it)] / answer[int(sent_it)].sum()))
            instead = category == mailed and cut_on[weekday]
            off = 10 * count * (CUT if instead else cut[category])
            coupon = 10 * COUPON * count * (rng.random() < used[customer, category]) * (not instead)
            good = f"p{category}-{int(rng.integers(GOODS))}"
            at = monday + dt.timedelta(days=weekday)
            sales.append((ids[customer], at, good, count, 10 * count - off - coupon, off, coupon))
    names = ["who", "at", "sku", "qty", "paid", "less", "coupon"]
    pd.DataFrame(sales, columns=names).to_csv(folder / "sales.csv", index=False)
    pd.DataFrame(sent, columns=["offer", "sku", "who", "first", "last"]).to_csv(folder / "offers.csv", index=False)
    pd.DataFrame(held, columns=["offer", "first", "who"]).to_csv(folder / "holdout.csv", index=False)
    goods = [(f"p{category}-{good}", f"C{category}") for category in range(CATEGORIES) for good in range(GOODS)]
    pd.DataFrame(goods, columns=["sku", "cat"]).to_csv(folder / "goods.csv", index=False)


def write_data(folder: Path, weeks: int) -> Path:
    """Write the data file; return its path."""
    files = {
        "transactions": {"file": "sales.csv", "customer": "who", "time": "at", "product": "sku", "quantity": "qty",
                         "paid": "paid", "shelf_discount": "less", "coupon_discount": "coupon"},
        "products": {"file": "goods.csv", "product": "sku", "category": "cat"},
        "offers": {"file": "offers.csv", "offer": "offer", "product": "sku", "customer": "who", "first_day": "first",
                   "last_day": "last"},
        "holdout": {"file": "holdout.csv", "offer": "offer", "customer": "who", "first_day": "first"},
    }  # fmt: skip
    data = {
        "kind": "transactions",
        "files": files,
        "train_until": START + dt.timedelta(days=7 * (weeks - 4) - 1),
        "test_until": START + dt.timedelta(days=7 * weeks - 1),
        "products": {f"p{category}": [f"C{category}"] for category in range(CATEGORIES)},
        "past_offers": {
            f"mail-{category}": {"mechanic": "coupon", "depth": COUPON, "layer": "targeted"}
            for category in range(CATEGORIES)
        },
    }
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def question(weeks: int, segments: int) -> Scenario:
    """Ask for the coupon's lift on every product."""
    return Scenario.model_validate(
        {
            "scenario": "shop",
            "currency": "EUR",
            "horizon": {"start": START + dt.timedelta(days=7 * weeks), "periods": 2, "unit": "week"},
            "segments": {"learn": {"count": segments}},
            "products": [{"id": f"p{n}", "category": f"g{n}", "unit_cost": "60%"} for n in range(CATEGORIES)],
            "offers": [{"id": "mail", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "channel": "app"}],
            "channels": [{"id": "app"}],
            "effects": {"data": "data.yaml"},
        }
    )


def main() -> None:
    """Print the learned lift by segment without and with what the holdout measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=3000)
    parser.add_argument("--weeks", type=int, default=44)
    parser.add_argument("--lift", type=float, default=0.30)
    parser.add_argument("--share", type=float, default=0.10)
    parser.add_argument("--cut-days", type=int, nargs="+", default=[], help="weekdays of cuts beside it, 0 for Monday")
    parser.add_argument("--fixed", action="store_true", help="the same customers are left out for good")
    parser.add_argument("--segments", type=int, default=3)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--notes", action="store_true", help="print every lift test")
    asked = parser.parse_args()
    print(
        "learned lift of five coupons, mean (mean distance from the truth, intervals with the truth); "
        f"true lift {asked.lift:.0%}"
    )
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_shop(folder, customers=asked.customers, weeks=asked.weeks, lift=asked.lift, share=asked.share,
                       fixed=asked.fixed, seed=seed, cut_days=asked.cut_days)  # fmt: skip
            spec = read_data_spec(write_data(folder, asked.weeks))
            model = train(spec, seed=seed, learn=LearnSpec(count=asked.segments), base=folder)
        bare = replace(model, sections={key: one for key, one in model.sections.items() if key != TESTS})
        found = [score(each, question(asked.weeks, asked.segments)).effects for each in (bare, model)]
        lift = np.stack([each.lift[:, :, :CATEGORIES, 0, 0].mean(axis=0) for each in found])
        spread = np.stack([each.lift_sd[:, :CATEGORIES, 0, 0] for each in found])
        held = np.abs(np.log(asked.lift / lift)) <= WITHIN * spread
        for number, segment in enumerate(model.groups.ids):
            said = (
                f"{one.mean():+.1%} ({np.abs(one - asked.lift).mean():.1%}, {inside.mean():.0%} within 90 %)"
                for one, inside in zip(lift[:, number], held[:, number], strict=True)
            )
            print(f"seed {seed}, {segment}:", " without, ".join(said), "with the holdout", flush=True)
        print(f"seed {seed}, grade: {found[0].evidence[0]} without, {found[1].evidence[0]} with the holdout")
        print(*(note for note in model.notes if "oldout" in note), sep="\n", end="")
        if asked.notes:
            print(*(note for note in found[1].notes if note.startswith("Lift test")), sep="\n")


if __name__ == "__main__":
    main()
