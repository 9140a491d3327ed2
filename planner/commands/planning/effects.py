"""The command effects: what offers do, and what one effect comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from planner.commands.options.declared import JsonOption, ScenarioArgument, SetOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import show, show_json


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
    from planner.commands.terminal.live import watching
    from planner.problem import build_problem
    from planner.reasons.assumed.assumptions import caps
    from planner.reasons.by_itself.break_even import break_even
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
        told_first = [*against, *notes, *document["notes"]]
        show_json({**document, "offers": words, "caps": list(caps(problem)), "notes": told_first})
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
    from planner.commands.terminal.live import watching
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
