"""What holdout rows tell of an offer on all its products and segments together, and of all targeted offers together.

That is what a rollout sizes its holdouts for (`planner.flight.rollout.design`): single products of single segments sell
too little to those who were kept out. Sums over products are compared segment by segment, and segments are pooled
(`surrogate.flight.measure.effects_measured.from_strata`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import Effect, HoldoutCell, Source, holdout_cells
from scenarios.flight.actuals import Actuals
from scenarios.grid import Grid
from surrogate.flight.measure.effects_measured import Stratum, from_strata, per_contacted


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
    cells = tuple(holdout_cells(planned, plan, actuals, apart=apart))
    by_offer: dict[str, list[HoldoutCell]] = {}
    for cell in cells:
        by_offer.setdefault(cell.offer, []).append(cell)
    return tuple(_pooled(planned, actuals.grid, by_offer, lot))


def _pooled(planned: AsPlanned, grid: Grid, by_offer: dict[str, list[HoldoutCell]], lot: float) -> Iterator[Effect]:
    on_products = {name: own for name, own in by_offer.items() if not own[0].orders}
    if len(on_products) > 1:
        every = [cell for own in on_products.values() for cell in own]
        yield from _effect(None, every, planned, grid, lot)
    for name, own in by_offer.items():
        if len(own) > 1:
            yield from _effect(name, own, planned, grid, 1.0 if own[0].orders else lot)


def _effect(
    offer: str | None, cells: Sequence[HoldoutCell], planned: AsPlanned, grid: Grid, lot: float
) -> Iterator[Effect]:
    """Yield the effect of some cells together; nothing where those kept out bought nothing, or the plan nothing."""
    found = from_strata(_strata(cells), lot=lot)
    # What each cell weighs: units that its segment's customers would buy without the offer, by the segment's groups.
    weights = np.array([_weight(cell, planned, grid) for cell in cells])
    contacted = np.array([cell.contacted for cell in cells])
    lifts = [cell.planned for cell in cells]
    if found is None or not (weights @ contacted > 0):
        return
    share = float(weights @ contacted / weights.sum())
    expected = None
    if all(lift is not None for lift in lifts):
        extra = float((weights * contacted) @ np.array(lifts, dtype=np.float64)) / float(weights.sum())
        expected = extra if offer is None else extra / share
    orders = cells[0].orders
    yield Effect(
        offer=offer,
        product=cells[0].product if orders else None,
        segment=None,
        measured=found if offer is None else per_contacted(found, min(share, 1.0)),
        planned=expected,
        source=Source.TOGETHER,
        products=() if offer is None or orders else tuple(dict.fromkeys(cell.product for cell in cells)),
        segments=() if offer is None else tuple(dict.fromkeys(cell.segment for cell in cells)),
    )


def _strata(cells: Sequence[HoldoutCell]) -> list[Stratum]:
    """Sums over products by segment; a segment has as many customers as its cells tell on average."""
    by_segment: dict[str, list[Stratum]] = {}
    for cell in cells:
        by_segment.setdefault(cell.segment, []).append(cell.stratum)
    return [
        Stratum(
            treated=sum(each.treated for each in own),
            held=sum(each.held for each in own),
            treated_customers=float(np.mean([each.treated_customers for each in own])),
            held_customers=float(np.mean([each.held_customers for each in own])),
        )
        for own in by_segment.values()
    ]


def _weight(cell: HoldoutCell, planned: AsPlanned, grid: Grid) -> float:
    row = grid.segment_index[cell.segment]
    plain = float(planned.plain(cell.offer, cell.product)[row, cell.days].sum())
    one, other = cell.stratum.treated_customers, cell.stratum.held_customers
    return plain / grid.segments[row].customers * one * other / (one + other)
