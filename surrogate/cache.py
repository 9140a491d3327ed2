"""The cache of trained models: learned once for a data file, data, settings, seed and code; then read back."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from scenarios.effects import Learned
from scenarios.problems import InvalidInput
from scenarios.schema import LearnedSegments, LearnSpec, Scenario
from surrogate.data_spec import read_data_spec
from surrogate.fingerprint import code_hash, data_hash
from surrogate.model import MODEL_FORMAT, Model
from surrogate.model_file import load_model, save_model
from surrogate.score import score
from surrogate.train import ProgressCallback, TrainParams, silent, train

CACHE_VARIABLE = "CAMPAIGN_CACHE"


def cache_folder() -> Path:
    """Return the folder of cached models: ``$CAMPAIGN_CACHE/models``, or the user's cache folder."""
    root = os.environ.get(CACHE_VARIABLE)
    return Path(root or platformdirs.user_cache_path("campaign-planner")) / "models"


def learned_for(
    scenario: Scenario,
    data_path: Path | str,
    progress: ProgressCallback = silent,
    *,
    seed: int = 1,
    params: TrainParams | None = None,
) -> Learned:
    """Return what the data says about a scenario, training only what the cache does not hold.

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

    Raises
    ------
    InvalidInput
        When the data file or the data cannot be used, or the scenario asks for what data cannot tell.
    """
    return score(model_for(data_path, learn_spec(scenario), progress, seed=seed, params=params), scenario)


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
) -> Model:
    """Return the model of a data file, from the cache or newly trained."""
    path, params = Path(data_path), params or TrainParams()
    spec = read_data_spec(path)
    key = hashlib.sha256()
    for text in (
        path.read_bytes().hex(),
        data_hash(spec, path.parent),
        repr(params),
        repr(learn),
        str(seed),
        code_hash(),
    ):
        key.update(f"{len(text)}:{text}".encode())
    folder = cache_folder() / f"{MODEL_FORMAT.replace('/', '-')}-{key.hexdigest()[:32]}"
    if folder.exists():
        try:
            model = load_model(folder)
        except InvalidInput:
            progress("the cached model is damaged: learning it again", 0.0)
        else:
            progress("learned before: read from the cache", 1.0)
            return model
    model = train(spec, params, seed, progress, learn=learn, base=path.parent)
    save_model(model, folder)
    return model
