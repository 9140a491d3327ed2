"""A census: every plan of a small question and what each breaks; exact where the ledger has settled it.

A plan counts over all choices that ``applies_to`` allows and all locked lines, whatever rules say of them, so that the
census answers for every subset of limits and rules. Sums are float64 here and integers in the ledger: what lies within
the ledger's rounding of a bound, and every limit at risk that the expected account keeps, stays open until the ledger
has audited the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from constraints.infeasible.many_plans import Plans, Uses, breaks_rule, count_plans, every_plan, uses_of
from constraints.infeasible.members import Kind, Member, members_of
from constraints.limits.book import Limits
from constraints.rulebook import RuleBook
from scenarios.answer.sums import MONEY
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.currency import minor_digits
from scenarios.response.coefficients import Coefficients
from scenarios.rounding import UNIT_DIGITS

_MONEY = frozenset(str(measure) for measure in MONEY)
_COLUMNS = 6
"""Integer columns of a row of the account that one measure adds up at most, each rounded by half a unit."""
_DUST = 1e-6
"""Money and units below this are rounding of float64 sums."""


class Auditor(Protocol):
    """The ledger's verdict on a plan's limits."""

    def __call__(self, plan: Plan, stock: dict[int, int]) -> Sequence[LimitResult]:
        """Judge a plan, ``stock`` units of some products (by index) added to what the scenario has."""


class ExhaustedError(RuntimeError):
    """More plans would have to be audited than the effort allows."""


@dataclass(frozen=True, kw_only=True)
class CensusParams:
    """How large a question may be to be counted out, and how much is audited.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    plans: int = 200_000
    audits: int = 2_000

    def __post_init__(self) -> None:
        if not (self.plans >= 1 and self.audits >= 0):
            raise ValueError("expected plans >= 1 and audits >= 0")


class Census:
    """Every plan and what it breaks.

    Parameters
    ----------
    model, limits, rulebook
        The question.
    audit
        The ledger.
    plans
        [P, N] every plan, as `count_out` makes them.
    params
        Effort.
    """

    def __init__(
        self,
        model: Coefficients,
        limits: Limits,
        rulebook: RuleBook,
        audit: Auditor,
        plans: Plans,
        params: CensusParams,
    ) -> None:
        self.model, self.limits, self.plans = model, limits, plans
        self.members: tuple[Member, ...] = members_of(limits, rulebook)
        self._audit, self._left = audit, params.audits
        self._results: dict[int, dict[str, LimitResult]] = {}
        self._uses = uses_of(model, limits, plans)
        self.objective: Float = self._uses.objective
        self.excess = self._excesses(self._uses)
        """[P, M] by how much a plan breaks a limit in the expected account, as a share of its bound."""
        self.beyond = self._beyond_bounds(self._uses)
        """[P, M] where a ratio has something to divide and nothing to divide by: what breaks it so, no bound mends."""
        self.broken: Flag = self._certain()
        """[P, M] what a plan breaks for sure."""
        self._open: Flag = np.abs(self._slack) <= self._band if len(self.members) else self.broken.copy()
        self._risky()

    def results(self, plan: int) -> dict[str, LimitResult]:
        """Let the ledger judge a plan; its verdicts by limit.

        Raises
        ------
        ExhaustedError
            After as many audits as the effort allows.
        """
        if plan not in self._results:
            if self._left <= 0:
                raise ExhaustedError
            self._left -= 1
            verdicts = {result.id: result for result in self._audit(self.plans[plan], {})}
            self._results[plan] = verdicts
            for number, member in enumerate(self.members):
                if member.id in verdicts and member.kind is Kind.LIMIT:
                    self.broken[plan, number] = not verdicts[member.id].ok
            self._open[plan] = False
        return self._results[plan]

    def settled(self, plan: int, members: Flag) -> bool:
        """Whether nothing is open of some members; if something is, the ledger settles it and the answer is False."""
        if not (self._open[plan] & members).any():
            return True
        self.results(plan)
        return False

    def keeping(self, members: Flag) -> int | None:
        """Find the plan of the highest objective that keeps some members; None where no plan does."""
        candidates = np.flatnonzero(~self.broken[:, members].any(axis=1))
        for plan in candidates[np.argsort(-self.objective[candidates], kind="stable")]:
            if self.settled(int(plan), members) or not self.broken[plan, members].any():
                return int(plan)
        return None

    def of_kind(self, kind: Kind) -> Flag:
        """[M] members of a kind."""
        return np.array([member.kind is kind for member in self.members], dtype=bool)

    def _excesses(self, uses: Uses) -> Float:
        """[P, M], and the slack in the limits' own units beside what the ledger's rounding may move it by."""
        limits, count = self.limits, len(self.plans)
        excess = np.zeros((count, len(self.members)))
        self._slack, self._band = np.full(excess.shape, np.inf), np.zeros(len(self.members))
        over = limits.excess(uses.scalar)
        for number, member in enumerate(self.members):
            if member.product is not None:
                units = (uses.stock[:, member.product] - self.model.available[member.product]).max(axis=1)
                self._slack[:, number], self._band[number] = -units, self._rounding(10.0**-UNIT_DIGITS)
                excess[:, number] = units / max(float(self.model.available[member.product, -1]), 1.0)
            elif member.kind is Kind.LIMIT:
                rows = list(member.rows)
                worst = over[:, rows].argmax(axis=1)
                self._slack[:, number] = -over[:, rows].max(axis=1)
                self._band[number] = max(self._rounding(self._step_of(row)) for row in rows)
                excess[:, number] = self._relative(uses, rows, worst)
        return np.maximum(excess, 0.0)

    def _relative(self, uses: Uses, rows: list[int], worst: Int) -> Float:
        """Return by how much of its bound the worst of a limit's rows would have to give way."""
        limits, at = self.limits, np.arange(len(worst))
        bounds = np.array([limits.records[row].bound for row in rows])[worst]
        ratios = np.array([limits.rate_parts[row] is not None for row in rows])[worst]
        rows_of = np.array(rows)[worst]
        over = limits.sign[rows_of] * (uses.scalar[at, rows_of] - limits.bound[rows_of])
        gap = limits.sign[rows_of] * (uses.rates[at, rows_of] - bounds)
        over = np.where(ratios & np.isfinite(gap), gap, over)
        return np.asarray(over / np.where(bounds != 0, np.abs(bounds), 1.0))

    def _beyond_bounds(self, uses: Uses) -> Flag:
        """[P, M] by float sums, in any row of a limit; whether such a plan breaks the limit `broken` says."""
        limits, found = self.limits, np.zeros((len(self.plans), len(self.members)), dtype=bool)
        over = limits.excess(uses.scalar)
        for number, member in enumerate(self.members):
            for row in member.rows:
                if limits.rate_parts[row] is not None:
                    found[:, number] |= np.isnan(uses.rates[:, row]) & (over[:, row] > _DUST)
        return found

    def _rounding(self, step: float) -> float:
        """By how much the ledger's integers, in steps of ``step``, may differ from a float sum."""
        s, k, t = self.model.grid.shape
        return 0.5 * _COLUMNS * 3 * s * t * (k + 1) * step

    def _step_of(self, row: int) -> float:
        """One unit of the integers that a row adds up; a ratio's row weighs two sums, of which either may be money."""
        record = self.limits.records[row]
        count, money = 10.0**-UNIT_DIGITS, 10.0 ** -minor_digits(self.model.grid.scenario.currency)
        if self.limits.rate_parts[row] is not None:
            return (1.0 + abs(record.bound)) * max(count, money)
        return money if record.measure in _MONEY else count

    def _certain(self) -> Flag:
        broken = self._slack < -self._band
        for number, member in enumerate(self.members):
            if member.rule is not None:
                broken[:, number] = breaks_rule(self.model.grid, member.rule, self.plans)
            elif member.line is not None:
                broken[:, number] = self.plans[:, member.line.slot] != member.line.choice
        return np.asarray(broken)

    def _risky(self) -> None:
        """What must hold in a share of the futures stays open wherever the expected account keeps it."""
        service = self.model.grid.scenario.risk.service is not None
        for number, member in enumerate(self.members):
            at_risk = service if member.product is not None else np.isfinite(self.limits.at_risk[[*member.rows]]).any()
            if member.kind is Kind.LIMIT and at_risk:
                self._open[:, number] = ~self.broken[:, number]


def count_out(
    model: Coefficients, limits: Limits, rulebook: RuleBook, audit: Auditor, params: CensusParams
) -> Census | None:
    """Take a census of a question; None where it has too many plans."""
    options = rulebook.open
    if count_plans(options) > params.plans:
        return None
    return Census(model, limits, rulebook, audit, every_plan(options), params)
