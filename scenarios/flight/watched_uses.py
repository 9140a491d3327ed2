"""Series of uses that are watched beside sales: how often each offer that is asked for is used, period by period.

A code that fails, or one that everybody passes on, shows in uses long before it shows in sales.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, offers_chosen, under_lines, with_basket_row
from scenarios.flight.series import Kind, Series
from scenarios.flight.told_uses import alone_in_use, told_units, uses_a_unit
from scenarios.language.words import Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import Sold, sold_by


@dataclass(frozen=True, kw_only=True, eq=False)
class WatchedUses:
    """U series of uses, over the cells in which they can be compared."""

    series: tuple[Series, ...]
    layer: tuple[int, ...]
    """[U] 0 for public offers, 1 for targeted ones."""
    cells: Flag
    """[U, S, K + 1, T] of products, and of whole baskets."""
    per_unit: Layers
    """[S, K + 1, T] uses that a unit, or order, under a line of each layer comes to."""
    expected: Float
    """[U, T] by the plan's account, as if there were enough to sell."""
    last: int
    """Last period that was observed."""
    told: Float
    """[U, T] by the file; 0 in periods to come."""

    @property
    def active(self) -> Flag:
        """[U, T] periods in which each series can be compared."""
        return np.asarray(self.cells.any(axis=(1, 2)))

    def drawn_so_far(self, what: Sold, rng: np.random.Generator) -> Float:
        """[..., U] uses of some futures in the periods that were observed, counted by chance."""
        expected = np.maximum(self.by_product(what), 0.0)[..., : self.last + 1].sum(axis=(-2, -1))
        return np.asarray(rng.poisson(expected), dtype=np.float64)

    def by_product(self, what: Sold) -> Float:
        """[..., U, K + 1, T] uses of what is sold in each of some futures, all segments together."""
        under = [units * per_unit for units, per_unit in zip(under_lines(what), self.per_unit, strict=True)]
        return np.stack(
            [
                np.where(cells, under[layer], 0.0).sum(axis=-3)
                for layer, cells in zip(self.layer, self.cells, strict=True)
            ],
            axis=-3,
        )


def watch_uses(model: Coefficients, plan: Plan, usable: Flag, actuals: Actuals) -> WatchedUses | None:
    """Lay out the uses of a plan's offers; None where the file tells none that can be compared.

    Left out are offers that grant everybody something, and those with ``quantity``, whose pieces end their uses.

    Parameters
    ----------
    model
        Tables of the problem as if there were enough to sell.
    plan
        The flat plan [N] that was to run.
    usable : [K, T]
        Cells whose sales can be compared with the forecast: a sold-out shelf tells as little of uses.
    """
    if not actuals.has("uses"):
        return None
    grid = model.grid
    what = sold_by(model, plan, np)
    told, per_unit, alone = told_units(model, plan, what, actuals), uses_a_unit(model, what), alone_in_use(model, what)
    chosen, later = offers_chosen(grid, what.choices), np.arange(grid.shape[2]) > actuals.last
    fine = with_basket_row(usable, np.ones(grid.shape[2], dtype=bool))
    series, layers, cells = [], [], []
    for number, offer in enumerate(grid.scenario.offers):
        layer = 1 if offer.layer is Layer.TARGETED else 0
        run = (chosen[layer] == number) & alone[layer] & fine
        here = run & (later | np.isfinite(told[layer]))
        untold = (run & ~later).any() and not (here & ~later).any()
        if offer.quantity is None and here.any() and not untold:
            series.append(Series(kind=Kind.USES, id=offer.id))
            layers.append(layer)
            cells.append(here)
    if not series:
        return None
    real = [np.nan_to_num(units) * each for units, each in zip(told, per_unit, strict=True)]
    found = WatchedUses(
        series=tuple(series),
        layer=tuple(layers),
        cells=np.stack(cells),
        per_unit=per_unit,
        last=actuals.last,
        expected=np.zeros((len(series), grid.shape[2])),
        told=np.stack(
            [
                np.where(here & ~later, real[layer], 0.0).sum(axis=(0, 1))
                for layer, here in zip(layers, cells, strict=True)
            ]
        ),
    )
    return replace(found, expected=found.by_product(what).sum(axis=-2))
