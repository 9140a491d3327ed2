"""Evaluating a model of any kind on a data file, with the planner's progress. JAX loads here."""

from __future__ import annotations

from pathlib import Path

from planner.learning import Watcher, reporter
from planner.progress import Progress, ignore
from scenarios.problems import InvalidInput, Problem
from surrogate.experiment.held_out.evaluate import evaluate_experiment
from surrogate.experiment.held_out.evaluation import ExperimentEvaluation
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.reading.spec import is_experiment
from surrogate.held_out.evaluation import PurchasesEvaluation, evaluate_purchases, refit_because
from surrogate.kinds import load_scorable

Evaluation = PurchasesEvaluation | ExperimentEvaluation


_ANEW = (
    "{why}. A model is fitted anew on the weeks up to train_until, which takes about three quarters of the time of a "
    "training."
)


def evaluate_model(folder: Path, data: Path, *, refit: bool = False, progress: Watcher = ignore) -> Evaluation:
    """Test a model on what it has not seen of a data file of its kind.

    Parameters
    ----------
    folder, data
        The model and its data file.
    refit
        Of purchases, fit anew also where the model keeps the test of its training.
    progress
        Hears what is being done, and first why a model is fitted anew, if one is.

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
    why = refit_because(model, data, asked=refit)
    if why:
        progress(Progress(stage="fitting anew", known=_ANEW.format(why=why)))
    return evaluate_purchases(model, data, refit=bool(why), progress=reporter(progress))
