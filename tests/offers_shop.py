"""A made-up shop that ran offers of every mechanic but one, with known lifts, and a model trained on it once."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from trained_once import trained_once

from scenarios.language.schema import LearnSpec, Scenario
from scenarios.response.effects import Learned
from surrogate.data.data_spec import read_data_spec
from surrogate.effects.ensemble import EnsembleParams
from surrogate.effects.fit import FitParams
from surrogate.model import Model
from surrogate.scoring.score import score
from surrogate.train import TrainParams, train

PARAMS = TrainParams(
    ensemble=EnsembleParams(
        members=2, profile=4, embedding=3, hidden=8, fit=FitParams(), offer_groups=4, offer_steps=160
    ),
    refit_steps=20,
)
START = dt.date(2026, 1, 5)
WEEKS, CUSTOMERS, GOODS = 32, 240, 6
TRUE = {"cut-20": 0.7, "cut-35": 1.6, "gift": 0.8, "show": 0.3, "mail": 0.6, "save": 0.15}
"""Lifts of the made-up shop, a contacted customer."""
DECLARED = {
    "cut-20": {"mechanic": "price_discount", "depth": "20%"},
    "cut-35": {"mechanic": "price_discount", "depth": "35%"},
    "gift": {"mechanic": "gift", "gift_value": 3},
    "show": {"mechanic": "feature"},
    "mail": {"mechanic": "coupon", "depth": "25%", "layer": "targeted"},
    "save": {"mechanic": "threshold", "spend": 20, "save": 2},
}
DEPTH = {"cut-20": 0.20, "cut-35": 0.35}


def purchase_rows(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return transactions and the offers log of a shop where one offer a week runs on a third of the goods."""
    sales, log = [], []
    for week in range(WEEKS):
        monday = START + dt.timedelta(days=7 * week)
        last = monday + dt.timedelta(days=6)
        lift, used = np.zeros((CUSTOMERS, GOODS)), np.zeros((CUSTOMERS, GOODS))
        depth = np.zeros(GOODS)
        for good in range(GOODS):
            name = [None, "cut-20", None, "gift", None, "cut-35", "show", "mail", None][int(rng.integers(9))]
            if name is None:
                continue
            who = rng.random(CUSTOMERS) < 0.5 if name == "mail" else np.ones(CUSTOMERS, dtype=bool)
            lift[who, good], depth[good] = TRUE[name], DEPTH.get(name, 0.0)
            used[who, good] = name == "mail"
            ids = [f"c{number}" for number in np.flatnonzero(who)] if name == "mail" else [""]
            log += [(name, f"p{good}", customer, monday, last) for customer in ids]
        basket = rng.random() < 0.4
        if basket:
            log.append(("save", "", "", monday, last))
        units = rng.poisson(0.5 * (1 + lift) * (1 + TRUE["save"] * basket))
        for customer, good in zip(*np.nonzero(units), strict=True):
            count, day = int(units[customer, good]), monday + dt.timedelta(days=int(rng.integers(7)))
            taken = used[customer, good] and rng.random() < 0.6
            off, coupon = 10 * count * depth[good], 2.5 * count * taken
            sales.append((f"c{customer}", day, f"p{good}", count, 10 * count - off - coupon, off, coupon))
    names = ["who", "at", "sku", "qty", "paid", "less", "coupon"]
    offers = pd.DataFrame(log, columns=["offer", "sku", "who", "first", "last"])
    return pd.DataFrame(sales, columns=names), offers


def write_shop(folder: Path) -> None:
    """Write the shop's files and its data file."""
    sales, offers = purchase_rows(np.random.Generator(np.random.Philox(3)))
    sales.to_csv(folder / "sales.csv", index=False)
    offers.to_csv(folder / "offers.csv", index=False)
    goods = pd.DataFrame({"sku": [f"p{number}" for number in range(GOODS)], "cat": [f"C{n}" for n in range(GOODS)]})
    goods.to_csv(folder / "goods.csv", index=False)
    sundays = [START + dt.timedelta(days=7 * weeks - 1) for weeks in (WEEKS - 4, WEEKS)]
    lines = [
        "kind: transactions",
        "files:",
        "  transactions: {file: sales.csv, customer: who, time: at, product: sku, quantity: qty, paid: paid,",
        "    shelf_discount: less, coupon_discount: coupon}",
        "  products: {file: goods.csv, product: sku, category: cat}",
        "  offers: {file: offers.csv, offer: offer, product: sku, customer: who, first_day: first, last_day: last}",
        f"train_until: {sundays[0]}",
        f"test_until: {sundays[1]}",
        "products: {" + ", ".join(f"p{number}: [C{number}]" for number in range(GOODS)) + "}",
        "past_offers:",
        *(f"  {name}: {{{', '.join(f'{k}: {v}' for k, v in terms.items())}}}" for name, terms in DECLARED.items()),
    ]
    (folder / "data.yaml").write_text("\n".join(lines) + "\n")


_FOLDER = TemporaryDirectory(prefix="offers-shop-")


@cache
def shop_folder() -> Path:
    """Write the shop's files once, and return their folder."""
    folder = Path(_FOLDER.name)
    write_shop(folder)
    return folder


@cache
def shop_model() -> Model:
    """Train on the shop once a session."""
    return trained_once("offers-shop-model", _trained)


def _trained() -> Model:
    folder = shop_folder()
    spec = read_data_spec(folder / "data.yaml")
    return train(spec, PARAMS, 1, learn=LearnSpec(count=2, min_size=50), base=folder)


def shop_scenario(*offers: dict[str, object]) -> Scenario:
    """Ask about offers on the shop's goods."""
    return Scenario.model_validate(
        {
            "scenario": "shop",
            "currency": "EUR",
            "horizon": {"start": START + dt.timedelta(days=7 * WEEKS), "periods": 2, "unit": "week"},
            "segments": {"learn": {"count": 2, "min_size": 50}},
            "products": [{"id": f"p{n}", "category": f"g{n}", "unit_cost": "60%"} for n in range(GOODS)],
            "offers": offers,
            "gifts": [{"id": "cup", "unit_cost": 1}],
            "channels": [{"id": "app"}],
            "effects": {"data": "data.yaml"},
        }
    )


def shop_scores(*offers: dict[str, object]) -> Learned:
    """Score offers on the shop's goods."""
    return score(shop_model(), shop_scenario(*offers))
