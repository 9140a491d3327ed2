"""Broken purchase data, by name: each a shop's files with one mistake."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from purchase_files import Shop, sales_of

Break = Callable[[Shop, Path], object]


def column(name: str, value: object) -> Break:
    """Put one value into a whole column of the purchases."""
    return lambda shop, _: shop.sales.__setitem__(name, value)


def cell(name: str, value: object, row: int = 5) -> Break:
    """Put a value into one row."""

    def spoil(shop: Shop, _: Path) -> None:
        shop.sales[name] = shop.sales[name].astype(object)
        shop.sales.loc[row, name] = value

    return spoil


def mapped(**keys: object) -> Break:
    """Change what the data file says of the purchases."""
    return lambda shop, _: shop.columns.update(keys)


def top(**keys: object) -> Break:
    """Change the data file itself."""
    return lambda shop, _: shop.data.update(keys)


def dates(form: str) -> Break:
    """Write all dates in another format."""

    def spoil(shop: Shop, _: Path) -> None:
        shop.sales["at"] = pd.to_datetime(shop.sales["at"]).dt.strftime(form)

    return spoil


def side(name: str, part: str, table: dict[str, object], **columns: object) -> Break:
    """Add a table beside the purchases."""

    def spoil(shop: Shop, _: Path) -> None:
        shop.tables[name] = pd.DataFrame(table)
        shop.data["files"][part] = {"file": name, **columns}

    return spoil


def text(name: str, content: str | bytes) -> Break:
    """Replace a file's content after it is written."""

    def spoil(_: Shop, folder: Path) -> None:
        (folder / "late").mkdir(exist_ok=True)
        (folder / "late" / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return spoil


def mixed(name: str, values: list[object]) -> Break:
    """Fill a column with repeating values."""
    return lambda shop, _: shop.sales.__setitem__(name, np.resize(np.array(values, dtype=object), len(shop.sales)))


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


def spaced_header(shop: Shop, _: Path) -> None:
    """A column whose name has spaces around it."""
    shop.sales = shop.sales.rename(columns={"paid": " paid "})


def two_prices(shop: Shop, _: Path) -> None:
    """Two columns of one name."""
    shop.sales.insert(0, "again", shop.sales["paid"])
    shop.sales.columns = ["paid", *shop.sales.columns[1:]]


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


def offsets(shop: Shop, _: Path) -> None:
    """Times with an offset, and no time zone to bring them to."""
    shop.sales["at"] = shop.sales["at"] + "T22:30:00+00:00"


def epoch(shop: Shop, _: Path) -> None:
    """Seconds since 1970 in a Parquet file."""
    seconds = pd.to_datetime(shop.sales["at"]).astype("datetime64[s]").astype("int64")
    shop.tables["sales.parquet"] = shop.sales.assign(at=seconds)
    shop.columns["file"] = "sales.parquet"


def day_numbers(shop: Shop, _: Path) -> None:
    """Days as a spreadsheet counts them, in a Parquet file."""
    shop.tables["sales.parquet"] = shop.sales.assign(at=46027.75)
    shop.columns["file"] = "sales.parquet"


def semicolons(shop: Shop, folder: Path) -> None:
    """A file with semicolons between its columns."""
    text("sales.csv", shop.sales.to_csv(index=False, sep=";"))(shop, folder)


def decimal_commas(shop: Shop, _: Path) -> None:
    """Amounts with a decimal comma."""
    shop.sales["paid"] = [f"{value:.2f}".replace(".", ",") for value in shop.sales["paid"]]


def cut_off(shop: Shop, folder: Path) -> None:
    """A Parquet file that was cut off while it was copied."""
    shop.columns["file"] = "sales.parquet"
    shop.sales.to_parquet(folder / "whole", index=False)
    text("sales.parquet", (folder / "whole").read_bytes()[:-400])(shop, folder)


def latin(shop: Shop, folder: Path) -> None:
    """A file in another encoding."""
    shop.sales["cust"] = shop.sales["cust"].str.replace("c", "ü")
    text("sales.csv", shop.sales.to_csv(index=False).encode("latin-1"))(shop, folder)


def cancelled(shop: Shop, folder: Path) -> None:
    """Every order is cancelled."""
    column("state", "void")(shop, folder)
    shop.columns.update(status="state", cancelled=["void"])


def zeros_lost(shop: Shop, _: Path) -> None:
    """Two of four products are listed as 001 and 003; the purchases went through a spreadsheet."""
    ids = {"p1": "001", "p3": "003"}
    shop.tables["goods.csv"] = shop.tables["goods.csv"].replace({"sku": ids})
    shop.sales["sku"] = shop.sales["sku"].replace({name: number.lstrip("0") for name, number in ids.items()})


CASES: dict[str, tuple[Break, str]] = {
    "wrong mapping": (mapped(quantity="quantity"), r"sales.csv: columns: expected a column quantity, got none; .*qty"),
    "one column for two things": (mapped(paid="qty"), r"quantity and paid both name qty; map each key"),
    "day-month-year": (dates("%d.%m.%Y"), r"sales.csv:2: at: .*got \"05.01.2026\"; write time_format: '%d.%m.%Y'"),
    "dates with slashes": (dates("%m/%d/%Y"), r"got \"01/05/2026\"; write time_format: '%m/%d/%Y' beside the file"),
    "times with slashes": (dates("%d/%m/%Y %I:%M %p"), r"write time_format: '%d/%m/%Y %I:%M %p' beside the file"),
    "times with points": (dates("%d.%m.%Y %H:%M"), r"write time_format: '%d.%m.%Y %H:%M' beside the file"),
    "first days of months": (column("at", "03/04/2026"), r"'%m/%d/%Y' or '%d/%m/%Y', whichever it is, beside the file"),
    "dates without marks": (dates("%Y%m%d"), r"got \"20260105\"; write time_format: '%Y%m%d'"),
    "three date formats": (mixed("at", ["2026-03-02", "02.03.2026", "3/2/2026"]), r"sales.csv:3: at: expected a date"),
    "two-digit years": (dates("%d/%m/%y"), r"got \"05/01/26\"; write time_format: '%d/%m/%y' beside the file"),
    "Chinese dates": (dates("%Y年%m月%d日"), r"got \"2026年01月05日\"; write time_format: '%Y年%m月%d日' beside"),
    "times that are no dates": (column("at", "half past three"), r"got \"half past three\"; write time_format beside"),
    "day numbers of a spreadsheet": (column("at", 46027.75), r"at: .*write 2026-01-05 if the day number of a"),
    "day numbers of Parquet": (day_numbers, r"got numbers \(double\); write 2026-01-05 if the day number of a"),
    "day numbers as text": (column("at", "46027,75"), r"got \"46027,75\"; write 2026-01-05 if the day number of a"),
    "no times": (column("at", ""), r"got [\d,]+ rows without a time; check that at holds dates"),
    "a day that is none": (cell("at", "2026-02-30"), r"sales.csv:7: at: expected a date .*got \"2026-02-30\""),
    "times with an offset": (offsets, r"at: expected a time_zone in the data file.*add time_zone"),
    "seconds since 1970": (epoch, r"at: expected dates or times, got numbers \(int64\)"),
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
    "text in numbers": (cell("paid", "three"), r"sales.csv:7: paid: expected a number, got \"three\""),
    "amounts as accountants write them": (cell("paid", "(3.50)"), r"write negative amounts with the sign in front"),
    "a point where commas mark decimals": (mapped(decimal_mark=","), r"write its decimals with a comma, as"),
    "currency signs": (cell("paid", "€ 3.50"), r"got \"€ 3.50\"; leave currency signs out"),
    "decimal commas": (decimal_commas, r"paid: expected a number, got \"\d,\d\d\"; write decimal_mark"),
    "nothing but NaN": (column("paid", np.nan), r"got 100%, mostly: a number is missing"),
    "cents that are no whole numbers": (top(amounts="minor"), r"expected whole numbers of the minor unit"),
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
    "unknown product ids": (other_ids, r"none with a product that goods.csv lists; check that sku and sku hold"),
    "unknown category": (top(products={"a": ["A"], "b": ["Bee"]}), r"products.b: expected categories of the data, got B"),  # noqa: E501
    "blank categories": (
        lambda s, _: s.tables.update({"goods.csv": s.tables["goods.csv"].assign(cat="")}),
        r"goods.csv: categories: expected a category of some product, got blanks; check which column is mapped",
    ),
    "no such file": (mapped(file="sale.csv"), r"sale.csv: file: .*got no such file; did you mean sales.csv"),
    "an empty file": (text("sales.csv", ""), r"sales.csv: file: expected a header and rows, got an empty file"),
    "a header and no rows": (lambda s, _: setattr(s, "sales", s.sales.head(0)), r"expected at least one row, got none"),
    "semicolons": (semicolons, r"got one column \"cust;at;.*\"; the columns seem to be separated by ';'"),
    "two columns of one name": (two_prices, r"expected a column paid, got 2 of that name; rename one"),
    "a ragged file": (
        text("sales.csv", "cust,at,receipt,sku,qty,paid,disc\nc1,2026-01-05,1,p0\n"),
        r"sales.csv:2: row: expected 7 cells as in the header, got 4; check delimiter",
    ),
    "another encoding": (latin, r"expected text in UTF-8, got another encoding; save the file as UTF-8"),
    "a compressed file": (text("sales.csv", gzip.compress(b"cust,at")), r"got a compressed file; unpack it"),
    "an Excel workbook": (text("sales.csv", b"PK\x03\x04\x14\x00\xff\xfe"), r"got an Excel workbook or a zip archive; save the sheet as CSV"),  # noqa: E501
    "a blank first line": (text("sales.csv", "\ncust,at,receipt,sku,qty,paid,disc\n"), r"got a blank first line; remove the lines above"),  # noqa: E501
    "spaces in the header": (spaced_header, r"got none; the file writes \" paid \", with spaces around it"),
    "half a Parquet file": (cut_off, r"sales.parquet: file: expected a whole Parquet file"),
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
    "an unknown time zone": (top(time_zone="Europe/Atlantis"), r"time_zone: expected a time zone such as"),
    "an offer without parameters": (top(past_offers={"x": {"mechanic": "coupon"}}), r"past_offers.x: expected .*coupon"),  # noqa: E501
}  # fmt: skip
