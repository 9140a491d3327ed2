"""Contradictions between business rules: locked lines that other rules exclude, alone or together.

The empty plan keeps every rule but `locked`, so every contradiction holds a locked line. All rules except `min_gap` are
easiest to keep with fewer lines: what the locked lines alone break, no plan can mend. `min_gap` may be mended by
joining two runs; that this is impossible is proven by CP-SAT on the series concerned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.complete import Verdict, complete
from constraints.rulebook import RuleBook
from constraints.rules.forms import Masks
from constraints.rules.lines import line_text
from constraints.rules.locked import listed_lines, place
from constraints.rules.registry import check_rules
from scenarios.grid import Grid
from scenarios.rule_schema import Locked, PlanLine


@dataclass(frozen=True, kw_only=True)
class LockedLine:
    """One locked line with its rule and slot."""

    rule_id: str
    line: PlanLine
    slot: int
    choice: int

    @property
    def text(self) -> str:
        """The line in words, with its rule."""
        return f"{line_text(self.line)} (locked by {self.rule_id})"


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Rules and locked lines that exclude each other."""

    members: tuple[str, ...]
    reason: str
    remedies: tuple[str, ...]


def locked_lines(grid: Grid) -> tuple[LockedLine, ...]:
    """All locked lines of a grid's scenario."""
    found = []
    for rule in grid.scenario.rules:
        if isinstance(rule, Locked):
            for line in listed_lines(rule):
                slot, choice = place(grid, line)
                found.append(LockedLine(rule_id=rule.id, line=line, slot=slot, choice=choice))
    return tuple(found)


def contradictions(rulebook: RuleBook) -> tuple[Contradiction, ...]:
    """Find what no plan can keep; empty where the rules go together, or nothing is proven."""
    locked = locked_lines(rulebook.grid)
    if not locked or not rulebook.violations(rulebook.locked_plan()):
        return ()
    found = [*_double_locks(rulebook, locked), *_excluded(rulebook, locked), *_broken(rulebook, locked)]
    return tuple(found) or tuple(_gaps(rulebook, locked))


def _double_locks(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    found = []
    for rule, slot in rulebook.clashes:
        first = next(each for each in locked if each.slot == slot)
        second = next(each for each in locked if each.slot == slot and each.choice != first.choice)
        found.append(
            Contradiction(
                members=tuple(dict.fromkeys((first.rule_id, rule))),
                reason=f"{first.text} and {second.text} take the same slot",
                remedies=(f"remove one of the two lines from {first.rule_id} or {rule}",),
            )
        )
    return found


def _excluded(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    found = []
    for each in locked:
        if rulebook.possible[each.slot, each.choice]:
            continue
        against = [
            rule.id
            for rule in rulebook.rules
            if any(isinstance(form, Masks) and form.forbidden[each.slot, each.choice] for form in rule.forms)
        ]
        if against:
            reason = f"{each.text} is excluded by {' and by '.join(against)}"
            other = f"or relax {' and '.join(against)}"
        else:
            reason, other = f"{each.text} lies where its offer does not apply", "or widen applies_to of the offer"
        remedies = (f"remove the line from {each.rule_id}, {other}",)
        found.append(Contradiction(members=(each.rule_id, *against), reason=reason, remedies=remedies))
    return found


def _broken(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    """Rules other than min_gap that the locked lines alone break."""
    grid = rulebook.grid
    masks = {rule.id for rule in rulebook.rules if all(isinstance(form, Masks) for form in rule.forms)}
    found = []
    for result in check_rules(grid, (each.line for each in locked)):
        if result.satisfied or result.kind in ("min_gap", "locked") or result.id in masks:
            continue
        for violation in result.violations:
            if len(violation.lines) == 1 and result.kind in ("max_depth", "min_price"):
                continue
            owners = [each.rule_id for each in locked if each.line in violation.lines]
            found.append(
                Contradiction(
                    members=(*dict.fromkeys(owners), result.id),
                    reason=f"the locked lines alone break {result.id}: {violation.message}",
                    remedies=(f"remove one of these locked lines, or relax {result.id}",),
                )
            )
    return found


def _gaps(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    """Gaps that no joining of runs can mend, with the rules that stand against it (deletion filter)."""
    grid, rules = rulebook.grid, rulebook.rules
    gaps = [rule for rule in rules if rule.kind == "min_gap"]
    found = []
    for gap in gaps:
        others = [rule for rule in rules if rule.kind != "min_gap"]
        if not _impossible(RuleBook(grid, (*others, gap))):
            continue
        for rule in list(others):
            if rule.kind != "locked":
                rest = [other for other in others if other is not rule]
                if _impossible(RuleBook(grid, (*rest, gap))):
                    others = rest
        against = [rule.id for rule in others if rule.kind != "locked"]
        broken = next(result for result in check_rules(grid, (each.line for each in locked)) if result.id == gap.id)
        reason = broken.violations[0].message if broken.violations else "locked lines come too close"
        owners = [each.rule_id for each in locked if any(each.line in v.lines for v in broken.violations)]
        joined = f", and {' and '.join(against)} forbids lines that would join them" if against else ""
        found.append(
            Contradiction(
                members=(*dict.fromkeys(owners), gap.id, *against),
                reason=f"the locked lines break {gap.id}: {reason}{joined}",
                remedies=(f"move or remove one of these locked lines, or relax {gap.id}",),
            )
        )
    return found


def _impossible(rulebook: RuleBook) -> bool:
    plan = rulebook.locked_lines()
    if rulebook.clashes or not rulebook.violations(plan):
        return False
    at = np.arange(len(plan))
    if not rulebook.possible[at, plan].all():
        return False
    return complete(rulebook, plan).verdict is Verdict.IMPOSSIBLE
