"""The command plan: search for the best plans of a scenario, check them, and show them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.options.declared import MOST_SEED, JsonOption, KeyOption, ScenarioArgument, SetOption
from planner.commands.options.how_long import Effort
from planner.commands.planning.plan_run import Asked, Searched, refused, searched, written
from planner.commands.suggested.no_plan import NoPlan, tell_no_plan
from planner.commands.suggested.pasted import pasted
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from planner.bound.gap.story import GapStory
    from scenarios.answer.plan import PlanSet


@answering
def plan(
    scenario: ScenarioArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the plans to this folder.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="Same seed, same plans.")] = 0,
    effort: Annotated[Effort, typer.Option("--effort", help="How much work the search does.")] = Effort.NORMAL,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds",
            metavar="N",
            help="Answer after about N seconds by the clock instead, all counted; not repeatable.",
        ),
    ] = None,
    plans: Annotated[
        int | None, typer.Option("--plans", min=1, max=20, help="How many plans to return: 5, or 12 of a front.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="PLAN", help="Improve a plan: LINES.csv, a plan folder (DIR:N) or plans.json."),
    ] = None,
    keep: Annotated[
        str | None, typer.Option("--keep", metavar="SHARE", help="Keep at least this share of the start's lines: 80%.")
    ] = None,
    gap: Annotated[
        str | None,
        typer.Option("--gap", metavar="SHARE", help="Stop when the gap is this small: 5%; exit 1 where it is larger."),
    ] = None,
    explain_gap: Annotated[
        bool, typer.Option("--explain-gap", help="Show what the gap of the best plan is made of.")
    ] = False,
    key: KeyOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Search for the best plans inside every limit, check them, and show them."""
    asked = Asked(
        scenario=scenario,
        out=out,
        seed=seed,
        effort=effort,
        seconds=seconds,
        plans=plans,
        start=start,
        keep=keep,
        gap=gap,
        explain_gap=explain_gap,
        key=key,
        set=tuple(set_ or ()),
        as_json=json_,
        since=time.monotonic(),
    )
    secret = refused(asked)
    found = searched(asked)
    if found.result.plan_set is None or not found.result.plan_set.plans:
        options = {**asked.options, "--out": out}
        none = NoPlan(problem=found.problem, params=found.params, result=found.result, scenario=scenario, asked=options)
        tell_no_plan(none, as_json=json_)
        return ExitCode.NO
    plan_set, unwritten = written(asked, found, found.result.plan_set, secret)
    _shown(asked, found, plan_set, None if unwritten is not None else out)
    if unwritten is not None:
        raise unwritten
    if found.result.interrupted:
        note("interrupted: these are the best checked plans so far, not all that the search would have found")
    return _within_gap(found.params.gap, plan_set.plans[0].gap)


def _shown(asked: Asked, found: Searched, plan_set: PlanSet, out: Path | None) -> None:
    """Show the plans, what a given plan gained, what the gap is made of, and what to type next.

    Parameters
    ----------
    out
        Where the plans were written.
    """
    from planner.commands.given.start import answered_by
    from planner.reasons.standing.explain import counted_in
    from planner.report.front import knee_plan
    from planner.report.gap import gap_json, show_gap
    from planner.report.plan import show_plans
    from planner.report.side_by_side.since import show_since, since_json
    from scenarios.answer.json_records import to_data

    problem, begin = found.problem, found.params.start
    against, given = "" if problem.learned is None else problem.learned.distrust, str(asked.start)
    if against:  # before the plans that rest on these lifts
        (note if asked.as_json else show)(against)
    if asked.as_json:
        document: dict[str, object] = to_data(plan_set)
        if begin is not None:
            document["since"] = since_json(problem, begin, knee_plan(plan_set), given, asked.seed, answered_by(given))
        if asked.explain_gap:
            document["gap_explained"] = gap_json(gap_story(found))
        show_json(document)
        return
    if asked.explain_gap:
        counted = counted_in(problem.grid.scenario.objective)
        show(show_gap(gap_story(found), plan_set.currency, counted), "")
    show(*show_plans(plan_set, problem.grid, problem.model, problem.effects))
    if begin is not None:
        show("", *show_since(problem, begin, knee_plan(plan_set), given, asked.seed, answered_by(given)))
    note(_next_command(asked.scenario, out, asked.options, knee_plan(plan_set).rank))


def _within_gap(wanted: float | None, best: float | None) -> ExitCode:
    """Whether the best plan's gap is as small as was asked for."""
    from planner.figures import apart, given

    if wanted is None or (best is not None and best <= wanted):
        return ExitCode.YES
    found = "not known" if best is None else apart(best, wanted, lambda gap, more: f"{gap:.{2 + more}%}")
    note(f"the gap is {found}, more than the {given(wanted)} asked for")
    return ExitCode.NO


def gap_story(found: Searched) -> GapStory | None:
    """Split the best plan's gap by the bound's own prices."""
    from planner.bound.gap.story import explain_gap
    from planner.run.effort import bound_of

    problem, result = found.problem, found.result
    if result.bound is None:
        return None
    book = problem.rulebook
    return explain_gap(
        problem.model,
        problem.limits,
        book.passable,
        book.locked_lines(),
        book.rules,
        result.bound,
        result.plans[0],
        bound_of(found.params.effort, problem.grid.slots),
    )


def _next_command(scenario: str, out: Path | None, asked: Mapping[str, object], shown: int) -> str:
    """Say what to type next: the same question again, kept; or a look at the plan that is shown in full."""
    if out is None:
        return f"next: {pasted('campaign plan', scenario, options={**asked, '--out': 'plans/'})} keeps the plans"
    which = {"--plan": None if shown == 1 else shown}
    explain, check = pasted("campaign explain", str(out), options=which), pasted("campaign check", str(out))
    return f"wrote {out}; next: {explain}, {check}, {pasted('campaign export', str(out), options=which)} --csv"
