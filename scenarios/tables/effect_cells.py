"""Which row of an effect table speaks for each cell: the most specific one wins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Flag, Int
from scenarios.language.schema import Product, Scenario, Segment
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.where import offered
from scenarios.language.words import BASKET
from scenarios.tables.category_rows import by_product, categories_of, first_rows, refuse_both
from scenarios.tables.cell_rows import ALL, id_keys, period_keys, resolve_rows


@dataclass(frozen=True, kw_only=True, eq=False)
class EffectKeys:
    """What each row of an effect table names, [R] indexes; `ALL` where it leaves a key open."""

    segment: Int
    product: Int
    """The basket comes after all products."""
    category: Int
    """In the order of `categories_of`."""
    period: Int
    offer: Int
    outside: int
    """Rows outside the horizon."""


def applies(scenario: Scenario, segments: tuple[Segment, ...], products: tuple[Product, ...]) -> Flag:
    """Return where each offer may be chosen, [S, K+1, T, O]; row K is the basket."""
    horizon = scenario.horizon
    out = np.zeros((len(segments), len(products) + 1, horizon.periods, len(scenario.offers)), dtype=bool)
    for number, offer in enumerate(scenario.offers):
        in_segment, products_in, in_period = offered(offer, segments, products, horizon)
        on_basket = offer.is_basket
        in_product = np.append(products_in & (not on_basket), on_basket)
        out[..., number] = in_segment[:, None, None] & in_product[:, None] & in_period
    return out


def effect_keys(
    table: CsvTable, scenario: Scenario, segments: tuple[Segment, ...], products: tuple[Product, ...]
) -> EffectKeys:
    """Read what rows name; unknown words and a product beside a category are problems of the table."""
    period, outside = period_keys(table, scenario.horizon)
    keys = EffectKeys(
        segment=id_keys(table, "segment", tuple(item.id for item in segments)),
        product=id_keys(table, "product", (*(item.id for item in products), BASKET)),
        category=id_keys(table, "category", categories_of(products)),
        period=period,
        offer=id_keys(table, "offer", tuple(offer.id for offer in scenario.offers)),
        outside=outside,
    )
    refuse_both(table, products, categories_of(products), keys.product, keys.category)
    return keys


def rows_of_cells(table: CsvTable, keys: EffectKeys, products: tuple[Product, ...], where: Flag) -> Int:
    """Return the row [S, K + 1, T, O] that speaks for each cell, -1 for none and outside of ``where``.

    A row of a category speaks for its products, but for those whose own row has the same other keys. Rows that
    contradict each other are problems of the table.
    """
    product, origin = keys.product, np.arange(len(table))
    others = (keys.segment, keys.period, keys.offer)
    if (keys.category >= 0).any():
        written = [tuple(row) for row in np.stack([product, keys.category, *others], axis=1).tolist()]
        first = first_rows(table, written)
        origin, product = by_product(products, categories_of(products), written, first)
        told = np.array([row == first[key] for row, key in enumerate(written)])[origin]  # again: told already
        usable = told & (keys.category[origin] >= ALL)
        origin, product = origin[usable], product[usable]
    file = replace(
        table, columns={}, written={}, lines=[table.lines[row] for row in origin.tolist()]
    )  # the same problems
    segment, period, offer = (key[origin] for key in others)
    owner = resolve_rows(file, [segment, product, period, offer], where.shape, where).row
    return np.where(where & (owner >= 0), origin[owner], -1) if len(origin) else np.full(where.shape, -1)
