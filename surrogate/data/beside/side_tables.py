"""The small tables beside the purchases that are read whole, before them: products and mailings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Int
from scenarios.problems import InvalidInput, Problem, a_kind
from surrogate.data.data_parts import DataFiles, DataPart, MailingsFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import no_rows
from surrogate.data.files.columns import NO_TIME, days, factorized, flags, texts_of
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.table_files import BUYERS, LISTED, Batch, none_in_time, read_part, strangers


class ProductNumbers:
    """Products by the name that files give them, numbered in the sorted order of their names."""

    def __init__(self, names: list[str]) -> None:
        self._number = {name: number for number, name in enumerate(sorted(names))}
        self._bare = {name.lstrip("0"): name for name in sorted(names, reverse=True)}

    def __len__(self) -> int:
        return len(self._number)

    def find(self, batch: Batch, column: str) -> Int:
        """Return the product numbers of a batch [N]; -1 where unknown, -2 where blank."""
        codes, texts = factorized(batch, column)
        return np.array([*(self._number.get(text, -1) for text in texts), -2], dtype=np.int64)[codes]

    def but_for_zeros(self, batch: Batch, column: str) -> Flag:
        """Return whether each row [N] names a product that is listed with other leading zeros."""
        codes, texts = factorized(batch, column)
        alike = [text not in self._number and text.lstrip("0") in self._bare for text in texts]
        return np.array([*alike, False])[codes]

    def example(self, batch: Batch, column: str) -> tuple[str, str]:
        """Return the first id of a batch that is not listed, and one that is: the same but for zeros, if there is any.

        Blank where there is none.
        """
        _, texts = factorized(batch, column)
        odd = [text for text in texts if text not in self._number]
        alike = next((text for text in odd if text.lstrip("0") in self._bare), None)
        if alike is not None:
            return alike, self._bare[alike.lstrip("0")]
        return next(iter(odd), ""), next(iter(self._number), "")

    def order(self) -> list[str]:
        """Return the names by number."""
        return list(self._number)


def products(base: Path, files: DataFiles, spec: DataSpec) -> tuple[pd.DataFrame, ProductNumbers, tuple[str, ...]]:
    """Read the product master data; of a product's rows that differ the commonest counts, and how many do is said.

    Of equally common ones it is the first by its texts, never by its place in the file; a blank category comes last.
    """
    part = files.products
    batch = read_part(base, part)
    codes, names = factorized(batch, part.product)
    numbered = ProductNumbers(names)
    listed = pd.DataFrame(
        {
            "name": np.array([*names, ""], dtype=object)[codes],
            "category": texts_of(batch, part.category),
            "line": texts_of(batch, part.line) if part.line else "",
            "private": flags(batch, part.private).astype(float),
        }
    )[codes >= 0]
    listed = listed.value_counts().rename("rows").reset_index()
    other = int((listed.groupby("name")["category"].nunique() > 1).sum())
    listed = listed.assign(fewer=-listed["rows"], blank=listed["category"] == "")
    listed = listed.sort_values(["name", "blank", "fewer", "category", "line", "private"]).drop_duplicates("name")
    listed = listed.set_index("name").loc[numbered.order()].reset_index()
    owner = {category: product for product, categories in spec.products.items() for category in categories}
    line = (listed["line"] if part.line else listed["name"]).to_numpy(dtype=object)
    frame = pd.DataFrame(
        {
            "product": np.arange(len(listed)),
            "category": [owner.get(name, "") for name in listed["category"]],
            "data_category": listed["category"].to_numpy(dtype=object),
            "line": np.where(line == "", "other", line),
            "private": listed["private"].to_numpy(),
        }
    )
    said = f"{other:,} of the products of {part.label} stand there again with another category: the commonest counts"
    return frame, numbered, (said,) if other else ()


@dataclass(frozen=True, kw_only=True, eq=False)
class SideRows:
    """Rows of a small table as they are read, before anybody knows who bought. N rows."""

    batch: Batch
    frame: pd.DataFrame
    """[N] what does not depend on customers; its index is each row's place in the batch."""

    def customers(self, known: CustomerNumbers, column: str) -> Int:
        """Return the customer numbers [N]; -1 for customers who never bought, and blank ids."""
        found: Int = known.find(self.batch, column)[self.frame.index.to_numpy()]
        return found


def read_mailings(base: Path, files: DataFiles, until: dt.date, known: ProductNumbers, zone: str | None) -> SideRows:
    """Read mailed coupons: product, first_day and last_day of every row up to the last day.

    Raises
    ------
    InvalidInput
        When no row is about a known product, or a day up to the last one, and for spans that end before they start.
    """
    part = files.mailings
    assert part is not None
    batch = read_part(base, part)
    first, last = span_of(batch, part.first_day, part.last_day, zone)
    frame = pd.DataFrame(
        {
            "product": known.find(batch, part.product),
            "first_day": first,
            "last_day": np.minimum(last, until.toordinal()),
        }
    )
    frame = up_to(frame, part, part.first_day, until)
    require_known(part, part.product, LISTED, frame["product"] >= 0)
    return SideRows(batch=batch, frame=frame)


def mailings(
    part: MailingsFile | None, rows: SideRows | None, customers: CustomerNumbers
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return mailings and coupons; customers sent the same coupon on the same days form one campaign.

    Raises
    ------
    InvalidInput
        When no row is about a customer who bought.
    """
    if part is None or rows is None:
        return no_rows("customer", "campaign"), no_rows("campaign", "product", "first_day", "last_day")
    frame = rows.frame.reset_index(drop=True)
    frame.insert(0, "customer", rows.customers(customers, part.customer))
    require_known(part, part.customer, BUYERS, frame["customer"] >= 0)
    frame = frame[((frame["customer"] >= 0) & (frame["product"] >= 0)).to_numpy()]
    campaign = frame.groupby(["product", "first_day", "last_day"]).ngroup()
    frame = frame.assign(campaign=campaign.astype(np.int64))
    sent = frame[["customer", "campaign"]].drop_duplicates(ignore_index=True)
    goods = frame[["campaign", "product", "first_day", "last_day"]].drop_duplicates(ignore_index=True)
    return sent, goods


def up_to(frame: pd.DataFrame, part: DataPart, first: str, until: dt.date) -> pd.DataFrame:
    """Return the rows that begin up to the last day; a table that has none of them is dated wrongly.

    Raises
    ------
    InvalidInput
        For a table of rows of which none begins by then.
    """
    inside = ((frame["first_day"] <= until.toordinal()) & (frame["first_day"] != NO_TIME)).to_numpy()
    if not inside.any():
        raise none_in_time(part, first, until)
    return frame[inside]


def require_known(part: DataPart, column: str, expected: str, known: pd.Series) -> None:
    """Refuse a column of ids of which none is known [N]: then they are written differently.

    Raises
    ------
    InvalidInput
        Where none of the ids is known.
    """
    if len(known) and not known.any():
        raise strangers(part, column, expected, f"{len(known):,} rows with other ids")


def span_of(batch: Batch, first: str, last: str, zone: str | None) -> tuple[Int, Int]:
    """Read first and last days; no span may end before it starts.

    Raises
    ------
    InvalidInput
        For the first span that ends before it starts.
    """
    begin, end = days(batch, first, zone), days(batch, last, zone)
    wrong = (end < begin) & (end != NO_TIME)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        got = f"{dt.date.fromordinal(int(begin[row]))} to {dt.date.fromordinal(int(end[row]))}"
        expected, remedy = f"{a_kind(last)} on or after {first}", "swap the two columns, or correct the row"
        raise InvalidInput([Problem(where=batch.where(row), what=last, expected=expected, got=got, remedy=remedy)])
    return begin, np.where(end == NO_TIME, begin, end)
