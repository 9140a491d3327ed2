"""Effects as rows of an effect table: what was learned while a campaign ran, for the next scenario to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.words import BASKET
from scenarios.response.effects import Effects
from scenarios.tables.effect_cells import applies
from scenarios.tables.effect_rows import NORMAL_95
from scenarios.tables.take_up import fixed_take_up

DIGITS = 10
"""Significant digits of every number."""


def effect_header(custom: Mapping[str, Float]) -> tuple[str, ...]:
    """The columns, measures of one's own last."""
    return ("segment", "product", "period", "offer", "lift", "lift_low", "lift_high", "take_up", *custom)


def effect_table(grid: Grid, effects: Effects, custom: Mapping[str, Float]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of an effect table that says what effects say, ensemble members taken together.

    One row a segment, product and offer where its periods are alike, which leaves the period open; else one a period.
    Intervals are those that `scenarios.tables.effect_rows.interval_sd` reads the same spread from.

    Parameters
    ----------
    grid
        Of the scenario.
    custom : [S, K + 1, T, O] each
        Measures of one's own, amount per use.
    """
    scenario = grid.scenario
    segments, products, dates = grid.segments, grid.products, scenario.horizon.dates
    where = applies(scenario, segments, products)
    lift, spread = effects.lift.mean(axis=0), NORMAL_95 * effects.lift_sd
    near, far = lift * np.exp(-spread), lift * np.exp(spread)
    amounts = np.stack([lift, np.minimum(near, far), np.maximum(near, far), effects.take_up, *custom.values()], axis=-1)
    names = (*(product.id for product in products), BASKET)
    for number, offer in enumerate(scenario.offers):
        fixed = fixed_take_up(offer) is not None
        for s, k in np.argwhere(where[..., number].any(axis=2)).tolist():
            cells = [
                (str(dates[t]), _written(amounts[s, k, t, number], fixed=fixed))
                for t in np.flatnonzero(where[s, k, :, number]).tolist()
            ]
            if len(list(groupby(cells, key=lambda cell: cell[1]))) == 1:
                cells = [("", cells[0][1])]
            for period, numbers in cells:
                yield (segments[s].id, names[k], period, offer.id, *numbers)


def _written(amounts: Float, *, fixed: bool) -> tuple[str, ...]:
    """Numbers of one row; a take-up that follows from the mechanic is left blank."""
    texts = [f"{amount:.{DIGITS}g}" for amount in amounts.tolist()]
    if fixed:
        texts[3] = ""
    return tuple(texts)
