"""One entry of the coefficient tables: what a pair of offers does in a cell, caps included.

Written over arrays of any shape and over ``xp``: the tables of all pairs, the draws of chosen pairs and the search's
alternatives are the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from scenarios.response.interactions import Strengths, dip_share, kept_lift, theft_share
from scenarios.response.two_layers import Pair

Array = Any

NOT_SOLD = -1.0
"""Stands in place of a later baseline where the product has left the range: nobody buys ahead of it."""


class Surroundings(NamedTuple):
    """What a cell's entries depend on beside the pair; all broadcast against the pair's arrays."""

    units: Array
    """Baseline of the cell."""
    rival_units: Array
    """Baseline of all its rivals together."""
    rival_count: Array
    pull_forward: Array
    """Share of the bump that is borrowed from later periods."""
    later_units: tuple[Array, ...]
    """Baseline of the same series 1..W periods later; 0 beyond the horizon, `NOT_SOLD` after the last sale."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CellTables:
    """Per cell and pair, [S, K, T, E] where all pairs are tabled. Shares are per base unit."""

    lift: Array
    base_public: Array
    base_targeted: Array
    base_both: Array
    bump_public: Array
    bump_targeted: Array
    bump_both: Array
    theft: Array
    """Share of each rival's sales in the same period that is stolen."""
    spill: Array
    """Truly new share of the bump, per base unit: what halo multiplies."""
    reach: Array
    """Share of the segment that meets an offer: what tires."""
    beyond: Array
    """Units borrowed from after the horizon, or that no dip could place: charged at full margin."""
    dips: tuple[Array, ...]
    """One per lag 1..W: share of the later baseline that is borrowed."""


def cell_entries(pair: Pair, reach: Array, around: Surroundings, strength: Strengths, xp: Any) -> CellTables:
    """Apply theft and dips, with their caps, to a pair's lift."""
    units, others = around.units, around.rival_units
    kappa = strength.stolen(around.rival_count, xp)
    rho, periods = around.pull_forward, strength.pull_forward_periods
    gain = xp.maximum(pair.lift, 0.0)
    theft = theft_share(pair.lift, units, others, around.rival_count, kappa, xp)
    kept = kept_lift(pair.lift, theft, units, others, kappa, xp)
    scale = xp.where(gain > 0, kept / xp.where(gain > 0, gain, 1.0), 1.0)
    borrowed = rho / periods * gain * units
    dips, beyond = [], 0.0 * pair.lift
    for later in around.later_units:
        dip = dip_share(pair.lift, units, later, rho, periods, strength.dip_cap, xp)
        beyond = beyond + xp.where(later < 0.0, 0.0, xp.maximum(borrowed - dip * later, 0.0))
        dips.append(dip)
    return CellTables(
        lift=kept,
        base_public=pair.base_public,
        base_targeted=pair.base_targeted,
        base_both=pair.base_both,
        bump_public=pair.bump_public * scale,
        bump_targeted=pair.bump_targeted * scale,
        bump_both=pair.bump_both * scale,
        theft=theft,
        spill=(1.0 - kappa - rho) * gain,
        reach=reach,
        beyond=beyond,
        dips=tuple(dips),
    )
