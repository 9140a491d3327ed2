"""``campaign sweep``: what a plan of one point is worth at others, and what its table tells while plans are written."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import line as result_line
from rich.console import Console
from sweep_case import BUDGET, SCENARIO, SET, Scripted, planned_at

from planner.report.sweep import show_sweep
from planner.report.sweep_data import sweep_columns, sweep_json
from planner.sweep.record import Planned, Point, Sweep
from planner.sweep.sweep import sweep
from planner.sweep.vary import Axis, read_axes
from scenarios.answer.plan import LineResult
from scenarios.language.plan_lines import PlanLine


class Knapsack:
    """A planner with bad luck: it finds what a table says, but never less than the plan that it begins with."""

    def __init__(self, found: dict[tuple[str, ...], int]) -> None:
        self._found = dict(found)
        self.plans: dict[tuple[PlanLine, ...], int] = {}

    def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
        """The table's value, or the start's where that is more; a second try at a point finds five more."""
        worth = max(self._found[values], -1 if start is None else self.plans[start])
        self._found[values] += 5
        lines = (PlanLine(date="2026-11-03", product="nova-12", offer=f"o-{values[0]}-{worth}"),)
        self.plans[lines] = worth
        point = planned_at(("1",), str(worth))
        best = point.best
        assert best is not None and point.plan_set is not None
        shown = replace(best, lines=(line_of(lines[0]),))
        return Planned(point=Point(values=values, plan_set=replace(point.plan_set, plans=(shown,))), interrupted=False)

    def worth(
        self, values: tuple[str, ...], lines: tuple[PlanLine, ...], above: Decimal | None = None
    ) -> Decimal | None:
        """What a neighbour's plan is worth: allowed under a looser bound, not under a tighter one."""
        made = lines[0].offer.split("-")[1]
        return Decimal(self.plans[lines]) if int(made) <= int(values[0]) else None


def line_of(line: PlanLine) -> LineResult:
    """The result of a line, as far as a sweep reads it."""
    return replace(result_line(SCENARIO, (2, "nova-12", "*", "x", 1.0), Decimal(1)), offer=line.offer)


@pytest.mark.parametrize("values", [("1", "2", "3", "4"), ("4", "3", "2", "1"), ("3", "1", "4", "2")])
def test_profit_never_falls_where_a_ceiling_rises(values: tuple[str, ...]) -> None:
    """In whatever order the bounds are given: what a smaller budget allows, a larger one does as well."""
    luck = {("1",): 10, ("2",): 30, ("3",): 12, ("4",): 11}
    result = sweep((Axis(path=BUDGET, values=values),), Knapsack(luck), "total-budget")
    worth = {int(point.values[0]): point.best.objective for point in result.points if point.best is not None}
    assert [worth[number] for number in sorted(worth)] == sorted(worth.values())


class Windows:
    """A planner whose plans fit only where a value is one of a few: neither a ceiling nor a floor."""

    def __init__(self, found: dict[str, tuple[str, int]], fits: dict[str, str]) -> None:
        self._found, self._fits = found, fits

    def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
        """What the table finds; from a start that fits, the start's plan where that is worth more."""
        name, worth = self._found[values[0]]
        if start is not None and self.worth(values, start, Decimal(worth)) is not None:
            name, worth = next(each for each in self._found.values() if each[0] == start[0].offer)
        best = planned_at(("1",), str(worth)).best
        assert best is not None
        line = PlanLine(date="2026-11-03", product="nova-12", offer=name)
        plans = (replace(best, lines=(line_of(line),)),)
        return Planned(point=Point(values=values, plan_set=replace(SET, plans=plans)), interrupted=False)

    def worth(
        self, values: tuple[str, ...], lines: tuple[PlanLine, ...], above: Decimal | None = None
    ) -> Decimal | None:
        """What a plan is worth everywhere, where it fits."""
        worth = next(Decimal(each[1]) for each in self._found.values() if each[0] == lines[0].offer)
        return worth if values[0] in self._fits[lines[0].offer] and (above is None or worth > above) else None


def test_a_plan_of_any_other_point_is_taken_where_it_fits() -> None:
    """The plan of 1 fits at 3 but not at 2 between them; of two that fit at 4 the better one is taken; it is told."""
    found = {"1": ("a", 50), "2": ("b", 10), "3": ("c", 20), "4": ("d", 5)}
    planner = Windows(found, {"a": "13", "b": "24", "c": "34", "d": "4"})
    result = sweep(read_axes([f"{BUDGET}=1,2,3,4"]), planner, "total-budget")
    worth = [str(point.best.objective) for point in result.points if point.best is not None]
    assert worth == ["50", "10", "50", "20"]
    assert [point.lent for point in result.points] == [None, None, ("1",), None]
    assert [point.raised for point in result.points] == [0, 0, 30, 0]
    assert sweep_json(result, "s")["points"][2]["planned_again_from"] == {BUDGET: "1"}
    assert sweep_columns(result)["planned_again_from"] == [None, None, "1", None]
    out = Console(record=True, width=80, file=io.StringIO())
    for part in show_sweep(result, "EUR", "profit"):
        out.print(part)
    text = out.export_text()
    assert "  3: from 1 " in text and "which was worth more there" in text


def test_a_table_never_tells_of_plans_that_are_not_there() -> None:
    """Before a point's plans are written, again or for the first time, its row is not in the table."""
    told: list[list[str]] = []
    kept: list[str] = []

    class Keeping(Scripted):
        def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
            found = super().plan(values, start, number)

            def keep() -> Point:
                kept.append(values[0])
                assert values[0] not in told[-1]
                return replace(found.point, folder=f"point-{number + 1}")

            return replace(found, keep=keep)

    planner = Keeping({"1": "10", "2": "12", "3": "30"}, elsewhere={"2": "29"})

    def table(so_far: Sweep) -> None:
        assert so_far.interrupted
        told.append([point.values[0] for point in so_far.points])

    result = sweep(read_axes([f"{BUDGET}=1,2,3"]), planner, "total-budget", table=table)
    assert kept == ["1", "2", "3", "2"] and not result.interrupted
    assert told[0] == [] and told[-1] == ["1", "2", "3"] and ["1", "3"] in told
    assert [point.folder for point in result.points] == ["point-1", "point-2", "point-3"]
