"""What chance measured: the lift of customers who were sent an offer over those whom chance left out of it.

Within each stratum of each run the groups differ by chance alone, so their difference is what the offer brought. It is
adjusted for what customers bought before (CUPED, `surrogate.flight.measure.effects_measured`). Strata and runs are
pooled by the size of their groups, ``n1 n0 / (n1 + n0)`` (Mantel and Haenszel, 1959, doi:10.1093/jnci/22.4.719): these
weights stand in the ratio of their precisions where customers scatter alike, and unlike measured variances they do not
follow the lift that chance made of a group. The lift is one ratio of two sums over everything, whose error is told from
what each customer adds to it, so that customers who were compared in many runs count once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.flight.measure.effects_measured import past_slope

Cell = tuple[Int, Int]
"""Places of customers who were sent the offer, and of those left out, of one stratum."""

FEWEST = 5
"""Customers of each group without whom a stratum is not compared."""
SURE_BASELINE = 5.0
"""Standard errors that the baseline of those left out must amount to: a ratio to less is no normal number."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Customers who were sent an offer in one run, and those whom chance left out of it. M customers."""

    offer: str
    product: str | None
    """The scenario's product that the offer was on; None: all of them, or orders."""
    first_day: int
    last_day: int
    """On which the offer ran, as ordinals."""
    weeks: int = 1
    """Weeks that are compared."""
    weeks_cut: int = 0
    """Weeks that are not, because a cut of the shelf price took them (`surrogate.evidence.cut_weeks`)."""
    customer: Int
    """[M]"""
    sent: Flag
    """[M]"""
    stratum: Int
    """[M] segment as it was known before the run; the number of segments stands for new customers."""
    units: Float
    """[M] of the product, bought while the offer ran; what they were worth for an offer on orders."""
    offered: Float
    """[M] the same of the goods that the offer was on, times how strong the offer is in the weeks that are compared."""
    past: Float
    """[M] of the product, before any offer told the groups apart."""
    spend: Float
    """[M] on all goods in these weeks."""


@dataclass(frozen=True, kw_only=True)
class MeasuredLift:
    """A lift per contacted customer."""

    lift: float
    standard_error: float
    sent: int
    """Different customers compared."""
    held: int
    runs: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pooled:
    """Sums over strata and runs. N customers."""

    extra: float
    """What those sent the offer bought beyond those left out."""
    base: float
    """What those left out bought of the goods on offer."""
    of_extra: Float
    """[N] what each customer adds to the error of ``extra``."""
    of_base: Float
    """[N] ... and to that of ``base``."""
    sent: Flag
    held: Flag
    runs: int


def measured_lift(runs: Sequence[Comparison], strata: Sequence[int] | None = None) -> MeasuredLift | None:
    """Return the lift of customers who were sent an offer; None where those left out bought too little to tell.

    What other goods of the product lose to those on offer is taken off.

    Parameters
    ----------
    runs
        Of one offer on one product.
    strata
        Which are looked at; all by default.
    """

    def outcomes(run: Comparison, cells: Sequence[Cell]) -> tuple[Float, Float]:
        return _adjusted(run.units, run, cells), _adjusted(run.offered, run, cells)

    found = _pooled(runs, strata, outcomes)
    if not (found.base > 0 and found.base >= SURE_BASELINE * _norm(found.of_base)):
        return None
    lift = found.extra / found.base
    return MeasuredLift(
        lift=lift,
        standard_error=_norm(found.of_extra - lift * found.of_base) / found.base,
        sent=int(found.sent.sum()),
        held=int(found.held.sum()),
        runs=found.runs,
    )


def apart_before(runs: Sequence[Comparison]) -> tuple[float, float]:
    """Return the share that those sent an offer spent more before it than those left out, and its standard errors.

    Where chance told the groups apart within strata, these are more than three once in 370.
    """
    found = _pooled(runs, None, lambda run, _: (run.spend, run.spend))
    error = _norm(found.of_extra)
    return (found.extra / found.base if found.base > 0 else 0.0), (found.extra / error if error > 0 else 0.0)


def _pooled(
    runs: Sequence[Comparison],
    strata: Sequence[int] | None,
    read: Callable[[Comparison, Sequence[Cell]], tuple[Float, Float]],
) -> _Pooled:
    """Add up what ``read`` gives of each run: the outcome, and the same of the goods on offer alone."""
    size = 1 + max((int(run.customer.max(initial=-1)) for run in runs), default=-1)
    of_extra, of_base = np.zeros((2, size))
    sent, held = np.zeros((2, size), dtype=bool)
    extra, base, compared = 0.0, 0.0, 0
    for run in runs:
        cells = list(_cells(run, strata))
        units, offered = read(run, cells)
        for treated, without in cells:  # a customer stands in one cell of a run only
            n1, n0 = len(treated), len(without)
            weight = n1 * n0 / (n1 + n0)
            mean1, mean0, below = units[treated].mean(), units[without].mean(), offered[without].mean()
            extra, base = extra + weight * (mean1 - mean0), base + weight * below
            one, other = weight / np.sqrt(n1 * (n1 - 1.0)), weight / np.sqrt(n0 * (n0 - 1.0))
            of_extra[run.customer[treated]] += one * (units[treated] - mean1)
            of_extra[run.customer[without]] -= other * (units[without] - mean0)
            of_base[run.customer[without]] += other * (offered[without] - below)
            sent[run.customer[treated]], held[run.customer[without]] = True, True
        compared += bool(cells)
    return _Pooled(
        extra=float(extra), base=float(base), of_extra=of_extra, of_base=of_base, sent=sent, held=held, runs=compared
    )


def _norm(values: Float) -> float:
    return float(np.sqrt(values @ values))


def _cells(run: Comparison, strata: Sequence[int] | None) -> Iterator[Cell]:
    """Yield the places of those sent the offer and of those left out, by stratum in which there are enough of both."""
    for stratum in np.unique(run.stratum) if strata is None else strata:
        here = run.stratum == stratum
        groups = np.flatnonzero(here & run.sent), np.flatnonzero(here & ~run.sent)
        if min(map(len, groups)) >= FEWEST:
            yield groups


def _adjusted(values: Float, run: Comparison, cells: Sequence[Cell]) -> Float:
    """Return outcomes [M] less what the past explains of them inside the groups, by the slope that all share."""
    if not cells:
        return values
    groups = [group for cell in cells for group in cell]
    slope = past_slope(*(np.concatenate([each[g] - each[g].mean() for g in groups]) for each in (values, run.past)))
    out = values.copy()
    for cell in cells:
        both = np.concatenate(cell)
        out[both] -= slope * (run.past[both] - run.past[both].mean())
    return out
