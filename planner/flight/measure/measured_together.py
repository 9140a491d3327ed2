"""What holdout rows tell of an offer on all its products and segments together, and of all targeted offers together.

That is what a rollout sizes its holdouts for (`planner.flight.rollout.design`): single products of single segments sell
too little to those who were kept out. Sums over products are compared segment by segment, and segments are pooled
(`surrogate.flight.measure.effects_measured.from_strata`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import Effect, HoldoutCell, Source, holdout_cells
from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid
from surrogate.flight.measure.effects_measured import FEWEST, Stratum, from_strata, per_contacted


def measured_together(
    planned: AsPlanned, plan: NDArray[np.int8], actuals: Actuals, lot: float, *, apart: bool = False
) -> tuple[Effect, ...]:
    """Return the pooled effects: of all targeted offers on products, then of each offer; none of a single comparison.

    Parameters
    ----------
    planned
        What the plan expects of its offers.
    lot
        Units of one purchase; an order is one.
    apart
        Whether to leave out periods in which public prices of the plan take the offers' place (`AsPlanned.shadowed`).

    Returns
    -------
    tuple
        Of all offers together the lift is per customer who was not kept out, of one per contacted customer.
    """
    pools = pools_of(planned, plan, actuals, lot, apart=apart)
    on_products = {name: pool for name, pool in pools.items() if not pool.orders}
    found = []
    if len(on_products) > 1:
        every = tuple(cell for pool in on_products.values() for cell in pool.cells)
        found.append(replace(next(iter(on_products.values())), offer=None, cells=every).together())
    found += [pool.together() for pool in pools.values() if len(pool.cells) > 1]
    return tuple(each for each in found if each is not None)


def pools_of(
    planned: AsPlanned, plan: NDArray[np.int8], actuals: Actuals, lot: float, *, apart: bool = False
) -> dict[str, Pool]:
    """Return what rows of the holdout let us compare, by offer; parameters as of `measured_together`."""
    by_offer: dict[str, list[HoldoutCell]] = {}
    for cell in holdout_cells(planned, plan, actuals, apart=apart):
        by_offer.setdefault(cell.offer, []).append(cell)
    return {
        name: Pool(offer=name, cells=tuple(own), planned=planned, grid=actuals.grid, lot=1.0 if own[0].orders else lot)
        for name, own in by_offer.items()
    }


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """What rows of a holdout tell of an offer, on each product in each segment."""

    offer: str | None
    """None for all targeted offers together."""
    cells: tuple[HoldoutCell, ...]
    planned: AsPlanned
    grid: Grid
    lot: float

    @property
    def orders(self) -> bool:
        """Whether orders are compared."""
        return self.cells[0].orders

    @property
    def products_by_segment(self) -> dict[str, tuple[str, ...]]:
        """What was compared in each segment; none with too few customers of a group."""
        found: dict[str, list[str]] = {}
        for cell in self._compared(None):
            found.setdefault(cell.segment, []).append(cell.product)
        return {segment: tuple(dict.fromkeys(own)) for segment, own in found.items()}

    def together(self, segments: Sequence[str] | None = None) -> Effect | None:
        """Return the effect on all products in some segments; None where those kept out bought nothing.

        Parameters
        ----------
        segments
            All by default; where one is named, the effect is of it.
        """
        cells = self._compared(segments)
        found = from_strata(list(_strata(cells).values()), lot=self.lot) if cells else None
        # What each cell weighs: units that its segment's customers would buy without the offer, by the segment's
        # groups, as in `from_strata`.
        units = np.array([_weight(cell, self.planned, self.grid) for cell in cells])
        contacted = np.array([cell.contacted for cell in cells])
        reached = units * contacted
        if found is None or not (reached.sum() > 0):
            return None
        share = float(reached.sum() / units.sum())
        lifts = [cell.planned for cell in cells]
        expected = None
        if all(lift is not None for lift in lifts):
            extra = float(reached @ np.array(lifts, dtype=np.float64)) / float(units.sum())
            expected = extra if self.offer is None else extra / share
        one = self.offer is not None and segments is not None and len(segments) == 1
        effect = Effect(
            offer=self.offer,
            product=cells[0].product if self.orders else None,
            segment=cells[0].segment if one else None,
            measured=found if self.offer is None else per_contacted(found, min(share, 1.0)),
            planned=expected,
            source=Source.TOGETHER,
        )
        if self.offer is None:
            return effect
        products, product_weights = _shares([cell.product for cell in cells], reached)
        whom, segment_weights = _shares([cell.segment for cell in cells], reached)
        if not self.orders:
            effect = replace(effect, products=products, product_weights=product_weights)
        return effect if one else replace(effect, segments=whom, segment_weights=segment_weights)

    def _compared(self, segments: Sequence[str] | None) -> tuple[HoldoutCell, ...]:
        """Return the cells of some segments (None: all) whose groups are large enough."""
        own = [cell for cell in self.cells if segments is None or cell.segment in segments]
        large = {
            segment
            for segment, both in _strata(own).items()
            if min(both.treated_customers, both.held_customers) >= FEWEST
        }
        return tuple(cell for cell in own if cell.segment in large)


def _shares(names: Sequence[str], units: Float) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return names, each once, and the share of each in some units."""
    sums = dict.fromkeys(names, 0.0)
    for name, own in zip(names, units.tolist(), strict=True):
        sums[name] += own
    return tuple(sums), tuple(own / float(units.sum()) for own in sums.values())


def _strata(cells: Sequence[HoldoutCell]) -> dict[str, Stratum]:
    """Sums over products by segment; a segment has as many customers as its cells tell on average."""
    by_segment: dict[str, list[Stratum]] = {}
    for cell in cells:
        by_segment.setdefault(cell.segment, []).append(cell.stratum)
    return {
        segment: Stratum(
            treated=sum(each.treated for each in own),
            held=sum(each.held for each in own),
            treated_customers=float(np.mean([each.treated_customers for each in own])),
            held_customers=float(np.mean([each.held_customers for each in own])),
        )
        for segment, own in by_segment.items()
    }


def _weight(cell: HoldoutCell, planned: AsPlanned, grid: Grid) -> float:
    row = grid.segment_index[cell.segment]
    plain = float(planned.plain(cell.offer, cell.product)[row, cell.days].sum())
    one, other = cell.stratum.treated_customers, cell.stratum.held_customers
    return plain / grid.segments[row].customers * one * other / (one + other)
