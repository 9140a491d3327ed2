"""Tiny scenarios as problems that the search can plan, and what brute force says of them by the plain ledger."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from all_plans import plans_of, sold_by_all

from constraints.infeasible.rule_conflict import locked_lines
from constraints.ledger import Ledger
from constraints.limits.amounts import amount_number
from constraints.limits.book import build_limits
from constraints.rules.registry import check_rules
from planner.problem import Problem, problem_of
from scenarios.answer.verdicts import LimitResult
from scenarios.futures.draws import draw
from scenarios.language.files import ScenarioFiles
from scenarios.language.schema import Scenario
from scenarios.loading.load import LoadedScenario
from scenarios.problems import Places
from scenarios.response import totals
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Effects
from scenarios.response.measures import objective_functional

NEAR = 2.0
"""Limits that a plan keeps or breaks by less, in their own units, are left to the ledger."""


def problem(scenario: Scenario, effects: Effects, baskets: Baskets | None) -> Problem:
    """Make a problem of a scenario that no file holds."""
    loaded = LoadedScenario(
        scenario=scenario,
        name="tiny",
        raw=b"",
        sha256="0" * 64,
        files=ScenarioFiles(name="tiny", folder=Path(), raw=b""),
        positions=Places("tiny"),
        overrides=(),
        data=scenario.model_dump(mode="json"),
        effects=effects,
        baskets=baskets,
        custom={},
    )
    return problem_of(loaded)


@dataclass(eq=False)
class Oracle:
    """All plans of a problem and what each breaks, limits by the ledger wherever float sums leave a doubt."""

    problem: Problem
    seed: int
    plans: np.ndarray = field(init=False)
    broken: list[set[str]] = field(init=False)
    """Members that a plan breaks, as far as known."""

    def __post_init__(self) -> None:
        asked, model = self.problem, self.problem.model
        self.ledger = Ledger(model, asked.effects, draw(asked.grid, asked.effects, self.seed))
        self.plans = plans_of(asked.grid.allowed_flat)
        what = sold_by_all(model, self.plans)
        self.objective = totals.value(objective_functional(model), model, what, np)
        limits = asked.limits
        sure: list[set[str]] = [set() for _ in self.plans]
        doubtful = np.full(len(self.plans), bool(np.isfinite(limits.at_risk).any()))
        doubtful |= asked.grid.scenario.risk.service is not None
        self.over: dict[str, np.ndarray] = {}
        """[P] of each limit by how much of its bound a plan breaks it at least."""
        for name, functional, sign, bound, ratio in zip(
            limits.ids, limits.functionals, limits.sign, limits.bound, limits.rate, strict=True
        ):
            over = sign * (totals.value(functional, model, what, np) - bound)
            doubtful |= np.abs(over) < NEAR
            # A ratio's row weighs two sums, of which the share of its bound is not known: the least is nothing.
            share = over - NEAR if np.isnan(ratio) else np.zeros(len(over))
            own = abs(bound) or 1.0
            self.over[name] = np.maximum(self.over.get(name, share / own), share / own)
            for plan in np.flatnonzero(over >= NEAR):
                sure[plan].add(name)
        stock = (np.cumsum(what.units.sum(axis=-3), axis=-1) - model.available).max(axis=-1)
        for product in limits.stock_products:
            doubtful |= np.abs(stock[:, product]) < NEAR
            for plan in np.flatnonzero(stock[:, product] >= NEAR):
                sure[plan].add(limits.stock_ids[product])
        self.doubtful = doubtful
        for plan, vector in enumerate(self.plans):
            lines = asked.grid.lines(vector)
            sure[plan] |= {r.id for r in check_rules(asked.grid, lines) if not r.satisfied and r.kind != "locked"}
        for locked in locked_lines(asked.grid):
            for plan in np.flatnonzero(self.plans[:, locked.slot] != locked.choice):
                sure[plan].add(locked.text)
        self.broken = sure

    @property
    def members(self) -> set[str]:
        """Everything that a plan can break."""
        return set().union(*self.broken) | set(self.problem.limits.ids)

    def audited(self, plan: int) -> set[str]:
        """What a plan breaks, by the ledger where that was open."""
        if self.doubtful[plan]:
            self.doubtful[plan] = False
            limits = self.ledger.audit(self.plans[plan]).limits
            self.broken[plan] -= {limit.id for limit in limits}
            self.broken[plan] |= {limit.id for limit in limits if not limit.ok}
        return self.broken[plan]

    def keeps(self, kept: set[str] | None) -> float | None:
        """Objective of the best plan that keeps some members (all for None); None where no plan does."""
        wanted = self.members if kept is None else kept
        for plan in np.argsort(-self.objective, kind="stable"):
            if not self._sure(int(plan)) & wanted and not self.audited(int(plan)) & wanted:
                empty = totals.evaluate(
                    objective_functional(self.problem.model), self.problem.model, self.problem.grid.empty(), np
                )
                return float(self.objective[plan] - empty)
        return None

    def least_burden(self) -> float:
        """The least that a way out costs by the documented measure: shares by which limits give way, times how many.

        Every plan that stock serves is a way out: let go of all that it breaks. Plans are audited from the one that
        may be cheapest by float sums on, until none of the rest can be; inf where each lacks stock or a ratio's whole.
        """
        scalar = set(self.problem.limits.ids)
        others = np.array([len(broken - scalar) for broken in self.broken])
        shares = np.sum([np.maximum(each, 0.0) for each in self.over.values()], axis=0)
        count = others + np.sum([each > 0 for each in self.over.values()], axis=0)
        least, best = (others + shares) * count, np.inf
        for plan in np.argsort(least, kind="stable").tolist():
            if least[plan] > best + 1e-6:
                break
            results = {each.id: each for each in self.ledger.audit(self.plans[plan]).limits if not each.ok}
            if any(each.whole is not None and each.whole <= 0 for each in results.values()) or results.keys() - scalar:
                continue
            owed = [
                abs(float(self._told(each) - each.limit)) / (abs(float(each.limit)) or 1.0) for each in results.values()
            ]
            best = min(best, (others[plan] + sum(owed)) * (others[plan] + len(owed)))
        return float(best)

    def _told(self, broken: LimitResult) -> Decimal:
        """The bound that a plan needs, as it is written: rounded to the safe side."""
        record = self.problem.limits.records[int(self.problem.limits.rows_of[broken.id][0])]
        up = broken.sense == "max"
        return amount_number(record.unit, broken.decides, money_digits=record.money_digits, up=up)

    def _sure(self, plan: int) -> set[str]:
        return self.broken[plan]


def applied(scenario: Scenario, changes: Any) -> Scenario:
    """Change a scenario as a remedy says."""
    document = scenario
    for change in changes:
        document = _APPLY[change.kind](document, change)
    return document


def _bound(scenario: Scenario, change: Any) -> Scenario:
    kind, _, name = change.id.rpartition(":")
    if kind == "fund":
        return _with(scenario, "vendors", name, fund=change.after)
    if kind == "gift":
        return _with(scenario, "gifts", name, stock=int(change.after))
    limit = next(limit for limit in scenario.limits if limit.id == name)
    return _with(scenario, "limits", name, **{"max" if limit.max is not None else "min": change.after})


def _stock(scenario: Scenario, change: Any) -> Scenario:
    name = change.id.removeprefix("stock:")
    product = next(product for product in scenario.products if product.id == name)
    return _with(scenario, "products", name, stock=(product.stock or 0) + int(change.after))


def _without_rule(scenario: Scenario, change: Any) -> Scenario:
    kind, _, name = change.id.rpartition(":")
    if kind == "max_run":
        return _with(scenario, "offers", name, max_run=None)
    if kind == "contacts":
        return _with(scenario, "channels", name, contacts_per_customer=None)
    return scenario.model_copy(update={"rules": tuple(rule for rule in scenario.rules if rule.id != name)})


def _without_line(scenario: Scenario, change: Any) -> Scenario:
    from scenarios.grid import build_grid

    gone = [each.line for each in locked_lines(build_grid(scenario)) if each.text == change.id]
    rules = tuple(
        rule.model_copy(update={"lines": tuple(line for line in rule.lines if line not in gone)})
        if rule.rule == "locked"
        else rule
        for rule in scenario.rules
    )
    return scenario.model_copy(update={"rules": rules})


_APPLY = {"bound": _bound, "stock": _stock, "rule": _without_rule, "line": _without_line}


def _with(scenario: Scenario, section: str, name: str, **update: Any) -> Scenario:
    records = tuple(
        record.model_copy(update=update) if record.id == name else record for record in getattr(scenario, section)
    )
    return Scenario.model_validate(scenario.model_copy(update={section: records}).model_dump(by_alias=True))


def relaxed_problem(asked: Problem, changes: Any) -> Problem:
    """The problem after a remedy."""
    scenario = applied(asked.loaded.scenario, changes)
    return problem_of(dataclasses.replace(asked.loaded, scenario=scenario))


__all__ = ["Oracle", "applied", "build_limits", "problem", "relaxed_problem"]
