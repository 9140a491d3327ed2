"""Learning from an experiment: from its file to a tested model. One page shows the whole run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import LearnSpec
from surrogate.digits import to_digits
from surrogate.experiment.fitted.network import UpliftNet, expected_outcomes
from surrogate.experiment.fitted.tune import Study
from surrogate.experiment.model import ExperimentModel, OutcomeModel, SoldProduct, TriedOffer
from surrogate.experiment.prepared.prepare import Prepared, prepare, reference_price
from surrogate.experiment.reading.fingerprint import experiment_hash
from surrogate.experiment.reading.spec import ExperimentSpec
from surrogate.experiment.reading.table import ExperimentTable, read_experiment
from surrogate.experiment.training.cross_checks import DRIFT, accuracy_of, lift_miss
from surrogate.experiment.training.groups import find_groups
from surrogate.experiment.training.notes import notes_of
from surrogate.experiment.training.one_outcome import Ahead, ExperimentParams, LearnedOutcome, learn_outcome
from surrogate.experiment.training.take_up import take_up
from surrogate.experiment.training.used_units import used_part
from surrogate.fingerprint import library_versions
from surrogate.progress import ProgressCallback, silent


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
        used = used_part(prepared.spec, table, number + 1)
        redeemed = take_up(prepared, study.rows.outcome, number + 1, used)
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
