"""Why a plan is as it is: what every line contributes, what holds it, and what its slot could hold instead.

Gains of all alternatives come from one exact derivative; the few that are named are evaluated in float64 and checked
against every limit and rule, one change at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import Evaluator
from planner.evaluation.lagrangian import Gains
from planner.reasons.breaking import broken_by
from planner.reasons.standing.held import held_by, used_up
from planner.reasons.standing.losing import Losing, losing_lines
from planner.reasons.standing.needs import certain_needs
from planner.reasons.standing.promotions import Promotion, promotions
from planner.reasons.standing.runs import KeptRun, kept_runs
from scenarios.answer.as_it_was import AsItWas
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.sums import MONEY
from scenarios.arrays import Plan
from scenarios.grid import Grid
from scenarios.language.aim import Objective, caution_of, senses_of, weights_of
from scenarios.language.implied_ids import VALID
from scenarios.language.schemas.rule import Locked
from scenarios.language.several import Sense
from scenarios.language.words import Measure

OBJECTIVE = "objective"
CANDIDATES = 4
"""Alternatives of a slot that are evaluated and checked at a time, the most promising first."""


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another choice for a line's slot."""

    offer: str
    coverage: float
    quantity: float
    change: float
    """Change of the objective if it took the line's place."""
    blocked_by: tuple[str, ...]
    """Limits and rules that would break; empty where it could be chosen."""
    why: str
    """The first of them in a sentence; empty where it could be chosen."""
    estimated: tuple[str, ...] = ()
    """Those of `blocked_by` of which only an estimate of use at risk says so."""


@dataclass(frozen=True, kw_only=True)
class LineExplained:
    """One line and why it stands."""

    line: LineResult
    contribution: float
    """Objective lost when the line is dropped."""
    held_by: tuple[str, ...]
    """Binding limits that the line uses, the dearest first: shadow price times use; those without a price by use."""
    needed_by: tuple[str, ...]
    """Rules and limits that the plan would break without the line; of ratios those that it would plainly miss."""
    best: Alternative | None
    """The alternative with the highest objective; None where the slot has no other choice."""
    possible: Alternative | None
    """The best one that breaks nothing, where that is another one."""
    estimated_needs: tuple[str, ...] = ()
    """Those of `needed_by` of which only an estimate of use at risk says so."""
    locked: str | None = None
    """Of a line that a `locked` rule holds, the rule's name or id: nothing else may stand there."""
    without: tuple[tuple[str, str], ...] = ()
    """Of the limits in `needed_by` that are sure to break, what they would come to without the line."""
    run: KeptRun | None = None
    """Of a line whose contribution is below 0, the run that a rule counts it in."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What contributions and alternatives are counted in."""

    what: str
    """The objective; of a careful one expected profit, of a front its leading measure."""
    saved: bool
    """Whether less of it is better, so that amounts say how much is saved."""
    money: bool

    @property
    def whole(self) -> bool:
        """Whether that is what plans are judged by, and not a part of it."""
        return self.what == OBJECTIVE


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A whole plan explained: contributions and `interaction` add up to `objective`."""

    rank: int
    objective: float
    """What the plan is worth, counted in `counted`."""
    interaction: float
    lines: tuple[LineExplained, ...]
    promotions: tuple[Promotion, ...] = ()
    """The lines as people think of them, each once; their places are those of `lines`."""
    counted: Counted = Counted(what=OBJECTIVE, saved=False, money=True)
    losing: tuple[Losing, ...] = ()
    """Lines that lose by themselves, by what they stand for."""
    priced: bool = True
    """Whether limits have shadow prices, which are made for the best plan only."""


def counted_in(objective: Objective) -> Counted:
    """Say what single lines are worth something in, where plans are judged by an objective."""
    caution, several = caution_of(objective), senses_of(objective)
    if several is not None:
        measure, sense = next(iter(several.items()))
        return Counted(what=measure.words, saved=sense is Sense.MIN, money=measure in MONEY)
    if caution is not None:
        return Counted(what="expected profit", saved=False, money=True)
    return Counted(what=OBJECTIVE, saved=False, money=all(measure in MONEY for measure in weights_of(objective)))


def worth_words(objective: Objective) -> tuple[str, str]:
    """Say what a line does that is worth something, and one that is not: of a front, to its leading measure."""
    several = senses_of(objective)
    leading, sense = (Measure.PROFIT, Sense.MAX) if several is None else next(iter(several.items()))
    if leading is not Measure.PROFIT:
        words = f"adds to {leading.words}", f"takes from {leading.words}"
        return words if sense is Sense.MAX else words[::-1]
    if several is None and caution_of(objective) is None and set(weights_of(objective)) != {Measure.PROFIT}:
        return "by the weights is worth more than it costs", "by the weights costs more than it is worth"
    return "earns more than it costs", "costs more than it earns"


def explain_plan(evaluator: Evaluator, ranked: RankedPlan) -> Explanation:
    """Explain every line of a plan of the evaluator's problem."""
    grid, limits = evaluator.grid, evaluator.limits
    plan = grid.plan_of(ranked.plan_lines)
    slots = np.flatnonzero(plan)
    careful, counted = caution_of(grid.scenario.objective) is not None, counted_in(grid.scenario.objective)
    total = float(ranked.outcome.profit_change if careful else ranked.objective)
    if not len(slots):
        return Explanation(rank=ranked.rank, objective=total, interaction=total, lines=(), counted=counted)
    planned = [grid.line(int(slot), int(plan[slot])) for slot in slots]
    by_line = {line.line: line for line in ranked.lines}
    lines = [by_line[line] for line in planned]
    dropped = np.repeat(plan[None], len(slots), axis=0)
    dropped[np.arange(len(slots)), slots] = 0
    full = evaluator.value(plan[None])
    without = evaluator.value(dropped)
    objective = float(full.objective[0])
    lost = objective - without.objective
    otherwise = AsItWas(evaluator.model).of_lines(planned, weights_of(grid.scenario.objective))
    lost = lost + otherwise
    worth = [float(lost[n]) if line.contribution is None else float(line.contribution) for n, line in enumerate(lines)]
    used = limits.sign * (full.uses[0] - without.uses)
    rows = used_up(limits, ranked, full.uses[0])
    held = [held_by(grid, limits, ranked, rows, line, used[number], worth[number]) for number, line in enumerate(lines)]
    gains = evaluator.gains(plan, 1.0, np.zeros(len(limits.ids)), np.zeros(limits.available.shape))
    losing = [int(slot) for slot, gained in zip(slots, worth, strict=True) if gained < 0]
    together = kept_runs(evaluator, plan, losing)
    broken = {limit.id for limit in ranked.limits if not limit.ok}
    broken |= {rule.id for rule in ranked.rules if not rule.satisfied}
    locks = {rule.id: rule.name or rule.id for rule in grid.scenario.rules if isinstance(rule, Locked)}
    explained = []
    for number, (slot, line) in enumerate(zip(slots, lines, strict=True)):
        options = _promising(grid, gains, plan, int(slot))
        tried = _try(evaluator, ranked, plan, int(slot), options, objective)
        best = tried[0] if tried else None
        possible = next((option for option in tried if not option.blocked_by), None)
        missed = broken_by(evaluator, ranked, dropped[number], without.uses[number], without.stock[number])
        own = f"{VALID}{line.line.offer}"  # of an offer that is sent once no line goes by itself
        counted_here = [each for each in missed if each.id not in broken and each.id != own]
        missed = certain_needs(evaluator, counted_here, dropped[number])
        explained.append(
            LineExplained(
                line=line,
                contribution=worth[number],
                held_by=held[number],
                needed_by=tuple(each.id for each in missed),
                without=tuple((each.id, each.words) for each in missed if each.sure and each.row is not None),
                locked=next((locks[each.id] for each in missed if each.id in locks), None),
                estimated_needs=tuple(each.id for each in missed if not each.sure),
                best=best,
                possible=possible if possible is not best else None,
                run=together.get(int(slot)),
            )
        )
    rest = total - math.fsum(worth)
    return Explanation(
        rank=ranked.rank,
        objective=total,
        interaction=rest,
        lines=tuple(explained),
        promotions=promotions(evaluator, plan, worth, otherwise),
        counted=counted,
        losing=losing_lines(evaluator, ranked, plan),
        priced=any(limit.shadow_price is not None for limit in ranked.limits),
    )


def _promising(grid: Grid, gains: Gains, plan: Plan, slot: int) -> list[int]:
    """All other choices of a slot that may be chosen there, the largest gain first.

    What is sent once comes and goes with all of its days, never in one slot.
    """
    row = _row(gains, grid, slot)
    allowed = grid.allowed_flat[slot, : len(row)].copy()
    allowed[[0, int(plan[slot])]] = False
    here = grid.choices[grid.slot(slot).block]
    once = [0, *(n for n, choice in enumerate(here, 1) if grid.scenario.offers[choice.offer].valid is not None)]
    allowed[once] = False
    if int(plan[slot]) in once:
        allowed[:] = False
    choices = np.flatnonzero(allowed)
    return [int(choice) for choice in choices[np.argsort(-row[choices], kind="stable")]]


def _row(gains: Gains, grid: Grid, slot: int) -> NDArray[np.float64]:
    """Gains of all choices of one slot."""
    place = grid.slot(slot)
    if place.product is None:
        found = gains.basket_public[place.period] if place.segment is None else None
        return np.asarray(gains.basket_targeted[place.segment, place.period] if found is None else found)
    column = place.product * grid.shape[2] + place.period
    return np.asarray(gains.public[column] if place.segment is None else gains.targeted[column, place.segment])


def _try(
    evaluator: Evaluator,
    ranked: RankedPlan,
    plan: Plan,
    slot: int,
    options: Sequence[int],
    objective: float,
) -> list[Alternative]:
    """Evaluate and check alternatives of one slot, the best objective first, until one of them breaks nothing."""
    found: list[Alternative] = []
    for first in range(0, len(options), CANDIDATES):
        found += _checked(evaluator, ranked, plan, slot, options[first : first + CANDIDATES], objective)
        if not all(option.blocked_by for option in found):
            break
    return sorted(found, key=lambda option: -option.change)


def _checked(
    evaluator: Evaluator,
    ranked: RankedPlan,
    plan: Plan,
    slot: int,
    options: Sequence[int],
    objective: float,
) -> list[Alternative]:
    """Evaluate and check at most `CANDIDATES` alternatives of one slot."""
    grid = evaluator.grid
    trials = np.repeat(plan[None], CANDIDATES, axis=0)
    trials[np.arange(len(options)), slot] = options
    values = evaluator.value(trials)
    found = []
    for number, choice in enumerate(options):
        line = grid.line(slot, choice)
        over = broken_by(evaluator, ranked, trials[number], values.uses[number], values.stock[number])
        found.append(
            Alternative(
                offer=line.offer,
                coverage=line.coverage,
                quantity=line.quantity,
                change=float(values.objective[number]) - objective,
                blocked_by=tuple(each.id for each in over),
                why=over[0].words if over else "",
                estimated=tuple(each.id for each in over if not each.sure),
            )
        )
    return found
