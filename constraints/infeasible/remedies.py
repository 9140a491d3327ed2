"""What would mend a scenario that no plan keeps: changes of limits, rules and locked lines, each remedy by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from constraints.infeasible.members import Kind, Member, drop_text
from constraints.limits.amounts import amount, amount_number, bound_text
from constraints.limits.book import LimitRecord, Limits
from constraints.rules.forms import Fixed
from scenarios.answer.verdicts import LimitResult


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a scenario."""

    kind: str
    """``bound`` of a limit, ``margin`` of a rule, ``stock`` to add (units), ``rule`` or ``line`` to drop, ``advice`` in
    words."""
    id: str
    """The limit, ``stock:PRODUCT``, the rule, or the locked line in words."""
    text: str
    before: Decimal | None = None
    after: Decimal | None = None
    """The new bound; of a stock the units to add; None for what is dropped."""
    cost: float = 1.0
    """Share of its bound by which a limit gives way; 1 for a rule or a line that is dropped."""
    when: str = ""
    """Of a stock the day by which it runs short, as the text says it."""
    undoes: bool = False
    """Whether it changes what a lock with ``until`` says has run: nobody can, where that is so."""


class Known(StrEnum):
    """What is known of the plan that a remedy leads to."""

    COUNTED = "counted"
    """Every plan was looked at: one passes, and under no smaller change."""
    FOUND = "found"
    """A search that began from nothing, as the next run will, found one."""
    SHOWN = "shown"
    """There is one, but no search from nothing was made, or none came to it."""
    GUESSED = "guessed"
    """None was looked for."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """Changes that together let a plan pass; two that change the same are equal, whatever is known of them."""

    changes: tuple[Change, ...]
    known: Known = field(default=Known.GUESSED, compare=False)
    least: bool = field(default=False, compare=False)
    """Whether less was tried and not found to be enough."""
    short: str = field(default="", compare=False)
    """The nearest bound at which no plan was found, as people write it; empty where none was tried."""
    short_of: Decimal | None = field(default=None, compare=False)
    """The same as a number, of a stock the units; None where none was tried."""

    missed: Change | None = field(default=None, compare=False)
    """A smaller change of the same bound for which a plan is known that a search from nothing misses."""

    @property
    def text(self) -> str:
        """All changes in one sentence."""
        return " and ".join(change.text for change in self.changes)

    @property
    def cost(self) -> float:
        """How far limits give way, and how much is dropped, all together."""
        return sum(change.cost for change in self.changes)

    @property
    def burden(self) -> float:
        """What orders remedies: their cost, times of how many changes. One limit is sooner decided on than three."""
        return self.cost * len(self.changes)

    @property
    def exact(self) -> bool:
        """Whether it says exactly what to change, so that it can be tried; advice does not."""
        return all(change.kind != "advice" for change in self.changes)

    @property
    def undoes(self) -> bool:
        """Whether one of them changes what has run already."""
        return any(change.undoes for change in self.changes)


def advice(text: str) -> Change:
    """Mend in a way that only words say."""
    return Change(kind="advice", id="", text=text)


def dropped(member: Member) -> Change:
    """Do without a rule or a locked line."""
    kind = "rule" if member.kind is Kind.RULE else "line"
    closes = member.rule is not None and any(isinstance(form, Fixed) for form in member.rule.forms)
    undoes = closes or (member.line is not None and member.line.has_run)
    return Change(kind=kind, id=member.id, text=drop_text(member), undoes=undoes)


def relaxed(limits: Limits, member: Member, result: LimitResult) -> Change:
    """Give a scalar limit the bound that a plan needs, by the ledger's verdict on it, rounded to the safe side."""
    return bound_change(limits.records[member.rows[0]], result.limit, result.decides)


def bound_change(record: LimitRecord, before: Decimal, needed: Decimal) -> Change:
    """Give a scalar limit the bound that is needed, rounded to the safe side."""
    up = record.sense == "max"
    digits = record.money_digits
    after = amount_number(record.unit, needed, money_digits=digits, up=up)
    verb = "raise" if up else "lower"
    what = {"fund": "the fund of ", "gift": "the stock of gift "}.get(record.origin, "")
    name = record.id.split(":", 1)[-1] if what else record.id
    now = bound_text(record.unit, before, money_digits=digits)
    text = f"{verb} {what}{name} from {now} to {amount(record.unit, after, money_digits=digits)}"
    cost = abs(float(after - before)) / (abs(float(before)) or 1.0)
    return Change(kind="bound", id=record.id, text=text, before=before, after=after, cost=cost)


def margin_change(name: str, before: float, after: float) -> Change:
    """Give a `min_price` rule the margin that a plan needs; both in shares."""
    first, then = Decimal(str(before)), Decimal(str(after))
    text = f"lower the margin of {name} from {(100 * first).normalize():f}% to {(100 * then).normalize():f}%"
    return Change(kind="margin", id=name, text=text, before=first, after=then, cost=float(first - then))


def short_at(remedy: Remedy, record: LimitRecord, bound: Decimal) -> Remedy:
    """Say of a remedy at which nearest bound no plan was found, rounded away from what is enough."""
    up, digits = record.sense != "max", record.money_digits
    text = amount(record.unit, bound, money_digits=digits, up=up)
    return replace(remedy, short=text, short_of=amount_number(record.unit, bound, money_digits=digits, up=up))


def units_missing(result: LimitResult) -> int:
    """Whole units of stock that a plan lacks, by the ledger's verdict on it."""
    return max(1, math.ceil(result.decides - result.limit))


def more_units(result: LimitResult, units: int) -> Change:
    """Have more units of a product from the start on, by the ledger's verdict on its stock."""
    when = "" if result.at is None else f" by {result.at.removeprefix('up to ')}"
    return stock_change(result.id, units, when, result.limit)


def stock_change(name: str, units: int, when: str, before: Decimal) -> Change:
    """Have more units of a product, ``stock:PRODUCT``, than so many."""
    cost = units / max(float(before), 1.0)
    text = f"have {amount('units', Decimal(units))} more units of {name.removeprefix('stock:')}{when}"
    return Change(kind="stock", id=name, before=before, after=Decimal(units), text=text, cost=cost, when=when)


def with_units(change: Change, units: int) -> Change:
    """Add so many units to a stock in place of what a change of it adds."""
    return stock_change(change.id, units, change.when, change.before or Decimal(0))


def cheapest_first(remedies: Sequence[Remedy]) -> tuple[Remedy, ...]:
    """Order remedies by their burden, and leave out what another remedy does with fewer changes or is the same.

    What would undo the past comes last. Of two that change the same, the one of which more is known stays.
    """

    def rank(each: Remedy) -> tuple[bool, float, int, str, bool, bool]:
        return each.undoes, each.burden, len(each.changes), each.text, not each.least, not each.short

    kept: list[Remedy] = []
    for remedy in sorted(remedies, key=rank):
        ids = {(change.kind, change.id) for change in remedy.changes}
        if not any({(change.kind, change.id) for change in other.changes} <= ids for other in kept):
            kept.append(remedy)
    return tuple(kept)
