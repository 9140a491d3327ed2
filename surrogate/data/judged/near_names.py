"""Categories that nobody named and that are spelt nearly as one that somebody did: goods that no product has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import pandas as pd

from scenarios.first_few import first_few
from surrogate.data.data_spec import DataSpec


def near_names(spec: DataSpec, products: pd.DataFrame) -> tuple[str, ...]:
    """Say which categories differ from a named one by case, accents or blanks only, and how many goods they hold.

    Parameters
    ----------
    products
        Goods with ``data_category``.
    """
    goods = products["data_category"].dropna().value_counts()
    named = {category: product for product, categories in spec.products.items() for category in categories}
    plain = {_plain(category): category for category in named}
    found: dict[str, list[str]] = {}
    for category in sorted(goods.index):
        if category not in named and category and _plain(category) in plain:
            found.setdefault(plain[_plain(category)], []).append(category)
    return tuple(_said(named[known], known, others, int(goods[others].sum())) for known, others in found.items())


def _said(product: str, known: str, others: Iterable[str], count: int) -> str:
    listed = [f'"{other}"' for other in others]
    names = first_few(listed)
    goods = "1 good is" if count == 1 else f"{count:,} goods are"
    return (
        f'{goods} of {names}, spelt nearly as "{known}", and of no product: what they sell counts for nothing; if they '
        f"are one category, list every spelling under products.{product}"
    )


def _plain(category: str) -> str:
    """A name without case, accents and blanks around or between its words."""
    letters = unicodedata.normalize("NFKD", category.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
