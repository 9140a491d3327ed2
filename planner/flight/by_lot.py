"""What a rollout's lot switched off is no departure from the plan: it is how the campaign was to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.flight.measured import Switch
from scenarios.flight.actuals import Actuals
from scenarios.flight.actuals_oddities import oddities, ran_otherwise

NAMED = 3
"""Days that a sentence names."""


def besides_lots(actuals: Actuals, plan: NDArray[np.int8], switches: Sequence[Switch]) -> Actuals:
    """Return actuals whose warnings name only what ran otherwise than the plan and the lots of its rollouts say."""
    off = {(switch.period, switch.product, switch.offer) for switch in switches if not switch.on}
    if not off:
        return actuals
    day = actuals.grid.scenario.horizon.period_of
    lines = [line for line in actuals.grid.lines(plan) if (day(line.date), line.product, line.offer) not in off]
    otherwise = ran_otherwise(actuals, lines)
    return replace(actuals, otherwise=otherwise, warnings=oddities(actuals, otherwise))


def off_by_lot(actuals: Actuals, switches: Sequence[Switch]) -> Iterator[str]:
    """Say which prices did not run so far because the lots had switched them off, a sentence each offer and product.

    Nothing is said where the actuals do not tell what ran, or tell nothing of the product.
    """
    grid, days = actuals.grid, dict[tuple[str, str], list[int]]()
    ran = {(each.period, each.product, each.offer) for each in actuals.ran or ()}
    for switch in switches:
        k = grid.product_index[switch.product]
        told = actuals.ran is not None and switch.period <= actuals.last and actuals.observed[k, switch.period]
        if told and not switch.on and (switch.period, k, grid.offer_index[switch.offer]) not in ran:
            days.setdefault((switch.offer, switch.product), []).append(switch.period)
    for (offer, product), periods in sorted(days.items()):
        dates = [str(grid.scenario.horizon.date_of(period)) for period in sorted(periods)]
        more = f" and {len(dates) - NAMED} more" if len(dates) > NAMED else ""
        yield f"off by the rollout's lot, as it should be: {offer} on {product}, {', '.join(dates[:NAMED])}{more}"
