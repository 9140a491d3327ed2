"""Learning effects from data: the surrogate with the planner's progress. JAX loads here."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from planner.progress import Progress, ignore
from planner.runtime import start_jax
from scenarios.effects import Learned
from scenarios.load import LoadedScenario
from scenarios.schema import LearnSpec

start_jax()

from surrogate.cache import learned_for  # noqa: E402 - JAX starts first, with its threads fixed
from surrogate.data_spec import read_data_spec  # noqa: E402
from surrogate.model import Model  # noqa: E402
from surrogate.model_file import load_model, save_model  # noqa: E402
from surrogate.score import score  # noqa: E402
from surrogate.train import train  # noqa: E402

Watcher = Callable[[Progress], None]


def learn(loaded: LoadedScenario, progress: Watcher = ignore) -> Learned:
    """Return what the scenario's data or model says: trained now, or read from the cache."""
    source = loaded.scenario.effects
    if source.model is not None:
        return score(load_model(Path(str(loaded.files.folder.joinpath(source.model)))), loaded.scenario)
    data = Path(str(loaded.files.folder.joinpath(source.data or "")))
    return learned_for(loaded.scenario, data, reporter(progress))


def train_model(
    data: Path, out: Path, *, segments: int | None = None, seed: int = 1, progress: Watcher = ignore
) -> Model:
    """Train on a data file, whatever the cache holds, and write the model."""
    spec = read_data_spec(data)
    model = train(spec, seed=seed, progress=reporter(progress), learn=LearnSpec(count=segments), base=data.parent)
    save_model(model, out)
    return model


def reporter(progress: Watcher) -> Callable[[str, float], None]:
    """Turn the surrogate's reports into progress with the time since now."""
    begun = time.monotonic()

    def report(stage: str, share_done: float) -> None:
        done = min(max(share_done, 0.0), 1.0)
        progress(Progress(stage=stage, seconds=time.monotonic() - begun, share_done=done))

    return report
