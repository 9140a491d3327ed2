"""Suspicions: why an observed effect may not be causal, computed from the data and said with numbers.

Nobody drew lots over past promotions, so each mechanic has a strongest suspicion: that it ran in weeks that sold more
anyway, that it came together with another promotion, or that it went to customers who buy more anyway. Each is measured
as the log of a ratio; the largest speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int
from surrogate.data.weeks import monday_of
from surrogate.shelf.promoted import is_promoted

NOTICED = 0.03
"""A suspicion whose ratio is within 3 % of 1 is none."""
_COMPANY_PULL = 0.5
"""How much a display or mailer beside a cut may have lifted: a log factor, for ranking suspicions only."""


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """One reason for doubt."""

    size: float
    """Log of the ratio that it could explain; only its absolute value ranks."""
    words: str
    """A clause that continues "observed, not randomised:"."""


@dataclass(frozen=True, kw_only=True)
class Suspicions:
    """The strongest suspicion by mechanic, as it stands in a model."""

    by_mechanic: dict[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Promoted:
    """Item weeks and what was promoted in them. I items, T weeks."""

    weeks: Int
    """[T] week numbers."""
    depth: Float
    """[I, T]"""
    shown: Float
    """[I, T] larger of display and mailer share."""
    units: Float
    """[I, T]"""
    base: Float
    """[I] usual units a week."""


def busy_weeks(seen: Promoted, on: Flag, what: str) -> Suspicion | None:
    """Suspect that promotions ran in weeks that sold more anyway, by what nothing was promoted on.

    Parameters
    ----------
    seen
        Item weeks.
    on
        [I, T] where the mechanic ran.
    what
        The mechanic's plural: ``price cuts``.
    """
    plain = (seen.depth < 0.05) & (seen.shown < 0.05) & ~on
    usual = (plain * seen.base[:, None]).sum(axis=0)
    known = usual > 0.1 * seen.base.sum()
    if known.sum() < 8 or not on.any():
        return None
    index = (plain * seen.units).sum(axis=0)[known] / usual[known]
    ran = (on * seen.base[:, None]).sum(axis=0)[known]
    if ran.sum() <= 0 or np.ptp(ran) <= 0:
        return None
    ratio = float((index * ran).sum() / ran.sum() / index.mean())
    if not (ratio > 0):
        return None
    busiest = monday_of(int(seen.weeks[known][int(np.argmax(ran * (index / index.mean())))]))
    words = (
        f"{what} ran in weeks when what was not promoted sold {_against(ratio, 'usual')} "
        f"(most of all in the week of {busiest})"
    )
    return Suspicion(size=float(np.log(ratio)), words=words)


def company_of_cuts(seen: Promoted, on: Flag, what: str) -> Suspicion | None:
    """Suspect that cuts came with displays or mailers."""
    if not on.any() or on.all():
        return None
    beside, elsewhere = (float(is_promoted(seen.shown[mask]).mean()) for mask in (on, ~on))
    words = (
        f"{beside:.0%} of the item weeks with {what} also had displays or mailers, {elsewhere:.0%} of the others did"
    )
    return Suspicion(size=_COMPANY_PULL * (beside - elsewhere), words=words)


def company_of_displays(seen: Promoted, on: Flag, what: str) -> Suspicion | None:
    """Suspect that displays and mailers came with deeper cuts."""
    if not on.any() or on.all():
        return None
    beside, elsewhere = (float(seen.depth[mask].mean()) for mask in (on, ~on))
    words = f"{what} came with cuts of {beside:.0%} on average, {elsewhere:.0%} elsewhere"
    return Suspicion(size=2.0 * (beside - elsewhere), words=words)


def heavy_buyers(spend: Float, contacted: NDArray[Any], what: str, *, least: int = 1) -> Suspicion | None:
    """Suspect that contacted customers buy more anyway.

    Parameters
    ----------
    spend
        [N] what each customer spends.
    contacted
        [N] how often, or whether, each was contacted.
    what
        The mechanic's plural: ``coupons``.
    least
        Of fewer contacted customers nothing is said: their spend would be told.
    """
    times = contacted.astype(np.float64)
    if not (np.count_nonzero(times) >= max(least, 1) and spend.mean() > 0):
        return None
    ratio = float((spend * times).sum() / times.sum() / spend.mean())
    if not (ratio > 0):
        return None
    words = (
        f"{what} went to customers who spend {ratio:.1f} times the average"
        if ratio >= 1.15 or ratio <= 0.85
        else f"{what} went to customers who spend {_against(ratio, 'average')}"
    )
    return Suspicion(size=float(np.log(ratio)), words=words)


def contacted_few(contacted: NDArray[Any], what: str, *, least: int) -> str:
    """Say that too few customers were contacted to tell who they were; blank for nobody, and for enough."""
    if not (0 < np.count_nonzero(contacted) < least):
        return ""
    return f"who was sent {what} is not told: fewer than {least} customers were (min_segment_size)"


def _against(ratio: float, usual: str) -> str:
    """Say how a ratio lies to 1: ``8% more than usual``, or ``as much as usual`` where it does not show."""
    more = f"{abs(ratio - 1):.0%}"
    if more == "0%":
        return f"as much as {usual}" if usual == "usual" else f"as much as the {usual}"
    return f"{more} {'more' if ratio > 1 else 'less'} than {usual}"


def strongest(found: Sequence[Suspicion | None]) -> str:
    """Return the clause of the largest suspicion; where none is noticeable, that none stands out, with the largest."""
    known = [each for each in found if each is not None]
    if not known:
        return "the data is too thin to say what stands beside it"
    largest = max(known, key=lambda each: abs(each.size))
    if abs(largest.size) < NOTICED:
        return f"no suspicion stands out; {largest.words}"
    return f"strongest suspicion: {largest.words}"
