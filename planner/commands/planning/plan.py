"""The command plan: search for the best plans of a scenario, check them, and show them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.options.declared import MOST_SEED, JsonOption, KeyOption, ScenarioArgument, SetOption
from planner.commands.options.how_long import Effort, refuse_seconds
from planner.commands.suggested.no_plan import NoPlan, tell_no_plan
from planner.commands.suggested.pasted import pasted
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from planner.bound.gap.story import GapStory
    from planner.problem import Problem
    from planner.run.search import SearchResult
    from planner.run.search_params import SearchParams

PLANS, FRONT_PLANS = 5, 12
"""Plans that are returned, of a single objective and of a front, where nobody says how many."""


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
    since = time.monotonic()
    from constraints.lines_on_nothing import lines_on_nothing
    from planner.commands.given.start import answered_by, read_start
    from planner.commands.options.signing import key_to_sign, refuse_unsigned_answer
    from planner.commands.terminal.live import watching
    from planner.export.plan_files import EXPORTED
    from planner.figures import apart, given, parse_share_option
    from planner.problem import build_problem
    from planner.progress import Progress
    from planner.reasons.explain import counted_in
    from planner.report.front import knee_plan
    from planner.report.gap import gap_json, show_gap
    from planner.report.plan import show_plans
    from planner.report.side_by_side.since import show_since, since_json
    from planner.run.effort import Effort as Work
    from planner.run.question_size import question_size
    from planner.run.search import plan_campaign
    from planner.run.search_params import SearchParams
    from scenarios.answer.archive import freeze
    from scenarios.answer.json_records import to_data
    from scenarios.answer.plan_files import refuse_foreign, refuse_unwritable, write_plans
    from scenarios.language.aim import senses_of
    from scenarios.problems import InvalidInput

    wanted = None if gap is None else parse_share_option(gap, option="--gap")
    kept = None if keep is None else parse_share_option(keep, option="--keep")
    if kept is not None and start is None:
        refuse_keep()
    if seconds is not None:
        refuse_seconds(seconds)
    if out is not None:
        refuse_foreign(out)
        refuse_unwritable(out)
    elif key is not None:
        refuse_unsigned_answer()
    secret = None if key is None else key_to_sign(key)
    with watching(quiet=json_) as progress:
        problem = build_problem(scenario, set_ or (), progress)
        begin = None if start is None else read_start(start, problem.grid)
        count = plans or (PLANS if senses_of(problem.grid.scenario.objective) is None else FRONT_PLANS)
        params = SearchParams(
            seed=seed,
            effort=Work(effort.value),
            seconds=seconds,
            since=since,
            plans=count,
            start=begin,
            keep=kept,
            gap=wanted,
        )
        size = question_size(problem.grid, coupled=problem.coupled)
        known = size.words if seconds is not None else f"{size.words}: {size.takes(effort.value)}"
        progress(Progress(stage="preparing", share_done=0.0, known=known))
        result = plan_campaign(problem, params, progress)
    asked = {
        "--seed": seed or None,
        "--effort": None if effort is Effort.NORMAL else effort.value,
        "--seconds": None if seconds is None else f"{seconds:g}",
        "--plans": plans,
        "--start": start,
        "--keep": keep,
        "--gap": gap,
        "--set": set_,
    }
    for sentence in () if begin is None else lines_on_nothing(problem.grid, problem.rulebook.idle, begin):
        note(sentence)
    plan_set = result.plan_set
    if plan_set is None or not plan_set.plans:
        none = NoPlan(problem=problem, params=params, result=result, scenario=scenario, asked={**asked, "--out": out})
        tell_no_plan(none, as_json=json_)
        return ExitCode.NO
    unwritten: InvalidInput | None = None
    if out is not None:
        try:
            sealed = None if secret is None else secret()
            plan_set = write_plans(out, plan_set, result.accounts, freeze(problem.loaded, seed), sealed)
        except InvalidInput as error:
            if json_:
                raise
            unwritten = error  # the search may have taken long: what it found is shown all the same
        if not json_ and (out / EXPORTED).exists():
            note(f"{out / EXPORTED} is the export of an older run; campaign export {shlex.quote(str(out))} renews it")
    against = "" if problem.learned is None else problem.learned.distrust
    if against:  # before the plans that rest on these lifts
        (note if json_ else show)(against)
    if json_:
        document: dict[str, object] = to_data(plan_set)
        if begin is not None:
            document["since"] = since_json(
                problem, begin, knee_plan(plan_set), str(start), seed, answered_by(str(start))
            )
        if explain_gap:
            document["gap_explained"] = gap_json(gap_story(result, problem, params))
        show_json(document)
    else:
        if explain_gap:
            counted = counted_in(problem.grid.scenario.objective)
            show(show_gap(gap_story(result, problem, params), plan_set.currency, counted), "")
        show(*show_plans(plan_set, problem.grid, problem.model, problem.effects))
        if begin is not None:
            show("", *show_since(problem, begin, knee_plan(plan_set), str(start), seed, answered_by(str(start))))
        note(_next_command(scenario, None if unwritten is not None else out, asked, knee_plan(plan_set).rank))
    if unwritten is not None:
        raise unwritten
    if result.interrupted:
        note("interrupted: these are the best checked plans so far, not all that the search would have found")
    best = plan_set.plans[0].gap
    if wanted is not None and not (best is not None and best <= wanted):
        found = "not known" if best is None else apart(best, wanted, lambda gap, more: f"{gap:.{2 + more}%}")
        note(f"the gap is {found}, more than the {given(wanted)} asked for")
        return ExitCode.NO
    return ExitCode.YES


def gap_story(result: SearchResult, problem: Problem, params: SearchParams) -> GapStory | None:
    """Split the best plan's gap by the bound's own prices."""
    from planner.bound.gap.story import explain_gap
    from planner.run.effort import bound_of

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
        bound_of(params.effort, problem.grid.slots),
    )


def _next_command(scenario: str, out: Path | None, asked: Mapping[str, object], shown: int) -> str:
    """Say what to type next: the same question again, kept; or a look at the plan that is shown in full."""
    if out is None:
        return f"next: {pasted('campaign plan', scenario, options={**asked, '--out': 'plans/'})} keeps the plans"
    which = {"--plan": None if shown == 1 else shown}
    explain, check = pasted("campaign explain", str(out), options=which), pasted("campaign check", str(out))
    return f"wrote {out}; next: {explain}, {check}, {pasted('campaign export', str(out), options=which)} --csv"


def refuse_keep() -> None:
    """Refuse to keep lines of no plan.

    Raises
    ------
    InvalidInput
        Always.
    """
    from scenarios.problems import InvalidInput, Problem

    expected, remedy = "a plan whose lines are kept", "name it by --start: LINES.csv, a plan folder or plans.json"
    raise InvalidInput([Problem(where="--keep", what="plan", expected=expected, got="no --start", remedy=remedy)])
