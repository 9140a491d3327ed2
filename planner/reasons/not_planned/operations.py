"""Whole operations: where rules let a line stand only with others, all that they ask for comes and goes as one.

The days of a run that must last, a coupon that goes to all segments or to none, a teaser and its sale: one line of them
alone breaks the rule. So the line is held in the plan, and the rules say what must come with it and what must go, with
the fewest changes, of these those that lose least by the gains of single changes (`constraints.mending`, and where that
finds nothing `constraints.enforce.nearest`). That is tried from many slots; what comes of it is valued truly, accounted
for to the cent, and checked against every limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from constraints.enforce.nearest import nearest_kept
from constraints.mending import mend
from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import Evaluator
from planner.reasons.breaking import Broken, broken_limits
from planner.reasons.not_planned.free_slots import Options, axes, single_changes, tolerance
from planner.reasons.not_planned.giving_way import GivesWay
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Flag, Float, Plan
from scenarios.language.plan_lines import PlanLine

TRIED = 48
"""Slots at most from which the operations of one offer on one product are looked for ..."""
IN_ALL = 384
"""... fewer where much is told, ..."""
SLOTS = 200_000
"""... and on many slots, each of which every try looks at."""
LEAST = 4
"""So many in any case."""
ASKED = 4
"""Slots around which all rules are asked at once, where nothing else was found."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Lines that come into a plan together, because rules let none of them stand without the others."""

    lines: tuple[PlanLine, ...]
    """All that come, in the order of days."""
    instead_of: tuple[PlanLine, ...]
    """What of the plan goes for it: what stood in its slots, and what the rules let stand no longer."""
    change: float
    """Change of the objective by all of it."""
    parts: tuple[tuple[str, Decimal], ...]
    """Change of the plan's profit, term by term of the bridge."""
    barred: tuple[Broken, ...]
    """What it breaks."""
    gives_way: GivesWay | None
    """What else of the plan would have to go for it, where it gains and is barred."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Exchanged:
    """A plan with an operation in it, before it is accounted for."""

    plan: Plan
    objective: float
    """Change against the plan."""
    barred: tuple[Broken, ...]


class Operations:
    """The operations around lines that a plan leaves out.

    Parameters
    ----------
    ranked
        The plan's result, whose use at risk is known.
    first
        First period that is still open.
    told
        How many offers on products are told, whose operations may be asked for.
    """

    def __init__(
        self, evaluator: Evaluator, book: RuleBook, ranked: RankedPlan, plan: Plan, *, first: int, told: int
    ) -> None:
        self._evaluator, self._book, self._ranked, self._plan = evaluator, book, ranked, plan
        self._offer, _, self._period = axes(evaluator.grid)
        self._open: Flag = book.base & (self._period >= first)[:, None]
        self._past = np.flatnonzero((plan > 0) & (self._period < first))
        self._tying = frozenset(rule.id for rule in book.rules if rule.ties_lines)
        most = min(TRIED, IN_ALL // max(told, 1), SLOTS // evaluator.grid.slots)
        self._tries = max(most, LEAST)

    def tying(self, broken: Sequence[Broken]) -> tuple[str, ...]:
        """Ids of broken rules that ask for more lines, or hold some together."""
        return tuple(each.id for each in broken if each.id in self._tying)

    def best(self, found: Options, places: Sequence[int]) -> Exchanged | None:
        """The operation that comes closest, of those around some options of one offer on one product.

        First what gains and breaks no limit, then what gains most; None where nothing that keeps the rules is found.
        """
        plans: dict[bytes, Plan] = {}
        around = [(int(found.slot[place]), int(found.choice[place])) for place in self._spread(found, places)]
        for slot, choice in around:
            whole = self._around(slot, choice)
            if whole is not None:
                plans.setdefault(whole.tobytes(), whole)
        for slot, choice in around[: 0 if plans else ASKED]:
            whole = self._asked(slot, choice)
            if whole is not None:
                plans.setdefault(whole.tobytes(), whole)
        tried = self._valued(np.stack(list(plans.values()))) if plans else []
        least = tolerance(self._evaluator.grid, float(self._ranked.objective))
        return max(tried, key=lambda each: (not each.barred and each.objective > least, each.objective), default=None)

    def _spread(self, found: Options, places: Sequence[int]) -> list[int]:
        """Options to look around: the best of every period first, then the second best."""
        turn: dict[int, int] = {}
        ordered = []
        for place in sorted(places, key=lambda n: -found.gain[n]):
            when = int(self._period[found.slot[place]])
            turn[when] = turn.get(when, -1) + 1
            ordered.append((turn[when], -float(found.gain[place]), place))
        return [place for _, _, place in sorted(ordered)[: self._tries]]

    def _around(self, slot: int, choice: int) -> Plan | None:
        """The plan with a line, and with what the rules ask for: lines of its own offer, else of any."""
        trial = self._plan.copy()
        trial[slot] = choice
        own, held = self._offer == self._offer[slot, choice], np.append(self._past, slot)
        for open_ in (self._open & own, self._open):
            whole = mend(self._book, trial, self._losses, open_, lambda: self._plan, held)
            if whole[slot] == choice and self._book.keeps(whole[None])[0]:
                return whole
        return None

    def _asked(self, slot: int, choice: int) -> Plan | None:
        """The same by asking for all rules at once, where mending one after the other has come to nothing."""
        trial = self._plan.copy()
        trial[slot] = choice
        own = self._open & (self._offer == self._offer[slot, choice])
        return nearest_kept(self._book, trial, self._losses, own, np.append(self._past, slot))

    @cached_property
    def _losses(self) -> Float:
        """[N, width] what a choice of a slot loses: more than all together for any change, and then its own loss."""
        grid, plan = self._evaluator.grid, self._plan
        gains = single_changes(self._evaluator.model, plan)
        changed = grid.allowed_flat.copy()
        changed[np.arange(grid.slots), plan] = False
        return np.where(changed, np.abs(gains[changed]).sum() - gains, 0.0)

    def _valued(self, plans: Plan) -> list[Exchanged]:
        values, now = self._evaluator.value(plans), self._evaluator.value(self._plan[None]).objective[0]
        return [
            Exchanged(
                plan=plan,
                objective=float(objective - now),
                barred=tuple(broken_limits(self._evaluator.limits, self._ranked, uses, stock)),
            )
            for plan, objective, uses, stock in zip(plans, *values, strict=True)
        ]
