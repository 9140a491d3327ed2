"""Two layers on one cell: how a public and a targeted offer share base units and bump (docs/response-model.md).

Written over arrays of any shape, so that tables for all pairs of choices and draws for chosen pairs are the same code.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Array = Any
"""An array of the namespace ``xp`` (NumPy or JAX)."""


class Pair(NamedTuple):
    """Shares per base unit of a cell; "line" means sold under the line, "both" sold under both lines at once."""

    lift: Array
    base_public: Array
    base_targeted: Array
    base_both: Array
    bump_public: Array
    bump_targeted: Array
    bump_both: Array


def under_line(lift: Array, take_up: Array, xp: Any) -> Array:
    """Share of the base units by which a lift changes what is sold under its line.

    What an offer brings is sold under it. What it drives away would have used it as often as everybody else: of a
    negative lift, the line loses its take-up alone, so that nothing under a line is ever less than nothing.
    """
    return xp.where(lift < 0, take_up * lift, lift)


def pair_up(
    lift_public: Array,
    take_public: Array,
    lift_targeted: Array,
    take_targeted: Array,
    coverage: Array,
    stacked: Array,
    used: Array,
    xp: Any,
    served_public: Array = 1.0,
) -> Pair:
    """Combine the offers of the two layers.

    The targeted offer takes the share ``take_targeted * coverage`` of the base units; ``coverage`` is the share of the
    segment that it serves. Unstacked, it is taken only where it is worth more than the public one (``used``) and adds
    ``coverage * max(0, lift_targeted - lift_public)`` to the public lift; those who come too late for the public one
    (all but ``served_public``) take it in any case. Stacked, lifts multiply. Bump units go to the offer that brought
    them; what a negative lift drives away is missing from each line by its share of the base units (`under_line`).
    """
    late = xp.where(used, 0.0, coverage * (1.0 - served_public))
    taken = take_targeted * coverage * used
    multiplied = (1.0 + lift_public) * coverage * lift_targeted
    exceeding = coverage * xp.maximum(lift_targeted - lift_public, 0.0)
    extra = xp.where(stacked, multiplied, exceeding) * used + late * xp.maximum(lift_targeted, 0.0)
    extra = xp.maximum(extra, -0.5 - lift_public)
    lift = lift_public + extra
    base_both = xp.where(stacked, take_public * taken, 0.0)
    extra_under = under_line(extra, take_targeted, xp)
    public_under = under_line(lift_public, take_public / xp.where(served_public > 0, served_public, 1.0), xp)
    return Pair(
        lift=lift,
        base_public=take_public * (1.0 - taken) + base_both,
        base_targeted=taken + take_targeted * late + 0.0 * lift,
        base_both=base_both + 0.0 * lift,
        bump_public=xp.where(stacked, public_under + take_public * extra, public_under * (1.0 - taken)),
        bump_targeted=extra_under + taken * lift_public,
        bump_both=xp.where(stacked, take_public * extra_under + taken * public_under, 0.0),
    )
