"""Which limits a plan breaks and by how much, in the planner's own words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from constraints.infeasible.remedies import Change, bound_change, stock_change
from constraints.infeasible.undivided import undivided, undivided_words
from constraints.limits.amounts import amount, amount_number, bound_text, use_text
from constraints.limits.book import Limits
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float, Plan
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed
from scenarios.response.measures import measure_functional
from scenarios.response.totals import sold_by, value
from scenarios.word_list import listed

_TOLERANCE = 1e-9
_DUST = 1e-6
"""Money and units below this are rounding of float64 sums; the ledger counts in cents and thousandths."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One limit as ``sign * use <= sign * bound``, scalar or stock."""

    id: str
    functional: Functional | Mixed
    sign: float
    bound: float
    scale: float
    scalar: int | None
    """Number of the scalar limit; None for stock."""
    product: int = -1
    period: int = -1


def in_a_row(rows: Sequence[Row]) -> str:
    """Say the limits of some rows: one, all spans of one, or several together."""
    names = list(dict.fromkeys(row.id for row in rows))
    if len(names) > 1:
        return f"{listed(names)} together"
    return f"all spans of {names[0]}" if len(rows) > 1 else names[0]


@dataclass(frozen=True, kw_only=True, eq=False)
class Used:
    """True uses of a plan."""

    scalar: Float
    """[L]"""
    stock: Float
    """[K, T] cumulative units."""
    rates: Float
    """[L] ratios where the limit is on one and there is something to divide by, else nan."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Strain:
    """How much heavier than the expected use the use at risk weighs, read off one plan's verdict."""

    scalar: Float
    """[L] use at risk over expected use; 1 where expected use decides."""
    rate: Float
    """[L] ratio at risk less the expected one; 0 where the expected one decides."""
    stock: Float
    """[K] the same as ``scalar`` for the stock of each product."""


def strain_of(limits: Limits, verdicts: Sequence[LimitResult]) -> Strain:
    """Read the strain of limits at risk off the ledger's verdicts on a plan; none without verdicts."""
    products = {name: number for number, name in enumerate(limits.stock_ids)}
    strain = Strain(
        scalar=np.ones(len(limits.ids)), rate=np.zeros(len(limits.ids)), stock=np.ones(len(limits.stock_ids))
    )
    for verdict in verdicts:
        if verdict.used_at_risk is None:
            continue
        sign = 1 if verdict.sense == "max" else -1
        used, risky = float(verdict.used), sign * max(sign * float(verdict.used), sign * float(verdict.used_at_risk))
        rows = limits.rows_of.get(verdict.id)
        if rows is None:
            strain.stock[products[verdict.id]] = risky / used if used > 0 else 1.0
        elif limits.rate_parts[rows[0]] is not None:
            strain.rate[rows] = risky - used
        else:
            strain.scalar[rows] = risky / used if used > 0 else 1.0
    return strain


def measure_uses(model: Coefficients, limits: Limits, plan: Plan, strain: Strain | None = None) -> Used:
    """Evaluate every limit at a plan in NumPy; under a strain, limits at risk by an estimate of their use at risk."""
    strain = strain_of(limits, ()) if strain is None else strain
    what = sold_by(model, plan, np)
    scalar = np.array([float(value(functional, model, what, np)) for functional in limits.functionals])
    scalar = scalar * strain.scalar
    rates = np.full(len(limits.ids), np.nan)
    for number, parts in enumerate(limits.rate_parts):
        if parts is not None:
            part, whole = (float(value(part, model, what, np)) for part in parts)
            if whole > _DUST:
                rates[number] = limits.ratio(number, part, whole) + strain.rate[number]
            scalar[number] += strain.rate[number] * whole
    units = np.cumsum(what.units.sum(axis=0), axis=-1) * strain.stock[:, None]
    return Used(scalar=scalar, stock=units, rates=rates)


def scalar_row(limits: Limits, number: int) -> Row:
    """A scalar limit as a row."""
    return Row(
        id=limits.ids[number],
        functional=limits.functionals[number],
        sign=float(limits.sign[number]),
        bound=float(limits.bound[number]),
        scale=float(limits.scale[number]),
        scalar=number,
    )


def stock_row(model: Coefficients, limits: Limits, product: int, period: int) -> Row:
    """The stock of a product up to a period as a row."""
    units = measure_functional(
        model.grid, model.economics, Measure.UNITS, Scope(products=(model.grid.products[product].id,))
    )
    available = float(limits.available[product, period])
    return Row(
        id=limits.stock_ids[product],
        functional=replace(units, periods=(np.arange(model.grid.shape[2]) <= period).astype(float)),
        sign=1.0,
        bound=available,
        scale=max(available, 1.0),
        scalar=None,
        product=product,
        period=period,
    )


def broken_rows(model: Coefficients, limits: Limits, used: Used) -> list[Row]:
    """Limits that a plan breaks, the worst first; of each limit the worst row, of each product's stock the period."""
    excess = limits.excess(used.scalar)
    broken = excess > _TOLERANCE * (1 + limits.scale)
    worst = [rows[excess[rows].argmax()] for rows in limits.rows_of.values() if broken[rows].any()]
    found = [(float(excess[n] / limits.scale[n]), scalar_row(limits, int(n))) for n in worst]
    for product in limits.stock_products:
        over = used.stock[product] - limits.available[product]
        period = int(over.argmax())
        if over[period] > 1e-6 * (1 + limits.available[product, period]):
            row = stock_row(model, limits, int(product), period)
            found.append((float(over[period]) / row.scale, row))
    return [row for _, row in sorted(found, key=lambda pair: -pair[0])]


def excess_of(row: Row, used: Used) -> float:
    """By how much a plan breaks a row, in the row's own units; negative is headroom."""
    now = used.stock[row.product, row.period] if row.scalar is None else used.scalar[row.scalar]
    return row.sign * (float(now) - row.bound)


def shortfall_text(
    model: Coefficients, limits: Limits, row: Row, used: Used, verdicts: Sequence[LimitResult] = ()
) -> str:
    """Say what a plan uses and what is allowed: ``total-budget: spend 841,200 of at most 800,000``.

    Parameters
    ----------
    verdicts
        What the ledger says of the plan: a use that it states is told to its last digit, any other as it was reckoned.
    """
    if row.scalar is None:
        day = model.grid.scenario.horizon.date_of(row.period)
        sold = use_text("units", float(used.stock[row.product, row.period]), row.bound)
        return f"{row.id}: {sold} units sold by {day}, {amount('units', row.bound, up=False)} there"
    record = limits.records[row.scalar]
    rate = limits.rate_parts[row.scalar] is not None
    before = float(limits.past[row.scalar]) - row.sign * _DUST
    now: float | Decimal = float(used.rates[row.scalar] if rate else used.scalar[row.scalar] + before)
    verdict = next((each for each in verdicts if (each.id, each.at) == (row.id, record.at)), None)
    now = now if verdict is None else verdict.decides
    side, verb = ("at most", "allowed") if record.sense == "max" else ("at least", "asked for")
    risk = "" if record.at_risk is None else f", {100 * record.at_risk:g}% sure"
    digits = record.money_digits
    bound = bound_text(record.unit, record.bound, money_digits=digits)
    when = "" if record.at is None else f" in {record.at}"
    nothing = rate and np.isnan(used.rates[row.scalar]) if verdict is None else undivided(verdict)
    if nothing:
        part = used.scalar[row.scalar] - row.bound  # whole is 0: the row is its part alone
        told = undivided_words(record.measure, record.share_of, part, when, up=row.sign > 0, money_digits=digits)
        return f"{row.id}: {told}, {side} {bound} {verb}{risk}"
    text = use_text(record.unit, now, record.bound, money_digits=digits, up=row.sign > 0)
    return f"{row.id}: {record.words} {text}{when}, {side} {bound} {verb}{risk}"


def relaxation(
    model: Coefficients, limits: Limits, row: Row, used: Used, verdicts: Sequence[LimitResult] = ()
) -> Change | None:
    """Say which relaxation of a row's limit would let a plan pass; None where no bound is enough.

    Parameters
    ----------
    verdicts
        What the ledger says of the plan, which decides where it says something of the limit.
    """
    if row.scalar is None:
        missing = int(amount_number("units", excess_of(row, used) - _DUST))
        day = model.grid.scenario.horizon.date_of(row.period)
        return stock_change(row.id, missing, f" by {day}", Decimal(repr(row.bound)))
    needed, record = needed_bound(limits, row.id, used), limits.records[row.scalar]
    told = [each.decides for each in verdicts if each.id == row.id and not each.ok]
    if needed is not None and told:
        needed = told[0]  # to the cents of the account, which float sums may miss
    return None if needed is None else bound_change(record, Decimal(repr(record.bound)), needed)


def needed_bound(limits: Limits, name: str, used: Used) -> Decimal | None:
    """The bound under which a plan keeps all rows of a scalar limit, not yet rounded; None where none is enough."""
    if beyond_bounds(limits, name, used):
        return None
    needed = []
    excess = limits.excess(used.scalar)
    for number in limits.rows_of[name]:
        sign, bound = float(limits.sign[number]), limits.records[number].bound
        if excess[number] <= 0:
            continue
        if limits.rate_parts[number] is None:
            needed.append(Decimal(repr(bound + sign * (float(excess[number]) - _DUST))))
        elif np.isfinite(used.rates[number]):
            needed.append(Decimal(repr(float(used.rates[number]))))
    furthest = max if limits.records[limits.rows_of[name][0]].sense == "max" else min
    return furthest(needed, default=None)


def beyond_bounds(limits: Limits, name: str, used: Used) -> bool:
    """Whether a plan breaks a ratio that has nothing to divide by: then it does so under any bound."""
    excess = limits.excess(used.scalar)
    return any(
        limits.rate_parts[number] is not None
        and np.isnan(used.rates[number])
        and excess[number] > _TOLERANCE * (1 + limits.scale[number])
        for number in limits.rows_of[name]
    )
