"""Evaluating a model of any kind on a data file, with the planner's progress. JAX loads here."""

from __future__ import annotations

from pathlib import Path

from planner.learning import Watcher, reporter
from planner.progress import ignore
from scenarios.problems import InvalidInput, Problem
from surrogate.experiment.evaluate import evaluate_experiment
from surrogate.experiment.evaluation import ExperimentEvaluation
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.spec import is_experiment
from surrogate.held_out.evaluation import PurchasesEvaluation, evaluate_purchases
from surrogate.kinds import load_scorable

Evaluation = PurchasesEvaluation | ExperimentEvaluation


def evaluate_model(folder: Path, data: Path, *, progress: Watcher = ignore) -> Evaluation:
    """Test a model on what it has not seen of a data file of its kind.

    Raises
    ------
    InvalidInput
        When the model or the data cannot be used, or they are of different kinds.
    """
    model = load_scorable(folder)
    if is_experiment(data) != isinstance(model, ExperimentModel):
        kinds = ("transactions", "experiment")
        remedy = "name the data file that the model was trained on, or one like it"
        got = f"kind: {kinds[is_experiment(data)]}"
        expected = f"kind: {model.kind}, as the model's"
        raise InvalidInput([Problem(where=str(data), what="kind", expected=expected, got=got, remedy=remedy)])
    if isinstance(model, ExperimentModel):
        return evaluate_experiment(model, data, seed=model.seed, progress=reporter(progress))
    return evaluate_purchases(model, data, progress=reporter(progress))
