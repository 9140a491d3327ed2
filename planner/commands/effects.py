"""Commands about what offers do: effects, train."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.question import MOST_SEED, JsonOption, ScenarioArgument, SetOption
from planner.commands.terminal import ExitCode, answering, note, show, show_json

if TYPE_CHECKING:
    from planner.progress import Progress


_GOES_ON = (
    ". What had ended by then (purchases read, networks fitted) is kept in the cache, and the same command goes on "
    "from it"
)


@answering
def effects(
    scenario: ScenarioArgument,
    why: Annotated[
        tuple[str, str] | None,
        typer.Option("--why", metavar="SEGMENT OFFER", help="What one effect comes from, and how far to trust it."),
    ] = None,
    product: Annotated[
        str | None, typer.Option("--product", metavar="ID", help="With --why: on this product only.")
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Show effect scores per segment and offer, and what each offer needs to break even."""
    if why is not None:
        return _why(scenario, why, product, set_ or (), json_)
    if product is not None:
        from scenarios.problems import InvalidInput, Problem

        remedy = "add --why SEGMENT OFFER, or leave it out"
        raise InvalidInput(
            [Problem(where="--product", what="option", expected="--why beside it", got=product, remedy=remedy)]
        )
    from planner.commands.live import watching
    from planner.problem import build_problem
    from planner.reasons.assumptions import caps
    from planner.reasons.break_even import break_even
    from planner.reasons.doubts import sent_elsewhere
    from planner.reasons.effect_scores import effect_scores
    from planner.report.notes import show_sentences
    from planner.report.offers.break_even import show_break_even
    from planner.report.offers.effects import effects_json, show_accuracy, show_evidence, show_overview, show_scores
    from planner.report.offers.offers_read import offers_in_words, show_offers
    from scenarios.loading.doubtful.sold_at_a_loss import sold_at_a_loss

    with watching(quiet=json_) as progress:
        problem = build_problem(scenario, set_ or (), progress)
    scores = effect_scores(problem.grid, problem.effects)
    needs = break_even(problem.model, problem.effects)
    accuracy = problem.learned.accuracy if problem.learned is not None else {}
    suspicions = problem.learned.suspicions if problem.learned is not None else {}
    against = () if problem.learned is None or not problem.learned.distrust else (problem.learned.distrust,)
    told = problem.learned.elsewhere if problem.learned is not None else {}
    elsewhere = sent_elsewhere([(offer, segment) for offer, each in told.items() for segment in each], told)
    notes = (*elsewhere, *sold_at_a_loss(problem.grid.scenario))
    if json_:
        document = effects_json(problem.grid, problem.effects, scores, needs, accuracy, suspicions)
        words = offers_in_words(problem.grid.scenario)
        show_json({**document, "offers": words, "caps": list(caps(problem)), "notes": [*against, *notes]})
        return ExitCode.YES
    show(
        *against,
        show_offers(problem.grid.scenario),
        show_overview(problem.grid, scores),
        *show_scores(problem.grid, scores, problem.effects.evidence, suspicions),
        show_break_even(problem.grid, needs, scores),
        *((show_sentences("Caps per customer, which the scores leave out", caps(problem)),) if caps(problem) else ()),
        *((show_sentences("Notes", notes),) if notes else ()),
        *show_accuracy(accuracy),
        show_evidence(problem.grid.scenario, problem.effects),
    )
    return ExitCode.YES


def _why(scenario: str, why: tuple[str, str], product: str | None, set_: Sequence[str], json_: bool) -> ExitCode:
    from planner.commands.live import watching
    from planner.problem import build_problem
    from planner.reasons.why import why as explain
    from planner.report.learned.why import show_why, why_json
    from scenarios.loading.load import load_scenario

    with watching(quiet=json_) as progress:
        problem = build_problem(scenario, set_, progress)
        found = explain(problem, load_scenario(scenario, set_), *why, product, progress)
    if json_:
        show_json(why_json(problem.grid, found))
    else:
        show(*show_why(problem.grid, found))
    return ExitCode.YES


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
    from planner.commands.live import watching
    from planner.learning import holdout_untold, levels_and_effects_of, train_model
    from planner.report.notes import show_sentences
    from planner.report.offers.effects import accuracy_json, show_accuracy
    from surrogate.experiment.spec import is_experiment

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
    apart = levels_and_effects_of(model)
    if json_:
        document = {"source": model.source, "accuracy": accuracy_json(model.accuracy), "cleaning": model.cleaning}
        document |= {"levels_and_effects": apart, "notes": model.notes, "holdout_unused": holdout_untold(model)}
        show_json({"format": "campaign-training/1", "model": str(out), **document})
        return ExitCode.YES
    show(
        *show_accuracy(model.accuracy),
        *([show_sentences("Levels and effects apart", apart)] if apart else []),
        show_sentences("Cleaning", model.cleaning),
        show_sentences("Notes", model.notes),
        f"wrote {out}; use it in a scenario with  effects: {{model: {out}}}",
    )
    return ExitCode.YES
