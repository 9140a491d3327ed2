"""Commands about plans that were made: compare, check, export."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.given.ranked_plan import counted_plan, ranked_plan
from planner.commands.options.declared import FolderArgument, JsonOption, KeyOption, PlanOption
from planner.commands.plans_made.explain import explained
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from scenarios.answer.plan import RankedPlan
    from scenarios.answer.plan_files import PlanDirectory


@answering
def compare(
    left: Annotated[str, typer.Argument(metavar="A", help="A plan folder, or DIR:N for its plan N.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Another one, or another plan of the same folder.")],
    json_: JsonOption = False,
) -> ExitCode:
    """Lay two plans side by side: line changes and money."""
    from planner.reasons.same_futures import in_futures_of
    from planner.report.side_by_side.compare import compared_json, one_aim, show_changes, show_compared
    from scenarios.answer.plan_files import plan_place

    (one, one_folder), (two, two_folder) = _named_plan(left), _named_plan(right)
    one_set, two_set = one_folder.plan_set, two_folder.plan_set
    refuse_currencies((left, one_set.currency), (right, two_set.currency))
    alike = one_aim(one_set, two_set.objective)
    if _question(one_folder) != _question(two_folder):
        note("the two plans answer different questions: their scenarios or effects differ")
        if one_set.seed != two_set.seed:
            note(
                "what they may come to is told of other futures, too (their seeds differ), and differs by luck as well"
            )
    elif one_set.seed != two_set.seed:
        two = in_futures_of(two_folder.problem(), two, one_set.seed, where=plan_place(two_folder.folder, two.rank))
        note(f"{right} was made with another seed: what it may come to is told of the futures of {left}, for both")
    if json_:
        show_json(compared_json(one, two, (left, right)))
        return ExitCode.YES
    show(
        show_compared(one, two, (left, right), one_set.currency, objective=alike),
        show_changes(one, two, (one_folder.problem().scenario, two_folder.problem().scenario), objective=alike),
    )
    return ExitCode.YES


@answering
def check(
    folder: FolderArgument,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help="Your own copy of the question, to compare.")
    ] = None,
    key: KeyOption = None,
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign the folder with the key of --key, where everything passes.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="Show the limits and rules of every plan.")] = False,
    json_: JsonOption = False,
) -> ExitCode:
    """Recompute every plan from scratch, limit by limit, without the optimiser; find tampering."""
    from constraints.checking.check import check as recompute
    from constraints.checking.check import sign_checked
    from planner.commands.options.signing import key_to_sign, refuse_without_key, signing_key
    from planner.report.check import show_check
    from planner.report.check_json import check_json

    if sign and key is None:
        refuse_without_key("--sign")
    signing = None if key is None or not sign else key_to_sign(key)
    secret = None if key is None or (sign and not key.exists()) else signing_key(key, make=False)
    report = recompute(folder, scenario, secret)
    if signing is not None and report.proven:
        report = sign_checked(report, signing())
    if json_:
        show_json(check_json(report))
    else:
        show(*show_check(report, everything=all_))
    if sign:
        note("signed" if report.ok else "not signed, because the folder does not pass")
    return ExitCode.YES if report.ok else ExitCode.NO


def _page(directory: PlanDirectory, ranked: RankedPlan, *, quiet: bool) -> bytes:
    from planner.page.plan_page import plan_page

    return plan_page(directory, ranked, *explained(directory, ranked, quiet=quiet))


@answering
def export(
    folder: FolderArgument,
    csv: Annotated[
        bool,
        typer.Option(
            "--csv",
            help="As CSV tables: lines, limits, bridge, claims, departments; so too where no format is named.",
        ),
    ] = False,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="As a workbook for finance, totals as formulas.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="As one page for a browser, to show and to print.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="TO", help="Folder of the CSV files; csv/ inside DIR otherwise.")
    ] = None,
    rollout: Annotated[
        Path | None,
        typer.Option("--rollout", metavar="OUT", help="Folder to run it from: prices, calendar, audiences, holdout."),
    ] = None,
    customers: Annotated[
        Path | None,
        typer.Option(
            "--customers", metavar="FILE", help="With --rollout: columns customer (or pseudonym) and segment."
        ),
    ] = None,
    holdout: Annotated[
        str | None,
        typer.Option("--holdout", metavar="SHARE", help="Customers to keep out; else sized by the planned lift."),
    ] = None,
    switchback: Annotated[
        str | None,
        typer.Option("--switchback", metavar="SHARE", help="Periods of public prices to switch off by lot; else none."),
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="With --rollout: write ids as they are, not pseudonyms.")] = False,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Key file of the pseudonyms; yours by default.")
    ] = None,
    plan: PlanOption = 1,
    json_: JsonOption = False,
) -> ExitCode:
    """Write a plan as CSV files, as a workbook for finance, as a page to show, or as a rollout."""
    from planner.commands.options.beside import refuse_lonely
    from planner.commands.plans_made.rollout import roll_out
    from planner.export.plan_files import EXPORTED, export_csv, refuse_foreign_tables
    from planner.overwriting import refuse_one_place
    from scenarios.answer.plan_files import read_plans

    refuse_lonely(rollout, customers=customers, holdout=holdout, switchback=switchback, ids=ids, key=key)
    if xlsx is not None:
        from planner.export.workbook import check_workbook_path

        check_workbook_path(xlsx)
    if html is not None:
        from planner.page.file import check_page_path

        check_page_path(html)
    named = any(place is not None for place in (xlsx, html, rollout))
    tables = (out or folder / EXPORTED) if csv or out is not None or not named else None
    refuse_one_place({"--xlsx": xlsx, "--html": html, "--rollout": rollout, "--out": tables})
    directory = read_plans(folder)
    ranked = counted_plan(directory, plan)
    if tables is not None:
        refuse_foreign_tables(tables)
    book = b""
    if xlsx is not None:
        from planner.export.workbook import workbook

        book = workbook(directory, ranked)
    shown = b"" if html is None else _page(directory, ranked, quiet=json_)
    written: list[str] = []
    says: tuple[str, ...] = ()
    if rollout is not None:  # first, because it refuses more: a refusal leaves nothing behind
        manifest = roll_out(
            directory, ranked, rollout, customers=customers, ids=ids, key=key, holdout=holdout, switchback=switchback
        )
        written += [str(rollout / name) for name in (*manifest.files, "manifest.json")]
        says = manifest.says
    if xlsx is not None:
        from scenarios.whole import write_whole

        write_whole(xlsx, book)
        written.insert(0, str(xlsx))
    if html is not None:
        from scenarios.whole import write_whole

        write_whole(html, shown)
        written.insert(0, str(html))
    if tables is not None:
        written = [*(str(path) for path in export_csv(directory, ranked, tables)), *written]
    if json_:
        show_json({"format": "campaign-export/1", "plan": plan, "files": written, "says": list(says)})
    else:
        show("\n".join((*(f"wrote {path}" for path in written), *says)))
        if rollout is not None:
            chosen = "" if plan == 1 else f" --plan {plan}"
            drawn = manifest.files.keys() & {"switchback.csv", "holdout.csv"}  # what only the rollout tells a monitor
            given = f" --rollout {shlex.quote(str(rollout))}" if drawn else ""
            note(f"next, once it runs: campaign monitor {shlex.quote(str(folder))} ACTUALS.csv{chosen}{given}")
    return ExitCode.YES


def refuse_currencies(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Refuse two plans, each a path and a currency, whose amounts cannot be taken from each other.

    Raises
    ------
    InvalidInput
        Where the currencies differ.
    """
    from scenarios.problems import InvalidInput, Problem

    (first, wanted), (second, got) = one, other
    if wanted != got:
        expected, remedy = f"{wanted}, as in {first}", "name two plans in one currency"
        raise InvalidInput([Problem(where=second, what="currency", expected=expected, got=got, remedy=remedy)])


def _named_plan(text: str) -> tuple[RankedPlan, PlanDirectory]:
    """Read ``DIR`` or ``DIR:N``; a folder whose own name ends so is taken as it stands."""
    from scenarios.answer.plan_files import read_plans
    from scenarios.plain_digits import is_rank

    folder, colon, rank = text.rpartition(":")
    if not colon or not is_rank(rank) or Path(text).is_dir():
        folder, rank = text, "1"
    directory = read_plans(Path(folder))
    return ranked_plan(directory.plan_set, int(rank), Path(folder), f"plan of {text}"), directory


def _question(directory: PlanDirectory) -> tuple[bytes | None, str]:
    """What was asked: the resolved scenario and the effects."""
    return directory.raw.get("problem/scenario.json"), directory.plan_set.effects.sha256
