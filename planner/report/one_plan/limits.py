"""Limits and rules of a plan: use, headroom, use at risk, what one more unit would be worth, what binds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from rich.text import Text

from constraints.infeasible.undivided import idle
from planner.figures import FINEST, NOTHING, Amount, apart, count, estimated, given, money_style, plural
from planner.reasons.told_price import MUCH_ROOM, room, untold
from planner.report.names import UNNAMED, Names
from planner.report.table import Column, FittedTable
from scenarios.answer.sums import MONEY
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.currency import minor_digits
from scenarios.language.implied_ids import STOCK
from scenarios.language.words import Measure

SHOWN_VIOLATIONS = 3
"""Sentences that are shown about a broken rule."""
_TENTHS_FROM = 1_000
"""Counts of a limit from here on are shown in whole units, below it in tenths."""


def figure(limit: LimitResult, amount: Decimal | None, currency: str) -> str:
    """Write an amount of a limit: shares as percent, money as the currency is, large amounts in whole units.

    A bound that is broken is written with all its digits, and no use beside it reads like it.
    """
    if amount is None:
        return NOTHING
    return _written(limit, amount, limit.limit, currency)


def difference(limit: LimitResult, amount: Decimal, currency: str) -> str:
    """Write what is left or missing of a limit; what a broken one lacks never reads as nothing."""
    return _written(limit, amount, Decimal(0), currency)


def points(limit: LimitResult, amount: Decimal, currency: str) -> str:
    """Write a difference between two amounts of a limit: of shares, in percentage points."""
    text = difference(limit, amount, currency)
    return f"{text.removesuffix('%')} pp" if limit.percent else text


def _written(limit: LimitResult, amount: Decimal, other: Decimal, currency: str) -> str:
    def write(number: Amount, more: int) -> str:
        digits = _digits(limit, currency, more)
        return f"{count(100 * Decimal(number), digits=digits)}%" if limit.percent else count(number, digits=digits)

    if limit.ok:
        return write(amount, _telling(limit, write))
    return _exactly(limit, write) if amount == limit.limit else apart(amount, other, write)


def _telling(limit: LimitResult, write: Callable[[Amount, int], str]) -> int:
    """Digits beyond the usual with which no use of a ratio reads like its bound, and what is left not as nothing."""
    uses = {amount for amount in (limit.used, limit.used_at_risk) if amount is not None} - {limit.limit}
    if not limit.ratio or not uses or idle(limit):
        return 0
    left = () if limit.headroom == 0 else (limit.headroom,)

    def tells(more: int) -> bool:
        bound, nothing = write(limit.limit, more), write(Decimal(0), more)
        return all(write(use, more) != bound for use in uses) and all(write(each, more) != nothing for each in left)

    return next((more for more in range(FINEST) if tells(more)), 0)


def _exactly(limit: LimitResult, write: Callable[[Amount, int], str]) -> str:
    """Write a bound as it was asked for: rounded, it would be another one."""
    asked = limit.limit.scaleb(2) if limit.percent else limit.limit
    texts = (write(limit.limit, more) for more in range(FINEST))
    exact = (text for text in texts if Decimal(text.removesuffix("%").replace(",", "")) == asked)
    return next(exact, write(limit.limit, 0))


def _digits(limit: LimitResult, currency: str, more: int) -> int:
    """Digits that amounts of a limit are written with, and so many more; of money first those of the currency.

    A bound that is finer than the currency is written as it was asked for, and what is left of it as finely.
    """
    if limit.ratio:
        return 2 + more
    if limit.measure in MONEY:
        usual, written = money_style(currency, [limit.limit]).digits, limit.limit.normalize().as_tuple().exponent
        if isinstance(written, int) and -written > minor_digits(currency):
            usual = -written
        return max(usual, minor_digits(currency)) + more - 1 if more else usual
    whole = limit.measure == Measure.LINES and limit.limit == limit.limit.to_integral_value()
    return more if whole or abs(limit.limit) >= _TENTHS_FROM else 1 + more


def used(limit: LimitResult, currency: str) -> str:
    """Write the expected use; nothing where a ratio had nothing to divide by."""
    return NOTHING if idle(limit) else figure(limit, limit.used, currency)


def status(limit: LimitResult) -> Text:
    """Say whether a limit is broken, binding or kept with room."""
    if not limit.ok:
        return Text("BROKEN", style="bold red")
    return Text("binding", style="bold yellow") if limit.binding else Text("kept", style="green")


def show_limits(limits: Sequence[LimitResult], currency: str, *, names: Names = UNNAMED) -> FittedTable:
    """One row a limit, the tightest first; columns that would say nothing of any limit are left out."""
    wide = _limits_table(limits, currency, names.full)
    ids = [limit.id for limit in limits]
    if names.all_of(ids) == tuple(ids):
        return wide
    brief = _limits_table(limits, currency, names.short)
    return replace(wide, narrow=replace(brief, notes=(*brief.notes, *names.ids_beside(ids))))


def _limits_table(limits: Sequence[LimitResult], currency: str, called: Callable[[str], str]) -> FittedTable:
    if not limits:
        return FittedTable(title="Limits", columns=(Column(title="limit"),), rows=(), empty="no limit")
    unpriced = all(limit.shadow_price is None for limit in limits)
    certain = all(limit.at_risk is None for limit in limits)
    placeless = all(limit.at is None for limit in limits)
    rows = [
        (
            called(limit.id),
            limit.words,
            figure(limit, limit.limit, currency),
            used(limit, currency),
            *(() if certain else (figure(limit, None if idle(limit) else limit.used_at_risk, currency),)),
            NOTHING if idle(limit) else difference(limit, limit.headroom, currency),
            *(() if unpriced else (price(limit, currency),)),
            status(limit),
            *(() if placeless else (limit.at or "",)),
        )
        for limit in sorted(limits, key=lambda each: (each.ok, not each.binding, idle(each), room(each)))
    ]
    risky = sorted({limit.at_risk for limit in limits if limit.at_risk is not None})
    notes = [f"money in {currency}, net of tax", *floors(limits, called), *unused(limits, called)]
    if not unpriced:
        ratios = [limit.measure for limit in limits if limit.ratio]
        shares = "a share or return on investment" if Measure.ROI in ratios else "a share"
        percent = f", of {shares} by one percentage point" if ratios else ""
        notes.append(
            f"price: estimated gain of the objective where a max gives way by one unit more, a min by one less{percent}"
        )
        reasons = ["none could be estimated"] * any(limit.shadow_price is None for limit in limits)
        reasons += [f"more than {MUCH_ROOM:.0%} of the limit is left"] * any(map(untold, limits))
        if reasons:
            notes.append(f"price {NOTHING}: {', or '.join(reasons)}")
        notes += _worthless(limits, called)
    if risky:
        levels = ", ".join(given(level) for level in risky)
        least = any(limit.at_risk is not None and limit.sense == "min" for limit in limits)
        missed = ", of a min not missed," if least else ""
        notes.append(f"at risk: the use that is not exceeded{missed} in {levels} of the futures")
    tight = [f"{called(limit.id)}{limit.place}" for limit in limits if limit.within and (limit.binding or not limit.ok)]
    if tight:
        notes.append(f"tightest: {', '.join(tight)}")
    before = [called(limit.id) for limit in limits if limit.before]
    if before:
        notes.append(f"with what lines before the horizon used, estimated: {', '.join(before)}")
    return FittedTable(
        title="Limits",
        columns=(
            Column(title="limit", least=12),
            Column(title="measure", least=11, gives_way=1),
            Column(title="bound", number=True),
            Column(title="used", number=True),
            *(() if certain else (Column(title="at risk", number=True),)),
            Column(title="headroom", number=True),
            *(() if unpriced else (Column(title="price", number=True),)),
            Column(title="", number=True),
            *(() if placeless else (Column(title="tightest at", least=16, gives_way=2),)),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def price(limit: LimitResult, currency: str) -> str:
    """Write an estimated price as one: 0 where more of a limit gains nothing, none of one with much room, 0 or not."""
    worth = limit.shadow_price
    if untold(limit) or worth is None:
        return NOTHING
    worth = worth / 100 if limit.ratio else worth
    return estimated(worth, least=money_style(currency, [worth]).digits)


def _worthless(limits: Sequence[LimitResult], called: Callable[[str], str]) -> tuple[str, ...]:
    """Say that a price of 0 is an estimate, too; of stock it is none, for what more of it sells the baseline takes."""
    names = [
        called(each.id) for each in limits if each.binding and each.shadow_price == 0 and each.id[: len(STOCK)] != STOCK
    ]
    if not names:
        return ()
    return (f"price 0 of what is binding is an estimate, too: a step by whole lines may gain ({', '.join(names)})",)


def floors(limits: Sequence[LimitResult], called: Callable[[str], str] = str) -> tuple[str, ...]:
    """Name the limits whose bound is the least allowed: the word stands in a column that narrow screens leave out."""
    named = [called(limit.id) for limit in limits if limit.sense == "min"]
    if not named:
        return ()
    return (f"at least the bound: {', '.join(named)}" + ("" if len(named) == len(limits) else "; at most: all others"),)


def unused(limits: Sequence[LimitResult], called: Callable[[str], str] = str) -> tuple[str, ...]:
    """Say why no use stands beside a ratio."""
    names = [called(limit.id) for limit in limits if idle(limit)]
    return (f"used {NOTHING}: there is nothing to divide by of {', '.join(names)}",) if names else ()


def first_breaches(violations: Sequence[str], others: str) -> str:
    """Show the first sentences about a broken rule, one a line, then how many more there are and where (``others``)."""
    shown = list(violations[:SHOWN_VIOLATIONS])
    if len(violations) > SHOWN_VIOLATIONS:
        shown.append(f"and {len(violations) - SHOWN_VIOLATIONS:,} more {others}")
    return "\n".join(shown)


def show_rules(rules: Sequence[RuleResult], names: Names = UNNAMED) -> FittedTable | Text:
    """One row a broken rule, and one sentence for those that are kept.

    Whoever shows a plan that breaks rules names everything that is broken below.
    """
    kept = [names.full(rule.id) for rule in rules if rule.satisfied]
    sentence = f"{plural(len(kept), 'rule')} kept: {', '.join(kept)}"
    if rules and len(kept) == len(rules):
        return Text.assemble(("Rules", "bold"), f"\n{sentence}")
    rows = [
        (
            names.full(rule.id),
            rule.rule,
            Text("BROKEN", style="bold red"),
            f"{plural(len(rule.violations), 'violation')}, named below",
        )
        for rule in rules
        if not rule.satisfied
    ]
    return FittedTable(
        title="Rules",
        columns=(
            Column(title="rule", least=12),
            Column(title="kind", least=12),
            Column(title="", number=True),
            Column(title="how often", least=20, gives_way=0),
        ),
        rows=tuple(rows),
        notes=(sentence,) if kept else (),
        empty="no rule",
    )
