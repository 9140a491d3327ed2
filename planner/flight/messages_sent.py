"""Messages that were sent beside those of the plan: where fewer went out, an offer seems weaker than it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import TREATED, Actuals
from scenarios.flight.kept_out import kept_out_shares
from scenarios.language.words import BASKET, EVERYBODY

TELLING = 0.03
"""Share of an offer's messages that must be missing, or too many: some bounce, and audiences change a little."""


def messages_sent(actuals: Actuals, plan: NDArray[np.int8]) -> tuple[str, ...]:
    """Return a sentence for each targeted offer of which plainly fewer, or more, messages were sent than planned.

    Parameters
    ----------
    plan
        The flat plan [N] that runs. Lines that ran and whose rows tell ``contacts`` count.
    """
    table, grid = actuals.tables.get("contacts"), actuals.grid
    if table is None:
        return ()
    kept = kept_out_shares(actuals)
    ran = (
        None if actuals.ran is None else {(each.segment, each.product, each.period, each.offer) for each in actuals.ran}
    )
    messages: dict[tuple[str, int, int], list[float]] = {}
    for line in grid.lines(plan):
        period = grid.scenario.horizon.period_of(line.date)
        if line.segment == EVERYBODY or period > actuals.last:
            continue
        segment = grid.segment_index[line.segment]
        product = None if line.product == BASKET else grid.product_index[line.product]
        own = {(each, product, period, grid.offer_index[line.offer]) for each in (segment, None)}
        sent = float(table[TREATED, segment, -1 if product is None else product, period])
        if np.isfinite(sent) and (ran is None or not own.isdisjoint(ran)):
            # A message that carries an offer for several products may be written on one of their rows alone.
            told = messages.setdefault((line.offer, segment, period), [0.0, 0.0])
            planned = min(line.coverage, 1.0 - float(kept[segment])) * grid.segments[segment].customers
            told[:] = max(told[0], sent), max(told[1], planned)
    sums: dict[str, list[float]] = {}
    for (offer, _, _), (sent, planned) in messages.items():
        of_offer = sums.setdefault(offer, [0.0, 0.0])
        of_offer[:] = of_offer[0] + sent, of_offer[1] + planned
    return tuple(_sentence(offer, sent, planned) for offer, (sent, planned) in sums.items() if _plainly(sent, planned))


def _plainly(sent: float, planned: float) -> bool:
    return planned > 0 and abs(sent / planned - 1.0) > TELLING


def _sentence(offer: str, sent: float, planned: float) -> str:
    seems = "weaker" if sent < planned else "stronger"
    return (
        f"{offer}: {sent:,.0f} messages were sent where the plan has {planned:,.0f} ({sent / planned:.0%}); sales are "
        f"compared with the plan's audience all the same, so the offer seems {seems} than it is"
    )
