"""Series that are watched: sales of everything, of each product, segment and offer, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid
from scenarios.language.words import BASKET


class Kind(StrEnum):
    """What a series adds up."""

    TOTAL = "total"
    OFFER = "offer"
    PRODUCT = "product"
    SEGMENT = "segment"
    USES = "uses"
    """Not units sold: how often an offer was used."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series of units, or of uses."""

    kind: Kind
    id: str
    """Of the product, segment or offer; ``everything`` for the total."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """J series over the cells whose sales can be compared. Z is S where sales are split by segment, else 1."""

    series: tuple[Series, ...]
    usable: Flag
    """[K, T] observed so far or still to come, not sold out, and run as planned."""
    offer_cells: Flag
    """[offers that are watched, Z, K, T] where each of them runs."""
    by_segment: bool

    def sums(self, units: Float) -> Float:
        """[..., J, T] sums of units [..., Z, K, T] over usable cells."""
        kept = np.where(self.usable, units, 0.0)
        products = kept.sum(axis=-3)
        parts = [products.sum(axis=-2)[..., None, :]]
        parts += [np.where(cells, kept, 0.0).sum(axis=(-3, -2))[..., None, :] for cells in self.offer_cells]
        parts.append(products)
        if self.by_segment:
            parts.append(kept.sum(axis=-2))
        return np.concatenate(parts, axis=-2)

    def folded(self, units: Float) -> Float:
        """[..., Z, K, T] of units [..., S, K, T]: as fine as the actuals are."""
        return units if self.by_segment else units.sum(axis=-3, keepdims=True)

    def kinds(self, kind: Kind) -> Int:
        """Numbers of the series of a kind."""
        return np.array([n for n, each in enumerate(self.series) if each.kind is kind], dtype=np.int64)


def watch(grid: Grid, plan: Plan, usable: Flag, *, by_segment: bool) -> Watched:
    """Lay out the series of a plan.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run; offers that it uses nowhere are not watched.
    usable : [K, T]
        Cells whose sales can be compared with the forecast.
    by_segment
        Whether sales are known segment by segment.
    """
    cells = offer_cells(grid, plan)
    if not by_segment:
        cells = {name: np.asarray(where.any(axis=0, keepdims=True)) for name, where in cells.items()}
    series = [Series(kind=Kind.TOTAL, id="everything")]
    series += [Series(kind=Kind.OFFER, id=name) for name in cells]
    series += [Series(kind=Kind.PRODUCT, id=product.id) for product in grid.products]
    if by_segment:
        series += [Series(kind=Kind.SEGMENT, id=segment.id) for segment in grid.segments]
    s, k, t = grid.shape
    stacked = np.stack(list(cells.values())) if cells else np.zeros((0, s if by_segment else 1, k, t), dtype=bool)
    return Watched(series=tuple(series), usable=usable, offer_cells=stacked, by_segment=by_segment)


def offer_cells(grid: Grid, plan: Plan) -> dict[str, Flag]:
    """[S, K, T] where each offer of a plan runs, by id in the scenario's order; basket offers touch every product."""
    found: dict[str, Flag] = {}
    horizon = grid.scenario.horizon
    for line in grid.lines(plan):
        where = found.setdefault(line.offer, np.zeros(grid.shape, dtype=bool))
        segment = grid.segment_index.get(line.segment, slice(None))
        product = slice(None) if line.product == BASKET else grid.product_index[line.product]
        where[segment, product, horizon.period_of(line.date)] = True
    return {offer.id: found[offer.id] for offer in grid.scenario.offers if offer.id in found}


def told_by_segment(actuals: Actuals) -> bool:
    """Whether everything that was observed is split by segment."""
    return bool((actuals.split == actuals.observed).all())


def sold_cells(actuals: Actuals) -> Float:
    """[Z, K, T] units that were really sold, 0 where nothing was observed."""
    units = actuals.units if told_by_segment(actuals) else actuals.units_total[None]
    return np.nan_to_num(units)


def ran_as_planned(actuals: Actuals, plan: Plan) -> Flag:
    """[K, T] whether what ran on a product in a period is what the plan says; all true where no offer is told."""
    grid = actuals.grid
    s, k, t = grid.shape
    fine = np.ones((k, t), dtype=bool)
    if actuals.ran is None:
        return fine
    split = actuals.split
    told = offer_cells(grid, plan)
    for number, offer in enumerate(grid.scenario.offers):
        if offer.is_basket:
            continue
        ran = np.zeros((s + 1, k, t), dtype=bool)
        for each in actuals.ran:
            if each.offer == number and each.product is not None:
                ran[s if each.segment is None else each.segment, each.product, each.period] = True
        planned = told.get(offer.id, np.zeros((s, k, t), dtype=bool))
        same = np.where(split, (ran[:s] == planned).all(axis=0), ran[s] == planned.any(axis=0))
        fine &= same | ~actuals.observed
    return fine


def all_ran_as_planned(actuals: Actuals, plan: Plan) -> Flag:
    """[K, T] whether what ran on a product in a period, and on whole baskets, which hold all of them, is the plan's."""
    return np.asarray(ran_as_planned(actuals, plan) & baskets_ran_as_planned(actuals, plan))


def baskets_ran_as_planned(actuals: Actuals, plan: Plan) -> Flag:
    """[T] whether what ran on whole baskets is what the plan says; all true where no offer is told.

    Periods without rows of baskets tell nothing of them, and are true.
    """
    grid = actuals.grid
    s, _, t = grid.shape
    fine = np.ones(t, dtype=bool)
    if actuals.ran is None:
        return fine
    rows = np.isfinite(actuals.tables["units"][:, :, -1])
    seen, split = rows.any(axis=(0, 1)), rows[:, :s].any(axis=(0, 1))
    planned = {number: np.zeros((s, t), dtype=bool) for number in range(len(grid.scenario.offers))}
    for line in grid.lines(plan):
        if line.product == BASKET:
            who = grid.segment_index.get(line.segment, slice(None))
            planned[grid.offer_index[line.offer]][who, grid.scenario.horizon.period_of(line.date)] = True
    for number, offer in enumerate(grid.scenario.offers):
        if not offer.is_basket:
            continue
        ran = np.zeros((s + 1, t), dtype=bool)
        for each in actuals.ran:
            if each.offer == number and each.product is None:
                ran[s if each.segment is None else each.segment, each.period] = True
        same = np.where(split, (ran[:s] == planned[number]).all(axis=0), ran[s] == planned[number].any(axis=0))
        fine &= same | ~seen
    return fine
