"""Revenue that seems to hold the price of one unit, where every file of actuals holds what was paid for all units."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.currency import price_text
from scenarios.flight.actuals import Actuals
from scenarios.response.economics import price_of

SEVERAL, MOSTLY = 3.0, 0.5
"""Units of a row from which on a price is told from revenue, and the share of such rows that counts as most of them."""
LEAST, MOST = 0.1, 1.005
"""Shares of the regular price of one unit between which revenue is read as a price of one."""


def price_of_one(actuals: Actuals) -> tuple[str, ...]:
    """Say that most rows of several units were paid no more than one of these units costs."""
    several = np.nan_to_num(_units(actuals)) >= SEVERAL
    several &= np.isfinite(_revenue(actuals))
    if not (several.any() and float(_priced(actuals)[several].mean()) > MOSTLY):
        return ()
    currency = actuals.grid.scenario.currency
    missing = price_text(round(_missing(actuals)), currency, grouped=True)
    return (
        f"revenue in {actuals.name} seems to be the price of one unit: in most rows of {SEVERAL:g} or more units it is "
        f"no more than a single one costs, so that at these prices {missing} {currency} are missing; write what "
        "customers paid for all units of the row",
    )


def _missing(actuals: Actuals) -> float:
    """What all other units of rows that hold a price came to, at that price."""
    units, revenue = _units(actuals), _revenue(actuals)
    return float(np.nansum(np.where(_priced(actuals), revenue * (units - 1.0), 0.0)))


def _priced(actuals: Actuals) -> Flag:
    """[2, S + 1, K, T] rows of more than one unit whose revenue lies where the price of one does."""
    price = np.array([float(price_of(product)) for product in actuals.grid.products])[:, None]
    with np.errstate(invalid="ignore"):
        revenue = _revenue(actuals) / price
        return np.asarray((_units(actuals) > 1.0) & (revenue > LEAST) & (revenue <= MOST))


def _units(actuals: Actuals) -> Float:
    return actuals.tables["units"][..., :-1, :]


def _revenue(actuals: Actuals) -> Float:
    return actuals.tables["revenue"][..., :-1, :]
