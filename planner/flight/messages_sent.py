"""Messages that were sent beside those of the plan: an offer is compared with what so many of them bring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.flight.sent import Messages, messages

TELLING = 0.03
"""Share of an offer's messages that must be missing, or too many: some bounce, and audiences change a little."""


def messages_sent(actuals: Actuals, plan: NDArray[np.int8]) -> tuple[str, ...]:
    """Return a sentence for each targeted offer of which plainly fewer, or more, messages were sent than planned.

    What is expected follows what was sent anyhow: see `scenarios.flight.sent`.

    Parameters
    ----------
    plan
        The flat plan [N] that runs. Lines that ran and whose rows tell ``contacts`` count.
    """
    sums: dict[int, Messages] = {}
    for (offer, _, _), told in messages(actuals, plan).items():
        before = sums.get(offer, Messages(0.0, 0.0))
        sums[offer] = Messages(before.sent + told.sent, before.planned + told.planned)
    offers = actuals.grid.scenario.offers
    return tuple(_sentence(offers[offer].id, told) for offer, told in sums.items() if _plainly(told))


def _plainly(told: Messages) -> bool:
    return told.planned > 0 and abs(told.sent / told.planned - 1.0) > TELLING


def _sentence(offer: str, told: Messages) -> str:
    where = f"messages were sent where the plan has {told.planned:,.0f}"
    if not told.sent > 0:
        return f"{offer}: no {where}; nothing is expected of it there"
    how = f"{told.sent:,.0f} {where} ({told.sent / told.planned:.0%})"
    return f"{offer}: {how}; what it sold is compared with what so many bring"
