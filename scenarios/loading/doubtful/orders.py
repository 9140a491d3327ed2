"""Orders that do not go with what is sold: rows that hold too much, and all of them together too little or too much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.schema import Scenario
from scenarios.language.words import Unit
from scenarios.loading.load import LoadedScenario
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.supply import while_sold

FAR = 5.0
"""Times the baseline's units that one row of the baskets table may hold."""
APART = 2.0
"""Factor between what orders hold and what the baseline sells, by value, from which on one of them is hardly meant."""
A_WEEK = (5.0, 9.0)
"""Factors that a day and a week in place of each other come to."""

_LEARNED_FEW = (
    "train the model again (campaign train): since this version its orders go with the baseline, before they were the "
    "mean of the data's last weeks; or give baskets"
)
_LEARNED_MANY = (
    "most of what the data's orders hold is not planned: plan those goods, too, or give baskets of the orders that "
    "hold planned ones"
)


def doubtful_orders(loaded: LoadedScenario) -> Iterator[str]:
    """Say where rows of the baskets table hold far more than is sold, and where all orders are worth far from it."""
    scenario, baskets, effects = loaded.scenario, loaded.baskets, loaded.effects
    if baskets is None or effects is None or not isinstance(scenario.segments, tuple):
        return
    source = scenario.baskets.table if scenario.baskets is not None else "learned orders"
    if not isinstance(scenario.products, tuple):
        return
    products = [product.id for product in scenario.products]
    units = while_sold(effects.base_units.mean(axis=0), scenario.products, scenario.horizon)
    full = False
    for s, segment in enumerate(scenario.segments):
        for entry in baskets.bins.get(segment.id, ()):
            if said := _too_full(entry, float(units[s].sum())):
                full = True
                yield f"{source}: {segment.id}, order_value {entry.value:g}: {said} of {segment.id}"
        for product, entries in baskets.quantities.get(segment.id, {}).items():
            usual = float(units[s, products.index(product)])
            for entry in entries:
                if said := _too_full(entry, usual):
                    yield f"{source}: {segment.id}, {product}: {said} of {product} to {segment.id}"
    if not full:
        prices = np.array([float(product.price or 0) for product in scenario.products])
        yield from _apart(scenario, baskets, float(units.sum(axis=0) @ prices), source)


def _too_full(entry: OrderBin, usual: float) -> str:
    held = entry.orders * entry.units
    if not (held > FAR * usual):
        return ""
    return (
        f"{entry.orders:,g} orders with {entry.units:,g} units each are {held:,.0f} units a period, and the baseline "
        f"knows {np.format_float_positional(usual, precision=1, trim='-')}"
    )


def _apart(scenario: Scenario, baskets: Baskets, sold: float, source: str) -> Iterator[str]:
    """An offer on orders saves on the orders that are told and lifts the units of the baseline: both are one shop's.

    ``sold`` is the value of what the baseline sells in a period in which all products are sold.
    """
    if not any(offer.is_basket for offer in scenario.offers):
        return
    held = sum(entry.value * entry.orders for entries in baskets.bins.values() for entry in entries)
    if not (sold > 0 and held > 0) or 1 / APART <= held / sold <= APART:
        return
    period, few = scenario.horizon.unit.value, held < sold
    wrong = scenario.horizon.unit is (Unit.WEEK if few else Unit.DAY)
    if scenario.baskets is None:
        remedy = _LEARNED_FEW if few else _LEARNED_MANY
    elif wrong and A_WEEK[0] <= (sold / held if few else held / sold) <= A_WEEK[1]:
        remedy = f"write the orders of a {period}, as periods are {period}s"
    elif few:
        remedy = "check that all orders of the segments are there"
    else:
        remedy = "leave orders without planned products out, or plan on a baseline of all goods"
    why = (
        "an offer on orders lifts all of the baseline and saves on these orders alone, so it looks better than it is"
        if few
        else "an offer on orders saves on other goods too and sells none of them, so it looks worse than it is"
    )
    yield (
        f"{source}: orders of a {period} hold {held:,.0f} {scenario.currency}, and the baseline sells {sold:,.0f}: "
        f"{why}; {remedy}"
    )
