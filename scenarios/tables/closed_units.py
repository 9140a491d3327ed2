"""What is left of a baseline where the shop is closed on some days: nothing on them, whatever a table or model says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.language.schema import Horizon, Product, Segment


def while_open(units: Float, horizon: Horizon) -> Float:
    """[..., T] units without what lies on closed days."""
    return np.where(np.array(horizon.opened(), dtype=bool), units, 0.0) if horizon.closed else units


def closed_units_note(units: Float, products: Sequence[Product], horizon: Horizon) -> tuple[str, ...]:
    """Say how much a model foresees on closed days, which nobody will sell.

    Parameters
    ----------
    units : [M, S, K, T]
        Expected units with no promotion at all, of every ensemble member.
    """
    lost = (units - while_open(units, horizon)).sum(axis=(1, 3)).mean(axis=0)
    named = [f"{product.id} {n:,.0f}" for product, n in zip(products, lost.tolist(), strict=True) if n >= 0.5]
    if not named:
        return ()
    return (f"units that are foreseen on closed days (horizon.closed) do not count: {first_few(named)}",)


def orders_of_open_days(
    units: Float, segments: Sequence[Segment], products: Sequence[Product], horizon: Horizon
) -> dict[str, float]:
    """By segment id, orders of an open period over those of any period, by the value of what a model foresees.

    Learned orders are those of a mean period; a closed one holds none of them, so that the others hold more each.
    """
    price = np.array([float(product.price or 0) for product in products])
    everywhere, there = (each.mean(axis=(0, -1)) @ price for each in (units, while_open(units, horizon)))
    stretch = horizon.periods / max(sum(horizon.opened()), 1)
    pairs = zip(segments, everywhere.tolist(), there.tolist(), strict=True)
    return {segment.id: stretch * left / whole for segment, whole, left in pairs if whole > 0}
