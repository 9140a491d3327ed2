"""Purchase data that cannot be read, by name: dates, numbers, columns and files written otherwise than said."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
from data_spoiling import Break, cell, column, dates, mapped, mixed, text, top
from purchase_files import Shop


def spaced_header(shop: Shop, _: Path) -> None:
    """A column whose name has spaces around it."""
    shop.sales = shop.sales.rename(columns={"paid": " paid "})


def two_prices(shop: Shop, _: Path) -> None:
    """Two columns of one name."""
    shop.sales.insert(0, "again", shop.sales["paid"])
    shop.sales.columns = ["paid", *shop.sales.columns[1:]]


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


FILES: dict[str, tuple[Break, str]] = {
    "wrong mapping": (mapped(quantity="quantity"), r"sales.csv: columns: expected a column quantity, which the data file names under quantity, got none; .*qty"),  # noqa: E501
    "one column for two things": (mapped(paid="qty"), r"quantity and paid both name qty; map each key"),
    "day-month-year": (dates("%d.%m.%Y"), r"sales.csv:2: at: .*got \"05.01.2026\"; write time_format: '%d.%m.%Y'"),
    "dates with slashes": (dates("%m/%d/%Y"), r"got \"01/05/2026\"; write time_format: '%m/%d/%Y' beside the file"),
    "times with slashes": (dates("%d/%m/%Y %I:%M %p"), r"write time_format: '%d/%m/%Y %I:%M %p' beside the file"),
    "times with points": (dates("%d.%m.%Y %H:%M"), r"write time_format: '%d.%m.%Y %H:%M' beside the file"),
    "first days of months": (column("at", "03/04/2026"), r"'%m/%d/%Y' or '%d/%m/%Y', whichever it is, beside the file"),
    "dates without marks": (dates("%Y%m%d"), r"got \"20260105\"; write time_format: '%Y%m%d'"),
    "three date formats": (mixed("at", ["2026-03-02", "02.03.2026", "3/2/2026"]), r"sales.csv:3: at: expected a date"),
    "two date formats": (mixed("at", ["2026-03-02", "02.03.2026"]), r"sales.csv:3: at: expected a date .*got \"02.03.2026\"; the column mixes formats: write one, such as .*; of the rows read so far [\d,]+ are like \"02.03.2026\" and [\d,]+ like \"2026-03-02\""),  # noqa: E501
    "two date formats, one named": (lambda s, f: (mixed("at", ["2026-03-02", "02.03.2026"])(s, f), mapped(time_format="%d.%m.%Y")(s, f)), r"sales.csv:2: at: .*got \"2026-03-02\"; the column mixes formats: .* and [\d,]+ like \"02.03.2026\""),  # noqa: E501
    "one row with a date of another format": (cell("at", "02.03.2026"), r"sales.csv:7: at: .*mixes formats: .*so far 1 is like \"02.03.2026\" and [\d,]+ like \"20"),  # noqa: E501
    "day and month turned round": (lambda s, f: (mixed("at", ["03/04/2026", "13/04/2026"])(s, f), mapped(time_format="%m/%d/%Y")(s, f)), r"sales.csv:3: at: .*got \"13/04/2026\"; write time_format: '%d/%m/%Y' beside the file"),  # noqa: E501
    "a format that is not needed": (mapped(time_format="%d.%m.%Y"), r"sales.csv:2: at: .*; take time_format out, it reads"),  # noqa: E501
    "a stray sign in a format": (mapped(time_format="%Y-%m-%d %"), r"files.transactions.time_format: expected how times are written, such as .*got .*%d is the day"),  # noqa: E501
    "a letter that no format has": (mapped(time_format="%Q%"), r"time_format: expected how times are written"),
    "a part of a format twice": (mapped(time_format="%Y%Y"), r"time_format: expected how times are written"),
    "a format of another program": (mapped(time_format="DD.MM.YYYY HH:mm"), r"time_format: .*; write '%d.%m.%Y %H:%M'"),
    "two-digit years": (dates("%d/%m/%y"), r"got \"05/01/26\"; write time_format: '%d/%m/%y' beside the file"),
    "Chinese dates": (dates("%Y年%m月%d日"), r"got \"2026年01月05日\"; write time_format: '%Y年%m月%d日' beside"),
    "times that are no dates": (column("at", "half past three"), r"got \"half past three\"; write time_format beside"),
    "day numbers of a spreadsheet": (column("at", 46027.75), r"at: .*write 2026-01-05 if the day number of a"),
    "day numbers of Parquet": (day_numbers, r"got numbers \(double\); write 2026-01-05 if the day number of a"),
    "day numbers as text": (column("at", "46027,75"), r"got \"46027,75\"; write 2026-01-05 if the day number of a"),
    "no times": (column("at", ""), r"got [\d,]+ rows without a time; check that at holds dates"),
    "a day that is none": (cell("at", "2026-02-30"), r"sales.csv:7: at: expected a date .*got \"2026-02-30\"; it is the only one of the [\d,]+ rows read so far: correct it"),  # noqa: E501
    "times with an offset": (offsets, r"at: expected a time_zone in the data file.*add time_zone"),
    "seconds since 1970": (epoch, r"at: expected dates or times, got numbers \(int64\)"),
    "ids that a spreadsheet cut": (cell("cust", "1.23457E+17"), r"sales.csv:7: cust: expected ids with all their digits, got \"?1.23457E\+17\"?; format the column as text"),  # noqa: E501
    "a byte 0 in an id": (cell("cust", "C\x0001"), r"sales.csv:7: cust: expected plain text, got the control character 0x00; export it again"),  # noqa: E501
    "an id on two lines": (cell("cust", "C1\nC2"), r"sales.csv:7: cust: expected plain text, got the control character 0x0A; export it again"),  # noqa: E501
    "text in numbers": (cell("paid", "three"), r"sales.csv:7: paid: expected a number, got \"three\""),
    "amounts as accountants write them": (cell("paid", "(3.50)"), r"write negative amounts with the sign in front"),
    "a point where commas mark decimals": (mapped(decimal_mark=","), r"write its decimals with a comma, as"),
    "currency signs": (cell("paid", "€ 3.50"), r"got \"€ 3.50\"; leave currency signs out"),
    "digits in groups": (cell("paid", "1,00,820"), r"got \"1,00,820\"; leave the commas out and write 100820"),
    "decimal commas": (decimal_commas, r"paid: expected a number, got \"\d,\d\d\"; write decimal_mark"),
    "cents that are no whole numbers": (top(amounts="minor"), r"expected whole numbers of the minor unit"),
    "no such file": (mapped(file="sale.csv"), r"sale.csv: file: .*got no such file; did you mean sales.csv"),
    "an empty file": (text("sales.csv", ""), r"sales.csv: file: expected a header and rows, got an empty file"),
    "a header and no rows": (lambda s, _: setattr(s, "sales", s.sales.head(0)), r"expected at least one row, got none"),
    "semicolons": (semicolons, r"got one column \"cust;at;.*\"; the columns seem to be separated by ';'"),
    "two signs between columns": (mapped(delimiter=";;"), r"delimiter: expected one sign that separates the columns, got .*; write"),  # noqa: E501
    "two columns of one name": (two_prices, r"expected a column paid, which the data file names under paid, got 2 of that name; rename one"),  # noqa: E501
    "a ragged file": (
        text("sales.csv", "cust,at,receipt,sku,qty,paid,disc\nc1,2026-01-05,1,p0\n"),
        r"sales.csv:2: row: expected 7 cells as in the header, got 4; check delimiter",
    ),
    "another encoding": (latin, r"sales.csv:2: encoding: expected text in UTF-8, got the byte 0xfc \(ü in cp1252\); save it as \"CSV UTF-8\" .*, or write encoding: cp1252 beside the file"),  # noqa: E501
    "Shift-JIS": (text("sales.csv", "cust,at\nc1,2026-01-05\nあ日付,数量\n".encode("cp932")), r"sales.csv:3: encoding: .*Japanese Excel; .*write encoding: cp932"),  # noqa: E501
    "Unicode text of Excel": (text("sales.csv", "cust,at\nc1,2026-01-05\n".encode("utf-16")), r"sales.csv:1: encoding: .*got UTF-16; .*write encoding: utf-16"),  # noqa: E501
    "an encoding that it is not": (lambda s, f: (mapped(encoding="cp1252")(s, f), text("sales.csv", b"cust,at\nc1,\x81\n")(s, f)), r"sales.csv:2: encoding: expected text in cp1252, as encoding says, got the byte 0x81; correct encoding"),  # noqa: E501
    "an encoding that is not known": (mapped(encoding="ascii85"), r"encoding: .*utf-8.*cp1252"),
    "a compressed file": (text("sales.csv", gzip.compress(b"cust,at")), r"got a compressed file; unpack it"),
    "an Excel workbook": (text("sales.csv", b"PK\x03\x04\x14\x00\xff\xfe"), r"got an Excel workbook or a zip archive; save the sheet as CSV"),  # noqa: E501
    "a blank first line": (text("sales.csv", "\ncust,at,receipt,sku,qty,paid,disc\n"), r"got a blank first line; remove the lines above"),  # noqa: E501
    "spaces in the header": (spaced_header, r"got none; the file writes \" paid \", with spaces around it"),
    "half a Parquet file": (cut_off, r"sales.parquet: file: expected a whole Parquet file"),
    "an unknown time zone": (top(time_zone="Europe/Atlantis"), r"time_zone: expected a time zone such as"),
}  # fmt: skip
"""By name: how to spoil a shop's files, and the message that must be answered."""
