"""The calendar of past offers: which ran where and for whom; a row may name a category in place of its products."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Int
from scenarios.language.words import Layer
from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data.beside.side_tables import ProductNumbers, SideRows, require_known, span_of, up_to
from surrogate.data.data_parts import DataFiles, DataPart, OffersFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import no_rows
from surrogate.data.files.columns import factorized, texts_of
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.table_files import BUYERS, LISTED, Batch, read_part

_NAMED = 20
"""Unknown offers and categories that are named one by one."""
_EVERYTHING, _UNLISTED = -1, -3
"""Stand for every product, and for one that is not listed."""


def read_runs(
    base: Path, files: DataFiles, spec: DataSpec, until: dt.date, known: ProductNumbers, goods: pd.DataFrame
) -> SideRows:
    """Read offer, product, first_day and last_day of past offers, up to the last day: a row for each product.

    Parameters
    ----------
    base, files, spec, until
        What is read, and up to when.
    known
        Products by their names.
    goods
        Products with their ``data_category``, in the order of their numbers.

    Raises
    ------
    InvalidInput
        For offers that ``past_offers`` does not describe, categories that ``files.products`` does not name, spans that
        end before they start, and when no row begins up to the last day, or none that names a product a known one.
    """
    part = files.offers
    assert part is not None
    batch = read_part(base, part)
    offer = texts_of(batch, part.offer)
    unknown = sorted({str(name) for name in offer} - set(spec.past_offers))
    if unknown:
        raise InvalidInput(undescribed(part, part.offer, unknown, spec))
    first, last = span_of(batch, part.first_day, part.last_day, spec.time_zone)
    row, product = _products(batch, part, known, goods, spec)
    frame = pd.DataFrame(
        {
            "offer": offer[row],
            "product": product,
            "first_day": first[row],
            "last_day": np.minimum(last[row], until.toordinal()),
        },
        index=row,
    )
    frame = up_to(frame, part, part.first_day, until)
    if part.product:
        require_known(part, part.product, LISTED, frame.loc[frame["product"] != _EVERYTHING, "product"] >= 0)
    return SideRows(batch=batch, frame=frame)


def past_runs(
    part: OffersFile | None, rows: SideRows | None, customers: CustomerNumbers
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return which past offer ran where, as in `surrogate.data.events.Events`, and what a person should look at.

    Rows of one offer, product and span form one run.

    Raises
    ------
    InvalidInput
        When no row that names a customer names one who bought.
    """
    if part is None or rows is None:
        return no_rows("offer", "run", "product", "first_day", "last_day", "customer"), ()
    blank = factorized(rows.batch, part.customer)[0] < 0 if part.customer else np.ones(len(rows.batch.rows), dtype=bool)
    customer = rows.customers(customers, part.customer) if part.customer else np.full(len(rows.frame), -1)
    nobody = blank[rows.frame.index.to_numpy()]
    frame = rows.frame.reset_index(drop=True)
    frame = frame.assign(customer=np.where(nobody, -1, np.where(customer < 0, -2, customer)))
    if part.customer:
        require_known(part, part.customer, BUYERS, frame.loc[frame["customer"] != -1, "customer"] >= 0)
    strange = int((frame["product"] == _UNLISTED).sum())
    frame = frame[((frame["product"] > _UNLISTED) & (frame["customer"] > -2)).to_numpy()]
    run = frame.groupby(["offer", "product", "first_day", "last_day"]).ngroup().astype(np.int64)
    frame.insert(1, "run", run)
    said = f"{part.label} names products that files.products does not list in {strange:,} of its rows: left out"
    return frame.drop_duplicates(ignore_index=True), (said,) if strange else ()


def _products(
    batch: Batch, part: OffersFile, known: ProductNumbers, goods: pd.DataFrame, spec: DataSpec
) -> tuple[Int, Int]:
    """Return the row [N] and the product [N] of everything that the rows are about; -1 for every product.

    A row that names a category alone is about all its products; where it names a product too, that is what it is about.
    """
    rows = np.arange(len(batch.rows))
    product = known.find(batch, part.product) if part.product else np.full(len(rows), -2)
    product = np.where(product == -2, _EVERYTHING, np.where(product == -1, _UNLISTED, product))
    if part.category is None:
        return rows, product
    category = texts_of(batch, part.category)
    listed = goods["data_category"].to_numpy(dtype=object)
    _require_categories(part, category, listed, spec)
    _require_agreement(batch, part, category, product, listed)
    members = {str(name): np.flatnonzero(listed == name) for name in set(category) - {""}}
    whole = (category != "") & (product == _EVERYTHING)
    meant = [members[str(category[row])] if whole[row] else product[row : row + 1] for row in rows]
    return np.repeat(rows, [len(one) for one in meant]), np.concatenate(meant).astype(np.int64)


def _require_categories(
    part: OffersFile, category: NDArray[np.object_], listed: NDArray[np.object_], spec: DataSpec
) -> None:
    """Refuse categories that no product has."""
    names = sorted(set(listed) - {""})
    unknown = sorted(set(category) - {""} - set(names))
    if not unknown:
        return
    what, expected = str(part.category), "a category of files.products"
    problems = []
    for name in unknown[:_NAMED]:
        own = spec.products.get(name)
        remedy = did_you_mean(name, names)
        if own is not None:
            remedy = f"{name} is a product of the data file: write a row for each of its categories, {', '.join(own)}"
        problems.append(Problem(where=part.label, what=what, expected=expected, got=f'"{name}"', remedy=remedy))
    if len(unknown) > _NAMED:
        got, remedy = f"{len(unknown) - _NAMED:,} more that it does not name", "check which column is mapped"
        problems.append(Problem(where=part.label, what=what, expected=expected, got=got, remedy=remedy))
    raise InvalidInput(problems)


def _require_agreement(
    batch: Batch, part: OffersFile, category: NDArray[np.object_], product: Int, listed: NDArray[np.object_]
) -> None:
    """Refuse a row whose product is of another category than the one it names."""
    named = (category != "") & (product >= 0)
    wrong = np.flatnonzero(named & (listed[np.maximum(product, 0)] != category))
    if wrong.size:
        row = int(wrong[0])
        expected = f"the category of its {part.product}, or a blank in one of the two"
        got = f'"{category[row]}" beside a product of "{listed[product[row]]}"'
        remedy = f"leave {part.product} blank for all products of the category"
        raise InvalidInput(
            [Problem(where=batch.where(row), what=str(part.category), expected=expected, got=got, remedy=remedy)]
        )


def undescribed(part: DataPart, column: str, names: list[str], spec: DataSpec) -> list[Problem]:
    """Return a problem for each name, the first ones only where a wrong column makes thousands, and their number."""
    expected = "an offer that past_offers describes"
    problems = [
        Problem(
            where=part.label,
            what=column,
            expected=expected,
            got=f'"{name}"',
            remedy=did_you_mean(name, spec.past_offers) or "add it to past_offers",
        )
        for name in names[:_NAMED]
    ]
    if len(names) > _NAMED:
        got, remedy = f"{len(names) - _NAMED:,} more that it does not", "check which column is mapped to offer"
        problems.append(Problem(where=part.label, what=column, expected=expected, got=got, remedy=remedy))
    return problems


def named_though_public(files: DataFiles, spec: DataSpec, offers: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence on each public past offer whose rows name customers: one of the two is a mistake."""
    named = offers[(offers["customer"] >= 0).to_numpy()].groupby("offer")["customer"].nunique()
    label = files.offers.label if files.offers is not None else ""
    return tuple(
        f"past_offers.{name} is public, for everybody, but {label} names customers for it ({int(count):,}): "
        "write layer: targeted if only they were offered it, else leave the customer blank"
        for name, count in named.items()
        if spec.past_offers[str(name)].layer == Layer.PUBLIC
    )
