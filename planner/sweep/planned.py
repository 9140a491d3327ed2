"""Planning the points of a sweep with the real search, and keeping each point's plans as soon as they are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger
from planner.problem import Problem, build_problem
from planner.progress import Progress
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from planner.sweep.record import Planned, Point
from planner.sweep.vary import Axis
from scenarios.answer.archive import freeze
from scenarios.answer.plan_files import write_plans
from scenarios.futures.draws import draw
from scenarios.grid import Grid, LineError
from scenarios.language.implied_ids import FUND, GIFT, STOCK
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario

_BOUND = re.compile(r"(limits|vendors|gifts|products)\.(.+)\.(max|min|fund|stock)")
_SECTIONS = {"vendors": ("fund", FUND), "gifts": ("stock", GIFT), "products": ("stock", STOCK)}


class SearchPlanner:
    """Plans one point after the other.

    Parameters
    ----------
    scenario
        Name or path.
    overrides
        What ``--set`` changes at every point.
    axes
        What varies.
    params
        Of each search.
    out
        Folder that each point's plans go to, ``point-001`` and so on; None keeps nothing.
    progress
        Told the steps of each search.
    """

    def __init__(
        self,
        scenario: str,
        overrides: Sequence[str],
        axes: tuple[Axis, ...],
        params: SearchParams,
        out: Path | None,
        progress: Callable[[Progress], None],
    ) -> None:
        self._scenario, self._overrides, self._axes = scenario, tuple(overrides), axes
        self._params, self._out, self._progress = params, out, progress
        self._judge: tuple[tuple[str, ...], Ledger] | None = None

    def overrides(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """All ``--set`` options of a point."""
        varied = (f"{axis.path}={value}" for axis, value in zip(self._axes, values, strict=True))
        return (*self._overrides, *varied)

    def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
        """Plan with these values from some lines; ``number`` counts the points from 0."""
        problem = self._problem(values)
        begin = None if start is None else carried(problem.grid, start)
        result = plan_campaign(problem, replace(self._params, start=begin), self._progress)
        plan_set = result.plan_set
        if plan_set is None or not plan_set.plans:
            conflict = result.conflict
            point = Point(
                values=values,
                plan_set=None,
                reasons=() if conflict is None else (conflict.reasons or conflict.nearest),
                proven=conflict is not None and conflict.proven,
            )
            return Planned(point=point, interrupted=result.pressed)
        found = Planned(point=Point(values=values, plan_set=plan_set), interrupted=result.pressed)
        if self._out is None:
            return found
        room, folder = self._out, point_folder(number)

        def keep() -> Point:
            frozen = freeze(problem.loaded, self._params.seed)
            written = write_plans(room / folder, plan_set, result.accounts, frozen)
            return Point(values=values, plan_set=written, folder=folder)

        return replace(found, keep=keep)

    def worth(
        self, values: tuple[str, ...], lines: tuple[PlanLine, ...], above: Decimal | None = None
    ) -> Decimal | None:
        """Objective of some lines with these values; None where it is not ``above``, or a limit or rule is broken."""
        if self._judge is None or self._judge[0] != values:  # one point's plans are judged one after the other
            problem = self._problem(values)
            drawn = draw(problem.grid, problem.effects, self._params.seed)
            self._judge = values, Ledger(problem.model, problem.effects, drawn)
        judge = self._judge[1]
        plan = carried(judge.grid, lines)
        if int((plan > 0).sum()) < len(lines):
            return None
        objective = judge.objective(plan)
        if above is not None and objective <= above:
            return None
        return objective if judge.verdict(plan).ok else None

    def _problem(self, values: tuple[str, ...]) -> Problem:
        return build_problem(self._scenario, self.overrides(values), self._progress)


def point_folder(number: int) -> str:
    """Return the name of a point's folder; points are counted from 0, folders from 1."""
    return f"point-{number + 1:03d}"


def carried(grid: Grid, lines: Sequence[PlanLine]) -> NDArray[np.int8]:
    """Take lines over into a grid; those that it has no place for are left out."""
    plan = grid.empty()
    for line in lines:
        try:
            slot, choice = grid.locate(line)
        except LineError:
            continue
        if 0 <= slot.period < grid.shape[2]:
            plan[grid.slot_number(slot)] = choice
    return plan


def varied_limit(scenario: Scenario, path: str) -> str | None:
    """Id under which reports name the limit whose bound a path is; None for anything else."""
    match = _BOUND.fullmatch(path)
    if match is None:
        return None
    section, name, key = match.groups()
    records = getattr(scenario, section)
    if not isinstance(records, tuple):
        return None
    known = [record.id for record in records]
    if name not in known:
        if name not in map(str, range(1, len(known) + 1)):
            return None
        name = known[int(name) - 1]
    if section == "limits":
        return name if key in ("max", "min") else None
    wanted, prefix = _SECTIONS[section]
    return f"{prefix}{name}" if key == wanted else None
