"""Choices that keep limits at risk in as many futures as these ask for.

Prices know expected uses only. So where a limit is broken in too many futures, its bound on expected use is lowered by
as much as the deciding future is above the bound, and everybody is chosen for anew, until all such limits hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.assign.careful.assigning import CarefulChoices
from constraints.assign.one_limit import PricedChoices
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import RowSource
from constraints.assign.solve import assign
from constraints.assign.terms import Terms
from planner.assign.futures.foreseen import Foreseen, Foresight
from scenarios.futures.outcomes import at_risk

ROUNDS = 8
"""Most times that everybody is chosen for anew."""
_NOISE = 1e-9
"""Share of a bound that sums of float64 may err by."""
_MARGIN = 1e-3
"""Share by which a bound is lowered beyond what the last choices ask for: the next ones use a little otherwise."""
_LEFT = 5e-3
"""Share of a bound that may be left over by the use that decides."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Solved:
    """Choices, and what they come to in the futures."""

    choices: PricedChoices
    """Their bound is that of all choices that keep the limits by expected use, whether these hold in futures or not."""
    question: AssignQuestion
    """What they keep by expected use: bounds are lowered where futures ask for it."""
    foreseen: Foreseen | None
    """None where no futures are known."""
    careful: CarefulChoices | None = None
    """What choosing by a careful objective came to; None where expected values decide."""

    @property
    def objective(self) -> float:
        """What the choices are worth by the objective that they were made for."""
        return self.choices.value if self.careful is None else self.careful.worth


Carefully = Callable[[AssignQuestion], CarefulChoices]
"""Chooses for everybody by a careful objective."""


def solve_at_risk(
    rows: RowSource, terms: Terms, foresight: Foresight | None, carefully: Carefully | None = None
) -> Solved:
    """Choose for everybody, ``carefully`` where that is given, else by expected values."""
    question = terms.question
    if foresight is None:
        return Solved(choices=assign(rows, question), question=question, foreseen=None)
    found = first = _solved(rows, question, foresight, carefully)
    best: Solved | None = None
    for _ in range(ROUNDS):
        held = _held(found, terms)
        if held and (best is None or found.objective > best.objective):
            best = found
        bounds = _next_bounds(found, terms, question)
        if (bounds == found.question.bounds).all():
            break
        limits = tuple(replace(one, bound=int(bound)) for one, bound in zip(question.limits, bounds, strict=True))
        lowered = replace(question, limits=limits)
        found = _solved(rows, lowered, foresight, carefully)
    found = found if best is None else best
    return replace(found, choices=replace(found.choices, bound=max(first.choices.bound, found.objective)))


def _solved(rows: RowSource, question: AssignQuestion, foresight: Foresight, carefully: Carefully | None) -> Solved:
    if carefully is None:
        choices = assign(rows, question)
        return Solved(choices=choices, question=question, foreseen=foresight.of(rows, choices.choice, choices.uses))
    careful = carefully(question)
    choices = careful.choices
    foreseen = foresight.of(rows, choices.choice, choices.uses)
    # a sample tells what many customers come to, and what the choices were made by is known of all of them
    foreseen = replace(foreseen, value=careful.gained)
    return Solved(choices=choices, question=question, foreseen=foreseen, careful=careful)


def deciding_uses(terms: Terms, foreseen: Foreseen) -> tuple[float | None, ...]:
    """Return the use [L] that decides whether a limit holds often enough; None where expected use alone does."""
    return tuple(
        None if limit.at_risk is None else at_risk(foreseen.uses[:, number], "max", limit.at_risk)
        for number, limit in enumerate(terms.limits)
    )


def _rooms(found: Solved, terms: Terms) -> list[tuple[int, float, float]]:
    """Return the number of each limit at risk, the use that decides it, and the room it has."""
    if found.foreseen is None:
        raise ValueError("limits at risk are judged in futures")
    deciding = enumerate(zip(terms.limits, deciding_uses(terms, found.foreseen), strict=True))
    return [(number, use, float(limit.bound - limit.taken)) for number, (limit, use) in deciding if use is not None]


def _held(found: Solved, terms: Terms) -> bool:
    """Whether all limits at risk hold as often as they must."""
    return all(use <= room * (1 + _NOISE) for _, use, room in _rooms(found, terms))


def _next_bounds(found: Solved, terms: Terms, written: AssignQuestion) -> NDArray[np.int64]:
    """Return the bounds [L] on expected use that the next choices keep; those of these choices where they are right.

    Lowered where a limit breaks too often, raised again, never above what is written, where more room is left than need
    be.
    """
    out = found.question.bounds.copy()
    for number, use, room in _rooms(found, terms):
        if room * (1 - _LEFT) <= use <= room * (1 + _NOISE):
            continue
        if use <= 0 or (use < room and out[number] == written.bounds[number]):
            continue
        aim = room / use * (1 - _MARGIN)
        out[number] = min(int(aim * float(found.choices.uses[number])), int(written.bounds[number]))
    return np.asarray(out)
