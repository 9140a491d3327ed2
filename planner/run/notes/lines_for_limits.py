"""Lines that lose and stand only because a limit or a rule must be kept: which, for what, and what they cost.

That a floor costs money is right by the model and easily overlooked: whoever reads the plan asks why a line is in it.
"""

from __future__ import annotations

from collections.abc import Collection

from constraints.line_words import line_words
from planner.evolution.start.first import VERY_MANY
from planner.evolution.workspace import Workspace
from planner.figures import MoneyStyle, plural
from planner.reasons.standing.explain import counted_in
from planner.reasons.standing.losing import Losing, losing_lines
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Plan
from scenarios.currency import minor_digits
from scenarios.first_few import and_more, first_few

NAMED = 3
"""Lines of a group that a sentence names."""


def lines_for_limits(space: Workspace, plan: Plan, ranked: RankedPlan, told: Collection[int] = ()) -> tuple[str, ...]:
    """Return one sentence for each set of limits and rules that lines of the best plan stand for at a loss.

    On very many slots nothing is said: each account of a plan takes a second or more there; ``campaign explain`` tells.

    Parameters
    ----------
    plan
        int8 [N], the best plan.
    ranked
        The same with its account.
    told
        Slots whose lines another sentence tells of (`kept_for_stock`).
    """
    scenario = space.grid.scenario
    counted = counted_in(scenario.objective)
    if space.grid.slots > VERY_MANY or counted.saved or not counted.whole:
        return ()
    found = losing_lines(space.evaluator, ranked, plan, told)
    money = MoneyStyle(currency=scenario.currency, digits=minor_digits(scenario.currency))
    return tuple(said(each, money, in_money=counted.money) for each in found if each.needed_by and each.cost > 0)


def said(group: Losing, money: MoneyStyle, *, in_money: bool) -> str:
    """Say what some lines stand for and what they cost, exactly."""
    one, guessed = len(group.lines) == 1, set(group.needed_by) == set(group.estimated)
    names = [f"{line_words(line.line)}, {money(line.contribution, signed=True)}" for line in group.lines[:NAMED]]
    stand = "may stand" if guessed else "stands" if one else "stand"
    loses, it = ("loses by itself", "it") if one else ("lose by themselves", "them")
    amount = f"{money(group.cost)} {money.currency}" if in_money else f"{money(group.cost)} of the objective"
    kept = "that" if len(group.needed_by) == 1 else "those"
    return (
        f"{plural(len(group.lines), 'line')} of plan 1 {loses} and {stand} only because of "
        f"{first_few(list(group.needed_by))}: without {it} the plan would earn {amount} more and break {kept} "
        f"({'; '.join(names)}{and_more(len(group.lines), NAMED)})"
    )
