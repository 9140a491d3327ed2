"""Rows that name a category: each holds for the products of it, and gives way to a row that names one of them.

A category counts as one key, as a product does: a row of the product with the same other keys goes before.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import numpy as np

from scenarios.arrays import Int
from scenarios.language.schema import Product
from scenarios.language.text.csv_files import CsvTable
from scenarios.tables.cell_rows import ALL

Keys = tuple[int, ...]
"""Indexes of product and category, then those of the other keys; `ALL` where open, below where unusable."""


def categories_of(goods: Sequence[Product]) -> tuple[str, ...]:
    """Return the categories of products, each once."""
    return tuple(sorted({one.category for one in goods}))


def first_rows(table: CsvTable, keys: Sequence[Keys]) -> Mapping[Keys, int]:
    """Return the first row of all keys; the first row whose keys stand there already is a problem."""
    first: dict[Keys, int] = {}
    again = [row for row, key in enumerate(keys) if first.setdefault(key, row) != row and min(key) >= ALL]
    if again:
        original = table.lines[first[keys[again[0]]]]
        more = f", and {len(again) - 1} more such rows" if len(again) > 1 else ""
        got = f"the keys of line {original} again{more}"
        table.problem(again[0], "row", "one row for the same cells", got, "delete one")
    return first


def refuse_both(table: CsvTable, goods: Sequence[Product], names: tuple[str, ...], product: Int, category: Int) -> None:
    """Refuse a product of ``goods`` beside a category: the product says it all."""
    both = (product >= 0) & (product < len(goods)) & (category >= 0)
    for row in np.flatnonzero(both).tolist():
        one = goods[product[row]]
        got = f"{one.id} and {names[category[row]]}"
        remedy = "leave the category blank" if one.category == names[category[row]] else "leave one of them blank"
        table.problem(row, "product, category", "one of them in a row", got, remedy)


def by_product(
    goods: Sequence[Product], names: tuple[str, ...], keys: Sequence[Keys], first: Container[Keys]
) -> tuple[Int, Int]:
    """Return the row of the file and the product of each row that counts, one a product where it names a category.

    Parameters
    ----------
    names
        Categories, in the order of their indexes.
    keys
        Of every row of the file.
    first
        All keys that stand there: a product whose own row has the other keys of its category's is left to that row.
    """
    members = [[k for k, one in enumerate(goods) if one.category == name] for name in names]
    origin: list[int] = []
    whose: list[int] = []
    for row, (k, c, *others) in enumerate(keys):
        mine = [one for one in members[c] if (one, ALL, *others) not in first] if c >= 0 else [k]
        origin += [row] * len(mine)
        whose += mine
    return np.array(origin, dtype=np.int64), np.array(whose, dtype=np.int64)
