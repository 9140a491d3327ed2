"""Kinds of models: what purchases teach and what an experiment teaches, behind the same doors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scenarios.language.schema import LearnSpec, Offer, Scenario
from scenarios.problems import InvalidInput, Problem
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Learned
from surrogate.data.data_spec import read_data_spec
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.reading.spec import is_experiment, read_experiment_spec
from surrogate.experiment.scoring.score import score_experiment
from surrogate.experiment.scoring.single import experiment_scorer
from surrogate.experiment.scoring.why import explain_experiment
from surrogate.experiment.train import train_experiment
from surrogate.model import Model
from surrogate.model_file import load_any
from surrogate.progress import ProgressCallback, silent
from surrogate.scoring.score import score
from surrogate.scoring.single import SingleScorer, purchase_scorer
from surrogate.train import train
from surrogate.training.begun import unfinished_training
from surrogate.why.explanation import Explanation
from surrogate.why.purchases import explain_purchases

AnyModel = Model | ExperimentModel


def train_any(
    path: Path,
    learn: LearnSpec,
    *,
    save: Callable[[AnyModel], None],
    seed: int = 1,
    progress: ProgressCallback = silent,
) -> AnyModel:
    """Learn from a data file of any kind; a training of purchases that was cut off goes on where it was.

    Parameters
    ----------
    path, learn, seed, progress
        The data file, how many segments, of every random choice, and what hears how far it is.
    save
        Saves the model; what a training keeps in case that it is cut off goes when that is done.

    Raises
    ------
    InvalidInput
        When the file or the data cannot be used.
    """
    if is_experiment(path):
        trial = read_experiment_spec(path)
        learned = train_experiment(trial, seed=seed, progress=progress, learn=learn, base=path.parent)
        save(learned)
        return learned
    spec = read_data_spec(path)
    kept = unfinished_training(spec, path.parent, seed)
    model = train(spec, seed=seed, progress=progress, learn=learn, base=path.parent, unfinished=kept)
    save(model)
    kept.finish()
    return model


def load_scorable(folder: Path | str) -> AnyModel:
    """Read a model that scenarios can be scored with.

    Raises
    ------
    InvalidInput
        When the folder is missing, damaged, or of another version or kind.
    """
    model = load_any(folder)
    if isinstance(model, Model | ExperimentModel):
        return model
    expected = "a model of kind transactions or experiment"
    raise InvalidInput([Problem(where=str(folder), what="model", expected=expected, got=f"kind: {model.kind}")])


def score_any(model: AnyModel, scenario: Scenario, baskets: Baskets | None = None) -> Learned:
    """Score a scenario with a model of any kind.

    Parameters
    ----------
    baskets
        Orders of segments that the scenario lists; a model knows those of its own.

    Raises
    ------
    InvalidInput
        When the model does not know what the scenario asks about.
    """
    if isinstance(model, ExperimentModel):
        return score_experiment(model, scenario)
    return score(model, scenario, baskets)


def explain_any(
    model: AnyModel,
    scenario: Scenario,
    segment: str,
    offer: str,
    product: str | None = None,
    baskets: Baskets | None = None,
) -> Explanation:
    """Explain the lift of an offer on a segment.

    Parameters
    ----------
    model
        What it was learned with, of any kind.
    scenario
        As it was scored: segments may still be ``{learn: ...}``.
    segment, offer, product
        Ids; without a product, all products where the offer may be chosen, weighted by baseline.
    baskets
        As in `score_any`.

    Raises
    ------
    InvalidInput
        For ids that the scenario does not know, and an offer that may not be chosen there.
    """
    if isinstance(model, ExperimentModel):
        return explain_experiment(model, scenario, segment, offer, product)
    return explain_purchases(model, scenario, segment, offer, product, baskets)


def single_any(
    model: AnyModel,
    scenario: Scenario,
    asked: Scenario,
    offers: tuple[Offer, ...],
    baskets: Baskets | None = None,
) -> SingleScorer:
    """Score single customers with a model of any kind.

    Parameters
    ----------
    scenario
        As it was written: segments may still be ``{learn: ...}``.
    asked
        The same, resolved.
    offers
        What is scored.
    baskets
        As in `score_any`.

    Raises
    ------
    InvalidInput
        When the model does not know what the scenario asks about.
    """
    if isinstance(model, ExperimentModel):
        return experiment_scorer(model, scenario, asked, offers)
    return purchase_scorer(model, scenario, asked, offers, baskets)
