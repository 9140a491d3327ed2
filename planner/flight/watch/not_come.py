"""Arrivals that seem not to have come, or not whole: fewer units are left than stock and sales explain, since then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from planner.figures import plural
from scenarios.arrays import Float
from scenarios.language.schema import Horizon, Product

NEARLY = 0.05
"""Share of what was to arrive, by which the units that are missing may differ from it: some break, too."""
AT_ONCE = 0.9
"""Share of the units missing since an arrival that went missing on its day, from which on it was short of them."""


@dataclass(frozen=True, kw_only=True)
class NotCome:
    """Arrivals of one product that stock seems to lack."""

    days: tuple[dt.date, ...]
    """On which they were due."""
    units: int
    """That did not come."""
    due: int
    """That were due on them together."""
    arrivals: str
    """The product's arrivals as ``--set`` takes them, these units on a DATE that is to be filled in."""


def not_come(product: Product, sold: Float, left: Float, horizon: Horizon) -> NotCome | None:
    """Find the arrivals that are as many units as went missing since they were due; None where none fit.

    Of one arrival and several in a row up to the last one due, those that fit best are taken. Where none is as large,
    one was short of what went missing just on its day, where that is nearly all.

    Parameters
    ----------
    sold : [T']
        Units of the periods that are known.
    left : [T']
        Units left at the end of them; NaN where that is not told.
    """
    gone = _gone(product, sold, left, horizon)
    told = np.flatnonzero(np.isfinite(gone))
    if not told.size:
        return None
    due = sorted(day for day, units in product.arrivals.items() if units > 0 and horizon.period_of(day) <= told[-1])
    fitting = []
    for days in (*((day,) for day in due), *(tuple(due[-number:]) for number in range(2, len(due) + 1))):
        units = sum(product.arrivals[day] for day in days)
        before = told[told < horizon.period_of(days[0])]
        since = float(gone[told[-1]] - (gone[before[-1]] if before.size else 0.0))
        if abs(since - units) <= NEARLY * units:
            fitting.append((abs(since - units), -len(days), days, units))
    if not fitting:
        return _short(product, gone, due, horizon)
    _, _, days, units = min(fitting)
    return NotCome(days=days, units=units, due=units, arrivals=_later(product, dict.fromkeys(days, 0), units))


def _short(product: Product, gone: Float, due: list[dt.date], horizon: Horizon) -> NotCome | None:
    """Find the arrival on whose day nearly all went missing that is missing since, where it is less than was due.

    In a period of several days other losses may be beside it: then none is found.
    """
    if horizon.period_days > 1:
        return None
    last = gone[np.flatnonzero(np.isfinite(gone))[-1]]
    for day in due:
        period, whole = horizon.period_of(day), product.arrivals[day]
        before = 0.0 if period <= 0 else float(gone[period - 1])
        at_once = float(gone[max(period, 0)]) - before
        if NEARLY * whole < at_once < whole and at_once >= AT_ONCE * float(last - before):
            units = round(at_once)
            return NotCome(days=(day,), units=units, due=whole, arrivals=_later(product, {day: whole - units}, units))
    return None


def not_come_words(found: NotCome) -> str:
    """Say it."""
    days = " and ".join(map(str, found.days))
    if found.units < found.due:
        whole = plural(found.due, "unit")
        return f"only {found.due - found.units:,} of the {whole} that were to arrive on {days} seem to have come"
    return f"the {plural(found.units, 'unit')} that were to arrive on {days} seem not to have come"


def remedy_words(product: str, found: NotCome) -> str:
    """Say how `replan` is told when they come."""
    option = f"--set 'products.{product}.arrivals={found.arrivals}'"
    they, their = ("the rest comes", "its") if found.units < found.due else ("they come", "their")
    return f"where {they} later, replan with {option}, {their} day in place of DATE"


def not_come_note(product: str, found: NotCome) -> str:
    """Say it of a product whose stock may last all the same."""
    why = f"{plural(found.units, 'unit')} fewer are left than stock less sales explains"
    return f"{product}: {not_come_words(found)}: {why}; {remedy_words(product, found)}"


def _later(product: Product, came: dict[dt.date, int], units: int) -> str:
    """Arrivals as ``--set`` takes them, where so many came of some, and so many units come later."""
    arrivals = sorted({**product.arrivals, **came}.items())
    others = [f"{day}: {number}" for day, number in arrivals if number or day not in came]
    return f"{{{', '.join([*others, f'DATE: {units}'])}}}"


def _gone(product: Product, sold: Float, left: Float, horizon: Horizon) -> Float:
    """[T'] units that are missing at the end of each period, by stock, arrivals and sales; NaN where nobody tells."""
    came = np.zeros(len(sold))
    for day, units in product.arrivals.items():
        period = max(horizon.period_of(day), 0)
        came[period:] += units
    return np.asarray((product.stock or 0) + came - np.cumsum(sold) - left)
