"""From candidates to the plans that are shown: what passes the ledger, none far below the best, none like another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from planner.evolution.elites import MIN_DIFFERENCE, difference
from planner.evolution.finish import Finish
from planner.evolution.risk import set_bounds, tighten
from planner.evolution.shown.baselines import Baselines
from planner.evolution.shown.distinct import FAR, NEAR
from planner.evolution.shown.idle import without_idle
from planner.evolution.shown.twins import twin_of
from planner.evolution.workspace import Candidate, Workspace
from scenarios.grid import Grid

Checked = tuple[tuple[Candidate, LedgerReport], ...]
"""Plans with what the ledger says of them."""


def checked_plans(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    candidates: tuple[Candidate, ...],
    late: Callable[[], bool] = lambda: False,
) -> Checked:
    """Only plans that pass the ledger, mended where a limit at risk is broken by a hair; best first.

    A line that brings nothing as expected, or under the tilt in force, may be worth something over the futures: a plan
    that passes as it is stays so where a careful objective loses by what was dropped. Once one passes, no other is
    looked at where that would end too ``late``. What passes is looked through once more for lines that lose: bounds in
    force may be narrower than the scenario's, so that what they seemed to need a line for does not need it.
    """
    passed: list[tuple[Candidate, LedgerReport]] = []
    for candidate in candidates:
        if late() and passed:
            break
        with space.own_bounds():
            mended = tighten(space, finish, ledger, without_idle(space, candidate))
        report = ledger.audit(mended.plan)
        if ledger.careful and not np.array_equal(mended.plan, candidate.plan):
            as_found = ledger.audit(candidate.plan)
            better = report.ok and space.enough_kept(mended.plan) and report.objective >= as_found.objective
            if as_found.ok and space.enough_kept(candidate.plan) and not better:
                mended, report = candidate, as_found
        if report.ok and space.enough_kept(mended.plan):
            passed.append((mended, report) if ledger.careful or late() else _leaner(space, ledger, mended, report))
    return tuple(sorted(passed, key=lambda pair: -pair[1].objective))


def _leaner(
    space: Workspace, ledger: Ledger, candidate: Candidate, report: LedgerReport
) -> tuple[Candidate, LedgerReport]:
    """A plan that passes without the lines that it loses by and needs for nothing, by the scenario's own bounds."""
    with space.own_bounds():
        space.bound[:] = space.limits.within_rounding
        space.available[:] = space.limits.available
        set_bounds(space, report)
        leaner = without_idle(space, space.score(candidate.plan), lambda shorter: ledger.verdict(shorter.plan).ok)
    if np.array_equal(leaner.plan, candidate.plan) or not space.enough_kept(leaner.plan):
        return candidate, report
    audited = ledger.audit(leaner.plan)
    return (leaner, audited) if audited.ok and audited.objective >= report.objective else (candidate, report)


def kept_baselines(
    space: Workspace, finish: Finish, ledger: Ledger, yardsticks: Baselines, *, mend: bool = True
) -> Baselines:
    """Only yardsticks that pass the ledger, as the plans beside them do.

    They were made on the expected account: limits at risk and stock in most futures may refuse them. Then they are
    mended like any plan, unless there is no time to ``mend``; what still does not pass is no yardstick.
    """

    def passing(candidate: Candidate | None) -> Candidate | None:
        if candidate is None or ledger.verdict(candidate.plan).ok:
            return candidate
        if not mend:
            return None
        mended = tighten(space, finish, ledger, candidate)
        return mended if ledger.verdict(mended.plan).ok else None

    with space.own_bounds(), space.by_the_scenario():
        return Baselines(
            uniform=passing(yardsticks.uniform),
            greedy=passing(yardsticks.greedy),
            last_campaign=passing(yardsticks.last_campaign),
        )


def with_baselines(checked: Checked, yardsticks: Baselines, ledger: Ledger) -> Checked:
    """A yardstick that beats the evolution is a plan like any other: the answer is never below it."""
    best = max((report.objective for _, report in checked), default=None)
    extra = []
    for candidate in (yardsticks.uniform, yardsticks.greedy, yardsticks.last_campaign):
        if candidate is None or (best is not None and ledger.objective(candidate.plan) <= best):
            continue
        report = ledger.audit(candidate.plan)
        if report.ok:
            extra.append((candidate, report))
    return tuple(sorted([*checked, *extra], key=lambda pair: -pair[1].objective))


def with_nothing(checked: Checked, space: Workspace, ledger: Ledger) -> Checked:
    """No promotion is a plan, too, where all others are worth less than it and nothing asks for lines.

    A search for expected profit ends there by itself; one that follows bad futures may stay among plans that lose.
    """
    best = max((report.objective for _, report in checked), default=None)
    if best is None or best >= 0 or ledger.empty_breaks:
        return checked
    empty = space.score(space.grid.empty())
    report = ledger.audit(empty.plan)
    return ((empty, report), *checked) if report.ok else checked


def choice(grid: Grid, checked: Checked, wanted: int = 0) -> Checked:
    """Only plans that the ledger, too, finds a choice: near the best, and different enough from every better one.

    Parameters
    ----------
    checked
        The best first.
    wanted
        Where fewer are near, others make up so many: twins of theirs that differ in dates alone and are worth the
        same, then those that are farther behind.
    """
    best = max((float(report.objective) for _, report in checked), default=0.0)

    def within(share: float) -> Checked:
        return tuple(pair for pair in checked if best - float(pair[1].objective) <= share * abs(best))

    kept: list[tuple[Candidate, LedgerReport]] = []
    for pair in within(NEAR):
        twin = twin_of(grid, pair[0], (other for other, _ in kept))
        if not twin and _apart(pair[0], kept):
            kept.append(pair)
    for pair in (*within(NEAR), *within(FAR)):
        if len(kept) < wanted and _apart(pair[0], kept):
            kept.append(pair)
    return tuple(sorted(kept, key=lambda pair: -pair[1].objective))


def _apart(candidate: Candidate, kept: list[tuple[Candidate, LedgerReport]]) -> bool:
    """Whether a plan differs enough from some others."""
    return all(difference(candidate.plan, other.plan) >= MIN_DIFFERENCE for other, _ in kept)
