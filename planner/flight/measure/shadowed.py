"""Lines of a targeted offer that lie under a public price of the plan itself and so bring next to nothing.

Where both are there a customer takes the better of the two: a coupon of 15 % under a cut of 30 % was planned to bring
nothing, and measured so. As a lesson of the coupon that would teach that coupons bring nothing anywhere. So lessons are
of the periods in which an offer brings at least half of what it brings alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import Effect, in_words, measured_on
from scenarios.first_few import first_few
from scenarios.grid import Grid
from scenarios.language.words import Layer

_NAMED = 4
"""Lines that a sentence names."""


def in_the_open(effects: Sequence[Effect], planned: AsPlanned, grid: Grid) -> tuple[Effect, ...]:
    """Return the effects of customers one by one of whose lines none lies under a public price.

    What customers bought is told over the whole campaign, so that no period of it can be left out.
    """

    def shadowed(effect: Effect) -> bool:
        if effect.offer is None:
            return False
        products = [product.id for product in grid.products] if effect.product is None else [effect.product]
        segments = [one.id for one in grid.segments] if effect.segment is None else [effect.segment]
        return any(planned.shadowed(effect.offer, product, one).any() for product in products for one in segments)

    return tuple(effect for effect in effects if not shadowed(effect))


def shadowed_lines(planned: AsPlanned, grid: Grid, plan: NDArray[np.int8]) -> Iterator[str]:
    """Say of every targeted offer which of its lines are in no lesson, in whole or in part.

    Parameters
    ----------
    planned
        What the plan expects of its offers.
    plan
        What of it surely ran [N].
    """
    ran = {line.offer for line in grid.lines(plan)}
    for offer in grid.scenario.offers:
        if offer.layer is not Layer.TARGETED or offer.id not in ran or offer.is_basket:
            continue
        names, periods = [], 0
        for _, product in measured_on(grid, offer):
            for segment in grid.segments:
                under = int(planned.shadowed(offer.id, product, segment.id).sum())
                names += [in_words(offer.id, product, segment.id)] if under else []
                periods += under
        if names:
            yield (
                f"lessons leave out {plural(periods, 'line')} ({first_few(names, _NAMED)}): a public price of the plan "
                "itself ran there, beside which the offer was planned to bring less than half of what it brings alone"
            )
