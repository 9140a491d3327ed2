"""What chance measured: the lift of customers who were sent an offer over those whom chance left out of it.

Within each stratum of each run the groups differ by chance alone, so their difference is what the offer brought. It is
adjusted for what customers bought before (CUPED, `surrogate.flight.measure.effects_measured`). Strata and runs are
pooled by the size of their groups, ``n1 n0 / (n1 + n0)`` (Mantel and Haenszel, 1959, doi:10.1093/jnci/22.4.719): these
weights stand in the ratio of their precisions where customers scatter alike, and unlike measured variances they do not
follow the lift that chance made of a group. Nor do lift and error of the whole (`holdouts.one_step_lift`).
Errors add up what each customer adds, so that customers who were compared in many runs count once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.evidence.holdouts.one_step_lift import (
    LEAST_RATIO,
    SURE_BASELINE,
    Believed,
    Groups,
    Step,
    Sums,
    apart_beyond_chance,
    believed,
    one_step_lift,
)
from surrogate.evidence.holdouts.other_sendings import Sendings
from surrogate.flight.measure.effects_measured import past_slope

Cell = tuple[Int, Int]
"""Places of customers who were sent the offer, and of those left out, of one stratum."""

TOLD = 0.01
"""Share of the treated from which on other sendings are told."""
FEWEST = 5
"""Customers of each group without whom a stratum is not compared."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Customers who were sent an offer in one run, and those whom chance left out of it. M customers."""

    offer: str
    product: str | None
    """The scenario's product that the offer was on; None: all of them, or orders."""
    first_day: int
    last_day: int
    """On which the offer ran, as ordinals."""
    days: int = 7
    """Days that are compared."""
    days_cut: int = 0
    """Days that are not, because a cut of the shelf price took them (`surrogate.evidence.holdouts.cut_days`)."""
    others: Sendings = field(default_factory=Sendings)
    """What else those were sent who were sent the offer."""
    customer: Int
    """[M]"""
    sent: Flag
    """[M]"""
    stratum: Int
    """[M] segment as it was known before the run; the number of segments stands for new customers."""
    units: Float
    """[M] of the product, bought while the offer ran; what they were worth for an offer on orders."""
    offered: Float
    """[M] the same of the goods that the offer was on, times how strong the offer is on the days that are compared."""
    past: Float
    """[M] of the product, before any offer told the groups apart."""
    spend: Float
    """[M] on all goods in these weeks."""


@dataclass(frozen=True, kw_only=True)
class MeasuredLift:
    """A lift per contacted customer."""

    lift: float
    standard_error: float
    step: Step
    """What both were taken from, and where."""
    sent: int
    """Different customers compared."""
    held: int
    runs: int


def believed_lift(runs: Sequence[Comparison], alike: Believed | None = None) -> Believed:
    """Return what runs together say of each of them; ``alike`` as in `holdouts.one_step_lift.believed`."""
    return believed([groups for run in runs for groups in _groups(run, None)], alike)


def measured_lift(
    runs: Sequence[Comparison],
    strata: Sequence[int] | None = None,
    alike: Believed | None = None,
    least: float = SURE_BASELINE,
) -> MeasuredLift | None:
    """Return the lift of customers who were sent an offer; None where those left out would buy too little to tell.

    What other goods of the product lose to those on offer is taken off.

    Parameters
    ----------
    runs
        Of one offer on one product.
    strata
        Which are looked at; all by default.
    alike
        What all alike runs say; these runs themselves by default.
    least
        Standard errors that the baseline of those left out must be expected to amount to.
    """
    found = [list(_groups(run, strata)) for run in runs]
    every = [groups for own in found for groups in own]
    lift = one_step_lift(every, alike or believed(every), least)
    if lift is None:
        return None
    return MeasuredLift(
        lift=lift.lift,
        standard_error=lift.standard_error,
        step=lift,
        sent=np.unique(np.concatenate([groups.treated for groups in every])).size,
        held=np.unique(np.concatenate([groups.held for groups in every])).size,
        runs=sum(bool(own) for own in found),
    )


def compared_units(
    runs: Sequence[Comparison], strata: Sequence[int] | None, lift: float
) -> dict[tuple[str | None, int], float]:
    """Return by product and stratum what each counts for in the lift of some runs.

    That is what its customers would buy of the goods on offer without it, each group by what it really bought, as often
    as its groups' sizes count.

    Parameters
    ----------
    runs, strata
        As of `measured_lift`.
    lift
        By how much those who were sent the offer bought more than they would have.
    """
    found: dict[tuple[str | None, int], float] = {}
    for run in runs:
        for treated, held in _cells(run, strata):
            one, other = len(treated), len(held)
            units = float(run.offered[held].sum() + run.offered[treated].sum() / max(1.0 + lift, LEAST_RATIO))
            part = run.product, int(run.stratum[held[0]])
            found[part] = found.get(part, 0.0) + one * other / (one + other) ** 2 * units
    return found


def mean_sendings(
    runs: Sequence[Comparison], strata: Sequence[int] | None, lift: float
) -> dict[str, dict[int | str, float]]:
    """Return what else the treated were sent, on average over what was compared; parameters as of `compared_units`."""
    found: dict[str, dict[int | str, float]] = {"before": {}, "beside": {}}
    whole = 0.0
    for run in runs:
        for (_, stratum), units in compared_units([run], strata, lift).items():
            whole += max(units, 0.0)
            for name, shares in (("before", run.others.before), ("beside", run.others.beside)):
                for key, share in shares.items():
                    found[name][key] = found[name].get(key, 0.0) + max(units, 0.0) * float(share[stratum])
    means = {name: {key: one / max(whole, 1e-9) for key, one in shares.items()} for name, shares in found.items()}
    return {name: {key: round(one, 3) for key, one in own.items() if one >= TOLD} for name, own in means.items()}


def strata_apart(runs: Sequence[Comparison], strata: Sequence[int], alike: Believed) -> float:
    """Return how far lifts of strata lie apart beyond chance, as a standard deviation [1], also where each is thin.

    Each one's difference is taken at the lift of all together, around which it is normal.

    Parameters
    ----------
    runs
        Of one pool.
    strata
        Which are held against each other.
    alike
        What all alike runs say.
    """
    steps, variances = list[float](), list[float]()
    for stratum in strata:
        groups = [each for run in runs for each in _groups(run, (stratum,))]
        found = Sums(groups).at(1.0 + alike.lift, alike.growth) if groups else None
        if found is not None and found.base > 0 and found.variance > 0:
            steps.append(found.difference / found.base)
            variances.append(found.variance / found.base**2)
    return float(np.sqrt(apart_beyond_chance(np.array(steps), np.array(variances)))) if len(steps) > 1 else 0.0


def _groups(run: Comparison, strata: Sequence[int] | None) -> Iterator[Groups]:
    """Yield both groups of each stratum, with what the past explains taken off."""
    cells = list(_cells(run, strata))
    units, offered = _adjusted(run.units, run, cells), _adjusted(run.offered, run, cells)
    for treated, held in cells:
        yield Groups(
            treated=run.customer[treated],
            held=run.customer[held],
            bought=units[treated],
            left=units[held],
            offered=offered[held],
        )


def apart_before(runs: Sequence[Comparison]) -> tuple[float, float]:
    """Return the share that those sent an offer spent more before it than those left out, and its standard errors.

    Where chance told the groups apart within strata, these are more than three once in 370.
    """
    size = 1 + max((int(run.customer.max(initial=-1)) for run in runs), default=-1)
    of_extra, extra, base = np.zeros(size), 0.0, 0.0
    for run in runs:
        for treated, without in _cells(run, None):  # a customer stands in one cell of a run only
            n1, n0 = len(treated), len(without)
            weight = n1 * n0 / (n1 + n0)
            mean1, mean0 = run.spend[treated].mean(), run.spend[without].mean()
            extra, base = extra + weight * float(mean1 - mean0), base + weight * float(mean0)
            of_extra[run.customer[treated]] += weight / np.sqrt(n1 * (n1 - 1.0)) * (run.spend[treated] - mean1)
            of_extra[run.customer[without]] -= weight / np.sqrt(n0 * (n0 - 1.0)) * (run.spend[without] - mean0)
    error = float(np.sqrt(of_extra @ of_extra))
    return (extra / base if base > 0 else 0.0), (extra / error if error > 0 else 0.0)


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
