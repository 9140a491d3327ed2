"""A made-up shop whose customers stand in tiers of its own, and a question about it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from grocery_sample import PARAMS
from purchase_files import Shop, sales_of
from trained_once import trained_once

from scenarios.language.schema import LearnSpec
from surrogate.data.data_spec import read_data_spec
from surrogate.model import Model
from surrogate.train import train

SCENARIO = {
    "scenario": "tiers",
    "currency": "EUR",
    "horizon": {"start": "2026-08-03", "periods": 2, "unit": "week"},
    "segments": {"learn": {}},
    "products": [{"id": name, "category": "food", "unit_cost": "40%"} for name in ("a", "b")],
    "offers": [{"id": "cut", "mechanic": "price_discount", "depth": "30%", "funding": {"vendor": "v", "share": "90%"}},
               {"id": "mail", "mechanic": "coupon", "depth": "30%", "layer": "targeted", "channel": "app"}],
    "channels": [{"id": "app"}],
    "vendors": [{"id": "v", "fund": 1000}],
    "effects": {"model": "model"},
}  # fmt: skip


def shop_of_tiers() -> Shop:
    """Gold customers (80) buy at every deal, all others at two of five; 80 of these are silver, and 50 have no tier."""
    sales = sales_of(customers=210)
    number = sales["cust"].str[1:].astype(int)
    keen = np.random.Generator(np.random.Philox(2)).random(len(sales)) < 0.4
    sales = sales[(number < 80) | (sales["disc"] == 0) | keen].reset_index(drop=True)
    names = [f"c{each}" for each in range(210)]
    tier = ["Gold"] * 80 + ["silver"] * 80 + [""] * 50
    shop = Shop(sales=sales)
    shop.tables["people.csv"] = pd.DataFrame({"who": names, "loyalty_tier": tier})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "who", "segment": "loyalty_tier"}
    return shop


@cache
def tiered_model() -> Model:
    """A small model of the shop, which asked for five segments all the same; trained once a session."""
    return trained_once("tiers-model", _trained)


def _trained() -> Model:
    with TemporaryDirectory() as folder:
        spec = read_data_spec(shop_of_tiers().write(Path(folder)))
        return train(spec, PARAMS, 1, learn=LearnSpec(count=5), base=Path(folder))
