"""The second fit: on from where the first one ended, with the weeks that it was tested on.

A plan should start from the latest level of demand. Nothing is left to test this fit on: metrics and calibrations are
those of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scenarios.arrays import Float
from surrogate.effects.ensemble import EnsembleParams, refit_ensemble
from surrogate.effects.fit import Member
from surrogate.effects.own_weeks import own_slopes
from surrogate.effects.spans import FitCells, fit_cells
from surrogate.held_out.first_fit import FirstFit


@dataclass(frozen=True, kw_only=True, eq=False)
class SecondFit:
    """What was learned from all weeks. C categories."""

    cells: FitCells
    """What it was fitted on."""
    members: tuple[Member, ...]
    slope: Float
    """[C] each category's answer to log price, as its own weeks say."""
    slope_error: Float
    """[C] deviation of what is unsure of each category's answer to log price."""


def second_fit(
    first: FirstFit, params: EnsembleParams, steps: int, seed: int, tick: Callable[[str, float], None]
) -> SecondFit:
    """Fit again from the first fit's weights on, on all weeks.

    Parameters
    ----------
    first
        Described at the end of the data (`FirstFit.described_at`).
    params
        Those of the first fit.
    steps
        Of this one.
    tick
        Hears which network is fitted, and the share that is done.
    """
    seen, shelf = first.seen, first.shelf
    cells = fit_cells(first.spans, first.events, first.rows, shelf, seen=seen, groups=first.groups)
    short = replace(params, fit=replace(params.fit, steps=steps))
    members = refit_ensemble(first.members, cells, seen.plain(shelf), short, seed, tick)
    slopes = own_slopes(cells.units.sum(axis=0), seen.marked(seen.plain(shelf)))
    slope, unsure = slopes.shrunk(params.fit.own_response)
    return SecondFit(cells=cells, members=members, slope=slope, slope_error=unsure)
