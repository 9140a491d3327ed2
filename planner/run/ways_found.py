"""Ways out of a conflict as they are gathered: off the nearest plan, for each limit and rule by itself, then jointly.

Each is kept with the plan that it leads to: the plan behind the cheapest breaks less than any that the search has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.remedies import Known, Remedy
from planner.problem import Problem
from planner.run.joint_easing import joint_easing
from planner.run.least_easing import Nearest, Passed, Tries
from planner.run.least_stock import Judge, is_stock, least_stock


class WaysFound:
    """Ways out of a conflict, which every step adds to: whoever stops in between has what is known by then.

    Parameters
    ----------
    problem, found
        The question, and what conflicts in it.
    nearest
        The plan that breaks least.
    """

    def __init__(self, problem: Problem, nearest: Nearest, found: Conflict) -> None:
        self._problem, self._nearest, self._found = problem, nearest, found
        self.ways = _proven_by(problem, nearest, found.ways)
        self.clashes: list[Clash] = list(found.clashes)
        """The conflicts, each with the members that it falls apart without."""
        itself = Passed(plan=nearest.plan, limits=nearest.limits)
        self._plans = [(way.cost, itself) for way in self.ways if way.known is Known.SHOWN]

    @property
    def shown(self) -> bool:
        """Whether a plan is known already for one of the ways."""
        return any(way.known is Known.SHOWN for way in self.ways)

    @property
    def closest(self) -> Passed | None:
        """The plan behind the cheapest way; None where no plan is known for any."""
        closest = min(self._plans, key=lambda each: each[0], default=None)
        return None if closest is None else closest[1]

    def confirm(self, tries: Tries) -> None:
        """Try which members each conflict falls apart without."""
        for number, clash in enumerate(self._found.clashes):
            self.clashes[number] = tries.confirmed(clash)

    def stock_least(self, tries: Tries, judge: Judge | None) -> None:
        """Let ways that add stock add the least that a plan is known for, where a ledger can judge that."""
        if judge is None:
            return
        for number, way in enumerate(self.ways):
            stocked = least_stock(self._problem, self._nearest, way, judge, tries) if is_stock(way) else None
            if stocked is not None:
                self.ways[number] = stocked[0]
                self._plans.append((stocked[0].cost, stocked[1]))

    def ease_alone(self, tries: Tries) -> None:
        """Ease each limit that may mend all by itself, and others that stand in its way, then leave out each rule."""
        asked, rules = _alone(self._problem, self._found)
        in_the_way = [] if self._found.proven else tries.in_the_way(asked)
        limits = (*in_the_way, *((name, None) for name in asked))
        for place, (name, passed) in enumerate(limits):
            self._add(tries.least(name, passed, len(limits) - place + len(rules)))
        for name in rules:
            self._add(tries.without_rule(name))

    def ease_jointly(self, tries: Tries, tries_of: Callable[[Problem], Tries]) -> None:
        """Where several conflicts leave no single way out, ease a limit of each at once."""
        if not self.ways and len(self._found.clashes) > 1:
            self._add(joint_easing(self._problem, self._nearest, self._found.clashes, tries, tries_of))

    def _add(self, led: tuple[Remedy, Passed] | None) -> None:
        """Keep a way out, if it leads to a plan, and that plan."""
        if led is not None:
            self.ways.append(led[0])
            self._plans.append((led[0].cost, led[1]))


def _proven_by(problem: Problem, nearest: Nearest, ways: Sequence[Remedy]) -> list[Remedy]:
    """Ways out that the nearest plan proves: those that give way to all that it breaks, at once if need be.

    Lines are dropped with an eye on what conflicts only, and more stock sells more: no plan shows that it is enough.
    """
    broken = {result.id for result in nearest.limits if not result.ok}
    bounds = [way for way in ways if all(change.kind in ("bound", "stock") for change in way.changes)]
    proven = [way for way in ways if way not in bounds or broken <= {change.id for change in way.changes}]
    every = {change.id: change for way in bounds for change in way.changes}
    if not proven and broken and broken <= every.keys():
        proven.append(Remedy(changes=tuple(every[name] for name in sorted(broken))))
    kept = not problem.rulebook.violations(nearest.plan)
    shown = [kept and all(change.kind == "bound" for change in way.changes) for way in proven]
    return [replace(way, known=Known.SHOWN) if by else way for way, by in zip(proven, shown, strict=True)]


def _alone(problem: Problem, found: Conflict) -> tuple[list[str], list[str]]:
    """Scalar limits, and written rules, that may mend all by themselves.

    Of proven conflicts those that are members of each: whatever else gives way, one of the proofs stands. Without a
    proof the limits that the nearest plan breaks.
    """
    members = [member for member in found.members if all(member in clash.members for clash in found.clashes)]
    written = {rule.id for rule in problem.grid.scenario.rules} if found.proven else set()
    return [name for name in members if name in problem.limits.ids], [name for name in members if name in written]
