"""Promotions of a plan: the lines that people think of as one thing, and what each is worth as a whole.

An offer on a product for two days and three segments fills six slots. What the plan loses without one of them, all
others left as they are, says little of the promotion: days tire customers for each other, and lines share the cost of
a message. So each promotion is valued without all of its lines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import Evaluator
from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.validity import sent_on


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """Lines of one offer, at one level, on one product in consecutive open periods, for whomever.

    Of an offer that is sent once each sending is one.
    """

    places: tuple[int, ...]
    """Places of its lines among those of the plan, by period."""
    slots: frozenset[int]
    first: dt.date
    last: dt.date
    """First day of its last period."""
    contribution: float
    """Objective that the plan loses without all of its lines, rounded once as those of lines are."""


def promotions(
    evaluator: Evaluator, plan: NDArray[np.int8], worth: Sequence[float], otherwise: Float
) -> tuple[Promotion, ...]:
    """Group the lines of a plan and value each group; a promotion of one line is worth what its line contributes.

    Parameters
    ----------
    plan : int8 [N]
    worth
        What each line contributes, in the order of slots.
    otherwise
        How much more of it the account has than the model that promotions are valued by (`AsItWas.of_lines`).
    """
    grid, slots = evaluator.grid, np.flatnonzero(plan)
    groups = _groups(grid, [grid.line(int(slot), int(plan[slot])) for slot in slots])
    several = [group for group in groups if len(group) > 1]
    without = np.repeat(plan[None], len(several), axis=0)
    for number, group in enumerate(several):
        without[number, slots[list(group)]] = 0
    lost = evaluator.value(plan[None]).objective[0] - evaluator.value(without).objective if several else np.zeros(0)
    lost = lost + np.array([otherwise[list(group)].sum() for group in several])
    digits = minor_digits(grid.scenario.currency)
    together = dict(zip(several, np.round(lost, digits).tolist(), strict=True))
    dates = [grid.scenario.horizon.date_of(grid.slot(int(slot)).period) for slot in slots]
    return tuple(
        Promotion(
            places=group,
            slots=frozenset(slots[list(group)].tolist()),
            first=dates[group[0]],
            last=dates[group[-1]],
            contribution=together[group] if group in together else float(worth[group[0]]),
        )
        for group in groups
    )


def _groups(grid: Grid, lines: Sequence[PlanLine]) -> list[tuple[int, ...]]:
    """Places of the lines of each promotion, by period."""

    def kind(place: int) -> tuple[str, str, float, float, str]:
        line = lines[place]
        sent = sent_on(grid.offer(line.offer).valid, grid.scenario.horizon, line.date)
        return line.offer, line.product, line.coverage, line.quantity, str(sent or "")

    periods = [grid.locate(line)[0].period for line in lines]
    groups, closed = [], grid.scenario.horizon.is_closed
    for _, alike in groupby(sorted(range(len(lines)), key=lambda place: (kind(place), periods[place])), key=kind):
        group: list[int] = []
        for place in alike:
            if group and not all(map(closed, range(periods[group[-1]] + 1, periods[place]))):
                groups.append(tuple(group))
                group = []
            group.append(place)
        groups.append(tuple(group))
    return groups
