"""Commands for single customers: assign, decide."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.given.ranked_plan import ranked_plan
from planner.commands.options.declared import JsonOption, ScenarioArgument, SetOption
from planner.commands.options.pseudonym_key import key_reader
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.assign.customers.customer_file import CustomerFile
    from planner.assign.run import Asked, ScoredBy
    from planner.commands.terminal.live import Watcher
    from scenarios.language.date_ranges import DateRange
    from scenarios.loading.load import LoadedScenario

_CustomersArgument = Annotated[
    Path,
    typer.Argument(
        metavar="CUSTOMERS", help="CSV or Parquet file, one row a customer, with a column customer or pseudonym."
    ),
]
_WhyOption = Annotated[
    list[str] | None,
    typer.Option("--why", metavar="ID", help="Explain what this customer gets, or a file of ids; may be repeated."),
]
_RolloutOption = Annotated[
    Path | None,
    typer.Option("--rollout", metavar="OUT", help="Nobody whom this rollout keeps out gets an offer."),
]
_KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="With --rollout: key file of its pseudonyms; yours by default."),
]


@answering
def assign(
    scenario: ScenarioArgument,
    customers: _CustomersArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Table to write, .parquet or .csv.")],
    quotas: Annotated[
        Path | None, typer.Option("--quotas", metavar="DIR", help="Keep to a plan: its segments' quotas are limits.")
    ] = None,
    plan: Annotated[
        int | None,
        typer.Option("--plan", metavar="N", min=1, help="Which plan of --quotas, by its rank; the best one."),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="When the offers go out: a date, or FIRST..LAST.")
    ] = None,
    why: _WhyOption = None,
    rollout: _RolloutOption = None,
    key: _KeyOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Give each customer the best offer or none, under limits that all customers share."""
    from dataclasses import replace

    from planner.assign.asked_ids import asked_ids
    from planner.assign.customers.customer_file import open_customers
    from planner.assign.customers.held_out import read_holdout
    from planner.assign.customers.nobody_held import found_or_judged
    from planner.assign.run import open_intake, run
    from planner.assign.scoring.file_scores import holds_scores
    from planner.assign.written import refuse_foreign
    from planner.commands.options.beside import refuse_lonely
    from planner.commands.terminal.live import watching
    from planner.export.table_out import check_table_path
    from planner.flight.rollout.of_question import refuse_rollout_of_another_question
    from planner.progress import Progress
    from planner.report.assign import show_assignment, show_explained
    from scenarios.answer.json_records import to_data
    from scenarios.loading.load import load_scenario
    from scenarios.problems import Gathered

    gathered = Gathered()
    span: DateRange | None = None
    file: CustomerFile | None = None
    loaded: LoadedScenario | None = None
    asked: Asked | None = None
    with gathered.step():
        span = None if date is None else _span(date)
    with gathered.step():
        file = open_customers(customers)
    with gathered.step():
        loaded = load_scenario(scenario, set_ or ())
    with gathered.step():
        check_table_path(out)
        refuse_foreign(out, _inputs(customers, loaded, rollout))
    with gathered.step():
        refuse_lonely(rollout, key=key)
    with gathered.step():
        refuse_lonely(quotas, beside="--quotas DIR", plan=plan)
    if loaded is not None:
        with gathered.step():
            asked = _asked(loaded, customers, out, quotas, plan or 1, span, asked_ids(why or ()))
    if asked is not None and file is not None and (holds_scores(file) or asked.loaded.effects is not None):
        with gathered.step():
            open_intake(file, asked.loaded, asked.span, asked.quotas, asked.segments)
    if asked is not None and file is not None and rollout is not None:
        with gathered.step():
            if quotas is not None:
                _refuse_other_rollout(rollout, quotas, plan or 1, asked)
            holdout = read_holdout(rollout, asked.loaded.scenario.scenario, asked.plan)
            refuse_rollout_of_another_question(rollout, asked.loaded.scenario)
            asked = replace(asked, held_out=found_or_judged(holdout, file, key_reader(key)))
    gathered.refuse()
    if loaded is None or asked is None or file is None:
        raise ValueError("what could not be read was refused above")
    with watching(quiet=json_) as progress:
        if not holds_scores(file):
            asked = replace(asked, model=_by_model(loaded, progress))
        record, explained = run(asked, lambda stage: progress(Progress(stage=stage)))
    if json_:
        document = to_data(record)
        if explained:
            document |= {"customers_explained": to_data(explained)}
        show_json(document)
        return ExitCode.YES
    show(*show_assignment(record), *(part for one in explained for part in show_explained(one, record.currency)))
    further = _next(scenario, out, loaded.overrides, rollout, key)
    note(f"wrote {out} and {out.with_suffix('.json')}; a new customer: {further}")
    return ExitCode.YES


@answering
def decide(
    scenario: ScenarioArgument,
    customers: _CustomersArgument,
    at: Annotated[
        Path, typer.Option("--at", metavar="FILE", help="Table that campaign assign wrote: its prices count.")
    ],
    why: _WhyOption = None,
    rollout: _RolloutOption = None,
    key: _KeyOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Say what new customers get at the prices of an assignment, and why."""
    from planner.assign.asked_ids import asked_ids
    from planner.assign.decide import decide as decide_at
    from planner.commands.options.beside import refuse_lonely
    from planner.commands.terminal.live import watching
    from planner.report.decided import show_decided
    from scenarios.loading.load import load_scenario

    refuse_lonely(rollout, key=key)
    asked_of = asked_ids(why or ())
    loaded = load_scenario(scenario, set_ or ())
    heeded = None if rollout is None else (rollout, key_reader(key))
    with watching(quiet=json_) as progress:
        decided = decide_at(loaded, customers, at, lambda: _by_model(loaded, progress), heeded)
    named = decided.named(asked_of, customers)
    if json_:
        document = {"format": "campaign-decided/1", "customers": decided.customers, "assumed": decided.assumed}
        show_json(document | {"doubts": decided.doubts})
    else:
        show(*show_decided(decided, named))
    return ExitCode.YES


def _by_model(loaded: LoadedScenario, progress: Watcher) -> ScoredBy | None:
    """Return what scores features, where the scenario's effects do not come from a table; JAX loads only then."""
    if loaded.effects is not None:
        return None
    from planner.assign.by_model import scored_by

    return scored_by(loaded, progress)


def _next(scenario: str, out: Path, overrides: tuple[str, ...], rollout: Path | None, key: Path | None) -> str:
    options = "".join(f" --set {shlex.quote(one)}" for one in overrides)
    for option, path in (("--rollout", rollout), ("--key", key)):
        options += "" if path is None else f" {option} {shlex.quote(str(path))}"
    return f"campaign decide {shlex.quote(scenario)} new.csv --at {shlex.quote(str(out))}{options}"


def _inputs(customers: Path, loaded: LoadedScenario | None, rollout: Path | None) -> Iterator[tuple[str, Path]]:
    """Files that are read, each with its name in words."""
    yield "the customers' own", customers
    yield from (("the rollout's own", one) for one in (rollout.rglob("*.csv") if rollout is not None else ()))
    if loaded is not None and isinstance(loaded.files.folder, Path):
        yield "the scenario's own", Path(loaded.name)
        for name in loaded.files.read_bytes:
            yield f"the scenario's own {name}", loaded.files.folder / name


def _asked(
    loaded: LoadedScenario,
    customers: Path,
    out: Path,
    quotas: Path | None,
    plan: int,
    span: DateRange | None,
    why: tuple[str, ...],
) -> Asked:
    from planner.assign.run import Asked

    if quotas is None:
        return Asked(loaded=loaded, customers=customers, out=out, span=span, why=why)
    from planner.assign.quotas import plan_quotas

    read = plan_quotas(loaded, quotas, lambda plans: ranked_plan(plans, plan, quotas), span)
    return Asked(
        loaded=loaded, customers=customers, out=out, span=span, why=why, quotas=read.quotas, plan=read.plan,
        segments=read.segments,
    )  # fmt: skip


def _refuse_other_rollout(rollout: Path, quotas: Path, rank: int, asked: Asked) -> None:
    from planner.flight.rollout.of_plan import refuse_other_rollouts
    from scenarios.answer.plan_files import read_plans

    directory = read_plans(quotas)
    lines, flight = ranked_plan(directory.plan_set, rank, quotas).plan_lines, directory.problem().flight
    name = asked.loaded.scenario.scenario
    refuse_other_rollouts([rollout], quotas, lines, scenario=name, rank=rank, flight=flight)


def _span(text: str) -> DateRange:
    from pydantic_core import PydanticCustomError

    from scenarios.language.date_ranges import DateRange
    from scenarios.problems import InvalidInput, Problem

    try:
        return DateRange.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        expected, remedy = str(context.get("expected", "a date")), str(context.get("remedy", ""))
        raise InvalidInput([Problem(where="--date", what="date", expected=expected, got=text, remedy=remedy)]) from None
