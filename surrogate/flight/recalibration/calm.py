"""How calm single periods were, by the sales themselves, where no data tells it beforehand.

A table says nothing of how far single weeks differ, so much is assumed of shocks of a product and of a group of rivals.
Whoever assumes more than there is takes weeks of the same shortfall for weather, and half of it for a lower baseline.
So calmer periods are tried, too, and the evidence (the marginal likelihood; MacKay, 1992,
doi:10.1162/neco.1992.4.3.415) says which explain the sales best: of some dozens of products and periods it is plain.
Stormier ones are not: a demand that has doubled for some days is no passing weather.
"""

from __future__ import annotations

from collections.abc import Callable

from surrogate.flight.recalibration.cells import Cells
from surrogate.flight.recalibration.of_moment import OfMoment

CALMER = (0.7, 0.45, 0.3)
"""Shares of the assumed shocks that they may be instead."""
PLAINLY = 0.5
"""Log evidence by which calmer periods must explain sales better than the next ones."""


def as_calm_as_they_were(
    laid: Callable[[float], Cells], fit: Callable[[Cells], OfMoment], shock: float
) -> tuple[Cells, OfMoment]:
    """Lay out observations with shocks as small as the sales say; also how they are fitted.

    Parameters
    ----------
    laid
        Lays out observations with shocks of products and rivals of a standard deviation.
    fit
        Fits beliefs to observations.
    shock
        The standard deviation that is assumed.
    """
    best = laid(shock)
    known = fit(best)
    for share in CALMER:
        calmer = laid(share * shock)
        explained = fit(calmer)
        if not (explained.log_evidence > known.log_evidence + PLAINLY):
            break
        best, known = calmer, explained
    return best, known
