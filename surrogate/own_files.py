"""The customer's own purchase files, CSV or Parquet, with their columns mapped to the canonical tables.

Rows after the last day are dropped on their time column alone, before any other value is looked at.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data_spec import DataFiles, DataSpec, PromotionsFile
from surrogate.events import Events

_NO = frozenset({"", "0", "0.0", "false", "no", "none", "nan", "<na>"})


@dataclass(frozen=True, kw_only=True, eq=False)
class _Keys:
    """Customers and products as numbers, in the sorted order of their names."""

    customers: dict[str, int]
    products: dict[str, int]


def load(spec: DataSpec, until: dt.date, base: Path) -> Events:
    """Read the files of a data spec up to and including a day.

    Raises
    ------
    InvalidInput
        For missing files, columns, times and numbers.
    """
    files = spec.files
    if files is None:
        raise TypeError("own files need a data spec with files")
    sales = _until(_read(base, files.transactions), files.transactions.time, until, files.transactions.file)
    goods = _read(base, files.products)
    keys = _Keys(
        customers=_numbers(sales[files.transactions.customer]), products=_numbers(goods[files.products.product])
    )
    mailings, coupons = _mailings(base, files, until, keys)
    purchases = _purchases(sales, files, keys)
    return Events(
        until=until,
        source=Path(files.transactions.file).name,
        purchases=purchases,
        products=_products(goods, files, spec, keys),
        demographics=_demographics(base, files, keys),
        promotions=_promotions(base, files, until, purchases, keys),
        mailings=mailings,
        coupons=coupons,
    )


def _read(base: Path, part: Any) -> pd.DataFrame:
    """Read a file's mapped columns as text."""
    path = base / part.file
    named = {value for name, value in part if name not in ("file", "numeric") and value is not None}
    wanted = sorted(named | set(getattr(part, "numeric", ())))
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            known = pq.read_schema(path).names
            table = pq.read_table(path, columns=[name for name in wanted if name in known])
            frame: pd.DataFrame = table.to_pandas().astype(str)
        else:
            known = list(pd.read_csv(path, nrows=0, dtype=str).columns)
            frame = pd.read_csv(path, usecols=lambda name: name in wanted, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        got = getattr(error, "strerror", None) or str(error)
        raise InvalidInput([Problem(where=str(path), what="file", expected="a CSV or Parquet file", got=got)]) from None
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InvalidInput(
            Problem(
                where=str(path),
                what="columns",
                expected=f"a column {name}",
                got="none",
                remedy=did_you_mean(name, known),
            )
            for name in missing
        )
    return frame


def _days(values: pd.Series, file: str) -> pd.Series:
    """Return day ordinals of a time column."""
    times = pd.to_datetime(values, errors="coerce", format="mixed", utc=True)
    bad = times.isna()
    if bad.any():
        row = int(np.flatnonzero(bad.to_numpy())[0])
        problem = Problem(
            where=f"{file}:{row + 2}",
            what=str(values.name),
            expected="a date or time such as 2026-11-01 or 2026-11-01 18:30",
            got=str(values.iloc[row]),
            remedy=f"{int(bad.sum()):,} rows have no readable time" if bad.sum() > 1 else "",
        )
        raise InvalidInput([problem])
    days = times.dt.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    return pd.Series(days + dt.date(1970, 1, 1).toordinal(), index=values.index)


def _until(frame: pd.DataFrame, column: str, until: dt.date, file: str) -> pd.DataFrame:
    """Return the rows up to a day, with a column ``_day``."""
    days = _days(frame[column], file)
    return frame.assign(_day=days)[(days <= until.toordinal()).to_numpy()]


def _numbers(values: pd.Series) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(values.astype(str).unique()))}


def _amounts(frame: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(0.0, index=frame.index)
    return pd.to_numeric(frame[column], errors="coerce").astype(float)


def _purchases(sales: pd.DataFrame, files: DataFiles, keys: _Keys) -> pd.DataFrame:
    part = files.transactions
    customer = sales[part.customer].map(keys.customers)
    day = sales["_day"]
    basket = customer.astype(str) + "@" + (sales[part.basket] if part.basket else day).astype(str)
    shelf, coupon = _amounts(sales, part.shelf_discount), _amounts(sales, part.coupon_discount)
    product = sales[part.product].map(keys.products)
    frame = pd.DataFrame(
        {
            "customer": customer.astype(np.int64),
            "basket": pd.factorize(basket, sort=True)[0],
            "product": product,
            "store": sales[part.store] if part.store else "",
            "week": (day - 1) // 7,
            "day": day,
            "quantity": _amounts(sales, part.quantity),
            "regular": _amounts(sales, part.paid) + shelf.abs() + coupon.abs(),
            "shelf_discount": shelf.abs(),
            "coupon_discount": coupon.abs(),
        }
    )
    frame = frame[product.notna().to_numpy()]
    frame["product"] = frame["product"].astype(np.int64)
    first = frame["week"].min() if len(frame) else 0
    started = frame.loc[frame["week"] == first, "day"].min() if len(frame) else 1
    whole = (started - 1) % 7 == 0  # a first week that starts in its middle would look like a slump
    return frame if whole else frame[frame["week"] > first]


def _products(goods: pd.DataFrame, files: DataFiles, spec: DataSpec, keys: _Keys) -> pd.DataFrame:
    part = files.products
    owner = {category: product for product, categories in spec.products.items() for category in categories}
    goods = goods.drop_duplicates(part.product)
    return pd.DataFrame(
        {
            "product": goods[part.product].map(keys.products).astype(np.int64),
            "category": goods[part.category].map(owner).fillna(""),
            "data_category": goods[part.category],
            "line": goods[part.line].replace("", "other") if part.line else goods[part.product],
            "private": 0.0,
        }
    )


def _demographics(base: Path, files: DataFiles, keys: _Keys) -> pd.DataFrame:
    part = files.demographics
    if part is None:
        return pd.DataFrame({"customer": pd.Series(dtype=np.int64)})
    raw = _read(base, part).drop_duplicates(part.customer)
    raw = raw[raw[part.customer].isin(keys.customers)]
    columns = {name.replace("_", " "): _amounts(raw, name) for name in part.numeric}
    return pd.DataFrame({"customer": raw[part.customer].map(keys.customers).astype(np.int64), **columns})


def _promotions(base: Path, files: DataFiles, until: dt.date, purchases: pd.DataFrame, keys: _Keys) -> pd.DataFrame:
    part = files.promotions
    if part is None:
        columns = {"product": np.int64, "week": np.int64, "display": float, "mailer": float}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    raw = _until(_read(base, part), part.time, until, part.file)
    raw = raw[raw[part.product].isin(keys.products)]
    weight = _store_weights(part, raw, purchases)
    frame = pd.DataFrame(
        {
            "product": raw[part.product].map(keys.products).astype(np.int64),
            "week": (raw["_day"] - 1) // 7,
            "store": raw[part.store] if part.store else "",
            "display": _shown(raw, part.display) * weight,
            "mailer": _shown(raw, part.mailer) * weight,
        }
    )
    by_store = frame.groupby(["product", "week", "store"])[["display", "mailer"]].max()
    summed: pd.DataFrame = by_store.groupby(["product", "week"]).sum().clip(upper=1.0).reset_index()
    return summed


def _store_weights(part: PromotionsFile, raw: pd.DataFrame, purchases: pd.DataFrame) -> pd.Series:
    """Return each row's share of its store in the sales; 1 where promotions are not told by store."""
    if part.store is None or (purchases["store"] == "").all():
        return pd.Series(1.0, index=raw.index)
    sales = purchases.groupby("store")["regular"].sum()
    return raw[part.store].map(sales / sales.sum()).fillna(0.0)


def _shown(raw: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(0.0, index=raw.index)
    return (~raw[column].astype(str).str.strip().str.lower().isin(_NO)).astype(float)


def _mailings(base: Path, files: DataFiles, until: dt.date, keys: _Keys) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return mailings and coupons; customers sent the same coupon on the same days form one campaign."""
    part = files.mailings
    if part is None:
        empty = pd.Series(dtype=np.int64)
        goods = dict.fromkeys(("campaign", "product", "first_day", "last_day"), empty)
        return pd.DataFrame({"customer": empty, "campaign": empty}), pd.DataFrame(goods)
    raw = _until(_read(base, part), part.first_day, until, part.file)
    raw = raw[raw[part.customer].isin(keys.customers) & raw[part.product].isin(keys.products)]
    last = _days(raw[part.last_day], part.file).clip(upper=until.toordinal())
    product = raw[part.product].map(keys.products).astype(np.int64)
    offer = pd.DataFrame({"product": product, "first_day": raw["_day"], "last_day": last})
    campaign = offer.groupby(["product", "first_day", "last_day"]).ngroup()
    customer = raw[part.customer].map(keys.customers).astype(np.int64)
    sent = pd.DataFrame({"customer": customer, "campaign": campaign}).drop_duplicates()
    return sent, offer.assign(campaign=campaign).drop_duplicates()
