"""A ratio of a running campaign: what it comes to so far, and whether it will break at the end of its days.

Both sums are moved by what was seen of either, in the same futures: where the part of a ratio ran ahead because all
sales did, the whole runs ahead with it. A ratio can mend until its last day, so that no day is told on which it breaks.
Where it counts what promotions gained (ROI), what no promotion would have made is drawn in the same futures, and moved
as far as what was seen tells of it: nobody sees it.
"""

from __future__ import annotations

import numpy as np

from constraints.limits.draws import Drawn
from constraints.limits.entries import LimitEntry, LimitRow
from constraints.limits.verdicts import tightest_uses
from planner.flight.watch.readings import SAME, LimitReading, interval
from planner.flight.watch.row_sums import RowSum
from scenarios.arrays import Float
from surrogate.flight.watch.foresee import Beside, moved


def read_ratio(
    entry: LimitEntry,
    row: LimitRow,
    part: RowSum,
    whole: RowSum,
    beside: Beside | None,
    without: Float | None,
    *,
    planned_without: float,
    over: bool,
) -> LimitReading:
    """Read one row of a ratio.

    Parameters
    ----------
    part, whole
        What is divided, and by what.
    beside
        What else was seen of each future.
    without : [D, T]
        The part without any promotion, where only what promotions gained counts.
    planned_without
        The same by the plan's account, so far.
    over
        Whether no day is to come that counts.
    """
    count = len(part.seen)
    end, end_whole = (
        one.foreseen(_with(beside, other)).total for one, other in ((part, whole), (whole, part))
    )  # fmt: skip
    nothing = np.zeros((len(end), 2)) if without is None else _moved_without(without, count, part, whole, beside)
    end, used = end - nothing[:, 1], part.used - float(nothing[:, 0].mean())
    drawn = part.expected.sum(axis=1) - (0.0 if without is None else without[:, :count].sum(axis=1))
    asked, sign = float(entry.bound), 1.0 if entry.sense == "max" else -1.0
    at_end = _ratios(entry, end, end_whole)
    missed = sign * (at_end - asked) > SAME * max(abs(asked), SAME)
    so_far = float(_ratios(entry, np.array([used]), np.array([whole.used]))[0]) if whole.used > 0 else 0.0
    sure = over and without is None
    own = "" if entry.limit.share_of is None else f" / {entry.whole}"
    return LimitReading(
        id=entry.id,
        measure=str(entry.measure),
        words=f"{entry.measure}{own} {entry.sense}" + ("" if row.at is None else f", {row.at}"),
        span=row.at,
        sense=entry.sense,
        bound=asked,
        planned_bound=asked,
        used=so_far,
        told=part.told and whole.told and without is None,
        planned=(part.planned - planned_without) / whole.planned if whole.planned > 0 else 0.0,
        forecast=interval(_ratios(entry, drawn, whole.expected.sum(axis=1))),
        end=interval(at_end),
        at_risk=entry.limit.at_risk,
        end_at_risk=end_at_risk(entry, at_end),
        probability=float(missed.mean()),
        on=None,
        earliest=None,
        broken=sure and bool(missed.all()),
        ratio=True,
    )


def end_at_risk(entry: LimitEntry, end: Float) -> float | None:
    """What a limit that is to hold in a share of the futures comes to at the end in so many of them."""
    if entry.limit.at_risk is None:
        return None
    return float(np.quantile(end, 1.0 - entry.limit.at_risk if entry.sense == "min" else entry.limit.at_risk))


def _ratios(entry: LimitEntry, part: Float, whole: Float) -> Float:
    """[D] of two sums; the bound where there is nothing to divide by, and nothing over it."""
    return tightest_uses(entry, np.zeros(1), Drawn(part=part[:, None], whole=whole[:, None]))


def _with(beside: Beside | None, other: RowSum) -> Beside:
    """What else was seen of each future, the other sum of the ratio before all."""
    drawn, seen = other.drawn_so_far[:, None], np.array([other.seen.sum()])
    if beside is None:
        return Beside(drawn=drawn, seen=seen)
    return Beside(
        drawn=np.concatenate([drawn, beside.drawn], axis=1), seen=np.concatenate([seen, beside.seen])
    )  # fmt: skip


def _moved_without(without: Float, count: int, part: RowSum, whole: RowSum, beside: Beside | None) -> Float:
    """[D, 2] what no promotion would have made so far, and in all, as far as what was seen tells of it."""
    told = _with(_with(beside, whole), part)
    sums = np.stack([without[:, :count].sum(axis=1), without.sum(axis=1)], axis=1)
    return moved(sums, told.drawn, told.seen)
