"""The command train: purchases or an experiment to a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.options.declared import MOST_SEED, JsonOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from planner.progress import Progress

_GOES_ON = (
    ". What had ended by then (purchases read, networks fitted) is kept in the cache, and the same command goes on "
    "from it"
)


@answering
def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A data.yaml that names purchases or an experiment.")],
    out: Annotated[Path, typer.Option("--out", metavar="MODEL", help="Folder that the trained model goes to.")],
    segments: Annotated[
        int | None, typer.Option("--segments", min=1, max=40, help="How many segments; the data decides otherwise.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="Same data and seed, same model.")] = 1,
    json_: JsonOption = False,
) -> ExitCode:
    """Fit the effect model on purchases or an experiment, print its held-out accuracy, and write it."""
    from planner.commands.terminal.live import watching
    from planner.learning import (
        beside_cuts_of,
        experiments_of,
        holdout_untold,
        levels_and_effects_of,
        train_model,
    )
    from planner.report.notes import show_sentences
    from planner.report.offers.effects import accuracy_json, show_accuracy
    from surrogate.experiment.reading.spec import is_experiment

    doing = ["beginning"]
    try:
        with watching(quiet=json_, keep_stages=True) as progress:

            def watch(moment: Progress) -> None:
                doing[:] = [moment.stage]
                progress(moment)

            model = train_model(data, out, segments=segments, seed=seed, progress=watch)
    except KeyboardInterrupt:
        as_it_was = "is as it was" if out.exists() else "was not written"
        note(f"stopped while {doing[0]}: {out} {as_it_was}" + ("" if is_experiment(data) else _GOES_ON))
        raise
    apart, tests = levels_and_effects_of(model), experiments_of(data, model)
    if json_:
        document = {"source": model.source, "accuracy": accuracy_json(model.accuracy), "cleaning": model.cleaning}
        document |= {"levels_and_effects": apart, "notes": model.notes, "experiments": tests}
        document |= {"holdout_unused": holdout_untold(model), "beside_cuts": beside_cuts_of(model)}
        show_json({"format": "campaign-training/1", "model": str(out), **document})
        return ExitCode.YES
    show(
        *show_accuracy(model.accuracy),
        *([show_sentences("Levels and effects apart", apart)] if apart else []),
        show_sentences("Cleaning", model.cleaning),
        *([show_sentences("Lift tests", tests)] if tests else []),
        show_sentences("Notes", model.notes),
        f"wrote {out}; use it in a scenario with  effects: {{model: {out}}}",
    )
    return ExitCode.YES
