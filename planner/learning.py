"""Learning effects from data: the surrogate with the planner's progress. JAX loads here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from planner.answering import answering_data
from planner.progress import Progress, ignore
from planner.runtime import start_jax
from scenarios.answer.frozen_place import refuse_inside_problem
from scenarios.language.schema import LearnSpec
from scenarios.loading.load import LoadedScenario
from scenarios.loading.placed import in_the_file
from scenarios.response.effects import Learned

start_jax()

from surrogate.cache import learn_spec, learned_for, model_for  # noqa: E402 - JAX starts first, with its threads fixed
from surrogate.data.data_spec import read_data_spec  # noqa: E402
from surrogate.evidence.holdouts.as_lift_tests import untold  # noqa: E402
from surrogate.evidence.holdouts.ran_beside import RanBeside, ran_beside  # noqa: E402
from surrogate.held_out.measured import SECTION, KeptTest  # noqa: E402
from surrogate.held_out.verdict_apart import levels_and_effects  # noqa: E402
from surrogate.kinds import AnyModel, load_scorable, score_any, train_any  # noqa: E402
from surrogate.model import Model  # noqa: E402
from surrogate.model_file import check_target, save_model  # noqa: E402
from surrogate.parts import unpack  # noqa: E402
from surrogate.progress import stage_and_step  # noqa: E402
from surrogate.training.experiments_read import experiments_read  # noqa: E402

Watcher = Callable[[Progress], None]


def learn(loaded: LoadedScenario, progress: Watcher = ignore) -> Learned:
    """Return what the scenario's data or model says: trained now, or read from the cache."""
    source = loaded.scenario.effects
    if source.model is not None:
        model = load_scorable(Path(str(loaded.files.folder.joinpath(source.model))))
        with in_the_file(loaded):
            return score_any(model, loaded.scenario, loaded.baskets)
    data = answering_data(loaded)
    with in_the_file(loaded):
        return learned_for(loaded.scenario, data, reporter(progress), baskets=loaded.baskets)


def trained(loaded: LoadedScenario, progress: Watcher = ignore) -> AnyModel:
    """Return the model behind a scenario's effects: read, or learned from its data now or before."""
    source = loaded.scenario.effects
    if source.model is not None:
        return load_scorable(Path(str(loaded.files.folder.joinpath(source.model))))
    data = answering_data(loaded)
    return model_for(data, learn_spec(loaded.scenario), reporter(progress))


def train_model(
    data: Path, out: Path, *, segments: int | None = None, seed: int = 1, progress: Watcher = ignore
) -> AnyModel:
    """Train on a data file, whatever the cache holds, and write the model."""
    refuse_inside_problem(out, option="--out")
    check_target(out)

    def save(model: AnyModel) -> None:
        save_model(model, out)

    return train_any(data, LearnSpec(count=segments), save=save, seed=seed, progress=reporter(progress))


def holdout_untold(model: AnyModel) -> dict[str, tuple[str, ...]]:
    """Return by reason what of the holdout of a model's data is in no lift test."""
    return untold(model.sections) if isinstance(model, Model) else {}


def beside_cuts_of(model: AnyModel) -> dict[str, dict[str, dict[str, object]]]:
    """Return how much of a model's lift tests ran beside price cuts: of holdouts and of rows, by offer."""
    beside = ran_beside(model.sections if isinstance(model, Model) else {})
    return {"holdout": _days_beside(beside.by_offer), "rows": _days_beside(beside.by_row)}


def _days_beside(by_offer: Mapping[str, RanBeside]) -> dict[str, dict[str, object]]:
    return {
        offer: {
            "share": round(each.share, 4),
            "days": each.days,
            "mostly_cut": each.mostly,
            "partly_cut": each.partly,
            "partly_cut_count": each.counts,
        }
        for offer, each in by_offer.items()
    }


def experiments_of(data: Path, model: AnyModel) -> tuple[str, ...]:
    """Return what became of the lift tests that a model's data file names, and what ran beside tests and holdouts."""
    return experiments_read(read_data_spec(data), model) if isinstance(model, Model) else ()


def levels_and_effects_of(model: AnyModel) -> tuple[str, ...]:
    """Return what the test of a model's training says of levels and of effects; nothing where it keeps none."""
    if not isinstance(model, Model) or SECTION not in model.sections:
        return ()
    return levels_and_effects(unpack(model.sections[SECTION], KeptTest).measured.rows)


def reporter(progress: Watcher) -> Callable[[str, float], None]:
    """Turn the surrogate's reports into progress with the time since now."""
    begun = time.monotonic()

    def report(said: str, share_done: float) -> None:
        done = min(max(share_done, 0.0), 1.0)
        stage, step = stage_and_step(said)
        progress(Progress(stage=stage, step=step, seconds=time.monotonic() - begun, share_done=done))

    return report
