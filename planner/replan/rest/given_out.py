"""Gifts and uses of locked lines beyond what there is or may be: how many, of what, and who gets none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

import numpy as np

from constraints.ledger import Verdict
from constraints.limits.entries import LimitEntry, limit_entries
from planner.figures import plural
from planner.problem import Problem
from scenarios.answer.sums import Places, measured
from scenarios.answer.verdicts import LimitResult
from scenarios.first_few import first_few
from scenarios.language.date_ranges import DateRange
from scenarios.language.scope import Scope
from scenarios.language.words import BASKET, Measure

MILLI = 1000
"""An account counts uses and gifts in thousandths."""
LEFT_OVER = Decimal("0.05")
"""What thousandths of many lines may come to by rounding."""
ADDS_NOTHING = "the rest may add nothing"
"""How a sentence on a ceiling ends that gave way to what cannot be changed any more."""


def pieces_beyond(problem: Problem, locked: Verdict, broken: LimitResult, rest: DateRange) -> str | None:
    """Say of a ceiling on gifts or uses who gets none, or was given one too many; None for ceilings on anything else.

    Parameters
    ----------
    locked
        What the ledger says of the locked lines alone.
    broken
        The ceiling that they exceed.
    rest
        The days that may still change.
    """
    entry = next(each for each in limit_entries(problem.grid) if each.id == broken.id)
    if entry.measure not in (Measure.GIFTS, Measure.USES) or broken.used_at_risk is not None:
        return None
    known, where = problem.effects.known_periods, entry.limit.where
    so_far, in_all = (
        _whole(Decimal(measured(account, entry.measure, where)) / MILLI)
        for account in (locked.account.up_to(known), locked.account)
    )
    there = _whole(entry.bound)
    in_all = max(in_all, there + 1)  # it is exceeded, be it by a part of one
    as_of = problem.grid.scenario.horizon.last_day_of(known - 1)
    until = rest.first - dt.timedelta(days=1)
    say = _gift if entry.origin == "gift" else _uses
    of = _of_what(problem, locked, where)
    said = say(entry, there, so_far, in_all, as_of, until)
    return f"limit {entry.id}{f' ({of})' if of else ''}: {said}; {ADDS_NOTHING}"


def _gift(entry: LimitEntry, there: int, so_far: int, in_all: int, as_of: dt.date, until: dt.date) -> str:
    key, more = f"gifts.{entry.limit.id}.stock", in_all - so_far
    if so_far > there:
        beyond = so_far - there
        got = f"either {plural(beyond, 'customer')} got none, or there were more (then correct it: --set {key}=...)"
        asked = f"; lines until {until} ask for {more:,} more, which nobody gets" if more else ""
        return f"{so_far:,} were due up to {as_of}, {beyond:,} more than the {there:,} that there were; {got}{asked}"
    lacking = in_all - there
    gone = (
        f"{so_far:,} of {there:,} are gone up to {as_of}, and lines until {until}, which cannot be stopped any more, "
    )
    unless = f"unless there are {lacking:,} more by then (--set {key}={in_all})"
    return f"{gone}ask for {more:,}: {plural(lacking, 'customer')} will get none {unless}"


def _uses(entry: LimitEntry, there: int, so_far: int, in_all: int, as_of: dt.date, until: dt.date) -> str:
    more, allow = in_all - so_far, f"--set limits.{entry.limit.id}.max={in_all} allows as many"
    if so_far > there:
        beyond = so_far - there
        asked = f"; lines until {until} are expected to bring {more:,} more" if more else ""
        return f"{so_far:,} uses up to {as_of}, {beyond:,} more than the {there:,} that it allows{asked}; {allow}"
    gone = f"{so_far:,} of {there:,} uses up to {as_of}, and lines until {until}, which cannot be stopped any more, "
    beyond = in_all - there
    return (
        f"{gone}are expected to bring {more:,}: {beyond:,} more than it allows, unless the offer is refused once "
        f"{there:,} are used; {allow}"
    )


def _of_what(problem: Problem, locked: Verdict, where: Scope) -> str:
    """Name the locked lines that a ceiling bounds: their offers and products."""
    grid, rows = problem.grid, locked.account.rows
    used = Places(locked.account, where).rows & (rows.uses > 0)
    if not used.any():
        return ""
    products = [*(product.id for product in grid.products), BASKET]
    offers = [grid.scenario.offers[number].id for number in np.unique(rows.offer[used])]
    return f"{_few(offers)} on {_few([products[number] for number in np.unique(rows.product[used])])}"


def _few(names: Sequence[str]) -> str:
    return first_few(names)


def _whole(amount: Decimal) -> int:
    """Pieces are whole: one that is begun is one, but for what the sums of an account leave."""
    return int((amount - LEFT_OVER).to_integral_value(ROUND_CEILING))
