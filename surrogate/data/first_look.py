"""What is looked at before the first purchase: every header, and the small files whole.

Purchases take minutes to read and clean. A mistyped column, category, offer or day of the other files is told before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from scenarios.problems import InvalidInput, Problem
from surrogate.data.beside.demographics import PeopleRows, read_people
from surrogate.data.beside.holdout import read_left_out
from surrogate.data.beside.past_runs import read_runs
from surrogate.data.beside.shelf_tables import stock_outs
from surrogate.data.beside.side_tables import ProductNumbers, SideRows, products, read_mailings
from surrogate.data.data_parts import DataFiles
from surrogate.data.data_spec import DataSpec
from surrogate.data.files.table_files import paths_of, require_columns
from surrogate.data.judged.fitness import require_categories

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstLook:
    """The small files, read; None for those that the data file does not name."""

    products: pd.DataFrame
    known: ProductNumbers
    said: tuple[str, ...]
    """What a person should look at in the product list."""
    stock_outs: pd.DataFrame
    """product, week, share of its days without stock."""
    mailings: SideRows | None
    offers: SideRows | None
    holdout: SideRows | None
    demographics: PeopleRows | None


def first_look(base: Path, files: DataFiles, spec: DataSpec, until: dt.date) -> FirstLook:
    """Read what can be read before the purchases.

    Raises
    ------
    InvalidInput
        For files, columns, categories and offers that are missing or unknown, with the mistakes of all files at once:
        first those of headers, then those of rows.
    """
    require_headers(base, files)
    goods, known, said = products(base, files, spec)
    require_categories(spec, set(goods["data_category"].dropna()), files.products.label)
    zone, problems = spec.time_zone, list[Problem]()

    def read(wanted: object, reader: Callable[[], T]) -> T | None:
        try:
            return reader() if wanted is not None else None
        except InvalidInput as error:
            problems.extend(error.problems)
            return None

    gone = read(files, lambda: stock_outs(base, files, until, known, zone))
    mailed = read(files.mailings, lambda: read_mailings(base, files, until, known, zone))
    runs = read(files.offers, lambda: read_runs(base, files, spec, until, known, goods))
    left_out = read(files.holdout, lambda: read_left_out(base, files, spec, until))
    people = read(files.demographics, lambda: read_people(base, files, spec.train_until, zone))
    if problems or gone is None:
        raise InvalidInput(problems)
    return FirstLook(
        products=goods,
        known=known,
        said=said,
        stock_outs=gone,
        mailings=mailed,
        offers=runs,
        holdout=left_out,
        demographics=people,
    )


def require_headers(base: Path, files: DataFiles) -> None:
    """Look at the headers of all files, and at nothing else.

    Raises
    ------
    InvalidInput
        For missing files and mapped columns that files lack; of a part's files that are wrong alike the first is named.
    """
    problems: list[Problem] = []
    for _, part in files.parts():
        try:
            for path in paths_of(base, part):
                require_columns(path, part)
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
