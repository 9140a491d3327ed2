"""The cache of trained models: learned once for a data file, data, settings, seed and code; then read back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from scenarios.language.schema import LearnedSegments, LearnSpec, Scenario
from scenarios.problems import InvalidInput
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Learned
from surrogate.data.data_spec import read_data_spec
from surrogate.experiment.reading.fingerprint import experiment_hash
from surrogate.experiment.reading.spec import is_experiment, read_experiment_spec
from surrogate.experiment.train import train_experiment
from surrogate.experiment.training.one_outcome import ExperimentParams
from surrogate.fingerprint import code_hash, data_hash
from surrogate.kinds import AnyModel, load_scorable, score_any
from surrogate.model import MODEL_FORMAT
from surrogate.model_file import save_model
from surrogate.progress import ProgressCallback, silent
from surrogate.train import TrainParams, train
from surrogate.training.begun import CACHE_VARIABLE, cache_root

_UNWRITABLE = f"cannot be written; let {CACHE_VARIABLE} name a writable folder"


def cache_folder() -> Path:
    """Return the folder of cached models: ``$CAMPAIGN_CACHE/models``, or the user's cache folder."""
    return cache_root() / "models"


def learned_for(
    scenario: Scenario,
    data_path: Path | str,
    progress: ProgressCallback = silent,
    *,
    seed: int = 1,
    params: TrainParams | None = None,
    baskets: Baskets | None = None,
) -> Learned:
    """Return what purchases or an experiment say about a scenario, training only what the cache does not hold.

    Parameters
    ----------
    scenario
        The question; ``segments: {learn: ...}`` decides how many segments are learned.
    data_path
        The ``data.yaml``; its file names are relative to its folder.
    progress
        Hears what is being done and the share of it that is done.
    seed, params
        Of the training.
    baskets
        Orders of segments that the scenario lists.

    Raises
    ------
    InvalidInput
        When the data file or the data cannot be used, or the scenario asks for what data cannot tell.
    """
    model = model_for(data_path, learn_spec(scenario), progress, seed=seed, params=params)
    return score_any(model, scenario, baskets)


def learn_spec(scenario: Scenario) -> LearnSpec:
    """Return how the scenario wants its segments learned."""
    return scenario.segments.learn if isinstance(scenario.segments, LearnedSegments) else LearnSpec()


def model_for(
    data_path: Path | str,
    learn: LearnSpec,
    progress: ProgressCallback = silent,
    *,
    seed: int = 1,
    params: TrainParams | None = None,
) -> AnyModel:
    """Return the model of a data file, from the cache or newly trained; ``params`` are of purchases."""
    path = Path(data_path)
    if is_experiment(path):
        trial, chosen = read_experiment_spec(path), ExperimentParams()
        inputs = (experiment_hash(trial, path.parent), repr(chosen), repr(learn), str(seed))
        return _cached(
            path, inputs, progress,
            lambda: train_experiment(trial, chosen, seed, progress, learn=learn, base=path.parent),
        )  # fmt: skip
    spec, params = read_data_spec(path), params or TrainParams()
    # Lift tests may stand in a file of their own, which the data file's bytes do not tell.
    tests = (repr(spec.experiments),) if spec.experiments else ()
    inputs = (data_hash(spec, path.parent), repr(params), repr(learn), str(seed), *tests)
    return _cached(path, inputs, progress, lambda: train(spec, params, seed, progress, learn=learn, base=path.parent))


def _cached(
    path: Path, inputs: tuple[str, ...], progress: ProgressCallback, learned: Callable[[], AnyModel]
) -> AnyModel:
    """Return the model of the inputs, kept under their hash."""
    key = hashlib.sha256()
    for text in (path.read_bytes().hex(), *inputs, code_hash()):
        key.update(f"{len(text)}:{text}".encode())
    folder = cache_folder() / f"{MODEL_FORMAT.replace('/', '-')}-{key.hexdigest()[:32]}"
    if folder.exists():
        try:
            model = load_scorable(folder)
        except InvalidInput:
            progress("the cached model is damaged: learning it again", 0.0)
        else:
            progress("learned before: read from the cache", 1.0)
            return model
    model = learned()
    try:
        save_model(model, folder)
    except (InvalidInput, OSError):  # what was learned answers all the same
        progress(f"the model is not kept and later runs learn it again: {folder} {_UNWRITABLE}", 1.0)
    return model
