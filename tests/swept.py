"""Sweeps made by hand, and what is printed of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from plan_sets import plan_set
from printed import printed

from planner.report.sweep import show_sweep
from planner.sweep.record import Point, Sweep
from planner.sweep.vary import read_axes
from scenarios.answer.verdicts import LimitResult
from scenarios.loading.load import load_scenario

SET = plan_set(load_scenario("phone-flash-sale").scenario, ())


def swept(option: str, *verdicts: LimitResult, limit_id: str | None, worth: tuple[str, ...]) -> Sweep:
    """A sweep whose points are worth so much, with these verdicts on the varied limit."""
    (axis,) = read_axes([option])
    points = []
    for place, value in enumerate(axis.values):
        best = replace(SET.plans[0], objective=Decimal(worth[place]), limits=verdicts[place : place + 1])
        points.append(Point(values=(value,), plan_set=replace(SET, plans=(best,))))
    return Sweep(axes=(axis,), points=tuple(points), limit=limit_id, interrupted=False)


def shown(result: Sweep, width: int = 130) -> str:
    """Return what is printed, in one line."""
    return " ".join(
        " ".join(line for part in show_sweep(result, "EUR", "profit") for line in printed(part, width)).split()
    )
