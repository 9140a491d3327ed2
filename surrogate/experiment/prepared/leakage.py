"""Guards against features that know the future: columns made after the offer, and outcomes in disguise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import chi2, norm, rankdata

from scenarios.arrays import Flag, Float
from scenarios.problems import Problem
from surrogate.experiment.prepared.assignment import DOUBT, Balance
from surrogate.experiment.prepared.features import Encoder
from surrogate.experiment.reading.columns import column_problem
from surrogate.experiment.reading.spec import ExperimentSpec
from surrogate.experiment.reading.table import ExperimentTable

TWIN = 0.98
"""A feature that tells a yes from a no better than this (area under its ROC curve) or ranks amounts better (rank
correlation) is the outcome itself."""
_SURE = 1e-6
"""Probability below which one feature's difference between the arms is no accident (all features counted)."""


def leaks(spec: ExperimentSpec, table: ExperimentTable, encoder: Encoder, raw: Float, test: Balance) -> list[Problem]:
    """Return a problem for each column that looks made after the offer; ``before_offer`` clears a column."""
    columns = np.array([source.column for source in encoder.sources])
    problems = [*_twins(spec, table, encoder, raw)]
    told = {problem.what for problem in problems}
    for column in dict.fromkeys(columns.tolist()):
        if column not in told and column not in spec.before_offer:
            problems += _after(spec, table, column, columns == column, raw, test)
    return problems


def _after(
    spec: ExperimentSpec, table: ExperimentTable, column: str, mine: Flag, raw: Float, test: Balance
) -> Iterator[Problem]:
    """A column that differs between arms while all others agree was changed by the offer."""
    worst = float(np.abs(test.z[:, mine]).max())
    if not (2.0 * norm.sf(worst) * test.z.size < _SURE):
        return
    others = test.z[:, ~mine]
    if others.size and not _agree(others):
        return
    offer, feature = (int(place) for place in np.argwhere(np.abs(test.z) == worst)[0])
    means = [float(np.nanmean(raw[table.arm == arm, feature])) for arm in (offer + 1, 0)]
    name = list(spec.offers)[offer]
    yield column_problem(
        spec.file,
        column,
        "a feature that was known before the offer: only those may differ between customers",
        f"a mean of {means[0]:.4g} with {name} and {means[1]:.4g} without, while all other features agree: it was "
        "measured after the offer, or the offer went by it",
        "list it under after_offer instead of features; or, if it truly is older than the offer, under before_offer",
    )


def _agree(z: Float) -> bool:
    """Whether chance explains other features' differences: the largest of all, features counted as independent."""
    return bool(2.0 * norm.sf(float(np.abs(z).max())) * z.size >= DOUBT) or bool(
        chi2.sf(float((z**2).sum()), z.size) >= DOUBT
    )


def _twins(spec: ExperimentSpec, table: ExperimentTable, encoder: Encoder, raw: Float) -> Iterator[Problem]:
    for number, source in enumerate(encoder.sources):
        known = np.isfinite(raw[:, number])
        if source.column in spec.before_offer or known.sum() < 20:
            continue
        for name, outcome in spec.outcomes.items():
            size = _telling(raw[known, number], table.outcomes[name][known], binary=outcome.kind == "binary")
            if size > TWIN:
                yield column_problem(
                    spec.file,
                    source.column,
                    "a feature that was known before the offer",
                    f"the outcome {name} in another form ({size:.1%} alike)",
                    "delete it under features, or list it under before_offer if it truly is older than the offer",
                )
                break


def _telling(feature: Float, outcome: Float, *, binary: bool) -> float:
    """Return how well a feature alone tells an outcome, 0.5 or 0 for not at all, 1 for fully."""
    ranks = rankdata(feature)
    if binary:
        yes = outcome > 0
        count = int(yes.sum())
        if not (0 < count < yes.size):
            return 0.0
        area = (ranks[yes].sum() - count * (count + 1) / 2) / (count * (yes.size - count))
        return float(max(area, 1.0 - area))
    others = rankdata(outcome)
    spread = float(ranks.std() * others.std())
    return float(abs(np.mean((ranks - ranks.mean()) * (others - others.mean()))) / spread) if spread > 0 else 0.0
