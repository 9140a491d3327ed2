"""Commands about what offers do: effects, train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands_question import JsonOption, ScenarioArgument, SetOption
from planner.terminal import ExitCode, answering, show, show_json


@answering
def effects(scenario: ScenarioArgument, set_: SetOption = None, json_: JsonOption = False) -> ExitCode:
    """Show effect scores per segment and offer, and what each offer needs to break even."""
    from planner.break_even import break_even
    from planner.effect_scores import effect_scores
    from planner.live import watching
    from planner.problem import build_problem
    from planner.report_effects import (
        effects_json,
        show_accuracy,
        show_break_even,
        show_evidence,
        show_overview,
        show_scores,
    )

    with watching(quiet=json_) as progress:
        problem = build_problem(scenario, set_ or (), progress)
    scores = effect_scores(problem.grid, problem.effects)
    needs = break_even(problem.model, problem.effects)
    accuracy = problem.learned.accuracy if problem.learned is not None else {}
    if json_:
        show_json(effects_json(problem.grid, problem.effects, scores, needs, accuracy))
        return ExitCode.YES
    show(
        show_overview(problem.grid, scores),
        *show_scores(problem.grid, scores),
        show_break_even(problem.grid, needs),
        *show_accuracy(accuracy),
        show_evidence(problem.grid.scenario, problem.effects),
    )
    return ExitCode.YES


@answering
def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A data.yaml that names the purchases.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the trained model goes.")],
    json_: JsonOption = False,
) -> ExitCode:
    """Fit the effect model on purchase data, print its held-out accuracy, and write it to a file."""
    raise NotImplementedError
