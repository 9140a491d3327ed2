"""The check: everything in a plan directory that needs no solver, computed again and compared value by value.

What cannot be proven without solving (bound, shadow prices, baselines, optimism) is known by its seal only, and the
report says so. Files that cannot be read raise `InvalidInput` (exit code 2); differences and violations are a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from constraints.differences import Difference, compare, same, words
from constraints.ledger import Ledger, LedgerReport, line_words
from constraints.question import question_differences, scenario_differences
from constraints.seals import SEALED_ONLY, hash_differences, seal_differences, source_differences
from scenarios import cells_file
from scenarios.cells import Account
from scenarios.coefficients import build_coefficients
from scenarios.contributions import contribution_amounts
from scenarios.draws import draw
from scenarios.grid import LineError, build_grid
from scenarios.json_records import to_data
from scenarios.plan import FORMAT, PlanSet, RankedPlan
from scenarios.plan_files import CELLS, PLANS, PlanDirectory, read_plans
from scenarios.problems import InvalidInput, Problem
from scenarios.rule_schema import PlanLine
from scenarios.summary import line_results
from scenarios.words import EVERYBODY

SHOWN_ROWS = 5
"""Rows of cells.parquet that are named one by one, for each plan; the others are counted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckReport:
    """The verdict on a plan directory."""

    folder: str
    plan_set: PlanSet
    reports: tuple[LedgerReport, ...]
    """One a plan: every limit and rule, recomputed."""
    differences: tuple[Difference, ...]
    """Those of the folder itself, and those from finance's own copy of the question."""
    violations: tuple[str, ...]
    """Sentences: limits and rules that a plan breaks."""
    sealed_only: tuple[str, ...] = SEALED_ONLY
    unproven: tuple[str, ...] = ()
    """Sentences: what this directory does not hold, so that it could not be proven."""
    another_question: str = ""
    """A sentence, where finance's own copy is about another scenario, horizon, segments, products or offers."""
    own_differences: tuple[Difference, ...] = ()
    """The part of the differences that is from finance's own copy."""

    @property
    def ok(self) -> bool:
        """Whether every value is as recomputed, and every plan keeps every limit and rule."""
        return not self.differences and not self.violations


def check(folder: Path, scenario: Path | str | None = None) -> CheckReport:
    """Prove a plan directory again.

    Parameters
    ----------
    folder
        What ``campaign plan --out`` wrote.
    scenario
        Finance's own copy of the question, to be compared with the one that was planned.

    Raises
    ------
    InvalidInput
        Where a file is missing, truncated or unreadable.
    """
    directory = read_plans(folder)
    if directory.plan_set.format != FORMAT:
        where, got = str(folder / PLANS), directory.plan_set.format
        raise InvalidInput([Problem(where=where, what="format", expected=FORMAT, got=got)])
    frozen = directory.problem()
    found: list[Difference] = []
    unproven: list[str] = []
    derived, notes = question_differences(frozen, folder)
    found += derived
    unproven += notes
    own, another = scenario_differences(frozen, scenario) if scenario is not None else ([], "")
    found += own
    grid = build_grid(frozen.scenario, frozen.custom)
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    ledger = Ledger(model, frozen.effects, draw(grid, frozen.effects, frozen.seed, name=frozen.draws))
    reports = []
    for number, plan in enumerate(directory.plan_set.plans):
        report, differences = _check_plan(ledger, plan, number)
        reports.append(report)
        found += differences
    found += _check_cells(directory, [report.account for report in reports])
    found += source_differences(directory, frozen)
    found += seal_differences(directory)
    named = {entry.file for entry in found}
    found += [entry for entry in hash_differences(directory) if entry.file not in named]
    return CheckReport(
        folder=str(folder),
        plan_set=directory.plan_set,
        reports=tuple(reports),
        differences=tuple(found),
        violations=tuple(
            sentence for number, report in enumerate(reports, start=1) for sentence in _violations(number, report)
        ),
        unproven=tuple(unproven),
        another_question=another,
        own_differences=tuple(own),
    )


def _check_plan(ledger: Ledger, plan: RankedPlan, number: int) -> tuple[LedgerReport, list[Difference]]:
    """Recompute one plan from its lines and compare every value."""
    place = f"plans[{number}]"
    found: list[Difference] = []
    usable: dict[int, PlanLine] = {}
    vector = ledger.grid.empty()
    for at, line in enumerate(plan.plan_lines):
        try:
            slot, choice = ledger.grid.locate(line)
            if not (0 <= slot.period < ledger.grid.shape[2]):
                raise LineError(f"{line.date} lies outside the horizon")
        except LineError as error:
            got = f"{line_words(line)}: {error}"
            found.append(
                Difference(file=PLANS, place=f"{place}.lines[{at}]", expected="a line of the scenario", got=got)
            )
            continue
        index = ledger.grid.slot_number(slot)
        if index in usable:
            expected, got = "one line in its place", f"a second one, {line_words(line)}"
            found.append(Difference(file=PLANS, place=f"{place}.lines[{at}]", expected=expected, got=got))
            continue
        usable[index] = line
        vector[index] = choice
    report = ledger.audit(vector)
    ordered = [usable[index] for index in sorted(usable)]
    if list(usable) != sorted(usable):
        at = next(n for n, (one, other) in enumerate(zip(usable, sorted(usable), strict=True)) if one != other)
        expected, got = line_words(ordered[at]), line_words(list(usable.values())[at])
        found.append(
            Difference(file=PLANS, place=f"{place}.lines[{at}]", expected=expected, got=f"{got}, out of order")
        )
    expected_data = to_data(_recomputed(ledger, plan, report, number))
    got_data = to_data(plan)
    wanted, written = expected_data.pop("lines"), got_data.pop("lines")
    found += compare(expected_data, got_data, file=PLANS, place=place)
    by_key = {_key(line): line for line in wanted}
    for at, line in enumerate(written):
        if _key(line) in by_key:
            name = f"{place}.lines[{at}] ({line_words(plan.lines[at].line)})"
            found += compare(by_key[_key(line)], line, file=PLANS, place=name)
    return report, found


def _key(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["period"], line["product"], line["segment"], line["offer"], float(line["coverage"])


def _recomputed(ledger: Ledger, plan: RankedPlan, report: LedgerReport, number: int) -> RankedPlan:
    """Return the plan as it should be written; sealed values are taken over."""
    prices = {limit.id: limit.shadow_price for limit in plan.limits}
    reasons = {_key(to_data(line)): line for line in plan.lines}
    amounts, interaction = contribution_amounts(ledger.model, report.account, report.objective)
    lines = line_results(report.account, amounts)
    told = any(line.contribution is not None for line in plan.lines) or plan.interaction is not None
    kept = [reasons.get(_key(to_data(line))) for line in lines]
    return replace(
        plan,
        rank=number + 1,
        objective=report.objective,
        outcome=report.outcome,
        interaction=interaction if told else None,
        limits=tuple(replace(limit, shadow_price=prices.get(limit.id)) for limit in report.limits),
        rules=report.rules,
        lines=tuple(
            replace(
                line,
                why=old.why if old is not None else line.why,
                contribution=line.contribution if told else None,
            )
            for line, old in zip(lines, kept, strict=True)
        ),
    )


def _check_cells(directory: PlanDirectory, accounts: list[Account]) -> list[Difference]:
    """Compare cells.parquet with the recomputed rows, and its lines with those of plans.json."""
    if accounts and directory.raw[CELLS] == cells_file.to_bytes(accounts):
        return []
    written = cells_file.from_bytes(directory.raw[CELLS], where=str(directory.folder / CELLS))
    found: list[Difference] = []
    plans = written.column("plan").to_numpy()
    extra = sorted(set(plans.tolist()) - set(range(1, len(accounts) + 1)))
    found += [
        Difference(file=CELLS, place=f"plan {rank}", expected="no such plan", got="rows of one") for rank in extra
    ]
    for number, account in enumerate(accounts):
        rank = number + 1
        rows = written.filter(pa.array(plans == rank))
        lines = _line_differences(directory.plan_set.plans[number], rows, number)
        found += lines
        table = cells_file.cells_table([account])
        if rows.num_rows != table.num_rows:
            if not lines:
                expected, got = f"{table.num_rows:,} rows", f"{rows.num_rows:,}"
                found.append(Difference(file=CELLS, place=f"plan {rank}", expected=expected, got=got))
            continue
        found += _row_differences(table, rows, rank)
    return found


def _line_differences(plan: RankedPlan, rows: pa.Table, number: int) -> list[Difference]:
    """Lines that one file holds and the other does not."""
    names = ("period", "product", "segment", "offer", "coverage", "account")
    listed = rows.filter(pa.array(rows.column("account").to_numpy(zero_copy_only=False) != cells_file.CELL))
    booked: dict[PlanLine, None] = {}
    for period, product, segment, offer, coverage, account in zip(
        *(listed.column(name).to_pylist() for name in names), strict=True
    ):
        who = EVERYBODY if account in ("public", "basket_public") else segment
        line = PlanLine.model_construct(date=period, product=product, segment=who, offer=offer, coverage=coverage)
        booked[line] = None
    stated = dict.fromkeys(plan.plan_lines)
    place = f"plans[{number}].lines"
    removed = [line for line in booked if line not in stated]
    added = [line for line in stated if line not in booked]
    found = []
    for line in removed:
        twin = next((other for other in added if _same_place(line, other)), None)
        if twin is not None:
            added.remove(twin)
        got = "no such line" if twin is None else line_words(twin)
        found.append(Difference(file=PLANS, place=place, expected=line_words(line), got=got))
    for line in added:
        got = line_words(line)
        found.append(Difference(file=PLANS, place=place, expected=f"no line that {CELLS} does not hold", got=got))
    return found


def _same_place(one: PlanLine, other: PlanLine) -> bool:
    return (one.date, one.product, one.segment) == (other.date, other.product, other.segment)


def _row_differences(table: pa.Table, rows: pa.Table, rank: int) -> list[Difference]:
    """Compare rows of one plan column by column; name the first, count the rest."""
    wrong: list[tuple[int, str]] = []
    for name in (*cells_file.KEYS[1:], *cells_file.AMOUNTS):
        one, other = table.column(name), rows.column(name)
        if one.equals(other.cast(one.type)):
            continue
        pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
        wrong += [(row, name) for row, (left, right) in enumerate(pairs) if not same(left, right)]
    wrong.sort()
    found = [
        Difference(
            file=CELLS,
            place=f"{cells_file.place(table, row)}, {name}",
            expected=words(table.column(name)[row].as_py()),
            got=words(rows.column(name)[row].as_py()),
        )
        for row, name in wrong[:SHOWN_ROWS]
    ]
    if len(wrong) > SHOWN_ROWS:
        more = f"{len(wrong) - SHOWN_ROWS:,} more values that differ"
        found.append(Difference(file=CELLS, place=f"plan {rank}", expected="none of them", got=more))
    return found


def _violations(rank: int, report: LedgerReport) -> list[str]:
    """Say what a plan breaks."""
    found = [f"plan {rank}: {sentence}" for sentence in report.refused]
    for limit in report.limits:
        if not limit.ok:
            use = limit.used if limit.used_at_risk is None else limit.used_at_risk
            at = f" {limit.at}" if limit.at else ""
            risk = f" in {limit.at_risk:.0%} of the futures" if limit.used_at_risk is not None else ""
            found.append(f"plan {rank}: limit {limit.id}: {limit.sense} {limit.limit}, used {use}{risk}{at}")
    found += [f"plan {rank}: rule {rule.id}: {text}" for rule in report.rules for text in rule.violations]
    return found
