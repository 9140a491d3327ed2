"""A plan as a workbook for finance: numbers as numbers, totals as formulas that lead to the ledger's."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from pathlib import Path

from planner.export.account import account_by_period
from planner.export.claims import claims
from planner.export.claims_sheet import HEADER as CLAIMS_HEADER
from planner.export.claims_sheet import TOTALS as CLAIMS_TOTALS
from planner.export.claims_sheet import write_claims
from planner.export.departments import departments, without_promotion, write_departments
from planner.export.limits import write_limits
from planner.export.line_turnover import line_turnover
from planner.export.lines import HEADER, TOTALS, write_lines
from planner.export.plan_rows import plan_rows
from planner.export.rest import write_assumptions, write_bridge, write_risk
from planner.export.sheet import Sheet, Styles
from planner.export.summary import HEAD, write_summary
from planner.export.tax import write_tax
from planner.overwriting import refuse_other_endings, refuse_overwriting
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import CELLS, HASHES, PLANS, PlanDirectory, sha256
from scenarios.answer.signature import SIGNATURE, read_signature
from scenarios.currency import minor_digits
from scenarios.problems import InvalidInput, Problem

ENDING = ".xlsx"
SHEETS = ("Summary", "Departments", "Tax", "Lines", "Claims", "Limits", "Bridge", "Risk", "Assumptions")
AUTHOR = "campaign-planner"
MAX_LINES = 1_000_000
"""A sheet holds 1,048,576 rows."""
_MADE = dt.datetime(2000, 1, 1)
"""The same plan gives the same bytes, so the workbook carries no time of its own."""


def check_workbook_path(path: Path) -> None:
    """Refuse a name that no spreadsheet program opens, before anything is read.

    Raises
    ------
    InvalidInput
        For another ending than .xlsx, for folders, and where another file stands there.
    """
    refuse_other_endings(path, ENDING, option="--xlsx")
    older = "an older export that nobody has changed"
    refuse_overwriting(path, option="--xlsx", older=older, is_older=_as_written)


def _as_written(path: Path) -> bool:
    """Whether a workbook is as it was written here: a spreadsheet program that saves it names itself or its user."""
    try:
        with zipfile.ZipFile(path) as archive:
            properties = archive.read("docProps/core.xml").decode()
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return False
    ours = (
        f"<dc:creator>{AUTHOR}<",
        f"<cp:lastModifiedBy>{AUTHOR}<",
        f">{_MADE:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>",
    )
    return all(each in properties for each in ours)


def workbook(directory: PlanDirectory, plan: RankedPlan) -> bytes:
    """Return the bytes of the workbook; the same plan directory gives the same bytes.

    Raises
    ------
    InvalidInput
        For a directory whose cells cannot be read or are not of this plan, and for more lines than a sheet has rows.
    """
    from xlsxwriter import Workbook

    if len(plan.lines) > MAX_LINES:
        expected = f"at most {MAX_LINES:,} lines, as a sheet has rows for"
        raise InvalidInput([Problem(where=PLANS, what="lines", expected=expected, got=f"{len(plan.lines):,}")])
    plan_set, frozen, rows = directory.plan_set, directory.problem(), plan_rows(directory, plan)
    scenario = frozen.scenario
    digits = minor_digits(scenario.currency)
    amounts = account_by_period(rows, scenario)
    claimed, sold = claims(rows, frozen), departments(rows, without_promotion(frozen), frozen)
    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(buffer, plain) as book:
        name = scenario.title or scenario.scenario
        book.set_properties({"title": name, "author": AUTHOR, "created": _MADE})
        styles = Styles(book, digits)
        summary, by_department, tax, lines, billed, limits, bridge, risk, assumed = (
            Sheet(book, name, styles) for name in SHEETS
        )
        write_summary(summary, plan_set, plan, scenario, amounts, sold)
        write_departments(by_department, sold)
        write_tax(tax, sold.taxed)
        write_lines(lines, plan, scenario, digits, line_turnover(rows, frozen))
        write_claims(billed, claimed, plan, scenario, digits)
        write_limits(limits, plan, scenario, digits)
        write_bridge(bridge, plan, digits)
        write_risk(risk, plan_set, plan, digits)
        write_assumptions(assumed, plan_set, _seals(directory))
        footer = f"{scenario.scenario}, plan {plan.rank}, {plan_set.currency}"
        summary.finish(frozen=HEAD + 1, footer=footer)
        lines.finish(frozen=HEADER + 1, repeated=(TOTALS, HEADER), footer=footer)
        billed.finish(frozen=CLAIMS_HEADER + 1, repeated=(CLAIMS_TOTALS, CLAIMS_HEADER), footer=footer)
        for sheet in (by_department, tax, limits, bridge, risk, assumed):
            sheet.finish(frozen=1, repeated=(0, 0), footer=footer)
    return buffer.getvalue()


def _seals(directory: PlanDirectory) -> dict[str, str]:
    """Hashes that tie the workbook to the plan directory that it was made of."""
    found = {f"SHA-256 of {name}": sha256(directory.raw[name]) for name in (PLANS, CELLS, HASHES)}
    found["SHA-256 of the scenario"] = directory.plan_set.scenario.sha256
    if directory.signature is not None:
        where = str(directory.folder / SIGNATURE)
        found["signed with the key (not verified here)"] = read_signature(directory.signature, where=where).key
    return found
