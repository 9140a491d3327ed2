"""The command that says why a plan is as it is: its promotions one by one, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.given.ranked_plan import counted_plan
from planner.commands.options.dates import day_given
from planner.commands.options.declared import FolderArgument, JsonOption, PlanOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import show, show_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from constraints.rulebook import RuleBook
    from planner.evaluation.evaluator import Evaluator
    from planner.reasons.not_planned.left_out import Absences
    from planner.reasons.standing.explain import Explanation
    from scenarios.answer.plan import RankedPlan
    from scenarios.answer.plan_files import PlanDirectory


@answering
def explain(
    folder: FolderArgument,
    plan: PlanOption = 1,
    lines: Annotated[bool, typer.Option("--lines", help="Line by line: days and segments one by one.")] = False,
    product: Annotated[
        str | None, typer.Option("--product", metavar="ID", help="Why offers do not stand on this product.")
    ] = None,
    offer: Annotated[str | None, typer.Option("--offer", metavar="ID", help="Where this offer could stand.")] = None,
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="ID", help="Only what this segment could get.")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="DATE", help="Only what could run on this day.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that is left out, not what surprises most.")] = False,
    json_: JsonOption = False,
) -> ExitCode:
    """Say of every promotion what it contributes and what limits it, and why others are not in the plan."""
    from planner.reasons.not_planned.asked import Asked
    from planner.reasons.not_planned.left_out import left_out
    from planner.reasons.standing.explain import counted_in, explain_plan
    from planner.report.explained.explain import explanation_json, show_lines, show_promotions
    from planner.report.explained.left_out import show_left_out
    from planner.report.explained.left_out_json import left_out_json
    from planner.report.explained.losing import show_losing
    from planner.report.names import names_of
    from planner.report.one_plan.risk import show_risk
    from scenarios.answer.plan_files import read_plans

    directory = read_plans(folder)
    ranked = counted_plan(directory, plan)
    day = day_given("--period", period)
    asked = Asked(product=product, offer=offer, segment=segment, period=day, whole=all_)
    explanation: Explanation | None = None
    with _tables(directory, quiet=json_) as (evaluator, book, first):
        if not asked.narrow:
            explanation = explain_plan(evaluator, ranked)
        absences = left_out(evaluator, book, ranked, asked, first)
    currency, grid = directory.plan_set.currency, evaluator.grid
    counted = counted_in(grid.scenario.objective)
    if json_:
        head = {"format": "campaign-left-out/1", "plan": plan, "currency": currency, "counted_in": counted.what}
        document = head if explanation is None else explanation_json(explanation, currency)
        show_json({**document, "left_out": left_out_json(absences), "left_out_more": absences.more})
        return ExitCode.YES
    shown: list[RenderableType] = []
    if explanation is not None:
        shown.append((show_lines if lines else show_promotions)(explanation, currency, names_of(grid.scenario)))
        shown += show_losing(explanation, currency, names_of(grid.scenario), whole=lines)
    shown.append(show_left_out(absences, grid.scenario, counted, narrow=asked.narrow))
    if explanation is not None and ranked.lines:
        shown.append(show_risk(ranked, directory.plan_set))
    show(*shown)
    return ExitCode.YES


def explained(directory: PlanDirectory, ranked: RankedPlan, *, quiet: bool) -> tuple[Explanation, Absences]:
    """Explain a plan of a folder, and what it leaves out; what slots could hold instead takes a while."""
    from planner.reasons.not_planned.asked import Asked
    from planner.reasons.not_planned.left_out import left_out
    from planner.reasons.standing.explain import explain_plan

    with _tables(directory, quiet=quiet) as (evaluator, book, first):
        return explain_plan(evaluator, ranked), left_out(evaluator, book, ranked, Asked(), first)


@contextmanager
def _tables(directory: PlanDirectory, *, quiet: bool) -> Iterator[tuple[Evaluator, RuleBook, int]]:
    """Make what plans of a folder are looked at with, and find the first period that is still open."""
    from constraints.rulebook import build_rulebook
    from planner.commands.terminal.live import watching
    from planner.evaluation.evaluator import Evaluator
    from planner.frozen_tables import problem_tables
    from planner.progress import Progress

    frozen = directory.problem()
    with watching(quiet=quiet) as progress:
        progress(Progress(stage="trying alternatives"))
        model, limits = problem_tables(frozen)
        yield Evaluator(model, limits), build_rulebook(model.grid, model.economics), frozen.effects.known_periods
