"""Other learners of uplift on the same features: segment means, S-learner and T-learner LightGBM."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.held_out.boosting import lightgbm

CAUTIOUS: dict[str, Any] = {"num_leaves": 8, "min_child_samples": 200, "learning_rate": 0.05, "n_estimators": 100}
"""Settings that suit experiments better than LightGBM's own, which fit noise: peers are given their best."""


def segment_means(outcome: Float, arm: Int, weight: Float, segment: Int, test_segment: Int, offers: int) -> Float:
    """Return expected outcomes [N, A + 1] of test customers: the weighted mean of their segment's arm."""
    count = int(max(segment.max(), test_segment.max())) + 1
    overall = [float(np.average(outcome[arm == one], weights=weight[arm == one])) for one in range(offers + 1)]
    table = np.zeros((count, offers + 1))
    for number in range(count):
        for one in range(offers + 1):
            mine = (segment == number) & (arm == one)
            table[number, one] = np.average(outcome[mine], weights=weight[mine]) if mine.any() else overall[one]
    return table[test_segment]


def s_learner(
    features: Float, outcome: Float, arm: Int, weight: Float, test: Float, offers: int, *, binary: bool
) -> Float:
    """Return expected outcomes [N, A + 1] of one LightGBM with the arm as a feature.

    Raises
    ------
    BoostingUnavailableError
        When LightGBM cannot be loaded.
    """
    arms = np.eye(offers + 1)
    fitted = _model(binary).fit(np.column_stack([features, arms[arm]]), outcome, sample_weight=weight)
    columns = [
        _expected(fitted, np.column_stack([test, np.tile(arms[one], (len(test), 1))])) for one in range(offers + 1)
    ]
    return np.column_stack(columns)


def t_learner(
    features: Float, outcome: Float, arm: Int, weight: Float, test: Float, offers: int, *, binary: bool
) -> Float:
    """Return expected outcomes [N, A + 1] of one LightGBM an arm.

    Raises
    ------
    BoostingUnavailableError
        When LightGBM cannot be loaded.
    """
    columns = []
    for one in range(offers + 1):
        mine = arm == one
        if np.ptp(outcome[mine]) == 0:
            columns.append(np.full(len(test), float(outcome[mine][0])))
            continue
        fitted = _model(binary).fit(features[mine], outcome[mine], sample_weight=weight[mine])
        columns.append(_expected(fitted, test))
    return np.column_stack(columns)


def _model(binary: bool) -> Any:
    library = lightgbm()
    kind = library.LGBMClassifier if binary else library.LGBMRegressor
    return kind(n_jobs=1, verbose=-1, random_state=0, deterministic=True, force_row_wise=True, **CAUTIOUS)


def _expected(fitted: Any, features: Float) -> Float:
    if hasattr(fitted, "predict_proba"):
        return np.asarray(fitted.predict_proba(features)[:, 1])
    return np.asarray(fitted.predict(features), dtype=np.float64)
