"""Returns that a scenario takes off sales which the data holds net of them already."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.arrays import Float
from scenarios.currency import price_text
from scenarios.first_few import first_few
from scenarios.language.schema import Scenario
from scenarios.language.schemas.product import Product
from surrogate.data.adding_up.returns import SETTLED, SettledReturns
from surrogate.parts import Section, unpack

BEGINNING = "Returns are taken off twice: "
"""Of the note: it is of the question as much as of the data."""


def returned_twice(
    sections: Mapping[str, Section], scenario: Scenario, products: tuple[Product, ...], prices: Float, units: Float
) -> tuple[str, ...]:
    """Say what a scenario's own rates take off beside the returns that the data is net of; nothing where they are 0.

    Parameters
    ----------
    sections
        Of the model.
    prices : [K]
        With tax.
    units : [K]
        Expected without promotion over the horizon.
    """
    rates = np.array([scenario.money.returns_of(product) for product in products])
    if SETTLED not in sections or not rates.any():
        return ()
    tax = np.array([scenario.money.tax_of(product) for product in products])
    taken = float((rates * prices * units / (1.0 + tax)).sum())
    told = sorted({float(rate) for rate in rates if rate > 0})
    rate = first_few([f"{100 * each:g}%" for each in told])
    rows = unpack(sections[SETTLED], SettledReturns).rows
    amount = price_text(round(taken), scenario.currency, grouped=True)
    return (
        f"{BEGINNING}the data's units are net of {rows:,} rows of returned goods, and return_rate "
        f"{rate} takes {amount} {scenario.currency} (net of tax) of the sales without promotion off once more: write 0 "
        "there, or returns: gross in the data file and train anew.",
    )
