"""How little a limit has to give way: first plans of eased problems, so many in all.

Whether a conflict falls apart without each of its members, and by how much a limit must move, planning tells: a plan
that is found under a bound shows that the bound is enough, and the plan's own use is the next to beat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from constraints.infeasible.clash import Clash
from constraints.infeasible.easing import eased, only, released, with_bound
from constraints.infeasible.floor_costs import floors_of
from constraints.infeasible.flow_reach import reach_of
from constraints.infeasible.optimistic import least, row_tables
from constraints.infeasible.remedies import Change, Known, Remedy, bound_change, margin_change, short_at
from constraints.infeasible.rule_conflict import locked_lines
from constraints.infeasible.shortfall import beyond_bounds, measure_uses, strain_of
from constraints.rules.kinds.min_price import margin_that_does
from constraints.rules.lines import read_lines
from planner.problem import Problem
from planner.run.no_plan.bounds_tried import between, closeness, nearest_of, short_of
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.passed import Nearest, Passed, PlanAgain, Shortcuts
from planner.run.no_plan.try_count import TryCount
from scenarios.arrays import Plan
from scenarios.language.implied_ids import GIFT, STOCK
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked, MinPrice

MEMBERS = 6
"""Members of a conflict that are tried without, one by one, at most."""


class Tries:
    """First plans of eased problems, so many in all.

    Parameters
    ----------
    problem, nearest, plan_again
        What is eased, the plan that breaks least, and how a first plan is made.
    tries
        First plans at most.
    over
        Whether the time is over: then no other plan is made, except for the first ``least`` ones.
    tell
        Told what is tried, before every try; a `KeyboardInterrupt` from it ends the tries.
    shortcuts
        Asked before every search. A plan at hand is no try, nor is one that only had to be mended; relieving a limit is
        one, in place of many bounds.
    beyond_aims
        Whether a bound just short of what relieving a limit came to is tried, too, whether a limit is relieved where no
        plan is known without it, and whether more than one limit that stands in the way is searched for.
    """

    def __init__(
        self,
        problem: Problem,
        nearest: Nearest,
        plan_again: PlanAgain,
        tries: int,
        least: int = 0,
        over: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = lambda doing: None,
        shortcuts: Shortcuts | None = None,
        *,
        beyond_aims: bool = True,
    ) -> None:
        self._problem, self._nearest, self._plan_again, self._tell = problem, nearest, plan_again, tell
        self._shortcuts = Shortcuts() if shortcuts is None else shortcuts
        self._beyond_aims, self.count = beyond_aims, TryCount(tries, least, over)
        self.untried: dict[str, None] = {}
        """Limits that another search may have shown to be in the way of what is asked for."""

    @property
    def more(self) -> bool:
        """Whether another plan may be made."""
        return self.count.more

    def of(self, eased: Problem, count: TryCount) -> Tries:
        """Tries of an eased problem, which share a count: nothing that is aimed at the question itself helps there."""
        known = Shortcuts(at_hand=self._shortcuts.at_hand, judge=self._shortcuts.judge)
        given = (eased, self._nearest, self._plan_again, count.most)
        made = Tries(*given, tell=self._tell, shortcuts=known, beyond_aims=self._beyond_aims)
        made.count = count
        return made

    def in_the_way(self, asked: Sequence[str]) -> list[tuple[str, Passed]]:
        """Limits without which, one at a time, a plan keeps all others and those ``asked`` for; and these plans.

        What is asked for may be out of reach because of limits that the nearest plan keeps: a floor, of a budget. Those
        are tried that a plan without any of them breaks.
        """
        scenario, limits = self._problem.grid.scenario, self._problem.limits
        ids = dict.fromkeys(limits.ids)  # a limit with windows has a row for each
        others = [name for name in ids if name not in asked and not name.startswith(STOCK)]
        if not (asked and others) or not self.more:
            return []
        eased = scenario
        for name in others:
            eased = released(eased, name)
        without = self._try(eased, None, f"trying without any limit but {' and '.join(asked)}")
        excess = {} if without is None else {name: self._excess(without, name) for name in others}
        found, last = list[tuple[str, Passed]](), self.count.part(2)
        for name in sorted((name for name in others if excess.get(name, 0.0) > 0), key=lambda name: -excess[name]):
            # How far those that were found have to give way takes tries, too.
            enough = bool(found) and (not self._beyond_aims or self.count.done >= last)
            looked, self.untried[name] = self.more and not enough, None
            passed = self._without(name) if looked else self.known(self._freed(name))
            if looked or passed is not None:
                del self.untried[name]
            if passed is not None:
                found.append((name, passed))
        return found

    def without_rule(self, name: str) -> tuple[Remedy, Passed] | None:
        """Drop one written rule, and a plan that then passes; None where none passes, or no more may be made.

        Locks are left alone: their lines are members of their own.
        """
        rules = {rule.id for rule in self._problem.grid.scenario.rules if not isinstance(rule, Locked)}
        if name not in rules:
            return None
        change = Change(kind="rule", id=name, text=f"drop rule {name}")
        before = self.count.done
        passed = self._try(eased(self._problem.grid, (change,)), None, f"trying without rule {name}")
        by = Known.FOUND if self.count.done > before else Known.SHOWN  # a plan at hand is of no run from nothing
        return None if passed is None else (Remedy(changes=(change,), known=by, least=True), passed)

    def lower_margin(self, name: str) -> tuple[Remedy, Passed] | None:
        """Lower the margin of a `min_price` to what locked lines keep, where they break it by little, and a plan."""
        grid = self._problem.grid
        rule = next((rule for rule in grid.scenario.rules if rule.id == name), None)
        if not isinstance(rule, MinPrice):
            return None
        margin = margin_that_does(rule, grid, read_lines(grid, (each.line for each in locked_lines(grid))))
        if margin is None or margin >= rule.margin:
            return None
        change, before = margin_change(name, rule.margin, margin), self.count.done
        passed = self._try(eased(grid, (change,)), None, f"trying to {change.text}")
        by = Known.FOUND if self.count.done > before else Known.SHOWN
        return None if passed is None else (Remedy(changes=(change,), known=by, least=True), passed)

    def _excess(self, passed: Passed, name: str) -> float:
        """By how much a plan breaks a limit as it is written, in its scale; 0 or below where it keeps it."""
        limits = self._problem.limits
        row = limits.ids.index(name)
        over = float(self._used(passed, name)) - limits.records[row].bound
        return float(limits.sign[row]) * over / float(limits.scale[row])

    def least(self, name: str, passed: Passed | None = None, among: int = 1) -> tuple[Remedy, Passed] | None:
        """The least that one limit has to give way, and a plan that then passes; None where none passes without it.

        Parameters
        ----------
        passed
            A plan that passes without the limit, where one is known.
        among
            Ways out that share the tries that are left, this one among them.
        """
        last = self.count.part(among)
        scenario = self._problem.grid.scenario
        passed = self._but_for(name) if passed is None else passed
        if passed is None and not self._beyond_aims:
            passed = self._without(name)
            if passed is None:
                return None  # where first plans fail without the limit, an aim at it hardly ever leads further
        passed, aimed = self._relieved(name, passed)
        passed = passed or self._without(name)
        if passed is None:
            return None
        record = self._problem.limits.records[self._problem.limits.ids.index(name)]
        asked = Decimal(repr(record.bound))
        enough, too_little = self._used(passed, name), [asked, self.out_of_reach(name, asked)]
        tried: list[Decimal] = []
        # An aim has looked for less itself; of a limit at risk it knows the expected use only.
        enough_tried = aimed and record.at_risk is None and not self._beyond_aims
        while True:
            nearest = nearest_of([*too_little, *tried], enough, asked)
            step = closeness(asked, enough)
            near = abs(enough - nearest) <= step
            # Where the limit was aimed at, hardly more is left to gain: a bound just short of it tells.
            middle = short_of(enough, nearest, step) if aimed else between(nearest, enough)
            middle, aimed = Decimal(round(middle)) if name.startswith(GIFT) else middle, False
            least = near or enough_tried or middle in (enough, nearest)
            if least or not self.more or self.count.done >= last:
                break
            doing = f"trying whether it is enough to {bound_change(record, asked, middle).text}"
            try:
                better = self._try(with_bound(scenario, name, middle), passed.plan, doing)
            except KeyboardInterrupt:
                break  # what is known so far is an answer
            if better is None:
                tried.append(middle)
            else:
                enough, passed = self._used(better, name), better
        change = bound_change(record, asked, enough)
        shown = Remedy(changes=(change,), known=Known.SHOWN, least=least)
        return (short_at(shown, record, nearest) if nearest in tried else shown), passed

    def _but_for(self, name: str) -> Passed | None:
        """The nearest plan, where it breaks nothing but one limit, and that not under any bound."""
        problem, plan = self._problem, self._nearest.plan
        used = measure_uses(problem.model, problem.limits, plan, strain_of(problem.limits, self._nearest.limits))
        if beyond_bounds(problem.limits, name, used):
            return None
        others = all(result.ok for result in self._nearest.limits if result.id != name)
        if not others or problem.rulebook.violations(plan):
            return None
        return Passed(plan=plan, limits=self._nearest.limits)

    def out_of_reach(self, name: str, asked: Decimal) -> Decimal:
        """The bound nearest to what is asked that the optimistic bound does not exclude; ratios are left as asked."""
        limits, model = self._problem.limits, self._problem.model
        book = self._problem.rulebook
        reach, best = reach_of(model, book.base, floors_of(book.grid, book.rules)), asked
        for row in limits.rows_of[name]:
            if limits.rate_parts[row] is None:
                sign = float(limits.sign[row])
                value = sign * least(row_tables(model, limits.functionals[row], sign, reach), reach).value
                known = Decimal(repr(value + float(limits.past[row])))
                best = max(best, known) if sign > 0 else min(best, known)
        return best

    def confirmed(self, clash: Clash) -> Clash:
        """Plan without each member of a conflict, and note whether the rest is kept every time, or what is not."""
        if len(clash.members) == 1:
            return replace(clash, minimal=True)  # nothing is left that could conflict
        if len(clash.members) > MEMBERS:
            return clash
        for member in clash.members:
            rest = set(clash.members) - {member}
            doing = f"trying to keep {' and '.join(sorted(rest))} without {member}"
            looked = self.more
            if self._try(only(self._problem.grid, rest), None, doing) is None:
                return replace(clash, unkept=tuple(each for each in clash.members if each in rest)) if looked else clash
        return replace(clash, minimal=True)

    def _without(self, name: str) -> Passed | None:
        """Plan with the bound of a limit out of reach."""
        return self._try(released(self._problem.grid.scenario, name), None, f"trying without {name}")

    def _freed(self, name: str) -> Problem:
        return with_scenario(self._problem, released(self._problem.grid.scenario, name))

    def _relieved(self, name: str, passed: Passed | None) -> tuple[Passed | None, bool]:
        """The plan that relieves a limit most of those that are known, and whether one was looked for that does."""
        if passed is not None and self._shortcuts.aimed(name, passed.plan):
            return passed, True
        if not self.more:
            return passed, False
        self._say(f"looking for the least that {name} takes")
        try:
            found = self._shortcuts.relieve(name, None if passed is None else passed.plan)
        except KeyboardInterrupt:
            if passed is None:
                raise
            return passed, False
        if found is None:
            return passed, False
        self.count.done += 1
        up = self._problem.limits.records[self._problem.limits.ids.index(name)].sense == "max"
        used = self._used(found, name)
        better = passed is None or (used <= self._used(passed, name) if up else used >= self._used(passed, name))
        return (found if better else passed), True

    def _try(self, scenario: Scenario, start: Plan | None, doing: str) -> Passed | None:
        """A plan of an eased question: one at hand, or else from another search; None where none may be made."""
        eased = with_scenario(self._problem, scenario)
        self._say(doing)
        known = self.known(eased)
        return known if known is not None or not self.more else self._search(eased, start)

    def known(self, eased: Problem) -> Passed | None:
        """A plan of an eased question that is known without a search."""
        return self._shortcuts.at_hand(eased)

    def search(self, eased: Problem, start: Plan | None, doing: str) -> Passed | None:
        """A plan of an eased question by another search, one try."""
        self._say(doing)
        return self._search(eased, start)

    def _search(self, eased: Problem, start: Plan | None) -> Passed | None:
        found = self._plan_again(eased, start)
        if found is None or not found.mended:
            self.count.done += 1
        return found

    def _say(self, doing: str) -> None:
        """Tell what is being tried; where a plan is at hand, the try remains."""
        self._tell(f"{doing} (try {min(self.count.done + 1, self.count.most)} of at most {self.count.most})")

    def _used(self, passed: Passed, name: str) -> Decimal:
        return next(result for result in passed.limits if result.id == name).decides
