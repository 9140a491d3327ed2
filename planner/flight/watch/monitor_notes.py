"""Notes of a monitored campaign: what the actuals do not tell, and what is assumed of chance."""

from __future__ import annotations

import numpy as np

from planner.flight.watch.untold import untold
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.closed_rows import sold_while_closed
from scenarios.flight.series import Watched
from scenarios.supply import on_sale
from surrogate.flight.chance import ChanceParams
from surrogate.flight.evidence import not_there_yet

SAID_LOT = 1.5
"""Lots from which on they are worth a sentence."""


def notes_of(actuals: Actuals, watched: Watched, chance: ChanceParams) -> tuple[str, ...]:
    """Return what is not told or not compared, and what is assumed of how sales scatter."""
    notes = [text for text in actuals.warnings if text not in actuals.otherwise]
    if actuals.has_holdout:
        notes.append("the forecast reckons with the customers who were kept out of targeted offers")
    if not watched.by_segment:
        notes.append("sales are not split by segment everywhere: segments are not compared")
    notes += _to_come(actuals)
    notes += sold_after_the_last_sale(actuals)
    notes += sold_while_closed(actuals)
    notes += untold(actuals)
    unit = actuals.grid.scenario.horizon.unit.value
    of_category = f", by {chance.category:.0%} for those of a category" if chance.category else ""
    known = "by the data's own weeks" if chance.measured else "assumed"
    notes.append(
        f"{known}: single {unit}s scatter by {chance.everywhere:.0%} for all products alike{of_category} and by "
        f"{chance.product:.0%} for each product, beside the counting of customers; noisier {unit}s weigh less"
    )
    if chance.lot >= SAID_LOT:
        lots = f"units come in lots of about {chance.lot:.0f}, by how single {unit}s differ"
        notes.append(f"{lots}; so few lots tell less")
    return tuple(notes)


def sold_after_the_last_sale(actuals: Actuals) -> list[str]:
    """Say of which products units were sold after their last sale: the plan foresaw none."""
    products, horizon = actuals.grid.products, actuals.grid.scenario.horizon
    after = np.where(on_sale(products, horizon), 0.0, np.nan_to_num(actuals.units_total)).sum(axis=1)
    return [
        f"{products[k].id}: {after[k]:,.0f} units were sold after its last sale ({products[k].last_sale}), and the "
        "plan foresaw none of them"
        for k in np.flatnonzero(after > 0).tolist()
    ]


def _to_come(actuals: Actuals) -> list[str]:
    """Say of which products nothing has come yet, and when it will."""
    said = []
    for place in np.flatnonzero(not_there_yet(actuals)[:, actuals.last]).tolist():
        product = actuals.grid.products[place]
        first = min((day for day, units in product.arrivals.items() if units > 0), default=None)
        comes = "and none comes" if first is None else f"the first goods come on {first}"
        said.append(f"{product.id} is not there yet: {comes}, and nothing is compared before")
    return said
