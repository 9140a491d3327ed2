"""Which part of what customers bought they bought with the offer, where the data flags customers and not units.

A flag says that a customer used an offer, and nothing of how many of the units. Counting them all overstates use, one
of them understates it. Both show in how flags go with units: where each unit is decided for itself, who buys many is
flagged almost surely; where customers use it on all units or on none, the share of flags is the same whatever they buy.
So uses are taken to be beta-binomial (Skellam 1948, doi:10.1111/j.2517-6161.1948.tb00014.x) with a mean share and a
likeness of one customer's units from 0 to 1, both read off the flags on a grid, and the doubt about them is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln

from scenarios.arrays import Float, Int
from surrogate.experiment.reading.spec import ExperimentSpec
from surrogate.experiment.reading.table import ExperimentTable

_ODDS = expit(np.linspace(-8.0, 8.0, 97))
_LIKENESS = np.linspace(0.01, 0.99, 29)
_SHARE, _ALIKE = (axis.ravel() for axis in np.meshgrid(_ODDS, _LIKENESS, indexing="ij"))
_MANY = 0.005
"""From which part of the redeemers' units on a note says that it is not known which were bought with the offer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UsedPart:
    """Of N rows, which part of the outcome was bought with the offer. U different numbers of units, G possible truths.

    Where the file says it, there is one possible truth.
    """

    part: Float
    """[N] 0 to 1, expected."""
    kind: Int
    """[N] place among the different numbers of units; -1 of rows without a use."""
    truths: Float
    """[G, U] part by number of units."""
    weight: Float
    """[G] how likely each is; they add up to 1."""

    def unsure(self, amounts: Float) -> float:
        """Return the standard deviation of the used part of amounts [N]."""
        mine = self.kind >= 0
        sums = np.bincount(self.kind[mine], amounts[mine], self.truths.shape[1])
        total = self.truths @ sums
        return float(np.sqrt(float(self.weight @ (total - self.weight @ total) ** 2)))


def used_part(spec: ExperimentSpec, table: ExperimentTable, offer: int) -> UsedPart | None:
    """Return what was bought with an offer (1 to A), of the first product's outcome; None without redemptions."""
    if table.redeemed is None:
        return None
    units = pieces(spec, table)
    mine = (table.arm == offer) & (units > 0)
    if spec.redeemed_is == "units":
        part = np.where(mine, np.minimum(table.redeemed / np.maximum(units, 1.0), 1.0), 0.0)
        return UsedPart(part=part, kind=np.full(part.size, -1), truths=np.zeros((1, 0)), weight=np.ones(1))
    return from_flags(np.where(mine, units, 0.0), (table.redeemed > 0) & mine)


def from_flags(units: Float, flags: Float) -> UsedPart:
    """Return which part of units [N] was used by whoever is flagged [N]; rows of no units tell nothing."""
    bought = units > 0
    sizes, place = np.unique(units[bought], return_inverse=True)
    kind = np.full(units.size, -1)
    kind[bought] = place
    flagged = np.bincount(place, flags[bought], sizes.size)
    others = np.bincount(place, minlength=sizes.size) - flagged
    none = _none_used(sizes)  # [G, U] chance that no unit is used
    chance = np.clip(none, 1e-300, 1.0 - 1e-12)
    log = np.log(_SHARE * (1.0 - _SHARE)) + np.log1p(-chance) @ flagged + np.log(chance) @ others
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    truths = np.minimum(_SHARE[:, None] / np.maximum(1.0 - none, 1e-12), 1.0)
    kind = np.where(flags > 0, kind, -1)
    mean = np.append(weight @ truths, 0.0)
    return UsedPart(part=mean[kind], kind=kind, truths=truths, weight=weight)


def _none_used(sizes: Float) -> Float:
    """Return [G, U] the chance that a customer uses an offer on none of so many units."""
    together = 1.0 / _ALIKE - 1.0
    a, b = _SHARE * together, (1.0 - _SHARE) * together
    return np.asarray(
        np.exp(
            gammaln(b[:, None] + sizes)
            - gammaln(b)[:, None]
            - gammaln((a + b)[:, None] + sizes)
            + gammaln(a + b)[:, None]
        )
    )


def pieces(spec: ExperimentSpec, table: ExperimentTable) -> Float:
    """Return how many units each row [N] bought by the first product's outcome: whole numbers, 0 where none.

    Money is divided by the product's price; where an outcome is only whether something was bought, it is one.
    """
    first = next(iter(spec.products.values()))
    values = table.outcomes[first.outcome]
    if spec.outcomes[first.outcome].kind == "binary":
        return np.asarray(values)
    each = float(first.price) if first.money and first.price else 1.0
    return np.asarray(np.where(values > 0, np.maximum(np.round(values / each), 1.0), 0.0))


def used_notes(spec: ExperimentSpec, table: ExperimentTable) -> tuple[str, ...]:
    """Say what redemptions were taken to mean, where the file leaves it open or does not add up."""
    if table.redeemed is None:
        return ()
    units, here = pieces(spec, table), table.arm > 0
    if spec.redeemed_is == "units":
        over = here & (table.redeemed > units)
        said = f"{int(over.sum()):,} of {int((here & (table.redeemed > 0)).sum()):,} redeemers redeemed more units than"
        return (f"{said} they bought by the outcome: as many as they bought are counted.",) if over.any() else ()
    told = []
    for number, name in enumerate(spec.offers, start=1):
        mine = (table.arm == number) & (table.redeemed > 0)
        found = used_part(spec, table, number)
        several = mine & (units > 1)
        if found is None or not several.any():
            continue
        part = float((found.part * units)[mine].sum() / units[mine].sum())
        if 1.0 - part >= _MANY:
            told.append(f"{name} {part:.0%} ({int(several.sum()):,} of {int(mine.sum()):,} bought several)")
    if not told:
        return ()
    return (
        f"{spec.redeemed} says which customers used an offer, not on how many units: of all that these bought, so much "
        f"is taken to be bought with it, as use goes with how many units are bought: {'; '.join(told)}. A column of "
        "units tells it (redeemed_is: units).",
    )
