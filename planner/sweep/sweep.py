"""A sweep: one plan at each value of something in the scenario, each begun from its neighbour's plan.

Neighbours are one step apart. Where another point's plan keeps a point's own limits and rules and is worth more there,
the point is planned again from it (`planner.sweep.levelling`), so that luck in the search does not look like a bend in
the curve.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.sweep.levelling import level
from planner.sweep.progress import Done
from planner.sweep.record import Planner, Sweep
from planner.sweep.vary import Axis, points_of
from scenarios.language.plan_lines import PlanLine


def ignored(so_far: Sweep) -> None:
    """Keep no table."""


def sweep(
    axes: tuple[Axis, ...],
    planner: Planner,
    limit: str | None,
    said: Callable[[int, int], None] = lambda *_: None,
    table: Callable[[Sweep], None] = ignored,
) -> Sweep:
    """Plan every point; Ctrl-C keeps the points that are done.

    Parameters
    ----------
    said
        Told the number of the point that is begun, from 1, and of all points.
    table
        Given what is done, marked as interrupted, before and after a point's plans are written.
    """
    order = points_of(axes)
    done = Done(axes=axes, limit=limit if len(axes) == 1 else None, table=table)
    interrupted = False
    try:
        lines: tuple[PlanLine, ...] | None = None
        for number, values in enumerate(order):
            said(number + 1, len(order))
            found = planner.plan(values, lines, done.place(values))
            if found.interrupted and found.point.best is None:
                interrupted = True
                break
            done.put(values, found)
            lines = lines if found.point.best is None else found.point.best.plan_lines
            if found.interrupted:
                interrupted = True
                break
        if not interrupted:
            level(axes, order, done, planner)
    except KeyboardInterrupt:
        interrupted = True
    return done.sweep(interrupted=interrupted)
