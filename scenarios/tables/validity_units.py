"""Units that customers buy while an offer that was sent to them is valid: what their uses of it are a share of."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import Horizon, Offer
from scenarios.language.text.csv_files import CsvTable


def while_valid(units: Float, offer: Offer, horizon: Horizon) -> Float:
    """[..., T] units of the whole validity that each period lies in, from units [..., T] of the periods.

    Open days that the end of the horizon cuts off, or that lie before its start, are taken to sell as much as those
    inside. Without ``valid`` each period is a validity of its own.
    """
    if offer.valid is None:
        return units
    found, count = units.copy(), offer.valid.periods_of(horizon)
    for sending, inside in _validities(offer, horizon).items():
        opened = sum(not horizon.is_closed(period) for period in range(sending, sending + count))
        mean = units[..., inside].mean(axis=-1, keepdims=True)
        found[..., inside] = np.broadcast_to(mean * opened, (*units.shape[:-1], len(inside)))
    return found


def refuse_by_day(table: CsvTable, horizon: Horizon, offer: Offer, row: Int, redeemed: Float) -> None:
    """Refuse redemptions that differ between days of one validity: they count uses of all of it, not of a day.

    Parameters
    ----------
    row, redeemed : [S, K + 1, T]
        Row of the table and redemption of each cell, NaN where none is given.
    """
    found: list[tuple[int, int, int, int]] = []
    for inside in _validities(offer, horizon).values():
        own = redeemed[..., inside]
        different = ~np.isnan(own) & ~np.isnan(own[..., :1]) & (own != own[..., :1])
        found += [(s, k, inside[0], inside[at]) for s, k, at in np.argwhere(different)[:1].tolist()]
    if not found:
        return
    s, k, *days = found[0]
    texts = table.texts("redemption")
    got = " and ".join(f"{texts[int(row[s, k, day])]} on {horizon.date_of(day)}" for day in days)
    more = "" if len(found) == 1 else f" (and so in {len(found) - 1} more)"
    expected = f"one redemption of {offer.id} for all days of a validity: it counts uses a customer in all of it"
    remedy = "write the uses of the whole validity on each of its days, or a take_up for each day"
    table.problem(int(row[s, k, days[1]]), "redemption", expected, f"{got}{more}", remedy)


def _validities(offer: Offer, horizon: Horizon) -> dict[int, list[int]]:
    """Open periods of the horizon by the period of their sending."""
    found: dict[int, list[int]] = {}
    for period in range(horizon.periods):
        sending = None if offer.valid is None else offer.valid.sending_of(horizon, period)
        if sending is not None and not horizon.is_closed(period):
            found.setdefault(sending, []).append(period)
    return found
