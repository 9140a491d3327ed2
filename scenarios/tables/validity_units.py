"""Units that customers buy while an offer that was sent to them is valid: what their uses of it are a share of."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Horizon, Offer


def while_valid(units: Float, offer: Offer, horizon: Horizon) -> Float:
    """[..., T] units of the whole validity that each period lies in, from units [..., T] of the periods.

    Open days that the end of the horizon cuts off, or that lie before its start, are taken to sell as much as those
    inside. Without ``valid`` each period is a validity of its own.
    """
    if offer.valid is None:
        return units
    found, count = units.copy(), offer.valid.periods_of(horizon)
    sendings = [offer.valid.sending_of(horizon, period) for period in range(horizon.periods)]
    for sending in {each for each in sendings if each is not None}:
        inside = [period for period, own in enumerate(sendings) if own == sending and not horizon.is_closed(period)]
        opened = sum(not horizon.is_closed(period) for period in range(sending, sending + count))
        if inside:
            mean = units[..., inside].mean(axis=-1, keepdims=True)
            found[..., inside] = np.broadcast_to(mean * opened, (*units.shape[:-1], len(inside)))
    return found
