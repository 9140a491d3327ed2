"""The forecast of a campaign that keeps customers out: targeted offers reach those who are left, no more.

A coverage counts the whole segment. Where more of it was to be reached than the holdout leaves, lift and take-up of the
segment shrink in proportion; messages and fixed costs stay as planned.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.answer.archive import Flown, Frozen
from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import HOLDOUT, Actuals
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.grid import Grid
from scenarios.language.text.csv_files import read_csv
from scenarios.language.words import Layer
from scenarios.response.effects import Effects


def kept_out_shares(actuals: Actuals) -> Float:
    """[S] share of each segment's customers who were kept out, as the actuals tell; 0 where they tell of none."""
    counted, _ = _counted(actuals)
    total = counted.sum(axis=0)
    return np.asarray(np.divide(counted[HOLDOUT], total, out=np.zeros(len(total)), where=total > 0))


def _counted(actuals: Actuals) -> tuple[Float, Float]:
    """Customers of both groups [G, S], summed over the cells that tell of both, and how many cells [S] these are."""
    segments = len(actuals.grid.segments)
    if not (actuals.has_holdout and actuals.has("customers")):
        return np.zeros((2, segments)), np.zeros(segments)
    people = actuals.tables["customers"][:, :segments]
    both = np.isfinite(people).all(axis=0)
    return np.where(both, people, 0.0).sum(axis=(2, 3)), both.sum(axis=(1, 2)).astype(float)


def kept_out_before(frozen: Frozen, grid: Grid) -> Float:
    """[S] share of each segment's customers who were kept out when a running campaign was planned again; else 0.

    The effects of such a folder reckon with them already.
    """
    if frozen.flown is None:
        return np.zeros(len(grid.segments))
    return kept_out_shares(_actuals_of(frozen.flown, grid))


def kept_out_customers(frozen: Frozen, grid: Grid) -> Float:
    """[S] how many customers were kept out when a running campaign was planned again; 0 where its actuals tell none."""
    if frozen.flown is None:
        return np.zeros(len(grid.segments))
    counted, cells = _counted(_actuals_of(frozen.flown, grid))
    return np.asarray(np.rint(np.divide(counted[HOLDOUT], cells, out=np.zeros(len(cells)), where=cells > 0)))


def _actuals_of(flown: Flown, grid: Grid) -> Actuals:
    """The actuals by which a running campaign was planned again."""
    return read_actuals(read_csv(flown.actuals, flown.record.actuals), grid)


def reckoned(frozen: Frozen, grid: Grid, plan: Plan, shares: Float, consented: Float | None = None) -> Effects:
    """Effects of a folder under which targeted offers reach only customers who were not kept out, reckoned once.

    Parameters
    ----------
    plan
        The flat plan [N].
    shares : [S]
        Of each segment's customers, kept out.
    consented : [S, O]
        As for `with_kept_out`.
    """
    if not shares.any() and consented is None:
        return frozen.effects
    kept_out = np.where(kept_out_before(frozen, grid) > 0, 0.0, shares)
    return with_kept_out(frozen.effects, grid, plan, kept_out, consented)


def with_kept_out(effects: Effects, grid: Grid, plan: Plan, shares: Float, consented: Float | None = None) -> Effects:
    """Effects under which targeted offers reach only customers who were not kept out.

    Parameters
    ----------
    plan
        The flat plan [N]. Of each of its lines the own coverage counts; where an offer has no line, the mean one of its
        lines in the segment.
    shares : [S]
        Of each segment's customers, kept out.
    consented : [S, O]
        Of each segment's customers, whom an offer may be sent to; None where it may be to all. Whoever is kept out is
        drawn from all of them.
    """
    if not shares.any() and consented is None:
        return effects
    s, k, periods = grid.shape
    factor = np.ones((s, k + 1, periods, len(grid.scenario.offers)))
    lines: dict[tuple[int, int], list[tuple[int, int, float]]] = {}
    for line in grid.lines(plan):
        number = grid.offer_index[line.offer]
        if grid.scenario.offers[number].layer is Layer.TARGETED:
            place = grid.row(line.product)
            where = place, grid.scenario.horizon.period_of(line.date), line.coverage
            lines.setdefault((grid.segment_index[line.segment], number), []).append(where)
    for (segment, number), own in lines.items():
        left = (1.0 - shares[segment]) * (1.0 if consented is None else consented[segment, number])
        factor[segment, :, :, number] = min(1.0, left / float(np.mean([coverage for *_, coverage in own])))
        for place, period, coverage in own:
            factor[segment, place, period, number] = min(1.0, left / coverage)
    return replace(effects, lift=effects.lift * factor, take_up=effects.take_up * factor)
