"""The check: everything in a plan directory that needs no solver, computed again and compared value by value.

What cannot be proven without solving (bound, shadow prices, baselines, optimism) is known by its seal only, and the
report says so. Files that cannot be read raise `InvalidInput` (exit code 2); differences and violations are a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from constraints.checking.cells import check_cells
from constraints.checking.differences import Difference
from constraints.checking.front import front_differences
from constraints.checking.plans import check_plan
from constraints.checking.question import question_differences, scenario_differences
from constraints.checking.reconcile import Reconciled, reconcile
from constraints.checking.replanned import AsReplanned, replanned_question
from constraints.checking.seals import SEALED_ONLY, hash_differences, seal_differences, source_differences
from constraints.infeasible.undivided import undivided, undivided_said
from constraints.ledger import Ledger, LedgerReport
from scenarios.answer.archive import Frozen
from scenarios.answer.changed_bounds import changed_bounds
from scenarios.answer.plan import PlanSet
from scenarios.answer.plan_files import PlanDirectory, read_plans, write_signature
from scenarios.answer.remedies import RESTORE_FOLDER
from scenarios.answer.signature import SIGNATURE, Signed, key_name, read_signature, verify
from scenarios.answer.sums import measured
from scenarios.answer.verdicts import LimitResult
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.load import load_scenario
from scenarios.plain_digits import share_text
from scenarios.problems import InvalidInput, Problem
from scenarios.response.coefficients import build_coefficients
from scenarios.rounding import to_decimal
from scenarios.side_by_side import side_by_side


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckReport:
    """The verdict on a plan directory."""

    directory: PlanDirectory
    """As it was read and checked, every byte of it."""
    reports: tuple[LedgerReport, ...]
    """One a plan: every limit and rule, recomputed."""
    reconciled: tuple[tuple[Reconciled, ...], ...]
    """One row a total, for each plan: what was written, added up along every way."""
    differences: tuple[Difference, ...]
    """Those of the folder itself, and those from finance's own copy of the question."""
    violations: tuple[str, ...]
    """Sentences: limits and rules that a plan breaks."""
    sealed_only: tuple[str, ...] = SEALED_ONLY
    unproven: tuple[str, ...] = ()
    """Sentences: what this directory does not hold, so that it could not be proven."""
    another_question: str = ""
    """A sentence, where finance's own copy is about another scenario, horizon, segments, products or offers."""
    replanned: AsReplanned | None = None
    """Where a folder that says it was planned again in flight is compared with finance's own copy."""
    changed: tuple[str, ...] = ()
    """Limits that gave way in a re-planning, from what to what: the plans keep the question as it was changed."""
    own_differences: tuple[Difference, ...] = ()
    """The part of the differences that is from finance's own copy."""
    signed: Signed = Signed.UNSIGNED
    signed_by: str | None = None
    """Name of the key that signed the folder."""
    key: str | None = None
    """Name of the key that it was verified with."""

    @property
    def folder(self) -> str:
        """The directory as it was named."""
        return str(self.directory.folder)

    @property
    def plan_set(self) -> PlanSet:
        """What plans.json says."""
        return self.directory.plan_set

    @property
    def adds_up(self) -> bool:
        """Whether every total that was written is the sum of cells, lines, limits and bridge."""
        return all(row.ok for rows in self.reconciled for row in rows)

    @property
    def trusted(self) -> bool:
        """Whether the signature says nothing against the folder; without a key it says nothing at all."""
        return self.signed in (Signed.UNSIGNED, Signed.VERIFIED, Signed.NOT_VERIFIED)

    @property
    def proven(self) -> bool:
        """Whether every value is as recomputed and adds up, and every plan keeps every limit and rule."""
        return not self.differences and not self.violations and self.adds_up

    @property
    def as_replanned(self) -> bool:
        """Whether all that speaks against the folder is what a re-planning changes, as far as that can be proven."""
        others = len(self.differences) > len(self.own_differences)
        expected = self.replanned is not None and self.replanned.expected
        return expected and bool(self.differences) and not others and not self.violations and self.adds_up

    @property
    def ok(self) -> bool:
        """Whether everything is proven, and the signature, where one was asked for, holds.

        For what a re-planning learned from its actuals the signature of who planned it again stands as proof.
        """
        return (self.proven and self.trusted) or (self.as_replanned and self.signed is Signed.VERIFIED)


def check(folder: Path, scenario: Path | str | None = None, key: bytes | None = None) -> CheckReport:
    """Prove a plan directory again.

    Parameters
    ----------
    folder
        What ``campaign plan --out`` wrote.
    scenario
        Finance's own copy of the question, to be compared with the one that was planned.
    key
        The key that the directory should be signed with.

    Raises
    ------
    InvalidInput
        Where a file is missing, truncated or unreadable, or was changed into something that no account can be kept of.
    """
    directory = read_plans(folder)
    place = str(folder / SIGNATURE)
    signed = verify(directory.raw, directory.signature, key, where=place)
    signed_by = None if directory.signature is None else read_signature(directory.signature, where=place).key
    frozen = directory.problem()
    derived, notes = question_differences(frozen, folder)
    copy = None if scenario is None else load_scenario(str(scenario))
    own, another = ([], "") if copy is None else scenario_differences(frozen, copy)
    hashed = hash_differences(directory, frozen)
    try:
        reports, reconciled, found = _recompute(directory, frozen)
    except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
        changed = [*derived, *own, *hashed]
        if not changed and signed is not Signed.CHANGED:
            raise
        expected, got = "a problem that an account can be kept of", str(changed[0]) if changed else "changed files"
        remedy = RESTORE_FOLDER
        problem = Problem(where=str(folder), what="problem", expected=expected, got=got, remedy=remedy)
        raise InvalidInput([problem]) from error
    found = [*derived, *own, *found, *source_differences(directory, frozen), *seal_differences(directory)]
    named = {entry.file for entry in found}
    found += [entry for entry in hashed if entry.file not in named]
    return CheckReport(
        directory=directory,
        reports=reports,
        reconciled=reconciled,
        differences=tuple(found),
        violations=tuple(
            sentence for number, report in enumerate(reports, start=1) for sentence in violations_said(number, report)
        ),
        unproven=tuple(notes),
        another_question=another,
        replanned=None if copy is None or another else replanned_question(copy, frozen, directory.plan_set),
        changed=changed_bounds(frozen.flight, reports[0].limits if reports else ()),
        own_differences=tuple(own),
        signed=signed,
        signed_by=signed_by,
        key=None if key is None else key_name(key),
    )


def sign_checked(report: CheckReport, key: bytes) -> CheckReport:
    """Sign the bytes that were checked, where all is proven; a folder that was changed under this key is left alone.

    Raises
    ------
    InvalidInput
        Where the signature cannot be written.
    """
    if not report.proven or report.signed is Signed.CHANGED:
        return report
    write_signature(report.directory, key)
    return replace(report, signed=Signed.VERIFIED, signed_by=key_name(key), key=key_name(key))


def _recompute(
    directory: PlanDirectory, frozen: Frozen
) -> tuple[tuple[LedgerReport, ...], tuple[tuple[Reconciled, ...], ...], list[Difference]]:
    """Keep every account again from the frozen problem, compare it, and add up what was written."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        grid = build_grid(frozen.scenario, frozen.custom)
        model = build_coefficients(grid, frozen.effects, frozen.baskets)
        ledger = Ledger(model, frozen.effects, draw(grid, frozen.effects, frozen.seed, name=frozen.draws))
        plans = directory.plan_set.plans
        checked = side_by_side(lambda task: check_plan(ledger, task[1], task[0]), enumerate(plans))
        reports = tuple(report for report, _ in checked)
        found = [difference for _, differences in checked for difference in differences]
        found += front_differences(directory.plan_set, reports, frozen)
        cells, written = check_cells(directory, [report.account for report in reports])
        start = to_decimal(measured(ledger.empty, Measure.PROFIT, Scope()), ledger.empty.digits)
        reconciled = tuple(
            reconcile(plan, rows, frozen.scenario, start) for plan, rows in zip(plans, written, strict=True)
        )
    return reports, reconciled, found + cells


def violations_said(rank: int, report: LedgerReport) -> list[str]:
    """Say what the plan of a rank breaks: lines that are refused, limits with the use that decides, rules."""
    found = [f"plan {rank}: {sentence}" for sentence in report.refused]
    for limit in report.limits:
        if not limit.ok:
            deciding = limit.at_risk if limit.used_at_risk == limit.decides else None
            risk = "" if deciding is None else f" in {share_text(deciding)} of the futures"
            asked = f"{limit.words} {limit.figure(limit.limit)}"
            found.append(f"plan {rank}: limit {limit.id}: {asked}, {_used(limit, risk)}")
    found += [f"plan {rank}: rule {rule.id}: {text}" for rule in report.rules for text in rule.violations]
    return found


def _used(limit: LimitResult, risk: str) -> str:
    """Say the use that breaks a limit, exactly; of a ratio without anything to divide by, what there is."""
    if undivided(limit) and limit.part is not None:
        share_of = None if limit.share_of is None else limit.share_of["measure"]
        return undivided_said(limit.measure, share_of, f"{limit.part:,f}", f"{risk}{limit.place}")
    return f"used {limit.figure(limit.decides)}{risk}{limit.place}"
