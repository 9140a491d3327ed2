"""The command that plans the rest of a running campaign again: replan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.given.rollouts_of import audiences_of, lots_of
from planner.commands.options.declared import FolderArgument, JsonOption, KeyOption, PlanOption, SetOption
from planner.commands.options.how_long import Effort
from planner.commands.running.flight import NOTICE, ActualsArgument, AsOfOption, RolloutOption, in_flight
from planner.commands.suggested.pasted import pasted
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.replan.asked_now import AskedNow
    from planner.replan.replanned import Replanned
    from scenarios.answer.archive import Frozen
    from scenarios.language.schema import Horizon, Scenario


@answering
def replan(
    folder: FolderArgument,
    actuals: ActualsArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="NEW", help="Write the new plan to this folder, which must not be DIR."),
    ] = None,
    plan: PlanOption = 1,
    as_of: AsOfOption = None,
    notice: Annotated[
        str,
        typer.Option("--notice", metavar="TIME", help="What cannot be stopped any more: 2 periods, or 2 days, 1 week."),
    ] = str(NOTICE),
    change_cost: Annotated[
        str | None,
        typer.Option(
            "--change-cost",
            metavar="AMOUNT",
            help="What every changed line must gain; by default 5 % of what an average line of the rest brings.",
        ),
    ] = None,
    effort: Annotated[Effort, typer.Option("--effort", help="How much work the search does.")] = Effort.QUICK,
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="FILE",
            help="The question as it is asked now: other limits, rules, stock, arrivals, funds.",
        ),
    ] = None,
    set_: SetOption = None,
    rollout: RolloutOption = None,
    key: KeyOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Learn from what happened, lock the past, and plan the rest again where changes pay."""
    from dataclasses import replace

    from planner.commands.options.signing import key_to_sign, refuse_unsigned_answer
    from planner.commands.terminal.live import watching
    from planner.flight.rollout.told_sizes import drawn_sizes, told_sizes
    from planner.replan.counted_stock import as_counted
    from planner.replan.replan import ReplanParams
    from planner.replan.replan import replan as plan_again
    from planner.report.flight.replan import show_replanned
    from planner.report.flight.replan_json import replan_json
    from planner.run.effort import Effort as Work
    from scenarios.answer.plan_files import read_plans, refuse_foreign, refuse_unwritable, write_plans
    from scenarios.answer.plans_kept import refuse_other_plans
    from scenarios.currency import minor_digits
    from scenarios.flight.reading.actuals_file import actuals_bytes
    from scenarios.language.horizon_words import so_far_words

    if out is not None:
        refuse_running(out, folder)
        refuse_foreign(out)
        refuse_unwritable(out)
    elif key is not None:
        refuse_unsigned_answer()
    secret = None if key is None else key_to_sign(key)
    raw = actuals_bytes(actuals)
    frozen, ranked, _, happened = in_flight(folder, plan, actuals, as_of, raw)
    if out is not None:
        refuse_other_plans(out, frozen.scenario.scenario, signs=key is not None)
    amount = None if change_cost is None else amount_of(change_cost, minor_digits(frozen.scenario.currency))
    asked = _asked_now(folder, frozen, scenario, set_ or ())
    asked = asked if asked is None else as_counted(asked, frozen.scenario, happened)
    switches = lots_of(folder, plan, frozen, happened.grid, rollout)
    audiences = audiences_of(folder, plan, frozen, happened.grid, rollout)
    plan_set = read_plans(folder).plan_set
    params = ReplanParams(
        notice=periods_of(notice, frozen.scenario.horizon), change_cost=amount, effort=Work(effort.value)
    )
    with watching(quiet=json_) as progress:
        found = plan_again(
            frozen, plan_set, ranked, happened, raw, params, progress,
            asked=asked, switches=switches, audiences=audiences,
        )  # fmt: skip
    sizes = told_sizes(happened, drawn_sizes(rollout or [], frozen.scenario.scenario))
    found = replace(found, attention=(*sizes, *found.attention))
    if out is not None and found.plan_set is not None:
        sealed = None if secret is None else secret()
        write_plans(out, found.plan_set, found.accounts, found.frozen, sealed)
    if json_:
        show_json(replan_json(found, folder=str(folder), plan=plan))
    else:
        so_far = so_far_words(frozen.scenario.horizon, happened.last + 1)
        until = found.flight.locked_until
        title = f"{folder}: plan {plan} as of {found.flight.as_of} ({so_far}); what runs until {until} stays"
        show(*show_replanned(found, title=title))
        given = {
            "--plan": None if plan == 1 else plan,
            "--as-of": as_of,
            "--notice": None if notice == str(NOTICE) else notice,
            "--change-cost": change_cost,
            "--effort": None if effort is Effort.QUICK else effort.value,
            "--scenario": scenario,
            "--set": set_,
            "--rollout": rollout,
        }
        if found.plan_set is None:
            if asked is not None:
                note(_from_now_on(found))
            _note_way_out(found, frozen.scenario if asked is None else asked.scenario, folder, actuals, given, out)
        else:
            note(_kept_by(folder, actuals, given) if out is None else _look_at(out, folder, plan, key))
    if found.interrupted and found.plan_set is None:
        note("interrupted: this is what was known by then; a run that ends by itself may find more")
    elif found.interrupted:
        note("interrupted: this is the best checked plan so far, not what the search would have found")
    return ExitCode.NO if found.plan_set is None else ExitCode.YES


def refuse_running(out: Path, folder: Path) -> None:
    """Never overwrite the plan that runs, however its folder is spelled.

    Raises
    ------
    InvalidInput
        Where both names mean the same folder.
    """
    from scenarios.problems import InvalidInput, Problem

    if not (out.exists() and folder.exists() and out.samefile(folder)):
        return
    expected, got = "another folder than that of the running plan", f"the folder of {folder}"
    remedy = "choose another --out, such as new/: compare and the next replan need the running plan"
    raise InvalidInput([Problem(where=str(out), what="output", expected=expected, got=got, remedy=remedy)])


def periods_of(text: str, horizon: Horizon) -> int:
    """Read a notice: a number of periods, or a length of time that is rounded up to periods.

    Raises
    ------
    InvalidInput
        For anything else.
    """
    from scenarios.language.schemas.limit import WindowSpan
    from scenarios.plain_digits import digits_remedy, is_rank
    from scenarios.problems import InvalidInput, Problem

    words = text.strip()
    if is_rank(words):
        return int(words)
    try:
        span = WindowSpan.parse(words)
    except ValueError:
        expected = "a number of periods such as 2, or a length of time such as 2 days"
        remedy = digits_remedy(text)
        raise InvalidInput(
            [Problem(where="--notice", what="notice", expected=expected, got=text, remedy=remedy)]
        ) from None
    return int(-(-span.days // horizon.period_days))


def amount_of(text: str, digits: int) -> Decimal:
    """Read the cost of a change, in major units of a currency with so many digits.

    Raises
    ------
    InvalidInput
        For what is no amount of money of at least 0, and for 1.000, which is a thousand or one.
    """
    from planner.typed_numbers import typed_number
    from scenarios.language.slips.column_points import points_in
    from scenarios.language.slips.point_numbers import one_way
    from scenarios.plain_digits import digits_remedy
    from scenarios.problems import InvalidInput, Problem

    amount = typed_number(text)
    if amount is None or not (0 <= amount < Decimal(10) ** 15):
        expected = "an amount of money of at least 0, in major units, such as 500"
        remedy = digits_remedy(text)
        raise InvalidInput([Problem(where="--change-cost", what="amount", expected=expected, got=text, remedy=remedy)])
    if points_in([text]).doubtful(digits):
        expected, remedy = "an amount of money that can be read in one way only", one_way(text.strip(), digits)
        raise InvalidInput([Problem(where="--change-cost", what="amount", expected=expected, got=text, remedy=remedy)])
    return amount


def _asked_now(folder: Path, frozen: Frozen, scenario: str | None, changes: Sequence[str]) -> AskedNow | None:
    """What is asked otherwise from now on: of a file, or of the question that the folder keeps; None for nothing."""
    from planner.replan.asked_now import asked_now, kept_question
    from scenarios.loading.load import load_scenario

    if scenario is None and not changes:
        return None
    own = kept_question(folder, frozen, changes) if scenario is None else load_scenario(scenario, changes)
    return asked_now(folder, frozen, own)


def _from_now_on(found: Replanned) -> str:
    """Say how a rule that is asked for now leaves out what has run."""
    days = f"{found.flight.locked_until + dt.timedelta(days=1)}..{found.frozen.scenario.horizon.last_day}"
    return f"rules count what has run, too: where: {{periods: [{days}]}} lets one begin with what can still change"


def _kept_by(folder: Path, actuals: Path, given: Mapping[str, object]) -> str:
    """Say what keeps the plan: the same question again, with a folder."""
    again = pasted("campaign replan", str(folder), str(actuals), options={**given, "--out": "new/"})
    return f"next: {again} keeps the plan"


def _note_way_out(
    found: Replanned, question: Scenario, folder: Path, actuals: Path, given: Mapping[str, object], out: Path | None
) -> None:
    """Say what to type next to try the cheapest way out, where options can write it."""
    from planner.commands.suggested.way_out import settings_of_a_way_out

    before = given["--set"] if isinstance(given["--set"], list) else []
    settings = () if found.conflict is None else settings_of_a_way_out(found.conflict, question, before)
    if settings:
        options = {**given, "--set": settings, "--out": out}
        note(f"next: {pasted('campaign replan', str(folder), str(actuals), options=options)} tries the cheapest way")


def _look_at(out: Path, folder: Path, plan: int, key: Path | None) -> str:
    """Say what to do with a folder that was written: check it, and compare it with the plan that ran."""
    check = pasted("campaign check", str(out), options={"--key": key})
    ran = str(folder) if plan == 1 else f"{folder}:{plan}"
    return f"wrote {out}; next: {check}, {pasted('campaign compare', ran, str(out))}"
