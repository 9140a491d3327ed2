"""Ways out of a small question, read off a census of all its plans: what moves least, by the measure that orders them.

A remedy lets go of all that one plan breaks. Its burden is the shares by which limits give way, times of how many, so
plans are gone through by the least that letting go of what they break can be: the first that no other can beat is it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from constraints.infeasible.census import Auditor, Census, ExhaustedError
from constraints.infeasible.members import Kind, in_order
from constraints.infeasible.remedies import (
    Known,
    Remedy,
    cheapest_first,
    dropped,
    more_units,
    relaxed,
    units_missing,
)
from constraints.infeasible.undivided import undivided
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag, Float, Plan

_STOCK_ROUNDS = 8
"""Rounds in which stock is added until a plan passes: more stock sells more where the baseline was cut at it."""
_TRIED = 12
"""Plans short of stock whose remedy is worked out for one way: each takes the ledger of another problem per round."""
_PLENTY = 10**7
"""Units of stock that nothing is cut at."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Broken:
    """A plan that breaks something, with the ledger's verdicts on its limits."""

    plan: Plan
    limits: Sequence[LimitResult]


class CountedWays:
    """The cheapest ways out that a census holds."""

    def __init__(self, census: Census, audit: Auditor) -> None:
        self._census, self._audit = census, audit
        self._worked_out: dict[int, Remedy | None] = {}
        dropping = np.array([member.kind is not Kind.LIMIT for member in census.members], dtype=float)
        cost = np.where(census.broken, census.excess + dropping, 0.0).sum(axis=1)
        self._least: Float = np.asarray(cost * census.broken.sum(axis=1))
        """[P] the least that the burden of letting go of all that a plan breaks may be."""
        self._order = np.lexsort((-census.objective, self._least))
        self._short: Flag = np.asarray(
            census.broken[:, [member.product is not None for member in census.members]].any(axis=1)
        )

    def all_of(self, conflicting: Flag, movable: Flag) -> tuple[Remedy, ...]:
        """One remedy for each way: each limit of the conflicts alone, limits, locked lines, rules; else a mixture.

        Only members that are ``movable`` [M] change; where some of them have run, a mixture is told without them, too.
        """
        limits, lines = self._census.of_kind(Kind.LIMIT), self._census.of_kind(Kind.LINE)
        rules = self._census.of_kind(Kind.RULE)
        ways = [limits & movable, lines & movable, rules & movable, movable & ~self._undoing(), movable]
        for number in np.flatnonzero(conflicting & limits):
            alone = np.zeros_like(limits)
            alone[number] = True
            ways.insert(0, alone)
        different = {way.tobytes(): way for way in ways}.values()
        return cheapest_first([remedy for remedy in map(self._cheapest, different) if remedy is not None])

    def behind(self, remedy: Remedy) -> Broken:
        """The plan that a remedy was read off."""
        return self._broken(next(plan for plan, worked in self._worked_out.items() if worked == remedy))

    def least_broken(self) -> Broken | None:
        """The plan that breaks least, whatever may be moved; None where no bound mends any plan."""
        remedy = self._cheapest(np.ones(len(self._census.members), dtype=bool))
        return None if remedy is None else self.behind(remedy)

    def _broken(self, plan: int) -> Broken:
        return Broken(plan=self._census.plans[plan], limits=tuple(self._census.results(plan).values()))

    def _undoing(self) -> Flag:
        """[M] rules and locked lines that nobody can change, because what they lock has run."""
        members = self._census.members
        return np.array([each.kind is not Kind.LIMIT and dropped(each).undoes for each in members], dtype=bool)

    def _cheapest(self, way: Flag) -> Remedy | None:
        """The remedy of the least burden that changes members of a way only; None where none does.

        It is the least unless audits ran out, or plans short of stock were passed over, before a smaller one was out
        of the question.
        """
        best: Remedy | None = None
        ids = {member.id for member in in_order(self._census.members, way)}
        census, short, passed_over = self._census, 0, False
        beyond = (census.beyond & census.broken).any(axis=1)
        candidates: Flag = np.asarray(~census.broken[:, ~way].any(axis=1) & ~beyond)
        try:
            for plan in self._order[candidates[self._order]].tolist():
                if best is not None and self._least[plan] >= best.burden:
                    break
                if short >= _TRIED and self._short[plan]:
                    passed_over = True
                    continue
                census.results(plan)
                if census.broken[plan, ~way].any() or (census.beyond[plan] & census.broken[plan]).any():
                    continue
                remedy = self._remedy(plan)
                if remedy is None:
                    short += 1
                    continue
                short += any(change.kind == "stock" for change in remedy.changes)
                if {change.id for change in remedy.changes} <= ids and (best is None or remedy.burden < best.burden):
                    best = remedy
        except ExhaustedError:
            passed_over = True
        return None if best is None else replace(best, least=not passed_over)

    def _remedy(self, plan: int) -> Remedy | None:
        """Let go of all that a plan breaks, worked out once."""
        if plan not in self._worked_out:
            self._worked_out[plan] = self._work_out(plan)
        return self._worked_out[plan]

    def _work_out(self, plan: int) -> Remedy | None:
        """Let go of all that a plan breaks, by the ledger's numbers; None where no stock or bound is found enough.

        Where the baseline was cut at stock, more of it sells more, which may take still more stock, or a budget.
        """
        census = self._census
        results, added, first = census.results(plan), dict[int, int](), dict[int, LimitResult]()
        for number in range(_STOCK_ROUNDS):
            short = {int(m.product): m for m in census.members if m.product is not None and not results[m.id].ok}
            if not short:
                break
            for product, member in short.items():
                first.setdefault(product, results[member.id])
                added[product] = added.get(product, 0) + units_missing(results[member.id])
            if number == 1:  # the baseline takes all that is added: have what it asks for uncut
                results = self._audited(plan, added | dict.fromkeys(short, _PLENTY))
                for product, member in short.items():
                    added[product] = max(added[product], _PLENTY - int(results[member.id].headroom))
            results = self._audited(plan, added)
        else:
            return None
        changes = []
        for member, broken in zip(census.members, census.broken[plan], strict=True):
            if member.product is not None:
                if member.product in added:
                    changes.append(more_units(first[member.product], added[member.product]))
            elif member.kind is not Kind.LIMIT:
                changes += [dropped(member)] if broken else []
            elif undivided(results[member.id]):
                return None  # a ratio that has nothing to divide by is beyond every bound
            elif not results[member.id].ok:
                changes.append(relaxed(census.limits, member, results[member.id]))
        return Remedy(changes=tuple(changes), known=Known.COUNTED, least=True)

    def _audited(self, plan: int, added: dict[int, int]) -> dict[str, LimitResult]:
        return {result.id: result for result in self._audit(self._census.plans[plan], added)}
