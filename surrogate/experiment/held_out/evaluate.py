"""Evaluating what was learned from an experiment, on customers that no fit saw, beside other learners.

The customers are dealt into two halves; every learner is fitted on each half (ours with the model's own settings) and
predicts the other, so that each customer is predicted once by a fit that did not see them. A model that was trained on
the same customers could not be tested on them directly. Where the file holds others, the saved model itself is tested
too, and deciles, rules and verdict are about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import LearnSpec
from scenarios.problems import InvalidInput, Problem
from scenarios.streams import stream
from surrogate.digits import to_digits
from surrogate.experiment.fitted.network import expected_outcomes
from surrogate.experiment.fitted.tune import NetParams
from surrogate.experiment.held_out import peers
from surrogate.experiment.held_out.evaluation import (
    OURS,
    SAVED,
    ExperimentEvaluation,
    LearnerRow,
    MissingLearner,
    OfferEvaluation,
    PolicyEvaluation,
    judged,
)
from surrogate.experiment.held_out.policies import policies_of
from surrogate.experiment.held_out.predict import expected
from surrogate.experiment.held_out.verdict import verdict
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.prepared.features import Encoder
from surrogate.experiment.prepared.prepare import Prepared, prepare
from surrogate.experiment.reading.fingerprint import experiment_hash
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.training.groups import profile_points
from surrogate.experiment.training.notes import notes_of
from surrogate.experiment.training.offer_trial import trial_of
from surrogate.experiment.training.one_outcome import ExperimentParams, fit_members, study_of
from surrogate.held_out.boosting import BoostingUnavailableError, lightgbm
from surrogate.held_out.trial import Trial, average_effect
from surrogate.held_out.uplift_calibration import calibration, calibration_slope
from surrogate.held_out.uplift_curves import auuc_interval, qini_gain, qini_interval
from surrogate.people.segments import cluster
from surrogate.progress import ProgressCallback, silent

SEGMENT_MEANS = "segment means"
Learner = Callable[..., Float]
PEERS: dict[str, Learner] = {"S-learner LightGBM": peers.s_learner, "T-learner LightGBM": peers.t_learner}


def evaluate_experiment(
    model: ExperimentModel,
    path: Path | str,
    *,
    seed: int = 1,
    resamples: int = 200,
    progress: ProgressCallback = silent,
) -> ExperimentEvaluation:
    """Evaluate a model on an experiment file.

    Parameters
    ----------
    model
        What to evaluate; its settings are used in the halves.
    path
        The experiment file (``kind: experiment``) with the offers and outcomes that the model knows.
    seed
        Of the halves and resamples.
    resamples
        Bootstrap samples of the customers for each interval.
    progress
        Hears what is being done and the share of it that is done.

    Raises
    ------
    InvalidInput
        When the file cannot be used, or its offers and outcomes are not the model's.
    """
    path = Path(path)
    spec = read_experiment_spec(path)
    problems = [*_other_names(path, "offers", tuple(spec.offers), tuple(one.id for one in model.offers))]
    problems += _other_names(path, "outcomes", tuple(spec.outcomes), tuple(model.outcomes))
    if problems:
        raise InvalidInput(problems)
    progress("reading the experiment", 0.0)
    prepared = prepare(spec, read_experiment(spec, path.parent), smallest=model.smallest_group)
    known = experiment_hash(spec, path.parent) == model.data_hash or same_customers(prepared, model)
    learners, missing = _runnable()
    offers: list[OfferEvaluation] = []
    policies: list[PolicyEvaluation] = []
    for number, outcome in enumerate(model.outcomes):

        def hear(stage: str, share: float, number: int = number) -> None:
            progress(stage, 0.05 + 0.95 * (number + share) / len(model.outcomes))

        foreseen = _out_of_half(model, prepared, outcome, learners, seed, hear)
        if not known:
            foreseen[SAVED] = expected(model, prepared.table, outcome)
        offers += _offer_rows(prepared, outcome, foreseen, seed, resamples)
        policies.append(policies_of(prepared, outcome, foreseen[judged(foreseen)]))
    progress("done", 1.0)
    return ExperimentEvaluation(
        source=prepared.table.source,
        customers=int(prepared.table.unit.max()) + 1,
        randomised=prepared.balance.holds,
        offers=tuple(offers),
        policies=tuple(policies),
        notes=notes_of(prepared),
        verdict=verdict(offers, policies, missing, randomised=prepared.balance.holds),
        missing=missing,
    )


def same_customers(prepared: Prepared, model: ExperimentModel) -> bool:
    """Whether a model was trained on these customers: as many with each offer, and features alike to the last digit.

    No id is kept to ask by; the same rows in another order or format of file are known again by this.
    """

    def scales(encoder: Encoder) -> dict[str, tuple[float, float]]:
        return dict(zip(encoder.names, zip(encoder.centre.tolist(), encoder.spread.tolist(), strict=True), strict=True))

    arm, unit = prepared.table.arm, prepared.table.unit
    counts = tuple(int(np.unique(unit[arm == number]).size) for number in range(1, len(model.offers) + 1))
    mine, theirs = scales(prepared.encoder), scales(model.encoder)
    return counts == tuple(one.customers for one in model.offers) and all(
        mine[name] == theirs[name] for name in mine.keys() & theirs.keys()
    )


def _other_names(path: Path, what: str, got: tuple[str, ...], known: tuple[str, ...]) -> list[Problem]:
    """Offers must be the same in the same order, because arms are numbered; outcomes may be more."""
    if got == known or (what == "outcomes" and set(got) >= set(known)):
        return []
    expected_names = f"the {what} of the model, {', '.join(known)}"
    remedy = "evaluate on an experiment of the same offers, or train on this one"
    return [Problem(where=str(path), what=what, expected=expected_names, got=", ".join(got), remedy=remedy)]


def _runnable() -> tuple[dict[str, Learner], tuple[MissingLearner, ...]]:
    """Return the peers that this machine can run, and those that it cannot."""
    try:
        lightgbm()
    except BoostingUnavailableError as error:
        return {}, tuple(MissingLearner(name=name, reason=str(error)) for name in PEERS)
    return PEERS, ()


def _out_of_half(
    model: ExperimentModel,
    prepared: Prepared,
    outcome: str,
    learners: dict[str, Learner],
    seed: int,
    hear: ProgressCallback,
) -> dict[str, Float]:
    """Return expected outcomes [N, A + 1] by learner, each customer's from fits on the other half."""
    learned = model.outcomes[outcome]
    study, scale = study_of(prepared, outcome)
    net = NetParams()
    fit = replace(net.fit, answer=learned.answer, answer_hidden=learned.answer_hidden)
    params = ExperimentParams(members=len(learned.networks), net=replace(net, fit=fit))
    half = stream(seed, "halves").permutation(int(study.unit.max()) + 1)[study.unit] % 2
    table, offers = prepared.table, len(prepared.spec.offers)
    values = np.asarray(study.rows.outcome) * scale
    out = {name: np.empty_like(prepared.chance) for name in (OURS, SEGMENT_MEANS, *learners)}
    for side in (0, 1):
        train, test = half != side, half == side
        seen = replace(study, rows=study.rows._replace(weight=np.where(train, prepared.weight, 0.0)))
        hear(f"{outcome}: fitting on one half of the customers", 0.5 * side)
        members = fit_members(seen, params, lambda _: fit, seed, lambda _: None)
        each = [
            expected_outcomes(one, prepared.features[test], prepared.mechanic, study.rows.ramps, binary=study.binary)
            for one in members
        ]
        out[OURS][test] = np.mean(each, axis=0) * scale
        hear(f"{outcome}: fitting the peers", 0.5 * side + 0.4)
        learn = LearnSpec(min_size=model.smallest_group)
        points = profile_points(members, prepared.features, prepared.mechanic, study.rows.ramps)
        segment, _ = cluster(to_digits(points), learn, seed=seed)
        mine = (values[train], table.arm[train], prepared.weight[train])
        out[SEGMENT_MEANS][test] = peers.segment_means(*mine, segment[train], segment[test], offers)
        for name, learner in learners.items():
            out[name][test] = learner(
                prepared.features[train], *mine, prepared.features[test], offers, binary=study.binary
            )
    return out


def _offer_rows(
    prepared: Prepared, outcome: str, foreseen: dict[str, Float], seed: int, resamples: int
) -> list[OfferEvaluation]:
    out = []
    values = prepared.table.outcomes[outcome]
    mine = judged(foreseen)
    for number, offer in enumerate(prepared.spec.offers, start=1):
        trial, rows = trial_of(values, prepared.table.arm, prepared.chance, number, prepared.table.unit)
        uplift = {name: (one[:, number] - one[:, 0])[rows] for name, one in foreseen.items()}
        out.append(
            OfferEvaluation(
                outcome=outcome,
                offer=offer,
                average=average_effect(trial),
                learners=tuple(_learner(trial, uplift, name, mine, seed, resamples) for name in uplift),
                calibration=calibration(trial, uplift[mine]),
            )
        )
    return out


def _learner(trial: Trial, uplift: dict[str, Float], name: str, mine: str, seed: int, resamples: int) -> LearnerRow:
    def rng() -> np.random.Generator:
        return stream(seed, "evaluation bootstrap")  # the same resamples for all learners

    score = uplift[name]
    better = None if name == mine else qini_gain(trial, uplift[mine], score, rng=rng(), resamples=resamples)
    return LearnerRow(
        name=name,
        qini=qini_interval(trial, score, rng=rng(), resamples=resamples),
        auuc=auuc_interval(trial, score, rng=rng(), resamples=resamples),
        slope=calibration_slope(trial, score),
        ours_better=better,
    )
