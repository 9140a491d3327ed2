"""The ledger: a plan against every limit and rule, from the integers of its account. No solver, no compiled row.

Sums come from `scenarios.sums` (integer cells), rules from the plain functions of ``constraints/rules``, and only what
must hold in a share of the futures (``at_risk``, ``service``) from float draws, rounded to the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.rules.registry import check_rules
from scenarios.cells import Account
from scenarios.coefficients import Coefficients
from scenarios.draws import Draws
from scenarios.effects import Effects
from scenarios.futures import Futures, at_risk, outcomes
from scenarios.measures import Functional, measure_functional
from scenarios.outcome import account
from scenarios.plan import LimitResult, Outcome, RuleResult
from scenarios.rounding import UNIT_DIGITS, exact_to_decimal, to_decimal
from scenarios.rule_schema import PlanLine
from scenarios.schema import Limit
from scenarios.scope import Scope
from scenarios.summary import RATIO_DIGITS, outcome
from scenarios.sums import digits_of, margin_rate, measured, objective, stock_used
from scenarios.words import Measure

Float = NDArray[np.float64]

BINDING = Decimal("0.01")
"""A limit of which less than this share is left binds."""
_DUST = 1e-6
"""Units and money below this are noise of float64 sums, not use."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LedgerReport:
    """A plan's account and its verdict."""

    account: Account
    objective: Decimal
    """Change against the empty plan."""
    outcome: Outcome
    limits: tuple[LimitResult, ...]
    rules: tuple[RuleResult, ...]
    refused: tuple[str, ...] = ()
    """Sentences about lines that no plan of this scenario may hold."""

    @property
    def ok(self) -> bool:
        """Whether the plan keeps everything."""
        return not self.refused and all(limit.ok for limit in self.limits) and all(r.satisfied for r in self.rules)


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
    """

    def __init__(self, model: Coefficients, effects: Effects, draws: Draws) -> None:
        self.model, self.effects, self.draws = model, effects, draws
        self.grid = model.grid
        self.limits = written_and_implied(model)
        self.empty = account(model, self.grid.empty())
        self._functionals = self._wanted()
        profit = self._functionals[:1]
        self._empty_profit = outcomes(model, effects, self.grid.empty(), draws, profit).values[:, 0]

    def _wanted(self) -> list[Functional]:
        """Profit, spend, and what each limit at risk adds up: margin and revenue for a margin rate."""
        grid, money = self.grid, self.model.economics
        wanted = [(Measure.PROFIT, Scope()), (Measure.SPEND, Scope())]
        for entry in self.limits:
            wanted += [(measure, entry.limit.where) for measure in entry.drawn]
        return [measure_functional(grid, money, measure, scope) for measure, scope in wanted]

    def audit(self, plan: NDArray[np.int8]) -> LedgerReport:
        """Keep the account of a flat plan [N] and judge it."""
        book = account(self.model, plan)
        futures = outcomes(self.model, self.effects, plan, self.draws, self._functionals)
        drawn = {"profit": futures.values[:, 0] - self._empty_profit, "spend": futures.values[:, 1]}
        return LedgerReport(
            account=book,
            objective=exact_to_decimal(objective(book, self.empty), book.digits),
            outcome=outcome(self.model, book, self.empty, drawn),
            limits=self._limits(book, futures) + self._stock(book, futures),
            rules=self._rules(book),
            refused=self._refused(plan),
        )

    def audit_lines(self, lines: tuple[PlanLine, ...]) -> LedgerReport:
        """Judge lines as people write them.

        Raises
        ------
        LineError
            Where a line names nothing of the scenario, lies outside the horizon or repeats a slot.
        """
        return self.audit(self.grid.plan_of(lines))

    def _refused(self, plan: NDArray[np.int8]) -> tuple[str, ...]:
        chosen = np.arange(len(plan))
        wrong = np.flatnonzero(~self.grid.allowed_flat[chosen, plan])
        return tuple(
            f"{line_words(self.grid.line(int(slot), int(plan[slot])))}: the offer does not apply there; drop the line"
            for slot in wrong
        )

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

    def _limits(self, book: Account, futures: Futures) -> tuple[LimitResult, ...]:
        results, column = [], 2
        for entry in self.limits:
            draws = futures.values[:, column : column + len(entry.drawn)]
            column += len(entry.drawn)
            results.append(_judge(entry, book, draws))
        return tuple(results)

    def _stock(self, book: Account, futures: Futures) -> tuple[LimitResult, ...]:
        """One result a product with stock, at the moment at which least is left."""
        grid, available = self.grid, self.model.available
        used = stock_used(book)
        service = grid.scenario.risk.service
        results = []
        for k, product in enumerate(grid.products):
            if product.stock is None:
                continue
            there = np.round(available[k] * 10**UNIT_DIGITS).astype(np.int64)
            moment = int((there - used[k]).argmin())
            limit, sold = int(there[moment]), int(used[k, moment])
            risky = None
            if service is not None:
                lacking = at_risk(futures.shortage[:, k], "max", service)
                risky = to_decimal(limit, UNIT_DIGITS) + _safe(lacking, "max", UNIT_DIGITS)
            results.append(
                _result(
                    id=f"stock:{product.id}",
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


@dataclass(frozen=True, kw_only=True)
class LimitEntry:
    """A limit with the id it is reported under."""

    id: str
    limit: Limit

    @property
    def measure(self) -> Measure:
        """What it bounds."""
        return Measure(self.limit.measure)

    @property
    def sense(self) -> str:
        """``max`` or ``min``."""
        return "max" if self.limit.max is not None else "min"

    @property
    def bound(self) -> Decimal:
        """The bound as written."""
        return self.limit.max if self.limit.max is not None else self.limit.min or Decimal(0)

    @property
    def drawn(self) -> tuple[Measure, ...]:
        """Measures that futures are needed of."""
        if self.limit.at_risk is None:
            return ()
        return (Measure.MARGIN, Measure.REVENUE) if self.measure is Measure.MARGIN_RATE else (self.measure,)


def written_and_implied(model: Coefficients) -> tuple[LimitEntry, ...]:
    """Limits of a scenario in its order, then vendors' funds (``fund:ID``) and stocks of gifts (``gift:ID``).

    Raises
    ------
    ValueError
        For a limit on a word that is no measure.
    """
    scenario = model.grid.scenario
    entries = [LimitEntry(id=limit.id, limit=limit) for limit in scenario.limits]
    for vendor in scenario.vendors:
        if vendor.fund is not None:
            fund = Limit(id=vendor.id, measure="vendor_funding", max=vendor.fund, where=Scope(vendor=vendor.id))
            entries.append(LimitEntry(id=f"fund:{vendor.id}", limit=fund))
    for gift in scenario.gifts:
        offers = tuple(offer.id for offer in scenario.offers if offer.gift == gift.id)
        if gift.stock is not None and offers:
            stock = Limit(id=gift.id, measure="gifts", max=Decimal(gift.stock), where=Scope(offers=offers))
            entries.append(LimitEntry(id=f"gift:{gift.id}", limit=stock))
    for entry in entries:
        Measure(entry.limit.measure)
    return tuple(entries)


def _judge(entry: LimitEntry, book: Account, draws: Float) -> LimitResult:
    """Compare exactly: use in integers, the bound as the fraction that was written."""
    measure, where, share = entry.measure, entry.limit.where, entry.limit.at_risk
    bound, sense = Fraction(entry.bound), entry.sense
    risky = None
    if measure is Measure.MARGIN_RATE:
        exact, digits = margin_rate(book, where), RATIO_DIGITS
        if share is not None:
            rate = np.divide(draws[:, 0], draws[:, 1], out=np.zeros(len(draws)), where=draws[:, 1] > 0)
            risky = _safe(at_risk(rate, sense, share), sense, digits)
        used = _cut(exact, sense, digits)
    else:
        digits = digits_of(measure, book.digits)
        amount = measured(book, measure, where)
        exact, used = Fraction(amount, 10**digits), to_decimal(amount, digits)
        if share is not None:
            risky = _safe(at_risk(draws[:, 0], sense, share), sense, digits)
    return _result(
        id=entry.id,
        measure=measure.value,
        scope=scope_data(where),
        sense=sense,
        limit=_with_digits(entry.bound, digits),
        used=used,
        used_at_risk=risky,
        at_risk=share,
        ok=exact <= bound if sense == "max" else exact >= bound,
        at=None,
    )


def _result(
    *,
    limit: Decimal,
    used: Decimal,
    used_at_risk: Decimal | None,
    sense: str,
    ok: bool,
    **rest: Any,
) -> LimitResult:
    sign = 1 if sense == "max" else -1
    deciding = used if used_at_risk is None else sign * max(sign * used, sign * used_at_risk)
    headroom = sign * (limit - deciding)
    return LimitResult(
        limit=limit,
        used=used,
        used_at_risk=used_at_risk,
        sense=sense,
        headroom=headroom,
        binding=headroom <= BINDING * abs(limit),
        ok=ok and (used_at_risk is None or sign * (limit - used_at_risk) >= 0),
        shadow_price=None,
        **rest,
    )


def _with_digits(amount: Decimal, digits: int) -> Decimal:
    """Write an amount with at least ``digits`` digits, and with all its own."""
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and -exponent >= digits else amount.quantize(Decimal(1).scaleb(-digits))


def _safe(value: float, sense: str, digits: int) -> Decimal:
    """Round a float use to the side on which a limit is harder to keep; dust is no use."""
    rounding, dust = (ROUND_CEILING, -_DUST) if sense == "max" else (ROUND_FLOOR, _DUST)
    place = Decimal(1).scaleb(-digits)
    return Decimal(repr(value + dust * 10.0**-digits)).quantize(place, rounding=rounding) + 0


def _cut(value: Fraction, sense: str, digits: int) -> Decimal:
    """Round an exact ratio to the side on which a limit is harder to keep."""
    scaled = value * 10**digits
    return to_decimal(-(-scaled.numerator // scaled.denominator) if sense == "max" else scaled.__floor__(), digits)


def scope_data(scope: Scope) -> dict[str, Any]:
    """Return the keys of a scope that are given, as plain data."""
    data = scope.model_dump(mode="json", exclude_none=True)
    if scope.periods is not None:
        data["periods"] = [f"{span.first}..{span.last}" for span in scope.periods]
    return data


def line_words(line: PlanLine) -> str:
    """Say a line in words: ``off-15 on nova-12 for everybody on 2026-11-03``."""
    who = "everybody" if line.segment == "*" else line.segment
    share = "" if line.coverage == 1 else f" ({line.coverage:.0%})"
    return f"{line.offer} on {line.product} for {who}{share} on {line.date}"
