"""Summaries of an account: the totals and the lines of a plan as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from scenarios.answer.bridge import bridge
from scenarios.answer.cells import Account
from scenarios.answer.plan import LineResult, Outcome, Quantiles
from scenarios.answer.sums import charged, margin_rate, measured
from scenarios.answer.unplaced import unplaced
from scenarios.arrays import Float, Int
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.rounding import RATIO_DIGITS, UNIT_DIGITS, ratio_down, scaled, to_decimal
from scenarios.sampling import quantile_ranks


def quantiles(values: Float, digits: int) -> Quantiles:
    """Return the 5 %, 50 % and 95 % order statistics of some draws [D], money rounded to ``digits``.

    With them the ranges in which the 5 % and the 95 % quantile of all futures lie.
    """
    ordered = np.sort(values)
    low, middle, high = np.quantile(ordered, [0.05, 0.5, 0.95], method="inverted_cdf")
    ranges = [ordered[rank] for share in (0.05, 0.95) for rank in quantile_ranks(len(ordered), share)]
    names = ("p05", "p50", "p95", "p05_low", "p05_high", "p95_low", "p95_high")
    amounts = scaled(np.array([low, middle, high, *ranges]), digits)
    return Quantiles(**{name: to_decimal(amount, digits) for name, amount in zip(names, amounts, strict=True)})


def outcome(
    model: Coefficients,
    book: Account,
    empty: Account,
    futures: Mapping[str, Float],
    beyond_funds: Mapping[str, Float] | None = None,
) -> Outcome:
    """Sum up an account.

    Parameters
    ----------
    book, empty
        Accounts of the plan and of the empty plan.
    futures
        Draws [D] by name: ``profit`` (change against the empty plan in the same draw) and ``spend``.
    beyond_funds
        In the same draws [D], what each vendor whom the plan asks is asked for beyond his fund.
    """
    everything, digits = Scope(), book.digits

    def total(measure: Measure, of: Account = book) -> int:
        return measured(of, measure, everything)

    def money(amount: int) -> Decimal:
        return to_decimal(amount, digits)

    def count(amount: int) -> Decimal:
        return to_decimal(amount, UNIT_DIGITS)

    profit_change = total(Measure.PROFIT) - total(Measure.PROFIT, empty)
    gross = total(Measure.GROSS_SPEND)
    rate = margin_rate(book, everything)
    rows = book.rows
    return Outcome(
        profit=money(total(Measure.PROFIT)),
        profit_change=money(profit_change),
        revenue=money(total(Measure.REVENUE)),
        revenue_change=money(total(Measure.REVENUE) - total(Measure.REVENUE, empty)),
        margin=money(total(Measure.MARGIN)),
        margin_rate=ratio_down(rate.numerator, rate.denominator),
        units=count(total(Measure.UNITS)),
        units_change=count(total(Measure.UNITS) - total(Measure.UNITS, empty)),
        orders=count(total(Measure.ORDERS)),
        discount=money(total(Measure.DISCOUNT)),
        discount_on_base=money(total(Measure.DISCOUNT_ON_BASE)),
        gifts_cost=money(int(rows.gift_cost.sum())),
        contacts_cost=money(int(rows.contact_cost.sum())),
        fixed_cost=money(int(rows.fixed_cost.sum())),
        cash_cost=money(total(Measure.CASH_COST)),
        gross_spend=money(gross),
        vendor_funding=money(total(Measure.VENDOR_FUNDING)),
        spend=money(total(Measure.SPEND)),
        charges=money(charged(book, everything)),
        roi=ratio_down(profit_change, gross) if gross else None,
        uses=count(total(Measure.USES)),
        gifts=count(total(Measure.GIFTS)),
        contacts=count(total(Measure.CONTACTS)),
        customers_reached=count(total(Measure.CUSTOMERS_REACHED)),
        issued=count(int(rows.issued.sum())),
        max_liability=money(total(Measure.MAX_LIABILITY)),
        bridge=bridge(model, book, empty),
        quantiles={name: quantiles(values, digits) for name, values in futures.items()},
        loss_share=_below_zero(futures["profit"], digits) if "profit" in futures else None,
        unplaced=money(nowhere) if (nowhere := unplaced(model, book)) else None,
        funds_used_up=_used_up(beyond_funds) if beyond_funds else None,
    )


def _below_zero(values: Float, digits: int) -> float:
    """Share of some draws [D] of money that are below 0 in minor units: noise of float64 is no loss."""
    return round(float((scaled(values, digits) < 0).mean()), RATIO_DIGITS)


def _used_up(beyond: Mapping[str, Float]) -> dict[str, float]:
    """Share of the draws in which each vendor is asked for more than he has."""
    return {vendor: round(float((over > 0).mean()), RATIO_DIGITS) for vendor, over in beyond.items()}


def line_results(
    book: Account, contributions: Sequence[Decimal | None] | None = None, why: Sequence[str] | None = None
) -> tuple[LineResult, ...]:
    """Sum up every line of an account, in plan order.

    Parameters
    ----------
    contributions, why
        One entry a line; None and empty where they are not given.
    """
    rows, lines = book.rows, book.lines
    counted = {offer.id for offer in book.grid.scenario.offers if offer.quantity is not None}
    counts = ("units", "base_units", "uses", "gifts", "contacts", "issued")
    names = (*counts, "discount", "gross_spend", "funding", "spend", "liability")
    sums: dict[str, Int] = {}
    for name in names:
        sums[name] = np.zeros(len(lines), dtype=np.int64)
        np.add.at(sums[name], rows.line, getattr(rows, name))

    def count(name: str, number: int) -> Decimal:
        return to_decimal(int(sums[name][number]), UNIT_DIGITS)

    def money(name: str, number: int) -> Decimal:
        return to_decimal(int(sums[name][number]), book.digits)

    return tuple(
        LineResult(
            period=line.date,
            product=line.product,
            segment=line.segment,
            offer=line.offer,
            coverage=line.coverage,
            quantity=line.quantity,
            pieces=-(-int(sums["uses"][number]) // 10**UNIT_DIGITS) if line.offer in counted else None,
            units=count("units", number),
            incremental_units=count("units", number) - count("base_units", number),
            uses=count("uses", number),
            gifts=count("gifts", number),
            contacts=count("contacts", number),
            discount=money("discount", number),
            gross_spend=money("gross_spend", number),
            vendor_funding=money("funding", number),
            spend=money("spend", number),
            issued=count("issued", number),
            liability=money("liability", number),
            contribution=None if contributions is None else contributions[number],
            why="" if why is None else why[number],
        )
        for number, line in enumerate(lines)
    )
