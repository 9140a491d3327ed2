"""Arrivals that seem not to have come: fewer units are left than stock and sales explain, by as many as were due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from planner.figures import plural
from scenarios.arrays import Float
from scenarios.language.schema import Horizon, Product

NEARLY = 0.05
"""Share of what was to arrive, by which the units that are missing may differ from it: some break, too."""


@dataclass(frozen=True, kw_only=True)
class NotCome:
    """Arrivals of one product that stock seems to lack."""

    days: tuple[dt.date, ...]
    """On which they were due."""
    units: int
    """That were due on them together."""
    arrivals: str
    """The product's arrivals as ``--set`` takes them, these units on a DATE that is to be filled in."""


def not_come(product: Product, sold: Float, left: Float, horizon: Horizon) -> NotCome | None:
    """Find the arrivals that are as many units as went missing since they were due; None where none fit.

    Of one arrival and several in a row up to the last one due, those that fit best are taken.

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
        return None
    _, _, days, units = min(fitting)
    return NotCome(days=days, units=units, arrivals=_later(product, days, units))


def not_come_words(found: NotCome) -> str:
    """Say it."""
    days = " and ".join(map(str, found.days))
    return f"the {plural(found.units, 'unit')} that were to arrive on {days} seem not to have come"


def remedy_words(product: str, found: NotCome) -> str:
    """Say how `replan` is told when they come."""
    option = f"--set 'products.{product}.arrivals={found.arrivals}'"
    return f"where they come later, replan with {option}, their day in place of DATE"


def not_come_note(product: str, found: NotCome) -> str:
    """Say it of a product whose stock may last all the same."""
    why = "as many fewer are left than stock less sales explains"
    return f"{product}: {not_come_words(found)}: {why}; {remedy_words(product, found)}"


def _later(product: Product, days: tuple[dt.date, ...], units: int) -> str:
    others = [f"{day}: {number}" for day, number in sorted(product.arrivals.items()) if day not in days]
    return f"{{{', '.join([*others, f'DATE: {units}'])}}}"


def _gone(product: Product, sold: Float, left: Float, horizon: Horizon) -> Float:
    """[T'] units that are missing at the end of each period, by stock, arrivals and sales; NaN where nobody tells."""
    came = np.zeros(len(sold))
    for day, units in product.arrivals.items():
        period = max(horizon.period_of(day), 0)
        came[period:] += units
    return np.asarray((product.stock or 0) + came - np.cumsum(sold) - left)
