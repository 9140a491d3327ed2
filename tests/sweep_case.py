"""What tests of sweeps share: points of a known worth, and a planner that finds what a table says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from plan_sets import limit, plan_set

from planner.sweep.record import Planned, Point
from scenarios.language.plan_lines import PlanLine
from scenarios.loading.load import load_scenario

BUDGET = "limits.total-budget.max"
SCENARIO = load_scenario("phone-flash-sale").scenario
SET = plan_set(SCENARIO, ())


def planned_at(values: tuple[str, ...], objective: str, *, binding: bool = False, price: float = 0.0) -> Point:
    """A point whose best plan is worth so much."""
    verdict = limit("total-budget", "spend", values[0], "1", binding=binding, price=price)
    best = replace(SET.plans[0], objective=Decimal(objective), limits=(verdict,))
    return Point(values=values, plan_set=replace(SET, plans=(best,)))


class Scripted:
    """A planner that finds what a table says, and may be interrupted or worth more elsewhere."""

    def __init__(self, worth: dict[str, str], *, stop_at: str = "", elsewhere: dict[str, str] | None = None) -> None:
        self.asked: list[tuple[str, bool]] = []
        self._worth, self._stop_at, self._elsewhere = worth, stop_at, elsewhere or {}

    def plan(self, values: tuple[str, ...], start: tuple[PlanLine, ...] | None, number: int) -> Planned:
        """Note who was asked, and answer from the table."""
        self.asked.append((values[-1], start is not None))
        if values[-1] == self._stop_at:
            raise KeyboardInterrupt
        found = self._worth.get(values[-1])
        if found is None:
            return Planned(
                point=Point(values=values, plan_set=None, reasons=("too tight",), proven=True), interrupted=False
            )
        if len([value for value, _ in self.asked if value == values[-1]]) > 1:
            found = self._elsewhere[values[-1]]
        return Planned(point=planned_at(values, found), interrupted=False)

    def worth(
        self, values: tuple[str, ...], lines: tuple[PlanLine, ...], above: Decimal | None = None
    ) -> Decimal | None:
        """Answer what a neighbour's plan would be worth."""
        return Decimal(self._elsewhere[values[-1]]) if values[-1] in self._elsewhere else None
