"""Commands about a campaign that runs or ran: monitor, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.given.ranked_plan import ranked_plan
from planner.commands.given.rollouts_of import audiences_of, lots_of
from planner.commands.options.dates import day_given
from planner.commands.options.declared import FolderArgument, JsonOption, PlanOption
from planner.commands.options.pseudonym_key import key_reader
from planner.commands.running.report_files import inputs_of_a_report, refuse_foreign_effects, refuse_foreign_lessons
from planner.commands.suggested.pasted import pasted
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    import datetime as dt

    import numpy as np
    from numpy.typing import NDArray

    from planner.flight.evaluate import OutcomeReport
    from scenarios.answer.archive import Frozen
    from scenarios.answer.plan import RankedPlan
    from scenarios.flight.actuals import Actuals
    from scenarios.flight.customer_outcomes import CustomerGroup
    from scenarios.problems import InvalidInput

ActualsArgument = Annotated[
    Path, typer.Argument(metavar="ACTUALS", help="CSV of what happened: date, product, segment, units, revenue ...")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Refuse rows after this day, and of weeks that it cuts; else only the horizon ends.",
    ),
]

NOTICE = 1
"""Periods after the actuals that a re-planning cannot change, where nothing is said of them."""
RolloutOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rollout", metavar="OUT", help="The rollout: what a lot switched off, whom it keeps out; repeat for several."
    ),
]


@answering
def monitor(
    folder: FolderArgument,
    actuals: ActualsArgument,
    plan: PlanOption = 1,
    as_of: AsOfOption = None,
    false_alarms: Annotated[
        str,
        typer.Option(
            "--false-alarms", metavar="SHARE", help="Share of undisturbed campaigns that may raise any alarm."
        ),
    ] = "5%",
    rollout: RolloutOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Compare a running campaign with its forecast: alarms, stock-outs, budgets that will break, conversion."""
    from dataclasses import replace

    from planner.figures import parse_share_option
    from planner.flight.rollout.told_sizes import drawn_sizes, told_sizes
    from planner.flight.watch.monitor import MonitorParams
    from planner.flight.watch.monitor import monitor as watch
    from planner.report.flight.monitor import monitor_json, show_monitor
    from scenarios.problems import InvalidInput, Problem
    from surrogate.flight.watch.sequential import SequentialParams

    share = parse_share_option(false_alarms, option="--false-alarms")
    try:
        params = MonitorParams(sequential=SequentialParams(false_alarms=share))
    except ValueError:
        expected = "a share from 0.1% to 50%"
        raise InvalidInput(
            [Problem(where="--false-alarms", what="share", expected=expected, got=false_alarms)]
        ) from None
    frozen, _, flat, found = in_flight(folder, plan, actuals, as_of)
    switches = lots_of(folder, plan, frozen, found.grid, rollout)
    audiences = audiences_of(folder, plan, frozen, found.grid, rollout)
    report = watch(
        frozen, flat, found, folder=str(folder), rank=plan, switches=switches, audiences=audiences, params=params
    )
    sizes = told_sizes(found, drawn_sizes(rollout or [], frozen.scenario.scenario))
    report = replace(report, attention=(*sizes, *report.attention))
    if json_:
        show_json(monitor_json(report))
    else:
        show(*show_monitor(report))
        if not report.on_course and report.periods + NOTICE < report.horizon:
            asked = {"--plan": None if plan == 1 else plan, "--as-of": as_of, "--rollout": rollout, "--out": "new/"}
            note(f"next: {pasted('campaign replan', str(folder), str(actuals), options=asked)} plans the rest again")
    return ExitCode.YES if report.on_course else ExitCode.NO


@answering
def report(
    folder: FolderArgument,
    actuals: ActualsArgument,
    plan: PlanOption = 1,
    as_of: AsOfOption = None,
    customers: Annotated[
        Path | None,
        typer.Option(
            "--customers", metavar="FILE", help="Units by customer on the days of the offer: segment, group, units ..."
        ),
    ] = None,
    rollout: RolloutOption = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="With --customers: key file of the rollout's pseudonyms."),
    ] = None,
    lessons: Annotated[
        Path | None, typer.Option("--lessons", metavar="FILE", help="CSV of measured lifts for the next training.")
    ] = None,
    effects: Annotated[
        Path | None,
        typer.Option("--effects", metavar="FILE", help="Effect table with what was learned, for the next scenario."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="The same as one page for a browser.")
    ] = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Evaluate a campaign: forecast and actual, the bridge between the profits, what its offers caused, lessons."""
    from dataclasses import replace

    from planner.assign.customers.groups_as_drawn import compare_groups
    from planner.commands.options.beside import refuse_lonely
    from planner.flight.evaluate import evaluate_campaign
    from planner.flight.measure.lessons import lessons_csv
    from planner.flight.past.account import past_account
    from planner.flight.past.learning import learn_whole
    from planner.flight.rollout.told_sizes import drawn_sizes, told_sizes
    from planner.replan.next_effects import next_effects, refuse_without_table
    from planner.replan.until_now.gained_so_far import gained_so_far
    from planner.report.flight.outcome_report import outcome_json, show_outcome
    from scenarios.flight.customer_outcomes import read_customer_outcomes
    from scenarios.whole import write_whole
    from surrogate.data.files.customer_file import customer_table

    needed = "--customers FILE and --rollout OUT"
    refuse_lonely(rollout[0] if rollout and customers is not None else None, beside=needed, key=key)
    read = inputs_of_a_report(actuals, customers, rollout or [])
    if lessons is not None:
        refuse_foreign_lessons(lessons, read)
    if effects is not None:
        refuse_foreign_effects(effects, read, lessons)
    if html is not None:
        from planner.page.file import check_page_path

        check_page_path(html, read)
    frozen, _, flat, found = in_flight(folder, plan, actuals, as_of)
    if effects is not None:
        refuse_without_table(frozen)
    switches = lots_of(folder, plan, frozen, found.grid, rollout)
    groups: tuple[CustomerGroup, ...] = ()
    said: tuple[str, ...] = ()
    if customers is not None:
        table = customer_table(customers)
        groups = read_customer_outcomes(table, found.grid)
        said = compare_groups(customers, table, rollout or [], frozen.scenario.scenario, key_reader(key))
    past = past_account(frozen, flat, found, switches)
    outcome = evaluate_campaign(
        frozen,
        flat,
        found,
        folder=str(folder),
        rank=plan,
        customers=groups,
        switches=switches,
        audiences=audiences_of(folder, plan, frozen, found.grid, rollout),
        past=past,
    )
    learned = learn_whole(frozen, flat, found, switches, past.seen)
    outcome = replace(outcome, gained=gained_so_far(frozen, learned, outcome.bridge[-1], switches))
    sizes = told_sizes(found, drawn_sizes(rollout or [], frozen.scenario.scenario))
    outcome = replace(outcome, notes=(*said, *outcome.notes), attention=(*sizes, *outcome.attention))
    wrote = []
    if lessons is not None:
        write_whole(lessons, lessons_csv(outcome.lessons))
        wrote.append(f"wrote {lessons}{no_lesson(outcome)}")
    if effects is not None:
        taught = next_effects(frozen, learned)
        write_whole(effects, taught.raw)
        lift_is = frozen.scenario.effects.lift_is
        named = f"name it in the next scenario, effects: {{table: {effects}, lift_is: {lift_is}}}"
        wrote += [f"wrote {effects}; {named}", *taught.said]
    if html is not None:
        from planner.page.outcome_page import outcome_page
        from scenarios.answer.plan_files import PLANS

        title = frozen.scenario.title or frozen.scenario.scenario
        write_whole(html, outcome_page(outcome, title=title, plans=(folder / PLANS).read_bytes()))
        wrote.append(f"wrote {html}")
    if json_:
        show_json(outcome_json(outcome))
    else:
        show(*show_outcome(outcome), *wrote)
    return ExitCode.YES


def no_lesson(outcome: OutcomeReport) -> str:
    """Say why a file of lessons is empty; nothing where it is not."""
    if outcome.lessons:
        return ""
    if outcome.effects:
        return (
            ": no lesson in it, because no lift above is one that training reads: of one offer on products, where "
            "everybody who wanted it found a piece, with an error that says something"
        )
    return ": no lesson in it, because nothing was measured against a holdout"


def in_flight(
    folder: Path, rank: int, actuals: Path, as_of: str | None, raw: bytes | None = None
) -> tuple[Frozen, RankedPlan, NDArray[np.int8], Actuals]:
    """Read a plan folder and what happened (``raw``, where it was read): problem, plan, its flat vector, actuals.

    Raises
    ------
    InvalidInput
        Where either cannot be used.
    """
    from scenarios.answer.plan_files import plan_place, read_plans
    from scenarios.answer.planned import planned
    from scenarios.flight.reading.actuals_file import load_actuals
    from scenarios.grid import build_grid

    directory = read_plans(folder)
    ranked = ranked_plan(directory.plan_set, rank, folder)
    frozen = directory.problem()
    grid = build_grid(frozen.scenario, frozen.custom)
    flat = planned(grid, ranked.plan_lines, where=plan_place(folder, rank))
    settled = 0 if frozen.flight is None else frozen.flight.known_periods
    lines, until = ranked.plan_lines, day_given("--as-of", as_of)
    best = frozen.effects.base_units.sum(axis=-3).max(axis=-1).max(axis=0)  # [K] of its members, whichever says most
    happened = load_actuals(actuals, grid, lines, as_of=until, raw=raw, settled_periods=settled, expected=best)
    if frozen.flight is not None and happened.last + 1 < settled:
        raise _older(happened, folder, frozen.flight.as_of)
    return frozen, ranked, flat, happened


def _older(happened: Actuals, folder: Path, known: dt.date) -> InvalidInput:
    """The refusal of sales that end before those by which a folder was planned again: last week's file, most often."""
    from scenarios.problems import InvalidInput, Problem

    expected = f"sales up to {known} or later, by which {folder} was planned again"
    remedy = "give the latest file, with all days from the campaign's first on"
    got = f"sales up to {happened.as_of}"
    return InvalidInput([Problem(where=happened.name, what="date", expected=expected, got=got, remedy=remedy)])
