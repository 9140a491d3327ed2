"""Purchase data that can be read and teaches nothing, by name: impossible rows, strangers, the future, a short past."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from data_spoiling import Break, column, mapped, mixed, side, top
from purchase_files import Shop, sales_of


def currencies(shop: Shop, folder: Path) -> None:
    """Euros and yen in one file."""
    mixed("cur", ["EUR", "EUR", "JPY"])(shop, folder)
    shop.columns["currency"] = "cur"


def future_column(shop: Shop, _: Path) -> None:
    """A demographic column that was computed from purchases after training ended."""
    shop.sales = sales_of(customers=200)
    late = shop.sales[shop.sales["at"] > "2026-07-05"].groupby("cust")["paid"].sum()
    names = sorted(shop.sales["cust"].unique())
    shop.tables["people.csv"] = pd.DataFrame({"cust": names, "value": late.reindex(names).fillna(0.0).to_numpy()})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "cust", "numeric": ["value"]}


def late_facts(shop: Shop, _: Path) -> None:
    """Demographics that became known after training ended."""
    names = sorted(shop.sales["cust"].unique())
    people = {"cust": names, "age": range(len(names)), "since": "2026-07-20"}
    shop.tables["people.csv"] = pd.DataFrame(people)
    shop.data["files"]["demographics"] = {
        "file": "people.csv", "customer": "cust", "numeric": ["age"], "known_since": "since",
    }  # fmt: skip


def no_promotion(shop: Shop, _: Path) -> None:
    """No discount ever."""
    shop.sales["disc"] = 0.0


def negative_prices(shop: Shop, _: Path) -> None:
    """Every amount with the wrong sign."""
    shop.sales["paid"] = -shop.sales["paid"]


def swapped(shop: Shop, _: Path) -> None:
    """Quantity and amount mapped the wrong way round: a thousand units at a price of one."""
    shop.sales["paid"] = 1000 * shop.sales["paid"]
    shop.columns.update(quantity="paid", paid="qty")


def other_ids(shop: Shop, _: Path) -> None:
    """The product list writes its ids differently."""
    shop.tables["goods.csv"]["sku"] = shop.tables["goods.csv"]["sku"].str.replace("p", "P-00")


def lost_zeros(shop: Shop, _: Path) -> None:
    """A spreadsheet took the zeros off the ids of the purchases."""
    shop.sales["sku"] = shop.sales["sku"].str.replace("p", "1")
    shop.tables["goods.csv"]["sku"] = shop.tables["goods.csv"]["sku"].str.replace("p", "001")


def strangers(shop: Shop, _: Path) -> None:
    """Demographics of other customers."""
    shop.tables["people.csv"] = pd.DataFrame({"cust": ["x1", "x2"], "age": [30, 40]})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "cust", "numeric": ["age"]}


def constant_age(shop: Shop, _: Path) -> None:
    """Everybody has the same age."""
    shop.tables["people.csv"] = pd.DataFrame({"cust": sorted(shop.sales["cust"].unique()), "age": 40})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "cust", "numeric": ["age"]}


def one_customer(shop: Shop, _: Path) -> None:
    """One customer buys everything."""
    shop.sales["cust"] = "c1"


def unknown_offer(shop: Shop, _: Path) -> None:
    """The log names an offer that nobody describes."""
    shop.tables["log.csv"] = pd.DataFrame({"offer": ["twofer"], "first": ["2026-02-02"], "last": ["2026-02-08"]})
    shop.data["files"]["offers"] = {"file": "log.csv", "offer": "offer", "first_day": "first", "last_day": "last"}
    shop.data["past_offers"] = {"two-for-one": {"mechanic": "bundle", "buy": 1, "get": 1}}


def ends_before_it_starts(shop: Shop, folder: Path) -> None:
    """An offer's last day lies before its first."""
    unknown_offer(shop, folder)
    shop.tables["log.csv"] = pd.DataFrame({"offer": ["two-for-one"], "first": ["2026-02-08"], "last": ["2026-02-02"]})


def early_end(shop: Shop, _: Path) -> None:
    """The export stops weeks before the day that the data file says."""
    shop.sales = shop.sales[shop.sales["at"] < "2026-07-20"]


def middle_of_a_week(shop: Shop, _: Path) -> None:
    """The export was drawn on a Tuesday evening of the last week."""
    shop.sales = shop.sales[shop.sales["at"] < "2026-07-29"]


def late_start(shop: Shop, _: Path) -> None:
    """Only four weeks of history before the test."""
    shop.sales = shop.sales[shop.sales["at"] >= "2026-06-08"]


def delisted(shop: Shop, _: Path) -> None:
    """A product that was sold in spring only."""
    gone = shop.sales["sku"].isin(["p2", "p3"]) & (shop.sales["at"] > "2026-04-01")
    shop.sales = shop.sales[~gone]


def cancelled(shop: Shop, folder: Path) -> None:
    """Every order is cancelled."""
    column("state", "void")(shop, folder)
    shop.columns.update(status="state", cancelled=["void"])


def zeros_lost(shop: Shop, _: Path) -> None:
    """Two of four products are listed as 001 and 003; the purchases went through a spreadsheet."""
    ids = {"p1": "001", "p3": "003"}
    shop.tables["goods.csv"] = shop.tables["goods.csv"].replace({"sku": ids})
    shop.sales["sku"] = shop.sales["sku"].replace({name: number.lstrip("0") for name, number in ids.items()})


FACTS: dict[str, tuple[Break, str]] = {
    "all dates in the future": (column("at", "2031-01-01"), r"rows, all of them later; check train_until"),
    "negative prices": (negative_prices, r"expected mostly sales.*got 100% of the rows negative"),
    "negative quantities": (column("qty", -1), r"expected mostly sales.*check the signs of quantity and paid"),
    "ids without their zeros": (
        zeros_lost,
        r"got 50%, mostly: a product that files.products lists with other leading zeros; export product ids as text",
    ),
    "no quantities": (column("qty", 0), r"at most 20% impossible rows, got 100%, mostly: no quantity"),
    "absurd quantities": (column("qty", 5000), r"mostly: more than 48 units"),
    "quantity and price swapped": (swapped, r"paid: expected amounts that differ.*got 1 in all"),
    "one price for all": (column("paid", 9.99), r"paid: expected amounts that differ.*got 9.99 in all"),
    "nothing but NaN": (column("paid", np.nan), r"got 100%, mostly: a number is missing"),
    "mixed currencies": (currencies, r"cur: expected one currency, got EUR \([\d,]+ rows\), JPY"),
    "another currency": (lambda s, f: (mixed("cur", ["EUR"])(s, f), mapped(currency="cur")(s, f), top(currency="USD")(s, f)), r"expected amounts in USD, got EUR"),  # noqa: E501
    "one customer": (one_customer, r"customers: expected at least 50 customers \(min_segment_size\), got 1; check"),
    "too few customers": (lambda s, _: setattr(s, "sales", sales_of(customers=30)), r"got 30; use data of more"),
    "customers without ids": (column("cust", ""), r"rows without a customer; check that cust holds"),
    "no promotion ever": (no_promotion, r"expected some promotion .*got no discount, display, mailer"),
    "constant column": (constant_age, r"demographics.numeric.age: expected a column that tells.*no value that differs"),
    "a column from the future": (future_column, r"demographics.value: expected what was known on 2026-07-05.*follows"),
    "facts from the future": (late_facts, r"people.csv:2: since: expected what was known on 2026-07-05"),
    "demographics of strangers": (strangers, r"people.csv: cust: expected customer ids that also stand"),
    "unknown product ids": (other_ids, r"none with a product that goods.csv lists \(\"p\d\" for example, where it lists \"P-00\d\"\); check that sku and sku hold"),  # noqa: E501
    "lost zeros": (lost_zeros, r"none with a product that goods.csv lists \(\"1\d\" for example, where it lists \"001\d\"\); ids differ by leading zeros, which a spreadsheet takes off: write them as text in both files"),  # noqa: E501
    "unknown category": (top(products={"a": ["A"], "b": ["Bee"]}), r"products.b: expected categories of the data, got B"),  # noqa: E501
    "blank categories": (
        lambda s, _: s.tables.update({"goods.csv": s.tables["goods.csv"].assign(cat="")}),
        r"goods.csv: categories: expected a category of some product, got blanks; check which column is mapped",
    ),
    "data that ends early": (early_end, r"expected purchases up to test_until.*got none after 2026-07-19; write"),
    "data that ends in the middle of a week": (middle_of_a_week, r"none after 2026-07-28, although the days after it usually sell 7\d% of a week; write test_until: 2026-07-26"),  # noqa: E501
    "too short a history": (late_start, r"weeks: expected at least 8 whole weeks up to train_until, got 4"),
    "a product that is gone": (delisted, r"products.b: expected purchases in the last 8 weeks, got none"),
    "cancelled orders only": (cancelled, r"got cancelled orders only; check status and cancelled"),
    "an offer nobody describes": (unknown_offer, r"log.csv: offer: expected an offer that past_offers describes"),
    "an offer that ends first": (ends_before_it_starts, r"log.csv:2: last: expected a last on or after first"),
    "stock of other products": (
        side("stock.csv", "stock", {"s": ["zz"], "d": ["2026-02-01"], "n": [0]}, product="s", time="d", stock="n"),
        r"stock.csv: s: expected products that files.products lists",
    ),
    "searches of strangers": (
        side("s.csv", "searches", {"c": ["zz"], "d": ["2026-02-01"], "w": ["tv"]}, customer="c", time="d", words="w"),
        r"s.csv: c: expected customer ids that also stand in the purchases, got 1 rows",
    ),
    "an offer without parameters": (top(past_offers={"x": {"mechanic": "coupon"}}), r"past_offers.x: expected .*coupon"),  # noqa: E501
}  # fmt: skip
"""By name: how to spoil a shop's files, and the message that must be answered."""
