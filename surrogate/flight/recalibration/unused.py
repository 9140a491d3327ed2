"""What told uses say of whether an offer is carried out at all: a code that no till knows is used by nobody.

Every unit that a coupon brings uses it, so that uses tell what sales alone cannot: where some hundred were expected and
none came, no take-up that was believed in explains it. The count of uses is weighed under both explanations. Carried
out, its mean is as uncertain as the offer's take-up and lift (integrated over both), around which it scatters as a
negative binomial; not carried out, it is a Poisson count of any share of `NOTHING` of that: tests by staff.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, logsumexp
from scipy.stats import nbinom, poisson

from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from surrogate.flight.recalibration.undone import NOTHING
from surrogate.flight.recalibration.uses_seen import DAY, Seen, Spread, grouped, spreads

REACH, NODES = 6.0, 61
"""Standard deviations on both sides over which beliefs are integrated, and at how many points each."""
LEAST_MEAN = 1e-9
"""Of a count, so that its distribution is defined."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """Uses of an offer that are told in one count."""

    uses: float
    base: Float
    """[S] expected uses by base buyers ..."""
    bump: Float
    """... and by extra sales."""
    cells: int
    take_up: Spread
    lift: Spread

    @property
    def segments(self) -> tuple[int, ...]:
        """Those whose uses are in it."""
        return tuple(np.flatnonzero(self.base + self.bump > 0).tolist())

    def log_ratio(self, gone: Collection[int]) -> float:
        """Log of how much better the count is explained where the offer is not carried out in some segments."""
        dead = np.isin(np.arange(len(self.base)), list(gone))
        if not dead[list(self.segments)].any():
            return 0.0
        cells, take_up, lift = self.cells, self.take_up, self.lift
        base, bump = float(self.base.sum()), float(self.bump.sum())
        if dead[list(self.segments)].all():
            return log_ratio(self.uses, base, bump, cells, take_up, lift)
        left = _carried_out(
            self.uses, float(self.base[~dead].sum()), float(self.bump[~dead].sum()), cells, take_up, lift
        )
        return left - _carried_out(self.uses, base, bump, cells, take_up, lift)


@dataclass(frozen=True, kw_only=True, eq=False)
class Unused:
    """What told uses say of whether offers are carried out."""

    counts: Mapping[int, tuple[Counted, ...]]
    """By number of an offer."""

    def log_ratio(self, gone: Iterable[tuple[int, int]]) -> float:
        """Log of how much better all uses are explained where some offers are not carried out in some segments."""
        where: dict[int, list[int]] = {}
        for offer, segment in gone:
            where.setdefault(offer, []).append(segment)
        return sum(each.log_ratio(segments) for offer, segments in where.items() for each in self.counts.get(offer, ()))

    def most(self) -> dict[int, float]:
        """By number of an offer: the same of the count that says most that it is not carried out."""
        return {offer: max(each.log_ratio(each.segments) for each in told) for offer, told in self.counts.items()}


def unused(model: Coefficients, effects: Effects, seen: Mapping[int, Sequence[Seen]]) -> Unused:
    """What uses say of whether offers are carried out.

    Parameters
    ----------
    effects
        As believed before these uses and the sales beside them.
    seen
        Uses by offer, as `seen_uses` tells them under these effects.
    """
    found = dict[int, tuple[Counted, ...]]()
    for number, told in seen.items():
        counts = []
        for same in grouped(told):  # pieces that ran out and others are counted together
            take_up, lift = spreads(model, effects, number, same)
            shares = [np.array(each.shares) for each in same]
            counts.append(
                Counted(
                    uses=sum(each.uses for each in same),
                    base=np.asarray(sum(each.base * share for each, share in zip(same, shares, strict=True))),
                    bump=np.asarray(sum(max(each.bump, 0.0) * share for each, share in zip(same, shares, strict=True))),
                    cells=sum(int(each.cells.sum()) for each in same),
                    take_up=take_up,
                    lift=lift,
                )
            )
        found[number] = tuple(counts)
    return Unused(counts=found)


def log_ratio(uses: float, base: float, bump: float, cells: int, take_up: Spread, lift: Spread) -> float:
    """Log of P(uses | not carried out) / P(uses | carried out).

    Parameters
    ----------
    base, bump
        Expected uses by base buyers, and by extra sales.
    cells
        In which they were counted.
    """
    return _nothing(round(uses), NOTHING * (base + bump)) - _carried_out(uses, base, bump, cells, take_up, lift)


def _carried_out(uses: float, base: float, bump: float, cells: int, take_up: Spread, lift: Spread) -> float:
    """Log probability of uses of an offer that is carried out."""
    count = round(uses)
    points = np.linspace(-REACH, REACH, NODES)
    weights = -0.5 * points**2 - np.log(np.exp(-0.5 * points**2).sum())
    of_base = base * np.exp(points * np.sqrt(take_up.common))
    of_bump = bump * np.exp(points * np.sqrt(lift.common))
    mean = np.maximum(of_base[:, None] + of_bump, LEAST_MEAN)
    size = cells / DAY**2  # a negative binomial of this size has the variance mean + (DAY mean)^2 / cells
    log = nbinom.logpmf(count, size, size / (size + mean))
    return float(logsumexp(log + weights[:, None] + weights))


def _nothing(count: int, most: float) -> float:
    """Log probability of a Poisson count whose mean is anything from 0 to ``most``, all alike."""
    most = max(most, LEAST_MEAN)
    inside = float(gammainc(count + 1, most))
    if inside > 0:
        return float(np.log(inside) - np.log(most))
    # Far beyond it, the largest mean decides: the integral is about its end times most / (count + 1).
    return float(poisson.logpmf(count, most) - np.log(count + 1.0))
