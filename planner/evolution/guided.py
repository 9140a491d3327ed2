"""The guided step: prices learn what limits are worth while slots take their best option (docs/search.md).

Exact gains of the priced objective tell what every alternative is worth; a random part of the free slots takes its best
one, prices move with the excess of each limit, and again. Changing all slots at once would oscillate with period 2,
and identical series would synchronise in time: the random part breaks both.

Rules under which lines come and go only together stand in the way of single changes. They are left out of account for
the first part of a step; then the plan is made to keep them by what loses least, and single changes go on from there.

Plans swing around their limits to the end, and what the last one uses too much is a matter of luck that mending pays
for. So a step ends with the best of its later plans, by what they are worth with overuse at a penalty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.evolution.neighbourhood import Neighbourhood
from planner.evolution.whole_messages import messages_moved
from planner.evolution.whole_sendings import sendings_moved, sendings_of
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Float, Int, Plan

_LEAST = 1e-9
"""Gains up to it are rounding."""
_NEVER = 1e18
"""What dropping a line costs that must stay, or a choice that no rule allows."""

MESSAGES = 4
"""Every so many iterations whole messages move beside single lines."""
SENDINGS = 0.8
"""Share of these iterations in which whole sendings move instead, where some offer is sent once for several days."""
LOOSE = 0.6
"""Share of a step's iterations in which rules that join lines are left out of account, and no plan is kept."""
CHEAPEST = 0.1
"""What overuse costs at the least there, in units of `Workspace.unit`: a price may not have been learned yet."""


@dataclass(frozen=True, kw_only=True)
class GuidedParams:
    """Settings of one guided step.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    iterations: int = 200
    release: float = 0.2
    """Share of the free slots that may move in the first iteration."""
    last_release: float = 0.1
    """The same in the last iteration, falling geometrically: few moves at the end let prices settle."""
    first_step: float = 0.3
    last_step: float = 0.01
    """Price step at the start and at the end, in units of `Workspace.unit`, falling geometrically."""
    push: float = 0.5
    """By what multiple of a limit's relative excess its price is felt dearer at the end than it has learned to be.

    It grows from 0: prices that only add up what was too much swing around their limits, and mending is dear.
    """
    exchanging: float = 0.95
    """Share of the iterations up to which every other one exchanges lines that rules keep apart."""
    messages: bool = True
    """Whether whole messages move too, where all slots may change."""
    message_pace: float = 1.0
    """Price step of limits on messages, as a share of the others'.

    Whole messages move in one of `MESSAGES` iterations. Prices that do not wait for them pass the right ones by far,
    and come back only where iterations are many.
    """
    penalty: float = 2.0
    """What overuse costs where the plan is chosen that a step ends with, in prices of the end: mending is dear."""

    def __post_init__(self) -> None:
        if not (self.iterations >= 1 and 0 < self.last_step <= self.first_step):
            raise ValueError("expected iterations >= 1 and 0 < last_step <= first_step")
        if not (0 <= self.push <= 2):  # beyond 2 a limit with much room would be felt to pay
            raise ValueError(f"expected a push between 0 and 2, got {self.push}")
        if not (0 < self.last_release <= self.release <= 1):
            raise ValueError("expected 0 < last_release <= release <= 1")
        if not (0 <= self.exchanging <= 1):
            raise ValueError("expected exchanging between 0 and 1")
        if not (0 < self.message_pace <= 1):
            raise ValueError(f"expected a message pace of more than 0, at most 1, got {self.message_pace}")
        if not (self.penalty >= 1):
            raise ValueError("expected a penalty of at least 1")


GENTLE = GuidedParams(iterations=60, release=0.1, last_release=0.05, first_step=0.1)
"""A step from a plan that is good already: shorter and gentler than from nothing, because most of it stays."""


def guided(
    space: Workspace,
    plan: Plan,
    prices: Prices,
    hood: Neighbourhood,
    params: GuidedParams,
    rng: np.random.Generator,
) -> tuple[Plan, Prices]:
    """Improve the free slots of a plan under prices that adapt; the result keeps all rules, limits only nearly.

    Parameters
    ----------
    plan : int8 [N]
        A plan that keeps all rules.
    prices
        Where prices start.
    hood
        The slots that may change; rules may join further ones with them.

    Returns
    -------
    tuple
        The best of the later plans and the prices that the step ended with.
    """
    plan = plan.copy()
    later: list[Candidate] = []
    early = min(round(LOOSE * params.iterations), params.iterations - 1)
    loose = early if space.rules.coupled else 0
    decay = (params.last_step / params.first_step) ** (1.0 / max(params.iterations - 1, 1))
    fading = (params.last_release / params.release) ** (1.0 / max(params.iterations - 1, 1))
    step, release, felt = params.first_step, params.release, prices
    pace = np.where(space.limits.by_message, params.message_pace, 1.0)
    whole = params.messages and len(hood.columns) == len(space.whole.columns) and bool(hood.free.all())
    for iteration in range(params.iterations):
        if loose and iteration == loose:
            plan = _keeping_rules(space, plan, prices)
        gain = space.gains(plan, felt, hood)
        if whole and iteration % MESSAGES == MESSAGES - 1:
            plan, gain = _with_messages(space, plan, felt, hood, gain, release, rng, loosely=iteration < loose)
        if iteration % 2 and loose <= iteration < params.exchanging * params.iterations:
            plan = _exchanged(space, plan, hood, gain, release, rng)
        else:
            plan = _improved(space, plan, hood, gain, release, rng, loosely=iteration < loose)
        scored = space.score(plan)
        if iteration >= early:
            later.append(scored)
        prices, felt = moved_prices(space, prices, scored, step, params.push * iteration / params.iterations, pace)
        step, release = step * decay, release * fading
    dear = Prices(
        np.maximum(params.penalty * prices.scalar, CHEAPEST * space.unit.scalar),
        np.maximum(params.penalty * prices.stock, CHEAPEST * space.unit.stock),
    )
    return max(later, key=lambda each: space.worth(each, dear)).plan, prices


def _keeping_rules(space: Workspace, plan: Plan, prices: Prices) -> Plan:
    """Make a plan keep all rules by dropping and adding what loses least of the priced objective."""
    gain = space.gains_everywhere(plan, prices)
    return space.rules.repair(plan, np.where(np.isfinite(gain), -gain, np.inf))


def _with_messages(
    space: Workspace,
    plan: Plan,
    felt: Prices,
    hood: Neighbourhood,
    gain: Float,
    release: float,
    rng: np.random.Generator,
    *,
    loosely: bool,
) -> tuple[Plan, Float]:
    """Let whole messages move; the gains of what moved are no longer known, so it stays in the moves that follow."""
    by_plan = np.empty_like(gain)
    by_plan[hood.slots] = gain
    if sendings_of(space.grid) and rng.random() < SENDINGS:
        changed = sendings_moved(space, plan, felt, by_plan, release, rng, loosely=loosely)
    else:
        changed = messages_moved(space, plan, felt, by_plan, release, rng, loosely=loosely)
    touched = np.flatnonzero(changed[hood.slots] != plan[hood.slots])
    left = gain.copy()
    left[touched] = -np.inf
    left[touched, changed[hood.slots[touched]]] = 0.0
    return changed, left


def _improved(
    space: Workspace,
    plan: Plan,
    hood: Neighbourhood,
    gain: Float,
    release: float,
    rng: np.random.Generator,
    *,
    loosely: bool,
) -> Plan:
    """Give a random part of the free slots the best choice that rules allow beside the rest of the plan."""
    allowed = space.rules.allowed(plan, loosely=loosely)[hood.slots]
    moving, best, worth = _wanted(hood, np.where(allowed, gain, -np.inf), release, rng)
    slots, choices = hood.slots[moving], best[moving]
    kept = space.rules.compatible(plan, slots, choices, worth[moving], loosely=loosely)
    changed = plan.copy()
    changed[slots[kept]] = choices[kept].astype(np.int8)
    return changed


def _exchanged(
    space: Workspace, plan: Plan, hood: Neighbourhood, gain: Float, release: float, rng: np.random.Generator
) -> Plan:
    """Give a random part of the free slots their best choice, and drop free lines until every rule is kept again."""
    gain = np.where(space.rules.base[hood.slots] & np.isfinite(gain), gain, -_NEVER)
    moving, best, _ = _wanted(hood, gain, release, rng)
    changed = plan.copy()
    changed[hood.slots[moving]] = best[moving].astype(np.int8)
    held = gain[np.arange(len(gain)), changed[hood.slots]]
    loss = np.full((len(plan), gain.shape[1]), _NEVER)
    loss[hood.slots[hood.free]] = (held[:, None] - gain)[hood.free].clip(min=0.0)
    return space.rules.repair(changed, loss)


def _wanted(hood: Neighbourhood, gain: Float, release: float, rng: np.random.Generator) -> tuple[Int, Int, Float]:
    """A random part of the free rows of a neighbourhood that gain; the best choice of every row, and its gain."""
    best = gain.argmax(axis=1)
    worth = gain[np.arange(len(best)), best]
    moving = hood.free & (worth > _LEAST) & (rng.random(len(best)) < release)
    return np.flatnonzero(moving), best, worth


def moved_prices(
    space: Workspace, prices: Prices, scored: Candidate, step: float, push: float, pace: Float
) -> tuple[Prices, Prices]:
    """Prices moved by the clipped relative excess of each limit, and the same pushed by it for the next change.

    Parameters
    ----------
    pace : [L]
        Share of the step that each limit's price takes.
    """
    available = space.available
    limited = np.isfinite(available)
    floor = np.where(limited, np.maximum(available, 1.0), 1.0)
    over = np.clip(space.limits.sign * (scored.uses - space.bound) / space.limits.scale, -0.5, 0.5)
    units = np.clip(np.where(limited, (scored.stock - np.where(limited, available, 0.0)) / floor, -0.5), -0.5, 0.5)

    learned = Prices(
        np.maximum(prices.scalar + step * pace * space.unit.scalar * over, 0.0),
        np.where(limited, np.maximum(prices.stock + step * space.unit.stock * units, 0.0), 0.0),
    )
    return learned, Prices(learned.scalar * (1.0 + push * over), learned.stock * (1.0 + push * units))
