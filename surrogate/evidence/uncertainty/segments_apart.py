"""How far segments lie apart beyond what is usual, as lift tests of several segments tell it themselves.

How far a test of one segment speaks for the others is a judgement (`surrogate.evidence.spill`). Where tests of some
segments lie further from one another, beside what was learned of each, than it allows, others may lie as far from them.
So each segment may have a deviation of its own, shared by all products and offers of a mechanic. What is known of its
variance is a distribution: as likely as not there is none, else its standard deviation is half-normal, as priors for
few studies are (Roever et al., 2021, doi:10.1002/jrsm.1475); the restricted likelihood of the tests' differences
(Harville, 1977, doi:10.1080/01621459.1977.10480998) weighs it. Few tests tell it badly, and what they leave open makes
intervals wider: lifts move by the most probable variance, and are as unsure as the mean one says, as far as the tests
make any likelier than none. Tests that agree, or are too rough to tell, leave what is usual as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Mechanic
from surrogate.evidence.uncertainty.selection import Selection

SCALE = 0.7
"""Scale of the standard deviation of log lifts, where there is one: a segment's lift is half or twice another's."""
NONE = 0.5
"""Probability, before any test, that there is none beside the usual."""
OTHERS = 0.5
"""Tests are of different segments where less of their extra units than this is of the same."""
_GRID = np.linspace(0.0, 1.5, 31)
"""Standard deviations that are looked at; a spread of 1.5 is as of lifts that are not foreseen at all."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Variance of segments' own deviations of log lifts, beside the usual."""

    probable: float
    """Most probable."""
    expected: float
    """Mean of what is possible, times how far tests show any at all: 0 to 1."""


def beyond_the_usual(
    share: Float, mechanics: Sequence[Mechanic], change: Float, variance: Float
) -> dict[Mechanic, Apart]:
    """Return by mechanic how far segments lie apart beside the usual; nothing where no tests are of different ones.

    Parameters
    ----------
    share : [J, S]
        Of each test's extra units, by segment.
    mechanics : [J]
        Of the tests.
    change : [J]
        Log change of each test's mean, as measured.
    variance : [J, J]
        Expected of it, by what is believed and the tests' own errors.
    """
    prior = np.exp(-0.5 * (_GRID / SCALE) ** 2) * (_GRID > 0)
    prior = np.where(_GRID > 0, (1.0 - NONE) * prior / prior.sum(), NONE)
    found = dict[Mechanic, Apart]()
    for mechanic in dict.fromkeys(mechanics):
        mine = np.array([each is mechanic for each in mechanics])
        if not _of_different(share[mine]):
            continue
        own, usual = share[mine] @ share[mine].T, variance[np.ix_(mine, mine)]
        likely = np.array([_log_likelihood(change[mine], usual + spread**2 * own) for spread in _GRID])
        weight = np.exp(likely - likely.max()) * prior
        weight /= weight.sum()
        shown = max(0.0, 1.0 - float(weight[0]) / NONE)  # nothing where tests make none likelier than it was before
        found[mechanic] = Apart(
            probable=float(_GRID[int(np.argmax(weight))] ** 2), expected=float(shown * (weight @ _GRID**2))
        )
    return found


def _of_different(share: Float) -> bool:
    """Return whether any two tests [N, S] are of different segments."""
    return bool((np.minimum(share[:, None, :], share[None, :, :]).sum(axis=2) < OTHERS).any())


def _log_likelihood(change: Float, variance: Float) -> float:
    """Return the restricted log likelihood [1] of changes [N] around a common mean."""
    steady = variance + 1e-12 * np.eye(len(change))
    inverse = np.linalg.inv(steady)
    total = float(inverse.sum())
    apart = change - float((inverse @ change).sum()) / total
    return -0.5 * float(np.linalg.slogdet(steady)[1] + np.log(total) + apart @ inverse @ apart)


def own_deviations(
    own: Mapping[Mechanic, float],
    mechanics: tuple[Mechanic, ...],
    tested: tuple[Mechanic, ...],
    share: Float,
    weight: Float,
) -> Selection:
    """Return covariances of segments' own deviations.

    Parameters
    ----------
    own
        Their variance by mechanic.
    mechanics : [O]
        Of the scenario's offers.
    tested : [J]
        Of the tested offers.
    share : [J, S]
        Of each test's extra units, by segment.
    weight : [S, O]
        How much each segment counts in an offer's mean; sums to 1.
    """
    variance, of_tests = (np.array([own.get(each, 0.0) for each in kinds]) for kinds in (mechanics, tested))
    like, same = (np.array([[one is other for other in tested] for one in kinds]) for kinds in (mechanics, tested))
    return Selection(
        between=same * of_tests[:, None] * (share @ share.T),
        reach=share.T[:, None, :] * (variance[:, None] * like)[None],
        own=np.broadcast_to(variance, weight.shape),
        mean=variance * (weight**2).sum(axis=0),
    )
