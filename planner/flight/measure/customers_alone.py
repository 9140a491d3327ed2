"""What customers who are told one by one say of an offer in their segment, their past taken off where it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import Effect, Source
from scenarios.arrays import Float
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.grid import Grid
from surrogate.flight.measure.effects_measured import cuped, difference, per_contacted


def from_customers(
    groups: Sequence[CustomerGroup], planned: AsPlanned, grid: Grid, kept_out: Float
) -> Iterator[Effect]:
    """Compare customers, with their past where it is told.

    Parameters
    ----------
    planned
        What the plan expects of its offers.
    kept_out : [S]
        Share of each segment that was kept out, as the actuals tell; where they tell of none, the groups' sizes do.
    """
    for group in groups:
        found = difference(group.treated, group.held)
        if group.before is not None:
            found = cuped(group.treated, group.held, *group.before)
        if found is None:
            continue
        products: tuple[str, ...] = ()
        weights: tuple[float, ...] = ()
        if group.offer is not None:
            told = float(kept_out[grid.segment_index[group.segment]]) or found.held / (found.treated + found.held)
            contacted = planned.reaches(group.offer, group.product, group.segment, told)
            if contacted is None:
                continue
            found = per_contacted(found, contacted)
            if group.product is None:
                products, weights = planned.reached_products(group.offer, group.segment, told)
        expected = None
        if group.offer is not None and group.product is not None:
            expected = planned.lift(group.offer, group.product, group.segment)
        yield Effect(
            offer=group.offer,
            product=group.product,
            segment=group.segment,
            measured=found,
            planned=expected,
            source=Source.CUSTOMERS,
            products=products,
            product_weights=weights,
        )
