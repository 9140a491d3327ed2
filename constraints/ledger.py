"""The ledger: a plan against every limit and rule, from the integers of its account. No solver, no compiled row.

Sums come from `scenarios.answer.sums` (integer cells), rules from the plain functions of ``constraints/rules``, and
only what must hold in a share of the futures (``at_risk``, ``service``) from float draws, rounded to the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from constraints.limits.draws import Drawn, LimitDraws
from constraints.limits.entries import LimitEntry, limit_entries
from constraints.limits.verdicts import judge, result, safe_side, tightest_moment, tightest_uses
from constraints.refused_lines import refused_lines
from constraints.remembered import OfLastPlans
from constraints.rules.registry import check_rules
from scenarios.answer.as_paid import as_paid
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.plan import Outcome
from scenarios.answer.summary import outcome
from scenarios.answer.sums import digits_of, objective, objectives, stock_used
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.arrays import Float, Plan
from scenarios.futures.draws import Draws
from scenarios.futures.funds import Funds
from scenarios.futures.outcomes import Futures, at_risk, outcomes
from scenarios.language.aim import careful_value, caution_of
from scenarios.language.implied_ids import STOCK
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.rounding import UNIT_DIGITS, exact_to_decimal, to_decimal

OVERRUN = 1e-6
"""Overruns below this (of a unit of stock, of 1 and the bound otherwise) are noise of float64 sums."""

_REPORTED = (Measure.PROFIT, Measure.SPEND)
"""What every future tells."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Verdict:
    """A plan's account against every limit and rule."""

    account: Account
    limits: tuple[LimitResult, ...]
    rules: tuple[RuleResult, ...]
    refused: tuple[str, ...] = ()
    """Sentences about lines that no plan of this scenario may hold."""

    @property
    def ok(self) -> bool:
        """Whether the plan keeps everything."""
        return not self.refused and all(limit.ok for limit in self.limits) and all(r.satisfied for r in self.rules)


@dataclass(frozen=True, kw_only=True, eq=False)
class LedgerReport(Verdict):
    """A plan's account, its verdict, and what it earns."""

    objective: Decimal
    """Change against the empty plan; a careful objective's over the futures, rounded down."""
    expected: Decimal
    """On the expected effects: what contributions of lines add up to; `objective` itself where that is not careful."""
    outcome: Outcome
    objectives: dict[str, Decimal] | None = None
    """Change against the empty plan of every measure of a front; None where the objective is a single one."""


class Ledger:
    """The ledger of one problem, prepared once for any number of plans.

    Parameters
    ----------
    model
        The frozen tables of expected effects.
    effects
        What they were made of, for futures.
    draws
        The futures that limits at risk are judged by.
    plans
        Plans of which account and futures are kept, those that were asked about last: more where a few plans are asked
        about in turn.
    """

    def __init__(self, model: Coefficients, effects: Effects, draws: Draws, *, plans: int = 1) -> None:
        self.model, self.effects, self.draws = model, effects, draws
        self.grid = model.grid
        self.limits = limit_entries(model.grid)
        self.empty = account(model, self.grid.empty())
        self._past = PastUse(model)
        self._caution = caution_of(model.grid.scenario.objective)
        self._drawn = LimitDraws(model, self.limits, len(_REPORTED))
        self._reported = [self.funds.measure(measure, Scope()) for measure in _REPORTED]
        self._account: OfLastPlans[Account] = OfLastPlans(lambda plan: account(model, plan), plans)
        self._all_futures: OfLastPlans[Futures] = OfLastPlans(self._futures, plans)

    @cached_property
    def _empty_futures(self) -> Futures:
        """What no promotion does in every draw, made when it is asked for: limits that hold as expected need none."""
        return self._futures(self.grid.empty(), only_reported=not self._drawn.need_empty)

    @cached_property
    def empty_breaks(self) -> tuple[str, ...]:
        """Ids of limits and rules that a plan without lines breaks on the expected effects: floors, locked lines."""
        limits = (judge(entry, self.empty, self.empty, self._past, None) for entry in self.limits)
        broken = [limit.id for limit in limits if not limit.ok]
        return (*broken, *(rule.id for rule in self._rules(self.empty) if not rule.satisfied))

    def _futures(self, plan: Plan, *, only_reported: bool = False) -> Futures:
        """What a plan does in every draw: profit, spend, and what each limit at risk adds up."""
        wanted, through_time = self._reported, self._drawn.through_time
        if not only_reported:
            wanted = [*wanted, *self._drawn.functionals]
        found = outcomes(self.model, self.effects, plan, self.draws, wanted, () if only_reported else through_time)
        return self._drawn.as_sent(found, _REPORTED) if plan.any() else found

    @property
    def funds(self) -> Funds:
        """Vendors' funds, and sums that stop at them."""
        return self._drawn.funds

    @property
    def careful(self) -> bool:
        """Whether the objective is taken from the futures."""
        return self._caution is not None

    @property
    def judges_futures(self) -> bool:
        """Whether any limit, or stock, must hold in a share of the futures."""
        return self._drawn.any or self.grid.scenario.risk.service is not None

    def verdict(self, plan: Plan) -> Verdict:
        """Judge a flat plan [N] alone: futures are drawn only where a limit must hold in a share of them."""
        return self._judged(self._account(plan), plan, self._all_futures(plan) if self.judges_futures else None)

    def _judged(self, book: Account, plan: Plan, futures: Futures | None) -> Verdict:
        return Verdict(
            account=book,
            limits=self._limits(book, futures) + self._stock(book, futures),
            rules=self._rules(book),
            refused=refused_lines(self.grid, plan),
        )

    def audit(self, plan: Plan) -> LedgerReport:
        """Keep the account of a flat plan [N], judge it, and say what it earns, in futures too."""
        book, futures = self._account(plan), self._all_futures(plan)
        judged = self._judged(book, plan, futures)
        gained = futures.values[:, 0] - self._empty_futures.values[:, 0]
        drawn = {"profit": gained, "spend": futures.values[:, 1]}
        expected = exact_to_decimal(objective(book, self.empty), book.digits)
        return LedgerReport(
            account=book,
            objective=expected if self._caution is None else self._careful(gained),
            expected=expected,
            outcome=outcome(self.model, book, self.empty, drawn, futures.beyond_funds),
            limits=judged.limits,
            rules=judged.rules,
            refused=judged.refused,
            objectives=self.objectives(book),
        )

    def limits_as_paid(self, report: LedgerReport) -> tuple[LimitResult, ...]:
        """Judge the limits of an audited plan where vendors pay until their funds are empty.

        A fund itself is judged by what its vendor is asked for, so that it is told where that is more.
        """
        book, plan = as_paid(report.account).account, report.account.plan
        if book is report.account:
            return report.limits
        futures = self._all_futures(plan) if self.judges_futures else None
        judged = []
        for entry in self.limits:
            of = report.account if entry.origin == "fund" else book
            judged.append(judge(entry, of, self.empty, self._past, self._drawn_uses(entry, futures)))
        return (*judged, *self._stock(report.account, futures))

    def objectives(self, book: Account) -> dict[str, Decimal] | None:
        """Change of every measure of a front in an account; None where the objective is a single one."""
        changes = objectives(book, self.empty)
        if changes is None:
            return None
        return {
            name: exact_to_decimal(change, digits_of(Measure(name), book.digits)) for name, change in changes.items()
        }

    def gained(self, plan: Plan) -> Float:
        """[D] profit of a flat plan [N] over that of no promotion in the same draw."""
        return np.asarray(self._futures(plan, only_reported=True).values[:, 0] - self._empty_futures.values[:, 0])

    def objective(self, plan: Plan) -> Decimal:
        """Objective of a flat plan [N], as `audit` reports it."""
        if self._caution is not None:
            return self._careful(self.gained(plan))
        return exact_to_decimal(objective(self._account(plan), self.empty), self.empty.digits)

    def overruns(self, plan: Plan) -> dict[str, float]:
        """Share of the draws in which a flat plan [N] breaks a limit that must hold at risk, all its rows jointly.

        The stock of a product stands beside the limits where the scenario asks for a service level.
        """
        futures, found = self._all_futures(plan), {}
        for entry in self.limits:
            drawn = self._drawn.of(entry, futures, self._empty_futures)
            if drawn is None:
                continue
            scale = 10 ** digits_of(entry.part, self.empty.digits)
            past = [self._past.used(entry.part, entry.limit.where, row.past) if row.past else 0 for row in entry.rows]
            uses = tightest_uses(entry, np.array(past) / scale, drawn)
            over = (uses - float(entry.bound)) * (1 if entry.sense == "max" else -1)
            found[entry.id] = float((over > OVERRUN * (1.0 + abs(float(entry.bound)))).mean())
        if self.grid.scenario.risk.service is not None:
            for k, product in enumerate(self.grid.products):
                if product.stock is not None:
                    found[f"{STOCK}{product.id}"] = float((futures.shortage[:, k] > OVERRUN).mean())
        return found

    def _careful(self, gained: Float) -> Decimal:
        """What gains in the draws are worth to a careful objective, rounded down to the minor unit."""
        if self._caution is None:
            raise ValueError("the objective is taken from the account, not from futures")
        return safe_side(careful_value(self._caution, gained), "min", self.empty.digits)

    def _rules(self, book: Account) -> tuple[RuleResult, ...]:
        return tuple(
            RuleResult(
                id=found.id,
                rule=found.kind,
                satisfied=found.satisfied,
                violations=tuple(violation.message for violation in found.violations),
            )
            for found in check_rules(self.grid, book.lines)
        )

    def _limits(self, book: Account, futures: Futures | None) -> tuple[LimitResult, ...]:
        return tuple(
            judge(entry, book, self.empty, self._past, self._drawn_uses(entry, futures)) for entry in self.limits
        )

    def _drawn_uses(self, entry: LimitEntry, futures: Futures | None) -> Drawn | None:
        return None if futures is None else self._drawn.of(entry, futures, self._empty_futures)

    def _stock(self, book: Account, futures: Futures | None) -> tuple[LimitResult, ...]:
        """One result a product with stock, at the moment at which it is tightest."""
        grid, available = self.grid, self.model.available
        used = stock_used(book)
        service = grid.scenario.risk.service
        results = []
        for k, product in enumerate(grid.products):
            if product.stock is None:
                continue
            there = np.round(available[k] * 10**UNIT_DIGITS).astype(np.int64)
            moment = tightest_moment(there, used[k])
            limit, sold = int(there[moment]), int(used[k, moment])
            risky = None
            if service is not None and futures is not None:
                lacking = at_risk(futures.shortage[:, k], "max", service)
                risky = to_decimal(limit, UNIT_DIGITS) + safe_side(lacking, "max", UNIT_DIGITS)
            results.append(
                result(
                    id=f"{STOCK}{product.id}",
                    measure=Measure.UNITS.value,
                    scope={"products": [product.id]},
                    sense="max",
                    limit=to_decimal(limit, UNIT_DIGITS),
                    used=to_decimal(sold, UNIT_DIGITS),
                    used_at_risk=risky,
                    at_risk=service,
                    ok=sold <= limit,
                    at=f"up to {grid.scenario.horizon.date_of(moment)}",
                )
            )
        return tuple(results)
