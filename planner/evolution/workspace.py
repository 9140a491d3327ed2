"""What every step of the search works with: the evaluator, the rules, the bounds in force, and the work done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from constraints.remembered import OfLastPlans
from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import Evaluator, Value
from planner.evaluation.plan_order import gains_by_plan
from planner.evolution.bans import Banned
from planner.evolution.interrupt import Interrupt
from planner.evolution.kept import Kept
from planner.evolution.neighbourhood import Neighbourhood, everywhere, gains_by_slot
from planner.evolution.rules import Rules
from scenarios.answer.contributions import contributions
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.grid import Grid
from scenarios.response.functional import Functional, Mixed, parts_of

LAST_PLANS = 8
"""Plans whose contributions are remembered."""


class Prices(NamedTuple):
    """Prices of limits in objective units per unit of use, all >= 0."""

    scalar: Float
    """[L]"""
    stock: Float
    """[K, T] per unit sold in or before each period."""


class Alone(NamedTuple):
    """The locked lines, and what they use by themselves."""

    plan: Plan
    """[N]"""
    uses: Float
    """[L]"""
    stock: Float
    """[K, T] units sold, cumulative."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A plan with its true values: what the search compares."""

    plan: Plan
    """[N]"""
    objective: float
    uses: Float
    """[L]"""
    stock: Float
    """[K, T] units sold, cumulative."""
    feasible: bool
    """Whether it keeps every bound that was in force where it was valued, and the lines that the run is to keep."""


class Workspace:
    """One run's evaluator, rules and bounds.

    Parameters
    ----------
    evaluator
        Values and gains.
    rulebook
        Compiled rules.
    interrupt
        Where Ctrl-C is heard: before every evaluation.
    unit
        Natural sizes of prices, where they are known from a problem like this one.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        rulebook: RuleBook,
        interrupt: Interrupt | None = None,
        unit: Prices | None = None,
    ) -> None:
        self.evaluator = evaluator
        self.interrupt = Interrupt() if interrupt is None else interrupt
        self.rules: Rules = rulebook
        self._written = rulebook
        self.kept: Kept | None = None
        """Lines of a given plan that the run is to keep, beside the scenario's rules; see `keep`."""
        self.grid: Grid = evaluator.grid
        self.limits: Limits = evaluator.limits
        self.bound: Float = evaluator.limits.within_rounding.copy()
        """[L] bounds in force: the scenario's, tightened where a limit must hold at risk."""
        self.available: Float = evaluator.limits.available.copy()
        """[K, T] stock in force, cumulative; inf without a stock limit."""
        self.whole = everywhere(self.grid)
        self.contributions = OfLastPlans(partial(contributions, evaluator.model), kept=LAST_PLANS)
        """What the objective loses without each line of a flat plan [N]; small changes come to the same plans again."""
        self.work = 0.0
        """Work done, in passes over all columns."""
        self.end = float("inf")
        """Work at which the running search ends: no step starts what would take much longer."""
        self._alone: tuple[Rules, Alone] | None = None
        self.unit = self.price_units() if unit is None else unit

    def keep(self, kept: Kept | None) -> None:
        """Ask from now on that plans keep some lines; nothing without any."""
        self.kept = kept
        self.rules = self._written if kept is None else kept

    def enough_kept(self, plans: Plan) -> Flag:
        """[...] whether plans [..., N] hold as many lines of a given plan as the run is to keep."""
        return np.ones(plans.shape[:-1], dtype=bool) if self.kept is None else self.kept.enough(plans)

    @property
    def written(self) -> RuleBook:
        """The scenario's own rules, without what the run asks for beside them."""
        return self._written

    @property
    def alone(self) -> Alone:
        """What the locked lines alone use, valued once a set of rules, and not counted as work."""
        if self._alone is None or self._alone[0] is not self.rules:
            plan = self.rules.locked_plan()
            value = self.evaluator.value(plan[None])
            self._alone = (self.rules, Alone(plan, value.uses[0], value.stock[0]))
        return self._alone[1]

    def value(self, plans: Plan) -> Value:
        """True values of plans [P, N]."""
        self.interrupt.check()
        self.work += 0.2 + 0.1 * len(plans)
        return self.evaluator.value(plans)

    @contextmanager
    def banned(self, slots: Int, choices: NDArray[np.int8]) -> Iterator[None]:
        """Forbid some choices for a while, beside the scenario's rules."""
        kept = self.rules
        self.rules = Banned(kept, slots, choices)
        try:
            yield
        finally:
            self.rules = kept

    @contextmanager
    def without_end(self) -> Iterator[None]:
        """Work on after the search has ended."""
        kept, self.end = self.end, float("inf")
        try:
            yield
        finally:
            self.end = kept

    @contextmanager
    def by_the_scenario(self) -> Iterator[None]:
        """Keep only the scenario's own rules for a while, not what the run asks for beside them."""
        rules, kept = self.rules, self.kept
        self.keep(None)
        try:
            yield
        finally:
            self.rules, self.kept = rules, kept

    def score(self, plan: Plan) -> Candidate:
        """True values of one plan against the bounds in force."""
        return self.scores(plan[None])[0]

    def scores(self, plans: Plan) -> list[Candidate]:
        """True values of plans [P, N] against the bounds in force; several at once cost less than one by one."""
        value = self.value(plans)
        return [
            Candidate(
                plan=plan,
                objective=float(objective),
                uses=uses,
                stock=stock,
                feasible=bool(enough) and self.evaluator.excess(uses, stock, self.bound, self.available).kept,
            )
            for plan, enough, objective, uses, stock in zip(plans, self.enough_kept(plans), *value, strict=True)
        ]

    def worth(self, scored: Candidate, prices: Prices) -> float:
        """What a plan is worth, were what it uses too much sold at known prices."""
        over = np.maximum(self.limits.sign * (scored.uses - self.bound), 0.0)
        short = np.maximum(scored.stock - self.available, 0.0).max(axis=1)
        return scored.objective - float(prices.scalar @ over) - float(prices.stock.sum(axis=1) @ short)

    def gains(self, plan: Plan, prices: Prices, hood: Neighbourhood, objective_weight: float = 1.0) -> Float:
        """[F, width] exact gains of the priced objective in a neighbourhood."""
        self.work += 0.3 + 0.7 * len(hood.columns) / len(self.whole.columns)
        columns = None if len(hood.columns) == len(self.whole.columns) else hood.columns
        found = self.evaluator.gains(plan, objective_weight, prices.scalar, prices.stock, columns)
        return gains_by_slot(found, self.grid.width)

    def gains_everywhere(self, plan: Plan, prices: Prices, objective_weight: float = 1.0) -> Float:
        """[N, width] exact gains of the priced objective in plan order."""
        self.work += 1.0
        found = self.evaluator.gains(plan, objective_weight, prices.scalar, prices.stock)
        return gains_by_plan(found, self.grid)

    @contextmanager
    def own_bounds(self) -> Iterator[None]:
        """Put the bounds in force back afterwards: what one plan's futures ask for says nothing of the next plan."""
        bound, available = self.bound.copy(), self.available.copy()
        try:
            yield
        finally:
            self.bound, self.available = bound, available

    def real_bound(self) -> Float:
        """[L] bounds that nobody's futures have tightened."""
        return self.limits.within_rounding.copy()

    def no_prices(self) -> Prices:
        """Prices of zero."""
        return Prices(np.zeros(len(self.bound)), np.zeros(self.grid.shape[1:]))

    def only(self, limit: int) -> Prices:
        """Prices that, with no weight on the objective, make a gain the relief of one limit."""
        prices = self.no_prices()
        prices.scalar[limit] = 1.0
        return prices

    def price_units(self) -> Prices:
        """A natural size for each price: what the best lines earn per unit of use, from the empty plan.

        Where windows overlap, a line pays for all that its period counts in: use is counted in each of them.
        """
        plan, free = self.rules.locked_plan(), self.no_prices()
        gain = self.gains_everywhere(plan, free)
        allowed = self.rules.allowed(plan)
        wanted = np.where(allowed & (gain > 0), gain, 0.0)
        scalar = np.zeros(len(self.bound))
        for rows in self.limits.rows_of.values():
            together = free._replace(scalar=np.bincount(rows, minlength=len(scalar)).astype(float))
            use = -self.gains_everywhere(plan, together, objective_weight=0.0)
            pressing = (use > 1e-9 * (1 + abs(self.bound[rows[0]]))) & (wanted > 0)
            total = use[pressing].sum()
            if _shares(self.limits.functionals[rows[0]]):
                total *= self._alone_or_together(plan, use, wanted, rows)
            worth = wanted[pressing].sum() / total if total > 0 else self._fallback(rows[0])
            scalar[rows] = worth
        stock = np.broadcast_to(self.evaluator.model.economics.sales[:, None], self.grid.shape[1:]) * 0.5
        return Prices(scalar, stock.copy())

    def _alone_or_together(self, plan: Plan, use: Float, wanted: Float, rows: Int) -> float:
        """What the best lines use of a limit together, as a share of what each would use alone."""
        best = np.where(wanted.any(axis=1), wanted.argmax(axis=1), plan).astype(np.int8)
        alone = use[np.arange(len(best)), best].clip(min=0.0).sum()
        uses = self.value(np.stack([plan, best])).uses[:, rows] @ self.limits.sign[rows]
        return float((uses[1] - uses[0]) / alone) if alone > 0 and uses[1] > uses[0] else 1.0

    def _fallback(self, limit: int) -> float:
        """A price unit for a limit that no wanted line presses on: 1 for as much of its use as its row is scaled by."""
        return 1.0 / float(self.limits.scale[limit])


def _shares(functional: Functional | Mixed) -> bool:
    """Whether lines share what they use: a message that carries several, a customer reached by several."""
    return any(len(part.message) or part.reached for _, part in parts_of(functional))
