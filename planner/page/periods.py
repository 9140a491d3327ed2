"""Charts of a page: what is sold, spent and gained period by period, as columns of an SVG picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.figures import count
from scenarios.arrays import Int
from scenarios.language.schema import Scenario
from scenarios.rounding import UNIT_DIGITS

WIDTH, HEIGHT = 960, 190
"""Of the picture, in its own units; a page scales it to its width."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 4, 10, 22
_TICKS = 4
"""Lines of the scale at most, nothing's included."""
_LABELS = 16
"""Dates below a chart at most."""
_FILL = 0.72
"""Share of a period's width that its column takes."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One period's column."""

    left: float
    top: float
    width: float
    height: float
    loss: bool
    about: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A line of the scale, or a date below: where it lies, and its text."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Columns over the horizon, and where another level ran."""

    title: str
    columns: tuple[Column, ...]
    level: str
    """Path of the other level, a step a period; empty where there is none."""
    scale: tuple[Mark, ...]
    dates: tuple[Mark, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    base: float = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def charts(
    with_plan: Mapping[str, Int], without: Mapping[str, Int], scenario: Scenario, digits: int
) -> tuple[Chart, ...]:
    """Units sold beside those without promotion; spend and profit gained where there are any.

    Parameters
    ----------
    with_plan, without
        [T] integers by title of the account's columns, of the plan and of no promotion.
    digits
        Of the currency's minor unit.
    """
    money, units = 10.0**-digits, 10.0**-UNIT_DIGITS
    spent = (
        sum(with_plan[name] for name in ("discount", "gifts", "messages", "fixed costs")) - with_plan["vendor funding"]
    )
    gained = with_plan["profit"] - without["profit"]
    both = with_plan["units"] * units, without["units"] * units
    amounts = {"Spend": np.asarray(spent), "Profit gained": gained}
    return (
        _chart("Units sold; the line: without promotion", both[0], scenario, both[1]),
        *(
            _chart(f"{title}, {scenario.currency}", each * money, scenario)
            for title, each in amounts.items()
            if each.any()
        ),
    )


def _chart(title: str, amounts: np.ndarray, scenario: Scenario, other: np.ndarray | None = None) -> Chart:
    """Lay out one amount a period, [T], and a second one as a line."""
    dates, every = scenario.horizon.dates, [amounts] if other is None else [amounts, other]
    low, high = min(0.0, *(float(each.min()) for each in every)), max(0.0, *(float(each.max()) for each in every))
    step = nice_step(high - low)
    low, high = step * math.floor(low / step), step * math.ceil(high / step)
    across, down = (WIDTH - _LEFT - _RIGHT) / len(dates), HEIGHT - _TOP - _BOTTOM

    def y(amount: float) -> float:
        return round(_TOP + down * (high - amount) / ((high - low) or 1.0), 2)

    columns: list[Column] = []
    path: list[str] = []
    for number, (date, amount) in enumerate(zip(dates, amounts.tolist(), strict=True)):
        beside = "" if other is None else f"; {count(float(other[number]))} without promotion"
        columns.append(
            Column(
                left=round(_LEFT + across * (number + (1 - _FILL) / 2), 2),
                top=min(y(amount), y(0.0)),
                width=round(across * _FILL, 2),
                height=round(abs(y(amount) - y(0.0)), 2),
                loss=amount < 0,
                about=f"{date}: {count(amount)}{beside}",
            )
        )
        if other is not None:
            start, end = round(_LEFT + across * number, 2), round(_LEFT + across * (number + 1), 2)
            path.append(f"{'L' if path else 'M'}{start} {y(float(other[number]))}H{end}")
    lines = [low + step * number for number in range(round((high - low) / step) + 1)]
    return Chart(
        title=title,
        columns=tuple(columns),
        level="".join(path),
        scale=tuple(Mark(at=y(line), text=_tick(line, step)) for line in lines),
        dates=_dates(dates, across),
    )


def nice_step(span: float) -> float:
    """Return a distance of 1, 2 or 5 times a power of ten of which few make up a span; 1 for none."""
    if not (span > 0):
        return 1.0
    rough = span / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(times * power for times in (1.0, 2.0, 5.0, 10.0) if times * power >= rough * (1 - 1e-9)))


def _tick(amount: float, step: float) -> str:
    return count(amount, digits=max(0, -math.floor(math.log10(step))))


def _dates(dates: Sequence[object], across: float) -> tuple[Mark, ...]:
    every = math.ceil(len(dates) / _LABELS)
    return tuple(
        Mark(at=round(_LEFT + across * (number + 0.5), 2), text=str(date)[5:])
        for number, date in enumerate(dates)
        if number % every == 0
    )
