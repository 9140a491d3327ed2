"""Where a targeted offer could not be used: on goods that were cut anyway, at retailers whose coupons exclude cuts.

A cut of the shelf price that no declared offer explains stands in the rows as a discount, and its bump is the common
response. On top of it a coupon may work as ever, or not at all ("not to be combined with other offers"). The rows say
which: what contacted customers bought on cut goods, and how much of it with the offer, against the same offer's part on
goods at their usual price. Where next to nothing was used, the offer did not reach these goods in these weeks; counted
as reached, large sales at cut prices without any use would pass for a weak offer.

Cuts that save less than the offer, and cuts that save at least as much, are judged apart: where a customer takes the
better of the two, coupons are used under the former only. There they are used as ever and yet bring less than alone,
about half beside a cut that is half as deep: what is left of them beside a cut is no answer to their saving. So where
rows show that coupons take the place of cuts (`surrogate.shelf.on_top`), cuts from there on close cells, too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from surrogate.data.adding_up.aggregate import CUT
from surrogate.shelf.on_top import NEAR

_USUAL = 0.02
"""Up to this share the price is the usual one."""
_LEAST_EXPECTED = 50.0
"""Units that must have been expected with the offer before their absence says something."""
_NEXT_TO_NOTHING = 0.25
"""Share of the expected use up to which goods are taken not to be reached."""


def closed_cells(
    kind: Int, week: Int, saving: Float, depth: Float, bought: pd.DataFrame, *, until: int, instead: Flag | None = None
) -> Flag:
    """Return which cells [D] an offer did not reach, because it was not used on goods at such a cut, or in its place.

    Parameters
    ----------
    kind
        [D] mechanic of the offer; offers of one are judged together.
    week
        [D] number of the week.
    saving
        [D] share of the price that the offer saves.
    depth
        [D] share off the shelf price that no declared offer explains.
    bought
        customer, cell, quantity, used: what named customers bought while their offer ran.
    until
        Last week number that may be looked at.
    instead
        [D] offers that rows show to take the place of a cut; nowhere by default.
    """
    size = kind.size
    cell = bought["cell"].to_numpy(dtype=np.int64)
    units, used = (
        np.bincount(cell, bought[name].to_numpy(dtype=float), size).astype(np.float64) for name in ("quantity", "used")
    )
    seen, usual = week <= until, depth <= _USUAL
    closed = np.zeros(size, dtype=bool)
    if instead is not None:
        closed |= instead & (depth >= np.maximum(CUT, NEAR * saving))
    for one in np.unique(kind).tolist():
        mine = kind == one
        plain, cuts = mine & usual & seen, mine & (depth >= CUT)
        for cut in (cuts & (depth < saving), cuts & (depth >= saving)):
            if hardly_used(units, used, plain=plain, cut=cut & seen):
                closed |= cut
    return closed


def hardly_used(units: Float, used: Float, *, plain: Flag, cut: Flag) -> bool:
    """Whether next to nothing was used on cut goods, of what the use on goods at their usual price lets expect.

    Parameters
    ----------
    units, used
        [N] what contacted customers bought, and how much of it with their offer.
    plain, cut
        [N] at the usual price; at a cut one.
    """
    expected = units[cut].sum() * used[plain].sum() / max(units[plain].sum(), 1.0)
    return bool(expected >= _LEAST_EXPECTED and used[cut].sum() <= _NEXT_TO_NOTHING * expected)
