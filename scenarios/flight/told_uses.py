"""Uses that the actuals tell: the units under lines that they come to, where it is plain which line they are of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.flight.series import ran_as_planned
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.take_up import fixed_take_up
from scenarios.response.totals import Sold

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]


def told_units(model: Coefficients, plan: NDArray[np.int8], what: Sold, actuals: Actuals) -> tuple[Float, Float]:
    """Units under the public and under the targeted lines of a plan, by the uses that the file tells.

    Parameters
    ----------
    plan
        The flat plan [N] that ran.
    what
        What it is expected to sell: uses of a row that is not split by segment are divided as it says.

    Returns
    -------
    public, targeted : [S, K, T]
        NaN where the file does not tell, where lines of both layers meet that may both be used (a display grants
        nothing), where something else ran than planned, and where a shelf price is everybody's, whatever is counted.
    """
    nothing = np.full(model.grid.shape, np.nan)
    if not actuals.has("uses"):
        return nothing, nothing
    grid, choices = model.grid, what.choices
    k = np.arange(len(grid.products))[:, None]
    known = actuals.observed & ran_as_planned(actuals, plan)
    uses = model.economics.uses
    per_unit = uses[0][k, choices.public, 0], uses[1][k, 0, choices.targeted]
    public, targeted = (np.broadcast_to(per > 0, grid.shape) for per in per_unit)
    found = []
    for here, other, units, per_use, may_differ in (
        (public, targeted, what.public, per_unit[0], _asked(grid, 0)[choices.public]),
        (targeted, public, what.targeted, per_unit[1], _asked(grid, 1)[choices.targeted]),
    ):
        per = np.broadcast_to(per_use, grid.shape)
        alone = here & ~other & may_differ & known
        found.append(_of_lines(actuals, alone, here | other, units, np.where(alone, per, 1.0)))
    return found[0], found[1]


def _of_lines(actuals: Actuals, alone: Flag, any_line: Flag, units: Float, per_unit: Float) -> Float:
    """Divide told uses [S, K, T] by the uses of a unit; a row for all segments is shared out as units are expected."""
    told = actuals.of_segments("uses")[:, :-1]
    split = np.isfinite(told).any(axis=0)
    total, wanted = actuals.of_everybody("uses")[:-1], np.where(alone, units * per_unit, 0.0).sum(axis=0)
    whole = ~split & np.isfinite(total) & (alone == any_line).all(axis=0) & (wanted > 0)
    share = np.divide(np.nan_to_num(total), wanted, out=np.ones_like(wanted), where=whole)
    by_segment = np.where(alone & np.isfinite(told), np.nan_to_num(told) / per_unit, np.nan)
    return np.where(alone & whole, units * share, by_segment)


def _asked(grid: Grid, block: int) -> Flag:
    """[choices] whether how many use an offer is a question: not of a shelf price for everybody, nor of a display."""
    offers = [grid.scenario.offers[choice.offer] for choice in grid.choices[block]]
    return np.array([False] + [each.quantity is not None or fixed_take_up(each) is None for each in offers])
