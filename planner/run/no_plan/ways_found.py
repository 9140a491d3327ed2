"""Ways out of a conflict as they are gathered: off the nearest plan, for each limit and rule by itself, then jointly.

Each is kept with the plan that it leads to: the plan behind the cheapest breaks less than any that the search has seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.firm import stays
from constraints.infeasible.remedies import Known, Remedy, bound_change
from constraints.infeasible.undivided import undivided
from planner.problem import Problem
from planner.run.no_plan.joint_easing import joint_easing
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.least_stock import Enough, Judge, enough_stock, is_stock, least_stock
from planner.run.no_plan.passed import Nearest, Passed


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
        self._plans = [(way, itself) for way in self.ways if way.known is Known.SHOWN]
        self._stocked: dict[int, Enough] = {}
        self._asked, self._rules = _alone(problem, found)
        self.staying = stays(problem.grid, found.clashes)
        """Members that no way out may touch."""
        self._rules = [name for name in self._rules if name not in self.staying]
        self._left = [name for name in (*self._asked, *self._rules) if name not in self.staying]
        """Limits and rules that were not looked at yet, each by itself."""
        self._in_the_way: Sequence[str] | None = () if found.proven or not self._asked else None
        """Limits that may stand in the way and were not looked at; None as long as nobody knows which may."""
        self._jointly = False

    @property
    def shown(self) -> bool:
        """Whether a plan is known already for one of the ways."""
        return any(way.known is Known.SHOWN for way in self.ways)

    @property
    def closest(self) -> Passed | None:
        """The plan behind the cheapest way; None where no plan is known for any."""
        closest = min(self._plans, key=lambda each: (each[0].undoes, each[0].burden), default=None)
        return None if closest is None else closest[1]

    def confirm(self, tries: Tries) -> None:
        """Try which members each conflict falls apart without."""
        for number, clash in enumerate(self._found.clashes):
            self.clashes[number] = tries.confirmed(clash)

    def stock_enough(self, judge: Judge | None) -> None:
        """Let ways that add stock add what the nearest plan then takes, where a ledger can judge that.

        It takes no search: whoever stops later has a way that a plan is known for, not what was read off at first.
        """
        if judge is None:
            return
        for number, way in enumerate(self.ways):
            enough = enough_stock(self._problem, self._nearest, way, judge) if is_stock(way) else None
            if enough is not None:
                self.ways[number], self._stocked[number] = enough.remedy, enough
                self._plans.append((enough.remedy, enough.passed))

    def stock_least(self, tries: Tries) -> None:
        """Let them add the least that a plan is known for; other ways out have half of the tries at the least."""
        for place, (number, enough) in enumerate(self._stocked.items()):
            fewest = least_stock(self._problem, enough, tries, 1 + len(self._stocked) - place)
            self.ways[number] = fewest.remedy
            self._plans.append((fewest.remedy, fewest.passed))

    def ease_alone(self, tries: Tries) -> None:
        """Ease each limit that may mend all by itself, and others that stand in its way, then leave out each rule."""
        asked, rules = self._asked, self._rules
        unknown = not self._found.proven and not tries.more
        in_the_way = [] if self._found.proven else tries.in_the_way(asked)
        others = tuple(name for name in tries.untried if name not in self.staying)
        self._in_the_way = self._in_the_way if unknown else others
        free = [(name, passed) for name, passed in in_the_way if name not in self.staying]
        limits = (*free, *((name, None) for name in asked if name not in self.staying))
        self._left = [*(name for name, _ in limits), *rules]
        for place, (name, passed) in enumerate(limits):
            more = tries.more
            self._add(tries.least(name, passed, len(limits) - place + len(rules)), name, looked=more)
        for name in rules:
            more = tries.more
            self._add(tries.without_rule(name), name, looked=more)
            self._add(tries.lower_margin(name))

    def ease_jointly(self, tries: Tries, tries_of: Callable[[Problem], Tries]) -> None:
        """Where several conflicts leave no single way out, ease a limit of each at once."""
        if self._several:
            self._add(joint_easing(self._problem, self._nearest, self._movable(), tries, tries_of))
        self._jointly = True

    def read_off(self, known: Sequence[Passed]) -> None:
        """Let go of all that a known plan breaks, where that is cheaper than any way that a plan is known for."""
        read = ((self._let_go(each), each) for each in known)
        ways = [(way, passed) for way, passed in read if way is not None]
        cheapest = min(ways, key=lambda each: each[0].burden, default=None)
        sure = (way for way in self.ways if way.exact and not way.undoes and way.known is not Known.GUESSED)
        found = min((way.burden for way in sure), default=math.inf)
        if cheapest is not None and cheapest[0].burden < found:
            self._add(cheapest)

    def _let_go(self, passed: Passed) -> Remedy | None:
        """Give way to all that a plan breaks; None where bounds alone, or those that may move, do not mend it."""
        broken = [result for result in passed.limits if not result.ok]
        limits = self._problem.limits
        fixed = any(each.id in self.staying or each.id not in limits.ids or undivided(each) for each in broken)
        if fixed or not broken or self._problem.rulebook.violations(passed.plan):
            return None
        rows = [limits.records[limits.ids.index(each.id)] for each in broken]
        changes = [bound_change(row, each.limit, each.decides) for row, each in zip(rows, broken, strict=True)]
        return Remedy(changes=tuple(changes), known=Known.SHOWN)

    def _movable(self) -> list[Clash]:
        """The conflicts with their members that may give way."""
        return [
            replace(clash, members=tuple(name for name in clash.members if name not in self.staying))
            for clash in self._found.clashes
        ]

    @property
    def _several(self) -> bool:
        """Whether conflicts leave no single way out, as far as is known."""
        return not self.ways and len(self._found.clashes) > 1

    @property
    def untried(self) -> tuple[str, ...]:
        """What might mend it and was not looked for, in words; changes that a way out is known for are none of it."""
        known = {way.changes[0].id for way in self.ways if len(way.changes) == 1}
        left = [name for name in self._left if name not in known]
        limits = [f"how far {name} alone would have to give way" for name in left if name not in self._rules]
        rules = [f"whether it is enough to drop rule {name}" for name in left if name in self._rules]
        others = [f"whether another limit stands in the way of {' and '.join(self._asked)}"]
        if self._in_the_way is not None:
            others = [f"how far {name}, which may be in the way, would have to give way" for name in self._in_the_way]
        jointly = ["how far a limit of each conflict would have to give way at once"]
        return (*limits, *rules, *others, *(jointly if self._several and not self._jointly else ()))

    def _add(self, led: tuple[Remedy, Passed] | None, name: str = "", *, looked: bool = True) -> None:
        """Keep a way out, if it leads to a plan, and that plan; what was looked at is no longer left."""
        if (led is not None or looked) and name in self._left:
            self._left.remove(name)
        if led is not None:
            self.ways.append(led[0])
            self._plans.append(led)


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
