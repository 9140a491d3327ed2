"""One outcome learned: how far customers may differ in it is chosen, then the members of the ensemble are fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import jax
import numpy as np

from scenarios.arrays import Float
from scenarios.streams import stream
from surrogate.digits import WEIGHT_DIGITS, to_digits
from surrogate.experiment.fitted.fit import FitParams, fit_net, rows_of
from surrogate.experiment.fitted.network import UpliftNet
from surrogate.experiment.fitted.tune import NetParams, Study, Tuned, TuneParams, start, tune
from surrogate.experiment.prepared.prepare import Prepared
from surrogate.progress import ProgressCallback


@dataclass(frozen=True, kw_only=True)
class ExperimentParams:
    """Settings of learning from an experiment.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    members: int = 8
    """Members of the ensemble; each weighs the customers anew (Bayesian bootstrap) and chooses its settings anew: their
    spread is the sampling error."""
    net: NetParams = field(default_factory=NetParams)
    tuning: TuneParams = field(default_factory=TuneParams)

    def __post_init__(self) -> None:
        if not (self.members >= 2):
            raise ValueError("members must be at least 2")


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedOutcome:
    """What was learned about one outcome."""

    study: Study
    scale: float
    tuned: Tuned
    members: tuple[UpliftNet, ...]


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """Tells how far one outcome is."""

    progress: ProgressCallback
    first: float
    share: float
    outcome: str

    def choosing(self, done: float) -> None:
        """Hear the share that is done of choosing how far customers may differ."""
        self.progress(f"{self.outcome}: choosing how far customers may differ", self.first + 0.6 * self.share * done)

    def learning(self, done: float) -> None:
        """Hear the share that is done of fitting the members."""
        self.progress(f"{self.outcome}: learning uplift", self.first + self.share * (0.6 + 0.4 * done))


def learn_outcome(
    prepared: Prepared, outcome: str, params: ExperimentParams, seed: int, ahead: Ahead
) -> LearnedOutcome:
    """Choose how far customers may differ in one outcome, and fit the members under what each of them chooses.

    Parameters
    ----------
    outcome
        One of the data file's.
    seed
        Of every random choice.
    ahead
        Hears how far it is.
    """
    study, scale = study_of(prepared, outcome)
    tuned = tune(study, params.net, params.tuning, seed, ahead.choosing)
    members = fit_members(study, params, tuned.under, seed, ahead.learning)
    return LearnedOutcome(study=study, scale=scale, tuned=tuned, members=members)


def study_of(prepared: Prepared, outcome: str) -> tuple[Study, float]:
    """Return what one outcome is learned from, and the outcome that 1 stands for."""
    values = prepared.table.outcomes[outcome]
    binary = prepared.spec.outcomes[outcome].kind == "binary"
    scale = 1.0 if binary else float(to_digits(np.array([values.mean()]))[0])
    scaled = values / scale
    dispersion = 1.0 if binary else max(float(scaled.var() / scaled.mean()), 1e-3)
    rows = rows_of(
        prepared.features, scaled, prepared.table.arm, prepared.weight,
        mechanic=prepared.mechanic, saving=prepared.saving, dispersion=dispersion,
    )  # fmt: skip
    study = Study(
        rows=rows, chance=prepared.chance, unit=prepared.table.unit, binary=binary, mechanics=len(prepared.mechanics)
    )
    return study, scale


def fit_members(
    study: Study,
    params: ExperimentParams,
    settings: Callable[[Float], FitParams],
    seed: int,
    tick: Callable[[float], None],
) -> tuple[UpliftNet, ...]:
    """Fit every member from a start and on weights of its own; ``settings`` says how, given the weights [N]."""
    members = []
    units = int(study.unit.max()) + 1
    for number in range(params.members):
        counts = stream(seed, "bootstrap", str(number)).exponential(size=units)[study.unit]
        net = start(study, params.net, stream(seed, "start", str(number)))
        rows = study.rows._replace(weight=study.rows.weight * counts)
        fitted = fit_net(net, rows, settings(counts), binary=study.binary)
        members.append(jax.tree.map(lambda leaf: to_digits(np.asarray(leaf), WEIGHT_DIGITS), fitted))
        tick((number + 1) / params.members)
    return tuple(members)
