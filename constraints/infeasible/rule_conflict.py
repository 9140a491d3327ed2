"""Contradictions between business rules: locked lines that other rules exclude, and rules that exclude each other.

Most rules are easiest to keep with fewer lines: what the locked lines alone break, no plan can mend. Some may be mended
by further lines (`MENDABLE`: two runs too close are joined, a package is completed, a floor is reached); that this is
impossible is proven by a count of slots (`constraints.infeasible.counted_floors`) or by CP-SAT on all slots concerned.
Rules and locked lines that the proof can do without are left out one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from constraints.enforce.complete import Verdict
from constraints.infeasible.counted_floors import short_floors
from constraints.infeasible.locked_ways import locked_ways
from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule, Fixed, Masks
from constraints.rules.kinds.locked import closed_periods, listed_lines, place
from constraints.rules.lines import line_text
from constraints.rules.registry import check_rules
from scenarios.first_few import NAMED, first_few
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import Locked
from scenarios.word_list import listed

MENDABLE = (
    "min_gap",
    "min_run",
    "cycle",
    "all_or_nothing",
    "only_after",
    "price_ladder",
    "reference_price",
    "fairness",
)
"""Kinds of rules that further lines may mend."""
Still = Callable[[Sequence[CompiledRule]], bool]
"""Whether it is proven that no plan keeps some rules, as long as somebody waits for the answer."""


@dataclass(frozen=True, kw_only=True)
class LockedLine:
    """One locked line with its rule and slot."""

    rule_id: str
    line: PlanLine
    slot: int
    choice: int
    has_run: bool = False
    """Whether its rule locks everything up to a later day: then it stands for what has run already."""

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
            closed = closed_periods(rule, grid)
            for line in listed_lines(rule):
                slot, choice = place(grid, line)
                ran = grid.scenario.horizon.period_of(line.date) < closed
                found.append(LockedLine(rule_id=rule.id, line=line, slot=slot, choice=choice, has_run=ran))
    return tuple(found)


def closing(rule: CompiledRule) -> CompiledRule | None:
    """What a rule's ``until`` asks for by itself: the slots that it keeps empty; None where it closes none."""
    forms = []
    for form in rule.forms:
        if isinstance(form, Fixed) and not form.choices.all():
            empty = form.choices == 0
            forms.append(Fixed(slots=form.slots[empty], choices=form.choices[empty]))
    return CompiledRule(id=rule.id, kind=rule.kind, forms=tuple(forms)) if forms else None


def closed_slots(rule: CompiledRule) -> set[int]:
    """Slots that a rule's ``until`` keeps empty."""
    own = closing(rule)
    return set() if own is None else _locked_slots(own)


def contradictions(rulebook: RuleBook, stopped: Callable[[], bool] = lambda: False) -> tuple[Contradiction, ...]:
    """Find what no plan can keep; empty where the rules go together, or nothing is proven.

    Once ``stopped``, nothing more is proven, and a proof stands with all that it has.
    """
    locked = locked_lines(rulebook.grid)
    if not rulebook.violations(rulebook.locked_plan()):
        return ()
    short = [
        Contradiction(
            members=(each.rule_id, *each.beside), reason=each.reason, remedies=(each.remedy,) if each.remedy else ()
        )
        for each in short_floors(rulebook)
    ]
    found = [*short, *_doublelocks(rulebook, locked), *_excluded(rulebook, locked), *_broken(rulebook, locked)]
    return tuple(found) or tuple(_unmendable(rulebook, locked, stopped))


def _doublelocks(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    """Slots that two rules lock otherwise: two lines, or a line in the time that a rule's ``until`` keeps empty."""
    lines = {(each.rule_id, each.slot): each for each in locked}
    found, inside = [], dict[tuple[str, str], list[str]]()
    for rule, slot in rulebook.clashes:
        holder = next(each.id for each in rulebook.rules if slot in _locked_slots(each))
        first, second = lines.get((holder, slot)), lines.get((rule, slot))
        if first is not None and second is not None:
            reason = f"{first.text} and {second.text} take the same slot"
            remedy = f"remove one of the two lines from {holder} or {rule}"
        else:
            # Two rules that both keep a slot empty agree on it: one of them has a line.
            line, closed = (first, rule) if second is None else (second, holder)
            owner, text = (holder, f"a line of {holder}") if line is None else (line.rule_id, line.text)
            inside.setdefault((owner, closed), []).append(text)
            continue
        found.append(Contradiction(members=tuple(dict.fromkeys((holder, rule))), reason=reason, remedies=(remedy,)))
    return [*found, *(_inside(owner, closed, texts) for (owner, closed), texts in inside.items())]


def _inside(owner: str, closed: str, texts: Sequence[str]) -> Contradiction:
    """Lines of one rule in the time that another locks as it is: one contradiction, however many lines."""
    named = first_few(texts)
    if len(texts) == 1:
        lie, lines, them = "lies", "is none of its lines", "the line"
    else:
        lie, lines, them = "lie", "are none of its lines", "the lines"
    it = "it" if len(texts) == 1 else "them"
    return Contradiction(
        members=(owner, closed),
        reason=f"{named} {lie} in the time that {closed} locks as it is, and {lines}",
        remedies=(f"remove {them} from {owner}, add {it} to {closed}, or let until of {closed} end before {it}",),
    )


def _locked_slots(rule: CompiledRule) -> set[int]:
    return {slot for form in rule.forms if isinstance(form, Fixed) for slot in form.slots.tolist()}


def _excluded(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    found, grid = [], rulebook.grid
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
        else:
            reason = f"{each.text} lies where its offer does not apply"
        gone = f"remove the line from {each.rule_id}" + ("" if against else ", or widen applies_to of the offer")
        remedies = locked_ways(
            grid, gone, against, owners=[each.rule_id], ran=each.has_run, joined="and", lines=[each.line]
        )
        found.append(Contradiction(members=(each.rule_id, *against), reason=reason, remedies=remedies))
    return found


def _broken(rulebook: RuleBook, locked: tuple[LockedLine, ...]) -> list[Contradiction]:
    """Rules that the locked lines alone break and no further line can mend."""
    grid = rulebook.grid
    masks = {rule.id for rule in rulebook.rules if all(isinstance(form, Masks) for form in rule.forms)}
    found = []
    for result in check_rules(grid, (each.line for each in locked)):
        if result.satisfied or result.kind in (*MENDABLE, "locked") or result.id in masks:
            continue
        for violation in result.violations:
            if len(violation.lines) == 1 and result.kind in ("max_depth", "min_price"):
                continue
            owners = [each for each in locked if each.line in violation.lines]
            names = tuple(dict.fromkeys(each.rule_id for each in owners))
            gone, ran = "remove one of these locked lines", _all_ran(owners)
            lines = [each.line for each in owners]
            remedies = locked_ways(grid, gone, [result.id], owners=names, ran=ran, lines=lines)
            reason = f"the locked lines alone break {result.id}: {violation.message}"
            found.append(Contradiction(members=(*names, result.id), reason=reason, remedies=remedies))
    return found


def _all_ran(lines: Sequence[LockedLine]) -> bool:
    return bool(lines) and all(each.has_run for each in lines)


def _unmendable(rulebook: RuleBook, locked: tuple[LockedLine, ...], stopped: Callable[[], bool]) -> list[Contradiction]:
    """What no further lines can mend, proven by CP-SAT and cut down to the rules and locked lines that it takes."""
    grid = rulebook.grid

    def still(rules: Sequence[CompiledRule]) -> bool:
        return not stopped() and _impossible(rulebook, rules)

    if not still(rulebook.rules):
        return []
    kept = list(rulebook.rules)
    for rule in rulebook.rules:
        rest = [other for other in kept if other is not rule]
        if still(rest):
            kept = rest
    closed = needed_closings(still, kept, locked)
    needed = needed_lines(still, kept, locked, closed)
    others = [rule.id for rule in kept if not locks(rule)]
    names = [*others, *(rule.id for rule in closed)]
    checked = check_rules(grid, (each.line for each in needed))
    messages = [v.message for result in checked if result.id in others for v in result.violations]
    owners = tuple(dict.fromkeys(each.rule_id for each in needed))
    together = listed(names)
    if needed:
        lines = " and ".join(each.text for each in needed)
        reason = f"no plan that holds {lines} keeps {together}"
        gone = "move or remove one of these locked lines"
    else:
        reason, gone = f"no plan keeps {together}, whatever lines it holds", ""
    remedies = locked_ways(grid, gone, names, owners=owners, ran=_all_ran(needed))
    if messages:
        reason = f"{reason}: {'; '.join(messages[:NAMED])}"
    return [Contradiction(members=tuple(dict.fromkeys((*owners, *names))), reason=reason, remedies=remedies)]


def needed_closings(still: Still, rules: list[CompiledRule], locked: tuple[LockedLine, ...]) -> list[CompiledRule]:
    """What rules keep empty by ``until`` and without which the rules could be kept."""
    free = [rule for rule in rules if not locks(rule)]
    needed = [own for own in map(closing, rules) if own is not None]
    for each in list(needed):
        rest = [other for other in needed if other is not each]
        if still([*free, *rest, _lock(list(locked))]):
            needed = rest
    return needed


def needed_lines(
    still: Still, rules: list[CompiledRule], locked: tuple[LockedLine, ...], closed: list[CompiledRule]
) -> list[LockedLine]:
    """Locked lines without which the rules could be kept, beside what is kept empty."""
    if not any(locks(rule) for rule in rules):
        return []
    free = [rule for rule in rules if not locks(rule)]
    needed = list(locked)
    for each in locked:
        rest = [other for other in needed if other is not each]
        if still([*free, *closed, _lock(rest)]):
            needed = rest
    return needed


def locks(rule: CompiledRule) -> bool:
    """Whether a rule locks slots."""
    return any(isinstance(form, Fixed) for form in rule.forms)


def _lock(lines: list[LockedLine]) -> CompiledRule:
    slots, choices = (np.array([getattr(each, name) for each in lines], dtype=np.int64) for name in ("slot", "choice"))
    return CompiledRule(id="", kind="locked", forms=(Fixed(slots=slots, choices=choices),))


def _impossible(whole: RuleBook, rules: Sequence[CompiledRule]) -> bool:
    """Whether it is proven that no plan keeps some rules; masks against locked lines are answered elsewhere."""
    rulebook = RuleBook(whole.grid, tuple(rules), ~whole.open)
    plan = rulebook.locked_lines()
    if rulebook.clashes or not rulebook.possible[np.arange(len(plan)), plan].all():
        return False
    return rulebook.completion.verdict is Verdict.IMPOSSIBLE
