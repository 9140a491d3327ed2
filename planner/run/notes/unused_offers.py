"""Offers that the best plan does not use, and in a few words why: what they need alone, or would add and break.

Of an offer whose lines share messages the best whole message is told, where no line of it pays by itself.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from planner.evolution.start.first import VERY_MANY
from planner.evolution.workspace import Workspace
from planner.figures import enough, money_style, plural, share
from planner.reasons.breaking import broken_by
from planner.reasons.by_itself.break_even import MOST_LIFT, BreakEven, break_even
from planner.reasons.standing.explain import counted_in
from planner.run.notes.unused_messages import UnusedMessages, WholeMessage
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Float, Plan
from scenarios.first_few import first_few
from scenarios.language.aim import senses_of
from scenarios.response.effects import Effects

TRIED = 3
"""Single lines of an offer that are valued truly and checked beside the plan, the most promising first."""
NAMED = 2
"""Limits and rules that are named of such a line."""


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of an offer put into the plan, by the sum of single changes."""

    slot: int
    choice: int
    gain: float


def unused_offers(
    space: Workspace, effects: Effects, ranked: RankedPlan, plans: list[Plan], told: Collection[int]
) -> tuple[str, ...]:
    """Return one sentence on the offers that no line of the best plan uses; nothing where it uses all or has no line.

    On more than `VERY_MANY` slots it names them only: looking at all of their lines would take seconds there.

    Parameters
    ----------
    ranked
        The best plan.
    plans
        All plans, int8 [N] each, the best one first.
    told
        Numbers of offers of which another sentence says that none of their lines fits.
    """
    grid = space.grid
    used = [{grid.offer_index[line.offer] for line in grid.lines(plan)} for plan in plans]
    unused = [number for number in range(len(grid.scenario.offers)) if number not in used[0]]
    if not plans[0].any() or not unused:
        return ()
    ending = "campaign effects shows what each offer needs to pay"
    if grid.slots > VERY_MANY:
        return (f"not in plan 1: {', '.join(grid.scenario.offers[number].id for number in unused)}; {ending}",)
    needs = {need.offer: need for need in break_even(space.evaluator.model, effects)}
    gain = space.gains_everywhere(plans[0], space.no_prices())
    best, messages = _best_lines(space, gain, unused), UnusedMessages(space, plans[0], gain)
    reasons = []
    for number in unused:
        other = next((rank for rank, offers in enumerate(used, start=1) if number in offers), None)
        pays = any(line.gain > 0 for line in best[number])
        why = "" if pays else _message_words(space, ranked, plans[0], messages.best(number))
        why = why or (_pays_not(space, needs.get(number)) if best[number] else "")
        if number in told:
            why = f"{why}; and none of its lines fits, see there" if why else "none of its lines fits, see there"
        elif not why:
            why = _why(space, ranked, plans[0], needs.get(number), best[number])
        has = "" if other is None else f"; plan {other} has it"
        reasons.append(f"{grid.scenario.offers[number].id} ({why}{has})")
    return (f"not in plan 1: {', '.join(reasons)}; {ending}",)


def _best_lines(space: Workspace, gain: Float, offers: list[int]) -> dict[int, list[_Line]]:
    """Lines of offers that may stand, by what each would add to the plan, the largest first; `TRIED` an offer."""
    grid = space.grid
    gain = np.where(space.rules.base & ~space.rules.fixed[:, None], gain, -np.inf)
    found: dict[int, list[_Line]] = {number: [] for number in offers}
    for block, choices in enumerate(grid.choices):
        first, last = grid.offsets[block], grid.offsets[block + 1]
        for choice, each in enumerate(choices, start=1):
            column = gain[first:last, choice]
            if each.offer in found and len(column):
                top = np.argsort(-column, kind="stable")[:TRIED]
                found[each.offer] += [
                    _Line(slot=int(first + row), choice=choice, gain=float(column[row]))
                    for row in top
                    if np.isfinite(column[row])
                ]
    return {number: sorted(lines, key=lambda line: -line.gain)[:TRIED] for number, lines in found.items()}


def _why(space: Workspace, ranked: RankedPlan, plan: Plan, need: BreakEven | None, lines: list[_Line]) -> str:
    """Say in a few words why an offer that may pay is not in a plan."""
    if not lines or need is None:
        return "no slot may hold it"
    return _beside(space, ranked, plan, lines)


def _pays_not(space: Workspace, need: BreakEven | None) -> str:
    """Say in a few words why an offer pays in no slot; nothing where one pays, or where profit is not the aim."""
    if need is None:
        return ""
    if math.isnan(need.lift):
        return "nothing is sold where it applies"
    counted = counted_in(space.grid.scenario.objective)
    by_profit = counted.money and not counted.saved and senses_of(space.grid.scenario.objective) is None
    if not by_profit or need.pays:
        return ""
    has = f"has {share(need.lift, signed=True)}"
    if math.isinf(need.break_even_lift):
        return f"no larger lift up to {MOST_LIFT:,.0%} is enough, {has}"
    return f"pays in no slot: needs a lift of {enough(need.break_even_lift, signed=True)}, {has}"


def _message_words(space: Workspace, ranked: RankedPlan, plan: Plan, whole: WholeMessage | None) -> str:
    """Say what a whole message would add to a plan, and what it would break; nothing where there is none."""
    if whole is None:
        return ""
    name = f"its best message, {plural(whole.lines, 'line')} together, would"
    if not (whole.gain > 0):
        return f"{name} lose {_amount(space, -whole.gain)}"
    return f"{name} add {_amount(space, whole.gain)} and break {_breaks(space, ranked, whole.plan)}"


def _amount(space: Workspace, amount: float) -> str:
    """An amount of what plans are judged by."""
    if counted_in(space.grid.scenario.objective).money:
        return money_style(space.grid.scenario.currency, [amount])(amount)
    return f"{amount:,.3g}"


def _breaks(space: Workspace, ranked: RankedPlan, trial: Plan) -> str:
    """Name what a changed plan would break."""
    scored = space.score(trial)
    broken = broken_by(space.evaluator, ranked, trial, scored.uses, scored.stock)
    return first_few([each.id for each in broken], NAMED) if broken else "nothing"


def _beside(space: Workspace, ranked: RankedPlan, plan: Plan, lines: list[_Line]) -> str:
    """Say what the most promising lines of an offer would add to a plan, and what they would break."""
    before = space.score(plan).objective
    for line in lines:
        if not (line.gain > 0):  # so of all lines that may stand: these are the largest
            return "none of its lines adds to the plan by itself"
        trial = plan.copy()
        trial[line.slot] = line.choice
        added = space.score(trial).objective - before
        if added > 0:
            return f"its best line would add {_amount(space, added)} and break {_breaks(space, ranked, trial)}"
    if len(lines) < TRIED:
        return "none of its lines adds to the plan by itself"
    return f"none of its {TRIED} most promising lines adds to the plan by itself"
