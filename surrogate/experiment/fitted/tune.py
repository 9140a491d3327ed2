"""Cross-fitting: how strongly differences between customers are shrunk, chosen on customers that a fit did not see.

Every candidate is fitted on all folds but one and predicts the uplift of the fold left out. It is judged by the squared
distance to a doubly robust sign of each customer's uplift,

    psi_a = m_a - m_0 + 1{A = a} (y - m_a) / p_a - 1{A = 0} (y - m_0) / p_0

with the most cautious candidate's out-of-fold outcomes as m: its mean given a customer's features is the uplift,
whatever m is, where the probabilities p are known (Kennedy, doi:10.1214/23-EJS2157). The smallest mean distance wins.

The choice is as uncertain as everything else: where customers differ and the sample does not show it, the most cautious
setting wins and misses them. So each member of the ensemble makes the choice anew, on its own weights of the customers:
the bootstrap of the whole procedure, selection included (Efron, doi:10.1080/01621459.2013.823775).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.streams import stream
from surrogate.experiment.fitted.fit import FitParams, Rows, fit_net
from surrogate.experiment.fitted.network import UpliftNet, expected_outcomes, new_network

CANDIDATES = ((0.02, 0.005), (0.1, 0.005), (0.2, 0.02), (0.2, 0.1), (0.4, 0.3))
"""Widths of the answer's differences: (along features, along hidden units); the most cautious first."""


@dataclass(frozen=True, kw_only=True)
class NetParams:
    """Size of a member and how it is fitted.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    profile: int = 6
    hidden: int = 12
    fit: FitParams = field(default_factory=FitParams)

    def __post_init__(self) -> None:
        if not (min(self.profile, self.hidden) >= 1):
            raise ValueError("profile and hidden must be at least 1")


@dataclass(frozen=True, kw_only=True)
class TuneParams:
    """How settings are chosen.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    folds: int = 3
    candidates: tuple[tuple[float, float], ...] = CANDIDATES

    def __post_init__(self) -> None:
        if not (self.folds >= 2):
            raise ValueError("folds must be at least 2")
        if not self.candidates:
            raise ValueError("candidates must hold at least one pair of widths")


@dataclass(frozen=True, kw_only=True, eq=False)
class Tuned:
    """What was chosen, and its predictions for customers it did not see."""

    params: FitParams
    chosen: int
    losses: tuple[float, ...]
    """Mean squared distance to the sign, by candidate, less the first candidate's."""
    expected: Float
    """[N, A + 1] out-of-fold expected outcome in each arm."""
    distances: Float
    """[C, N] squared distance to the sign by candidate and row, less the first candidate's."""
    candidates: tuple[FitParams, ...]
    """[C] settings that were tried."""

    def under(self, weight: Float) -> FitParams:
        """Return the settings that are chosen when rows count as their weights [N] say."""
        return self.candidates[int(np.argmin(np.round(self.distances @ weight / weight.sum(), 12)))]


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """What one outcome is learned from. N rows, A offers."""

    rows: Rows
    chance: Float
    """[N, A + 1]"""
    unit: Int
    """[N] customers; all rows of one are in one fold."""
    binary: bool
    mechanics: int


def start(study: Study, params: NetParams, rng: np.random.Generator) -> UpliftNet:
    """Return an unfitted member at the average outcome."""
    mean = float(np.average(study.rows.outcome))
    base = np.log(mean / (1.0 - mean)) if study.binary else np.log(mean)
    return new_network(
        rng,
        features=study.rows.features.shape[1],
        mechanics=study.mechanics,
        profile=params.profile,
        hidden=params.hidden,
        base=float(base),
    )


def tune(study: Study, params: NetParams, tuning: TuneParams, seed: int, tick: Callable[[float], None]) -> Tuned:
    """Choose the widths of the answer's differences by cross-fitting."""
    units = int(study.unit.max()) + 1
    fold = stream(seed, "folds").permutation(units)[study.unit] % tuning.folds
    fits = len(tuning.candidates) * tuning.folds
    most = fold.size - int(np.bincount(fold, minlength=tuning.folds).min())
    others = [other_folds(study.rows, fold, held, most) for held in range(tuning.folds)]
    predictions = []
    for number, (answer, answer_hidden) in enumerate(tuning.candidates):
        fit = replace(params.fit, answer=answer, answer_hidden=answer_hidden)
        expected = np.empty_like(study.chance)
        for held in range(tuning.folds):
            begin = start(study, params, stream(seed, "fold start", str(held)))
            net = fit_net(begin, others[held], fit, binary=study.binary)
            seen = fold == held
            expected[seen] = expected_outcomes(
                net, study.rows.features[seen], study.rows.mechanic, study.rows.ramps, binary=study.binary
            )
            tick((number * tuning.folds + held + 1) / fits)
        predictions.append(expected)
    sign = uplift_sign(study.rows.outcome, study.rows.arm, study.chance, predictions[0])
    losses = np.stack([((expected[:, 1:] - expected[:, :1] - sign) ** 2).mean(axis=1) for expected in predictions])
    chosen = int(np.argmin(np.round(losses.mean(axis=1), 12)))
    candidates = tuple(
        replace(params.fit, answer=answer, answer_hidden=answer_hidden) for answer, answer_hidden in tuning.candidates
    )
    return Tuned(
        params=candidates[chosen],
        chosen=chosen,
        losses=tuple(float(one) for one in (losses - losses[0]).mean(axis=1)),
        expected=predictions[chosen],
        distances=losses - losses[0],
        candidates=candidates,
    )


def other_folds(rows: Rows, fold: Int, held: int, size: int) -> Rows:
    """Return the rows of all folds but one, filled up to a size that all folds share: one program fits them all.

    The rows that fill up are of the fold left out, and count nothing.
    """
    chosen = np.argsort(fold == held, kind="stable")[:size]
    weight = np.where(fold == held, 0.0, rows.weight)[chosen]
    return rows._replace(
        features=rows.features[chosen], outcome=rows.outcome[chosen], arm=rows.arm[chosen], weight=weight
    )


def uplift_sign(outcome: Float, arm: Int, chance: Float, expected: Float) -> Float:
    """Return psi [N, A], the doubly robust sign of each customer's uplift."""
    columns = np.arange(chance.shape[1])
    error = (arm[:, None] == columns) * (outcome[:, None] - expected) / np.maximum(chance, 1e-6)
    robust = expected + error
    return np.asarray(robust[:, 1:] - robust[:, :1])
