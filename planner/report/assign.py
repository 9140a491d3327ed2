"""Who got which offers, what limits allow and cost, and one customer explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from constraints.assign.counted import OF_LINES, QUOTA, Unchecked
from constraints.assign.sendings import Sending
from planner.assign.record import AssignmentRecord, LimitUse
from planner.assign.why import Explained, OptionScore
from planner.figures import NOTHING, MoneyStyle, count, money_style, part, plural, rate, share
from planner.report.assign_outlook import show_outlook
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from scenarios.answer.sums import MONEY
from scenarios.currency import minor_digits

QUOTAS_SHOWN = 12
"""Quotas of a plan that are shown one by one; the JSON holds all."""


def show_assignment(record: AssignmentRecord) -> list[RenderableType]:
    """Lay out the head, offers, limits, and what was not looked at."""
    money = money_style(record.currency, [record.bound])
    head = Text.assemble(
        (f"{record.given:,} of {plural(record.customers, 'customer')} get an offer", "bold"),
        f"\nworth {money(record.value)} as expected{_carefully(record, money)}, at most {money(record.bound)} is "
        f"possible within the limits{_by_expected_use(record)}: gap {_gap(record.gap)}",
        _costs(record, money),
        f"\nscores from {record.scores}",
        _held_out(record),
    )
    rows = tuple(
        (
            offer.id,
            count(offer.customers),
            share(offer.customers / record.customers),
            money(offer.value),
            of_one_customer(float(offer.value) / offer.customers, record.currency) if offer.customers else NOTHING,
        )
        for offer in record.offers
    )
    offers = FittedTable(
        title="Offers",
        columns=(
            Column(title="offer", least=12),
            Column(title="customers", number=True),
            Column(title="of all", number=True, gives_way=2),
            Column(title="value", number=True),
            Column(title="each", number=True, gives_way=1),
        ),
        rows=rows,
        notes=(
            f"{money.caption}; value: what the offer adds to the objective, expected",
            *said_of_days(record.sendings),
        ),
    )
    parts: list[RenderableType] = [head, *show_outlook(record), offers, show_limit_uses(record.limits, record.currency)]
    if record.doubts:
        parts.insert(1, show_sentences("Doubts", record.doubts, style="yellow"))
    if record.not_looked_at:
        parts.append(show_sentences("Not looked at", _not_looked_at(record.not_looked_at)))
    if record.assumed:
        parts.append(show_sentences("Assumed", record.assumed))
    return parts


def said_of_days(sendings: Sequence[Sending]) -> tuple[str, ...]:
    """Say of offers that are sent once when they go out and until when they may be used, a sentence each."""
    return tuple(f"{sending.offer}: {sending.words}" for sending in sendings)


def _not_looked_at(found: Sequence[Unchecked]) -> list[str]:
    """One sentence a limit or rule, and one for all rules about lines together."""
    ending = f": {OF_LINES}"
    of_lines = [f"{one.id} ({one.reason.removesuffix(ending)})" for one in found if one.reason.endswith(ending)]
    others = [f"{one.id}: {one.reason}" for one in found if not one.reason.endswith(ending)]
    if len(of_lines) < 2:
        return [f"{one.id}: {one.reason}" for one in found]
    rules = f"rules about the lines of a plan, {', '.join(of_lines)}: customers are given offers without them"
    return [*others, rules]


def _held_out(record: AssignmentRecord) -> str:
    held = record.held_out
    return "" if held is None else f"\n{plural(held.customers, 'customer')} held out by the rollout: no offer for them"


def _carefully(record: AssignmentRecord, money: MoneyStyle) -> str:
    """Say what choices by a careful objective are worth by it; the bound is then one of that."""
    careful = record.careful
    return "" if careful is None else f"\nobjective: {careful.objective}\nworth {money(careful.worth)} by it"


def _costs(record: AssignmentRecord, money: MoneyStyle) -> str:
    """Say what caution costs against choosing by expected values, and what it brings."""
    careful = record.careful
    if careful is None or record.outlook is None:
        return ""
    plain, here = careful.by_expectation, record.outlook.quantiles["value"]
    return (
        f"\nbeing careful costs {money(careful.costs)}: by expected values alone choices would be worth "
        f"{money(plain.value)} as expected and {money(plain.worth)} by the objective, with a P5 of "
        f"{money(plain.p05)} in place of {money(here.p05)}"
    )


def _by_expected_use(record: AssignmentRecord) -> str:
    """Say by what the bound counts limits, where futures ask for more."""
    return " by their expected use" if any(one.used_at_risk is not None for one in record.limits) else ""


def of_one_customer(value: float | None, currency: str) -> str:
    """Write what one customer brings: with the currency's digits, finer where that is less than the smallest coin."""
    digits = minor_digits(currency)
    little = value is not None and 0 < abs(value) < 10.0**-digits
    return rate(value, least=digits) if little else count(value, digits=digits)


def _gap(gap: float) -> str:
    return "0" if gap <= 0 else f"{gap:.1e}" if gap < 1e-4 else share(gap, digits=3)


def show_limit_uses(limits: Sequence[LimitUse], currency: str) -> FittedTable:
    """One row a limit, those with a price first; of many quotas the dearest."""
    order = sorted(
        limits,
        key=lambda one: (not (one.binding or one.price > 0), one.id.startswith(QUOTA), -one.price * float(one.limit)),
    )
    quotas = [one for one in order if one.id.startswith(QUOTA)]
    hidden = quotas[QUOTAS_SHOWN:]
    rows = tuple(
        (
            one.id,
            one.measure,
            _amount(one, one.limit - one.taken, currency),
            _amount(one, one.used, currency),
            _amount(one, one.headroom, currency),
            NOTHING if one.quantiles is None else _amount(one, one.quantiles.p95, currency),
            NOTHING if one.kept_in is None else part(one.kept_in),
            rate(one.price) if one.price > 0 else NOTHING,
            _verdict(one),
        )
        for one in order
        if one not in hidden
    )
    notes = [f"money in {currency}, net of tax; price: value gained per extra unit of the limit"]
    if any(one.kept_in is not None for one in limits):
        notes.append("used: as expected; P95: 95% of the futures use less; kept in: share of the futures that keep it")
    notes += [_held_back(one, currency) for one in limits if one.used_at_risk is not None]
    if any(one.price > 0 and not one.binding and one.used_at_risk is None for one in limits):
        notes.append("priced: some of it is left, and no offer fits into that as a whole; more of it may gain nothing")
    if hidden:
        notes.append(f"{plural(len(hidden), 'further quota')} of the plan kept, in the .json beside the table")
    if any(one.taken for one in limits):
        notes.append("bound: what the plan's other lines leave")
    return FittedTable(
        title="Limits",
        columns=(
            Column(title="limit", least=12),
            Column(title="measure", least=10, gives_way=2),
            Column(title="bound", number=True),
            Column(title="used", number=True),
            Column(title="headroom", number=True, gives_way=1),
            Column(title="P95", number=True),
            Column(title="kept in", number=True),
            Column(title="price", number=True),
            Column(title="", number=True),
        ),
        rows=rows,
        notes=tuple(notes) if rows else (),
        empty="no limit counts what customers get",
    )


def _held_back(limit: LimitUse, currency: str) -> str:
    """Say whether a limit at risk holds as often as it must, and by which use."""
    asked = f"{limit.id} must hold in {part(limit.at_risk or 0.0)} of all futures"
    deciding = _amount(limit, limit.used_at_risk, currency)
    if limit.ok:
        return f"{asked}, and does: what counts for it is a use of {deciding}, not the one expected"
    return f"{asked}, and does not: the use that counts for it is {deciding}"


def _verdict(limit: LimitUse) -> Text:
    """Say whether a limit is used up, or only decides between offers."""
    if not limit.ok:
        return Text("broken", style="bold red")
    if limit.used_at_risk is not None:
        return Text("at risk, kept", style="green")
    if limit.binding:
        return Text("binding", style="bold yellow")
    return Text("priced", style="yellow") if limit.price > 0 else Text("kept", style="green")


def _amount(limit: LimitUse, amount: Any, currency: str) -> str:
    if limit.measure in MONEY:
        return money_style(currency, [limit.limit])(amount)
    return count(amount, digits=0 if amount == int(amount) else 1)


def show_explained(one: Explained, currency: str) -> list[RenderableType]:
    """One customer: the sentence, and a row for each offer."""
    careful = any(option.counted is not None for option in one.options)
    where = "" if one.segment == "*" else f", segment {one.segment}"
    rows = tuple(
        (
            option.offer,
            of_one_customer(option.value, currency),
            *((of_one_customer(option.counted, currency),) if careful else ()),
            of_one_customer(option.worth, currency),
            _paid(option, currency),
            Text(option.why, style="bold green" if option.why == "chosen" else ""),
        )
        for option in one.options
    )
    table = FittedTable(
        title="",
        columns=(
            Column(title="offer", least=10),
            Column(title="value", number=True),
            *((Column(title="counted", number=True),) if careful else ()),
            Column(title="after prices", number=True),
            Column(title="what its uses cost others", least=16, gives_way=1),
            Column(title="why", least=16),
        ),
        rows=rows,
        notes=(
            f"in {currency}, net of tax; value: what the offer adds to the objective for this customer"
            f"{', as expected; counted: the same where bad futures count more' if careful else ''}",
        ),
    )
    return [Text.assemble((f"Customer {one.customer}{where}", "bold"), f"\n{one.sentence}"), table]


def _paid(option: OptionScore, currency: str) -> str:
    if not option.open:
        return NOTHING
    parts = [f"{paid.limit} {of_one_customer(paid.cost, currency)}" for paid in option.paid if paid.cost >= 0.00005]
    return ", ".join(parts) or "nothing"
