"""Learning from an experiment: from its file to a tested model. One page shows the whole run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jax
import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import LearnSpec
from scenarios.streams import stream
from surrogate.digits import WEIGHT_DIGITS, to_digits
from surrogate.experiment.cross_checks import DRIFT, accuracy_of, lift_miss
from surrogate.experiment.fingerprint import experiment_hash
from surrogate.experiment.fit import FitParams, fit_net, rows_of
from surrogate.experiment.groups import find_groups
from surrogate.experiment.model import ExperimentModel, OutcomeModel, SoldProduct, TriedOffer
from surrogate.experiment.network import UpliftNet
from surrogate.experiment.notes import notes_of
from surrogate.experiment.prepare import Prepared, prepare, reference_price
from surrogate.experiment.spec import ExperimentSpec
from surrogate.experiment.table import ExperimentTable, read_experiment
from surrogate.experiment.take_up import take_up
from surrogate.experiment.tune import NetParams, Study, Tuned, TuneParams, expected_outcomes, start, tune
from surrogate.fingerprint import library_versions
from surrogate.progress import ProgressCallback, silent


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


def train_experiment(
    spec: ExperimentSpec,
    params: ExperimentParams | None = None,
    seed: int = 1,
    progress: ProgressCallback = silent,
    *,
    learn: LearnSpec | None = None,
    base: Path | None = None,
) -> ExperimentModel:
    """Learn uplift from an experiment file.

    Parameters
    ----------
    spec
        What to learn from.
    params
        Settings.
    seed
        Of every random choice.
    progress
        Hears what is being done and the share of it that is done.
    learn
        How many segments, and how small they may be; never below the file's ``min_segment_size``.
    base
        Folder that the file's name is relative to.

    Raises
    ------
    InvalidInput
        When the data cannot be used.
    """
    progress("reading the experiment", 0.0)
    table = read_experiment(spec, base)
    return learn_table(spec, table, params, seed, progress, learn=learn, data_hash=experiment_hash(spec, base))


def learn_table(
    spec: ExperimentSpec,
    table: ExperimentTable,
    params: ExperimentParams | None = None,
    seed: int = 1,
    progress: ProgressCallback = silent,
    *,
    learn: LearnSpec | None = None,
    data_hash: str = "",
) -> ExperimentModel:
    """Learn uplift from rows of an experiment that were read already."""
    params, learn = params or ExperimentParams(), learn or LearnSpec()
    learn = learn.model_copy(update={"min_size": max(learn.min_size, spec.min_segment_size)})
    prepared = prepare(spec, table, smallest=learn.min_size)
    wanted = tuple(dict.fromkeys(product.outcome for product in spec.products.values()))
    outcomes: dict[str, LearnedOutcome] = {}
    for number, name in enumerate(wanted):
        first, share = 0.05 + 0.9 * number / len(wanted), 0.9 / len(wanted)
        outcomes[name] = learn_outcome(
            prepared, name, params, seed, Ahead(progress=progress, first=first, share=share, outcome=name)
        )
    progress("finding segments", 0.95)
    everyone = tuple(net for one in outcomes.values() for net in one.members)
    groups, fine = find_groups(everyone, prepared, learn, seed=seed)
    factor = spec.customers / (int(table.unit.max()) + 1) if spec.customers is not None else 1.0
    accuracy = accuracy_of(prepared, {name: (one.study, one.scale, one.tuned) for name, one in outcomes.items()}, seed)
    progress("done", 1.0)
    return ExperimentModel(
        source=f"experiment {table.source}",
        encoder=prepared.encoder,
        mechanics=prepared.mechanics,
        offers=_tried(prepared, outcomes[wanted[0]].study),
        products={
            name: SoldProduct(
                outcome=one.outcome,
                units=one.units / float(one.price) if one.money and one.price else one.units,
                price=None if one.price is None else float(one.price),
            )
            for name, one in spec.products.items()
        },
        outcomes={
            name: OutcomeModel(
                binary=one.study.binary,
                scale=one.scale,
                networks=one.members,
                base=_group_base(one.members, one.study, one.scale, fine),
                lift_sd=DRIFT,
                answer=one.tuned.params.answer,
                answer_hidden=one.tuned.params.answer_hidden,
                lift_miss=round(lift_miss(one.study, one.tuned), 4),
            )
            for name, one in outcomes.items()
        },
        groups=groups.scaled(factor),
        days=spec.days,
        order=reference_price(spec),
        randomised=prepared.balance.holds,
        accuracy=accuracy,
        notes=notes_of(prepared),
        cleaning=prepared.lines,
        data_hash=data_hash,
        seed=seed,
        versions=library_versions(),
        smallest_group=int(min(groups.customers.min(), _customers_of(fine, table.unit).min())),
    )


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


def _customers_of(fine: Int, unit: Int) -> Int:
    """Return the customers [G] of each group of rows [N]."""
    group = np.zeros(int(unit.max()) + 1, dtype=np.int64)
    group[unit] = fine
    return np.bincount(group)


def _group_base(members: tuple[UpliftNet, ...], study: Study, scale: float, fine: Int) -> Float:
    """Return the mean outcome without offer by member and group [E, G]."""
    size = np.bincount(fine)
    base = [
        np.bincount(fine, expected_outcomes(net, study.rows.features, study.rows.mechanic, study.rows.ramps,
                                            binary=study.binary)[:, 0]) / size
        for net in members
    ]  # fmt: skip
    return to_digits(np.stack(base) * scale)


def _tried(prepared: Prepared, study: Study) -> tuple[TriedOffer, ...]:
    """Return the offers as they were tried; take-up where redemptions were read."""
    out = []
    table = prepared.table
    for number, (name, given) in enumerate(prepared.spec.offers.items()):
        redeemed = take_up(prepared, study.rows.outcome, number + 1)
        written = {
            key: str(value) for key, value in given
            if key not in ("is_", "mechanic", "layer") and value is not None
        }  # fmt: skip
        out.append(
            TriedOffer(
                id=name,
                mechanic=given.mechanic,
                layer=given.layer,
                saving=prepared.terms[number].saving,
                written=written,
                customers=int(np.unique(table.unit[table.arm == number + 1]).size),
                take_up=1.0 if redeemed is None else redeemed.share,
                take_up_seen=redeemed is not None,
                take_up_cv=0.0 if redeemed is None else redeemed.cv,
            )
        )
    return tuple(out)
