"""Neighbours of a plan of the front: single changes whose exact gains put them beyond the front.

The exact gain of every single change is known for every measure, so the point of every neighbour is known before any is
made. Those farthest beyond the front (by the additive epsilon indicator, Zitzler et al. 2003,
doi:10.1109/TEVC.2003.810758) are evaluated truly; limits are left to that evaluation. It fills a front with many plans
for little work, where a guided step makes one.
"""

from __future__ import annotations

import numpy as np

from planner.pareto.population import Member, Population
from planner.pareto.space import AimedSpace
from scenarios.arrays import Float

TRIED = 12
"""Neighbours of one plan that are evaluated."""
LEAST = 1e-6
"""Least distance beyond the front, in shares of its ranges, at which a neighbour is worth trying."""


def neighbours(space: AimedSpace, population: Population, parent: int) -> list[Member]:
    """The neighbours of a member that keep every limit and rule, among those that promise most.

    Parameters
    ----------
    parent
        Place of the member.
    """
    member = population.members[parent]
    plan = member.candidate.plan
    changes = []
    for measure in range(space.count):
        space.turn(np.eye(space.count)[measure])
        gain = space.gains_everywhere(plan, space.no_prices())
        changes.append(gain * space.span[measure] / space.span[0])
    allowed = space.rules.allowed(plan) & np.isfinite(changes[0])
    allowed[np.arange(len(plan)), plan] = False
    slots, choices = np.nonzero(allowed)
    points = member.point + np.stack([change[slots, choices] for change in changes], axis=1)
    found = []
    for place in beyond(points / space.span, population.points[population.best] / space.span, TRIED):
        changed = plan.copy()
        changed[slots[place]] = choices[place]
        scored = space.score(changed)
        if space.keeps(scored):
            found.append(Member(candidate=scored, point=space.point(scored)))
    return found


def beyond(points: Float, front: Float, count: int) -> list[int]:
    """Places of up to ``count`` points [C, M] farthest beyond a front [P, M], and beyond those chosen before."""
    distance = np.full(len(points), np.inf)
    for known in front:
        distance = np.minimum(distance, (points - known).max(axis=1))
    chosen: list[int] = []
    while len(chosen) < count and len(points):
        best = int(np.argmax(distance))
        if not (distance[best] > LEAST):
            break
        chosen.append(best)
        distance = np.minimum(distance, (points - points[best]).max(axis=1))
    return chosen
