"""The lines of a stored plan as a plan of its question: a folder changed by hand is told, not reckoned with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.json_records import to_data
from scenarios.answer.plan import RankedPlan
from scenarios.answer.remedies import RESTORE_FOLDER
from scenarios.grid import Grid, LineError
from scenarios.language.plan_lines import PlanLine
from scenarios.problems import InvalidInput, Problem

MOST = Decimal(10) ** 18
"""No figure of a plan comes near it: money is counted in minor units of 64 bits."""
REMEDY = f"campaign check names every difference; {RESTORE_FOLDER}"


def planned(grid: Grid, lines: Sequence[PlanLine], *, where: str) -> NDArray[np.int8]:
    """Return the flat plan of a stored plan's lines.

    Parameters
    ----------
    where
        What messages call the plan: its file, and which of the file it is.

    Raises
    ------
    InvalidInput
        Where a line is none of the scenario, or repeats another; the first one is named by its number from 0, as
        `check` names them.
    """
    try:
        return grid.plan_of(tuple(lines))
    except LineError as error:
        what = f"lines[{error.number}]"
        problem = Problem(where=where, what=what, expected="a line of the scenario", got=str(error), remedy=REMEDY)
        raise InvalidInput([problem]) from error


def refuse_beyond_amounts(plan: RankedPlan, *, where: str) -> None:
    """Refuse a stored plan with a figure that no amount, count or share comes near.

    Raises
    ------
    InvalidInput
        Naming the first such figure.
    """
    for name, value in _figures(to_data(plan), ""):
        if abs(value) >= MOST:
            problem = Problem(where=where, what=name, expected="an amount", got=f"{value:.3g}", remedy=REMEDY)
            raise InvalidInput([problem])


def _figures(data: Any, place: str) -> Iterator[tuple[str, Decimal]]:
    """Every exact number of some plain data, with its place."""
    if isinstance(data, Decimal):
        yield place, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _figures(value, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _figures(value, f"{place}[{number}]")
