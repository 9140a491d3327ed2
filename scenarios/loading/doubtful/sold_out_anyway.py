"""Stock that does not even last for what is sold without any promotion: a digit too few, or arrivals left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import NAMED
from scenarios.loading.load import LoadedScenario
from scenarios.supply import supply_of

WORTH_A_NOTE = 0.05
"""Share of a product's baseline that must be lost: less are the last days before goods come, or before the end."""


def sold_out_anyway(loaded: LoadedScenario) -> tuple[str, ...]:
    """Return a sentence for each product whose stock and arrivals are less than its baseline, in time order.

    Nothing is said where the baseline is still to be learned.
    """
    found = sorted(_lost(loaded), key=lambda each: -each[0])
    notes = [text for _, text in found[:NAMED]]
    more = len(found) - NAMED
    if more == 1:
        notes.append("so does 1 more product, less than these")
    elif more > 0:
        notes.append(f"so do {more} more products, each less than these")
    return tuple(notes)


def _lost(loaded: LoadedScenario) -> Iterator[tuple[float, str]]:
    """Share that is lost, and the sentence."""
    scenario = loaded.scenario
    if loaded.effects is None or not isinstance(scenario.products, tuple):
        return
    horizon, baseline = scenario.horizon, loaded.effects.base_units.mean(axis=0).sum(axis=0)
    for product, wanted in zip(scenario.products, baseline, strict=True):
        supply = supply_of(product, horizon)
        sold = _sold(wanted, supply)
        lost, whole = float((wanted - sold).sum()), float(wanted.sum())
        if not (lost >= max(WORTH_A_NOTE * whole, 1.0)):
            continue
        short = sold < wanted - 1e-9
        there = supply > 0
        if there.any() and not (short & there).any():
            yield (
                lost / whole,
                f"{product.id} is not there before {horizon.date_of(int(np.argmax(there)))}, and {lost:,.0f} of the "
                f"{whole:,.0f} units of its baseline ({lost / whole:.0%}) lie before and are lost; check its stock and "
                "arrivals",
            )
            continue
        first = horizon.date_of(int(np.argmax(short & there if there.any() else short)))
        when = f"on {first}" if horizon.period_days == 1 else f"in the week of {first}"
        remedy = "check its stock and arrivals" if product.arrivals else "check its stock, and add what arrives later"
        yield (
            lost / whole,
            f"{product.id} sells out without any promotion, first {when}: {lost:,.0f} of the {whole:,.0f} units of its "
            f"baseline ({lost / whole:.0%}) are lost; {remedy}",
        )


def _sold(wanted: Float, supply: Float) -> Float:
    """[T] what can be sold of what is wanted, first come first served."""
    sold, gone = np.zeros_like(wanted), 0.0
    for period, (units, there) in enumerate(zip(wanted, supply, strict=True)):
        sold[period] = min(units, max(there - gone, 0.0))
        gone += float(sold[period])
    return sold
