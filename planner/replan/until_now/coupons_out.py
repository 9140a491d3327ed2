"""Coupons that are out: what was sent before the rest is planned stays valid in it, and no plan can stop it."""

from __future__ import annotations

import datetime as dt

import numpy as np

from scenarios.arrays import Plan
from scenarios.first_few import first_few
from scenarios.grid import Grid
from scenarios.language.schemas.validity import sent_on


def said_of_validities(grid: Grid, running: Plan, locked: int) -> tuple[str, ...]:
    """Return a sentence for each sending up to a period that stays valid after it.

    Parameters
    ----------
    running
        The flat plan [N]: what ran, and what was planned after it.
    locked
        Last period that cannot be changed any more.
    """
    horizon = grid.scenario.horizon
    found: dict[tuple[str, dt.date], dict[str, None]] = {}
    for slot in np.flatnonzero(running):
        line = grid.line(int(slot), int(running[slot]))
        sent = sent_on(grid.offer(line.offer).valid, horizon, line.date)
        if sent is not None and horizon.period_of(sent) <= locked < horizon.period_of(line.date):
            found.setdefault((line.offer, sent), {})[line.product] = None
    said = []
    for (offer, sent), products in found.items():
        valid = grid.offer(offer).valid
        until = sent if valid is None else valid.until(horizon, horizon.period_of(sent))
        what = f"{offer} on {first_few(list(products))} was sent on {sent}"
        said.append(f"{what} and stays valid until {until}: its lines are in every plan of the rest")
    return tuple(said)
