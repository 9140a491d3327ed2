"""A small shop's purchase files and data.yaml, healthy until a test breaks them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from surrogate.data import own_files
from surrogate.data.canonical import canonical
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.row_store import StoreParams

START = pd.Timestamp("2026-01-05")
WEEKS = 30
DATA: dict[str, Any] = {
    "kind": "transactions",
    "files": {
        "transactions": {
            "file": "sales.csv", "customer": "cust", "time": "at", "basket": "receipt", "product": "sku",
            "quantity": "qty", "paid": "paid", "shelf_discount": "disc",
        },
        "products": {"file": "goods.csv", "product": "sku", "category": "cat"},
    },
    "train_until": "2026-07-05",
    "test_until": "2026-08-02",
    "products": {"a": ["A"], "b": ["B"]},
}  # fmt: skip


def sales_of(customers: int = 60, products: int = 4, weeks: int = WEEKS) -> pd.DataFrame:
    """Return purchases: one product a visit, every fourth week 30 % off, when twice as many are bought."""
    return _sales(customers, products, weeks).copy()


@cache
def _sales(customers: int, products: int, weeks: int) -> pd.DataFrame:
    rng = np.random.Generator(np.random.Philox(17))
    week, product, customer = (axis.ravel() for axis in np.indices((weeks, products, customers)))
    deal = (week + product) % 4 == 0
    count = rng.poisson(np.where(deal, 0.7, 0.35))
    week, product, customer, deal = (np.repeat(values, count) for values in (week, product, customer, deal))
    at = START + pd.to_timedelta(7 * week + rng.integers(7, size=week.size), unit="D")
    price = 2.0 + product
    frame = pd.DataFrame(
        {
            "cust": np.char.add("c", customer.astype(str)),
            "at": at.strftime("%Y-%m-%d"),
            "receipt": np.arange(week.size),
            "sku": np.char.add("p", product.astype(str)),
            "qty": 1,
            "paid": np.round(price * np.where(deal, 0.7, 1.0), 2),
            "disc": np.round(price * np.where(deal, 0.3, 0.0), 2),
        }
    )
    return frame.sort_values(["at", "receipt"], kind="stable", ignore_index=True)


def goods_of(products: int = 4) -> pd.DataFrame:
    """Return the product list: the first half is category A, the other B."""
    skus = [f"p{number}" for number in range(products)]
    return pd.DataFrame({"sku": skus, "cat": ["A" if number < products / 2 else "B" for number in range(products)]})


@cache
def _healthy_rows() -> str:
    """The purchases of a healthy shop as a file has them: a hundred tests write them as they are."""
    return str(sales_of().to_csv(index=False))


@dataclass(kw_only=True)
class Shop:
    """The tables by file name, and the data file; tests change them in place."""

    sales: pd.DataFrame = field(default_factory=sales_of)
    tables: dict[str, pd.DataFrame] = field(default_factory=lambda: {"goods.csv": goods_of()})
    data: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(DATA))

    @property
    def columns(self) -> dict[str, Any]:
        """What the data file says of the purchases."""
        part: dict[str, Any] = self.data["files"]["transactions"]
        return part

    def write(self, folder: Path) -> Path:
        """Write everything; return the path of the data.yaml."""
        for name, table in {"sales.csv": self.sales, **self.tables}.items():
            if name.endswith(".parquet"):
                table.to_parquet(folder / name, index=False)
            elif table.equals(sales_of()):
                (folder / name).write_text(_healthy_rows(), newline="")
            else:
                table.to_csv(folder / name, index=False)
        path = folder / "data.yaml"
        path.write_text(yaml.safe_dump(self.data, sort_keys=False))
        return path


def load(shop, folder, **store):
    """Write and read a shop's files."""
    spec = read_data_spec(shop.write(folder))
    if store:
        return canonical(own_files.load(spec, spec.test_until, folder, store=StoreParams(**store)))
    return load_events(spec, until=spec.test_until, base=folder)
