"""Rows of an effect table that speak of nothing: their offer may not run on what they name."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.language.schema import Product
from scenarios.language.text.csv_files import CsvTable
from scenarios.tables.category_rows import categories_of
from scenarios.tables.effect_cells import EffectKeys


def idle_rows_note(table: CsvTable, keys: EffectKeys, products: tuple[Product, ...], where: Flag) -> tuple[str, ...]:
    """Say how many rows of the file are read for nothing, and which; nothing where none is.

    Parameters
    ----------
    where
        [S, K + 1, T, O] where each offer may run.
    """
    runs = np.asarray(where.any(axis=2))
    named = zip(*(key.tolist() for key in (keys.segment, keys.product, keys.category, keys.offer)), strict=True)
    known: dict[tuple[int, ...], bool] = {}
    found = []
    for row, (s, k, c, o) in enumerate(named):
        if o < 0 or max(s, k, c) < 0:
            continue  # a row of everything, or of an offer that is no one's
        if (s, k, c, o) not in known:
            known[s, k, c, o] = bool(_there(runs, products, s, k, c)[..., o].any())
        if not known[s, k, c, o]:
            found.append(row)
    if not found:
        return ()
    rows = "1 row" if len(found) == 1 else f"{len(found):,} rows"
    said = "is not used, because its offer may" if len(found) == 1 else "are not used, because their offers may"
    return (f"{rows} of {table.title} {said} not run there: {first_few([_told(table, row) for row in found])}",)


def _there(runs: Flag, products: tuple[Product, ...], segment: int, product: int, category: int) -> Flag:
    """Return where offers may run [..., O] of what a row names; below 0 where it leaves a key open."""
    here = runs[[segment]] if segment >= 0 else runs
    if product >= 0:
        return here[:, [product]]
    if category < 0:
        return here
    name = categories_of(products)[category]
    return here[:, [number for number, one in enumerate(products) if one.category == name]]


def _told(table: CsvTable, row: int) -> str:
    """Name a row: ``cut-15 on case for young (line 12)``."""
    written = {name: table.texts(name)[row] for name in ("product", "category", "segment") if name in table.columns}
    on = [f"{'for' if name == 'segment' else 'on'} {text}" for name, text in written.items() if text not in ("", "*")]
    return f"{' '.join([table.texts('offer')[row], *on])} (line {table.lines[row]})"
