"""What customers who are told one by one say of an offer in all their segments together, their past taken off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import Effect, Source
from scenarios.arrays import Float
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.grid import Grid
from surrogate.flight.measure.effects_measured import FEWEST, per_contacted
from surrogate.flight.measure.pooled_past import KnownGroups, pooled_cuped


def customers_together(
    groups: Sequence[CustomerGroup], planned: AsPlanned, grid: Grid, kept_out: Float
) -> Iterator[Effect]:
    """Pool the segments of each offer on one product of which the past of every customer is told; see `pooled_cuped`.

    Parameters
    ----------
    planned
        What the plan expects of its offers.
    kept_out : [S]
        Share of each segment that was kept out, as the actuals tell; where they tell of none, the groups' sizes do.
    """
    by_offer: dict[tuple[str, str], list[CustomerGroup]] = {}
    products: dict[str, set[str | None]] = {}
    for group in groups:
        if group.offer is not None:
            products.setdefault(group.offer, set()).add(group.product)
            if group.product is not None and min(len(group.treated), len(group.held)) >= FEWEST:
                by_offer.setdefault((group.offer, group.product), []).append(group)
    for (offer, product), own in by_offer.items():
        # Rows of one customer on several products stand for themselves: together they would count as several people.
        if len(own) > 1 and len(products[offer]) == 1:
            yield from _effect(offer, product, own, planned, grid, kept_out)


def _effect(
    offer: str, product: str, groups: Sequence[CustomerGroup], planned: AsPlanned, grid: Grid, kept_out: Float
) -> Iterator[Effect]:
    """Yield the effect; nothing where the past of some is not told, or nobody was reached."""
    known, weights, contacted, lifts = [], [], [], []
    for group in groups:
        if group.before is None:
            return
        one, other = group.before
        known.append(KnownGroups(treated=group.treated, held=group.held, treated_before=one, held_before=other))
        row = grid.segment_index[group.segment]
        told = float(kept_out[row]) or len(group.held) / (len(group.treated) + len(group.held))
        reached = planned.reaches(offer, product, group.segment, told)
        if reached is None:
            return
        days = planned.runs(offer, product, group.segment)
        plain = float(planned.plain(offer, product)[row, days].sum()) / grid.segments[row].customers
        weights.append(plain * known[-1].weight)
        contacted.append(reached)
        lifts.append(planned.lift(offer, product, group.segment))
    found, units = pooled_cuped(known), np.array(weights)
    if found is None or not (units @ contacted > 0):
        return
    told_lifts = [lift for lift in lifts if lift is not None]
    share = float(units @ contacted / units.sum())
    expected = None
    if len(told_lifts) == len(lifts):
        expected = float((units * contacted) @ np.array(told_lifts) / (units @ contacted))
    yield Effect(
        offer=offer,
        product=None,
        segment=None,
        measured=per_contacted(found, min(share, 1.0)),
        planned=expected,
        source=Source.CUSTOMERS_TOGETHER,
        products=(product,),
        segments=tuple(group.segment for group in groups),
    )
