"""What a holdout's contrast comes to beside the lift of one offer alone, first sent.

Those left out of a holdout were sent nothing, the treated all of it: the same goods in the weeks before, and offers on
rivals on the same days. By the response model (docs/response-model.md, periods are weeks)

    1 + contrast = C (D + l F)    F: fatigue of earlier sendings    D = 1 - rho l (their dip)    C: what rivals take

so of the lift l is kept ``F - rho (share sent within the dip)``, and of all sales C is left. Sendings count as if they
were of the tested offer. Strengths are what the data shows, or what is usual; how unsure they are makes tests unsure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schemas.response import USUAL_HIGH, USUAL_LOW, USUAL_SHARE, ResponseTerms
from scenarios.response.effects import FittedTerm
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.by_chance import ChanceTest, Contrast
from surrogate.evidence.gather import response_terms
from surrogate.scoring.axes import Axes

LEAST = 0.25
"""Least share of a lift that is taken to be kept, and of sales to be left."""
_NINETY = 3.29
"""Standard deviations between the ends of a 90 % interval."""
_PERIODS = 1.0
"""Weeks of fatigue's half-life, and of a dip, where the data shows neither."""


class Strength(NamedTuple):
    """A response term."""

    value: float
    error: float
    """Standard deviation."""
    weeks: float


def contrasts(axes: Axes, tests: Sequence[LiftTest], weight: Float, lift: Float, base: Float) -> Contrast:
    """Return what the contrasts of tests come to.

    Parameters
    ----------
    axes
        The scenario, which says who is a rival of whom, beside the model.
    tests
        J of them; those that are of no holdout are lifts as they are.
    weight : [J, S, K + 1]
        Share of each cell in each test.
    lift : [S, K + 1, J]
        Learned of the tested offers.
    base : [S, K]
        Baseline units.
    """
    tired, ahead, taken = _strengths(axes)
    rivals = _rivals(axes)
    kept, left = np.ones(len(tests)), np.ones(len(tests))
    kept_errors, left_errors = np.zeros((len(tests), 3)), np.zeros((len(tests), 3))
    for number, test in enumerate(tests):
        if not isinstance(test, ChanceTest):
            continue

        def of_lift(fatigue: float, pull: float, test: ChanceTest = test) -> float:
            fresh = np.prod([1.0 - fatigue * 0.5 ** (week / tired.weeks) * own for week, own in test.before.items()])
            lasting = max(round(ahead.weeks), 1)
            missing = sum(own for week, own in test.before.items() if week <= lasting) / lasting
            return float(max(fresh - pull * missing, LEAST))

        beside = np.array([test.beside.get(product.id, 0.0) for product in axes.products])
        theirs = beside * np.maximum(lift[:, :-1, number], 0.0) * base / np.maximum(base @ rivals, 1e-9)
        stolen = float((weight[number, :, :-1] * (theirs @ rivals)).sum())
        kept[number] = of_lift(tired.value, ahead.value)
        left[number] = max(1.0 - taken.value * stolen, LEAST)
        kept_errors[number, 0] = of_lift(tired.value + tired.error, ahead.value) - kept[number]
        kept_errors[number, 1] = of_lift(tired.value, ahead.value + ahead.error) - kept[number]
        left_errors[number, 2] = -taken.error * stolen
    return Contrast(left=left, kept=kept, left_errors=left_errors, kept_errors=kept_errors)


def _strengths(axes: Axes) -> tuple[Strength, Strength, Strength]:
    """Return fatigue, pull-forward and cannibalisation by the data, else as usual and as unsure as may be."""
    ids = tuple(product.id for product in axes.products)
    groups = tuple(product.rivals or product.category for product in axes.products)
    found, usual = response_terms(axes.model.sections, ids, groups, axes.index), ResponseTerms()
    return (
        _strength(found.get("fatigue"), usual.fatigue, 2 * usual.fatigue),
        _strength(found.get("pull_forward"), USUAL_SHARE, USUAL_HIGH - USUAL_LOW),
        _strength(found.get("cannibalisation"), usual.cannibalisation, 2 * usual.cannibalisation),
    )


def _strength(term: FittedTerm | None, usual: float, width: float) -> Strength:
    if term is None or not term.supported:
        return Strength(usual, width / _NINETY, _PERIODS)
    return Strength(term.value, (term.high - max(term.low, 0.0)) / _NINETY, max(term.periods, 0.1))


def _rivals(axes: Axes) -> Float:
    """Return [K, K]: 1 where two products are rivals."""
    groups = np.array([product.rivals or product.category for product in axes.products])
    same = (groups[:, None] == groups[None, :]) & ~np.eye(len(groups), dtype=bool)
    return np.asarray(same, dtype=np.float64)
