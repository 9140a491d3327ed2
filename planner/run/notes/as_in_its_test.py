"""Budgets that would be exceeded if sales err as in the test of the model that was learned from.

Most that a budget counts grows with sales. Futures err to both sides alike; a model whose forecasts of promoted goods
were too low as a whole, when it was tested on weeks that it had not seen, may be too low again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from constraints.ledger import Ledger
from constraints.limits.entries import LimitEntry
from constraints.limits.verdicts import judge
from planner.evolution.start.first import VERY_MANY
from planner.figures import count, money_style, plural, share
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import MONEY
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan
from scenarios.first_few import first_few
from scenarios.language.words import Measure
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import build_coefficients

GROWS = frozenset(
    {
        Measure.DISCOUNT,
        Measure.DISCOUNT_ON_BASE,
        Measure.CASH_COST,
        Measure.GROSS_SPEND,
        Measure.SPEND,
        Measure.USES,
        Measure.GIFTS,
    }
)
"""What grows with sales and is bounded because it costs."""
TELLING = 0.02
"""Share by which forecasts must have been too low to be told: smaller ones are chance in a few weeks."""
NEAR = 0.75
"""Share of a limit from which on its use is followed: no test that plans are made by is off by a third."""
BEYOND = 0.005
"""Share of a limit that its use must come beyond it to be told."""
ASKED = 0.90
"""What the sentence proposes to ask for."""
DIGITS = 3
"""Leading digits of the lower bound that it proposes."""


@dataclass(frozen=True, kw_only=True)
class _Shifted:
    """A limit, and what it would come to."""

    now: LimitResult
    then: LimitResult

    @property
    def beyond(self) -> float:
        """Share of the bound that is used beyond it."""
        return float(self.then.used / self.now.limit) - 1.0

    @property
    def lower(self) -> float:
        """The bound whose use would come to what is asked now, rounded down."""
        wanted = float(self.now.limit * self.now.used / self.then.used)
        step = 10.0 ** (math.floor(math.log10(wanted)) - DIGITS + 1)
        return math.floor(wanted / step) * step


def as_in_its_test(
    ledger: Ledger,
    baskets: Baskets | None,
    accuracy: Mapping[str, float | str],
    plan: Plan,
    limits: Sequence[LimitResult],
) -> tuple[str, ...]:
    """Return one sentence on budgets that a plan keeps, and would not if sales err as in the model's own test.

    Parameters
    ----------
    accuracy
        What the model's training measured on weeks that it had not seen.
    plan
        int8 [N].
    limits
        What the ledger says of it.
    """
    missed = accuracy.get("bias_promoted")
    if not (isinstance(missed, float) and -1.0 < missed <= -TELLING) or ledger.grid.slots > VERY_MANY:
        return ()
    more = 1.0 / (1.0 + missed)
    used = {limit.id: limit for limit in limits if _followed(limit)}
    entries = [entry for entry in ledger.limits if entry.id in used and entry.origin != "fund"]
    found = [one for one in _shifted(ledger, baskets, more, plan, entries, used) if one.beyond > BEYOND]
    if not found:
        return ()
    found.sort(key=lambda one: -one.beyond)
    weeks = accuracy.get("held_out_weeks")
    when = f"the {plural(round(weeks), 'week')}" if isinstance(weeks, float) else "the weeks"
    named = first_few([_said(ledger, one) for one in found])
    worst = found[0]
    lower = f"a lower max ({worst.now.id}: about {_write(ledger, worst.now, worst.lower)})"
    ways = lower if worst.now.at_risk is not None else f"at_risk: {ASKED:.0%} beside the limit, or {lower},"
    return (
        f"in {when} that the model was tested on, {share(more - 1.0, digits=0)} more was sold under promotions than it "
        f"foresaw; if that happens again, plan 1 exceeds {named}; {ways} leaves room for that",
    )


def _followed(limit: LimitResult) -> bool:
    """Whether a limit is a ceiling on what grows with sales, is kept, and has little left."""
    ceiling = limit.sense == "max" and limit.measure in GROWS and not limit.ratio
    return ceiling and limit.ok and limit.limit > 0 and float(limit.used) >= NEAR * float(limit.limit)


def _shifted(
    ledger: Ledger,
    baskets: Baskets | None,
    more: float,
    plan: Plan,
    entries: Sequence[LimitEntry],
    used: Mapping[str, LimitResult],
) -> list[_Shifted]:
    """Judge limits where so many times as much is sold, with and without promotions; pieces stay as many."""
    if not entries:
        return []
    effects = replace(ledger.effects, base_units=ledger.effects.base_units * more)
    model = build_coefficients(ledger.grid, effects, baskets, counted_for=ledger.model.demand)
    book, past = account(model, plan), PastUse(ledger.model)
    return [_Shifted(now=used[entry.id], then=judge(entry, book, ledger.empty, past, None)) for entry in entries]


def _said(ledger: Ledger, one: _Shifted) -> str:
    span = "" if one.then.at is None else f" {one.then.at}"
    beyond = _write(ledger, one.now, float(one.then.used - one.now.limit))
    return f"{one.now.id}{span} by {beyond} ({share(one.beyond, digits=0)})"


def _write(ledger: Ledger, limit: LimitResult, amount: float) -> str:
    currency = ledger.grid.scenario.currency
    return money_style(currency, [limit.limit])(amount) if limit.measure in MONEY else count(amount)
