"""What may conflict: the limits, rules and locked lines of a scenario, each a member that can be dropped by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from constraints.infeasible.rule_conflict import LockedLine, closing, locked_lines
from constraints.limits.book import Limits
from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule, Fixed
from constraints.rules.lines import line_text
from scenarios.language.implied_ids import CONTACTS, VALID
from scenarios.word_list import listed


class Kind(StrEnum):
    """Kind of a member."""

    LIMIT = "limit"
    RULE = "rule"
    LINE = "line"


@dataclass(frozen=True, kw_only=True, eq=False)
class Member:
    """One limit, one rule, or one locked line."""

    kind: Kind
    id: str
    """As reports name it; of a locked line its words, with the rule that locks it."""
    rows: tuple[int, ...] = ()
    """Of a limit: its scalar rows."""
    product: int | None = None
    """Of a stock: the product."""
    rule: CompiledRule | None = None
    line: LockedLine | None = None


def members_of(limits: Limits, rulebook: RuleBook) -> tuple[Member, ...]:
    """List limits in their order, stocks, rules, then locked lines; a line that several rules lock stands once.

    A rule that locks lines is a member only for the slots that its ``until`` keeps empty.
    """
    rows: dict[str, list[int]] = {}
    for number, name in enumerate(limits.ids):
        rows.setdefault(name, []).append(number)
    found = [Member(kind=Kind.LIMIT, id=name, rows=tuple(numbers)) for name, numbers in rows.items()]
    found += [Member(kind=Kind.LIMIT, id=limits.stock_ids[k], product=int(k)) for k in limits.stock_products]
    for rule in rulebook.rules:
        locks = any(isinstance(form, Fixed) for form in rule.forms)
        own = closing(rule) if locks else rule
        if own is not None and own.forms:
            found.append(Member(kind=Kind.RULE, id=rule.id, rule=own))
    lines = {(each.slot, each.choice): each for each in reversed(locked_lines(rulebook.grid))}
    found += [Member(kind=Kind.LINE, id=each.text, line=each) for each in reversed(lines.values())]
    return tuple(found)


def words(members: tuple[Member, ...]) -> str:
    """Say members in a row: ``total-budget and off10 for phone on 2026-11-03 (locked by keep)``."""
    return listed(each.id for each in members)


def in_order(members: tuple[Member, ...], chosen: np.ndarray) -> tuple[Member, ...]:
    """Members that a bool [M] picks."""
    return tuple(member for member, is_in in zip(members, chosen, strict=True) if is_in)


def drop_text(member: Member) -> str:
    """Say what it means to do without a rule or a locked line."""
    if member.line is not None:
        ran = ", if it has not run yet" if member.line.has_run else ""
        return f"drop the locked line {line_text(member.line.line)} (locked by {member.line.rule_id}){ran}"
    if member.rule is not None and any(isinstance(form, Fixed) for form in member.rule.forms):
        return f"drop until of {member.id}, if the time that it locks is not over yet: other lines may then run in it"
    if member.id.startswith(VALID):
        return f"drop valid of {member.id.removeprefix(VALID)}: then each of its days has a message of its own"
    kind = "the contact cap of " if member.id.startswith(CONTACTS) else "the longest run of "
    name = member.id.split(":", 1)[-1]
    return f"drop {kind if ':' in member.id else 'rule '}{name}"
