"""What a re-planned campaign was to bring at first, by its latest plan, and what it really brought."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import RenderableType

from planner.figures import NOTHING, Amount, MoneyStyle, count, money_style, plural
from planner.flight.evaluate import OutcomeReport
from planner.flight.promises_so_far import Pledge, PromisesSoFar
from planner.report.notes import Sentences, show_sentences
from planner.report.table import Column, FittedTable
from scenarios.answer.json_records import to_data
from scenarios.answer.promise import Promised
from scenarios.first_few import first_few

TITLE = "Promised and realised"
ROWS = (
    ("profit gained", "gained"),
    ("profit", "profit"),
    ("revenue", "revenue"),
    ("spend", "spend"),
    ("units", "units"),
)
"""What each row is called, and its field."""
SHORT_SHA = 12
"""Digits of a hash that tell one file from another."""


def show_promises(report: OutcomeReport) -> list[RenderableType]:
    """Lay out the promises beside what came of them; nothing where the campaign was never planned again."""
    told = report.promised
    if told is None:
        return []
    whole = report.periods == report.horizon
    money = _money(report, told)
    parts: list[RenderableType] = [_table(report, told, money, whole=whole)]
    if told.first is not None:
        parts.append(_steps(report, told, money, whole=whole))
    return [*parts, _sentences(report, told, money)]


def _money(report: OutcomeReport, told: PromisesSoFar) -> MoneyStyle:
    pledges = [each for each in (told.first, told.last) if each is not None]
    return money_style(report.currency, [each.whole.profit for each in pledges])


def _table(report: OutcomeReport, told: PromisesSoFar, money: MoneyStyle, *, whole: bool) -> FittedTable:
    real: dict[str, Amount] = {each.measure: each.actual for each in report.totals}
    if report.gained is not None:
        real["gained"] = report.gained.by_sales
    spans = [("", True)] if whole else [(", so far", True), (", in all", False)]
    rows = []
    for ending, observed in spans:
        for title, name in ROWS:
            write = count if name == "units" else money
            cells = [_figure(pledge, name, so_far=observed and not whole) for pledge in (told.first, told.last)]
            came = real.get(name) if observed else None
            mark = "~" if name == "gained" and came is not None else ""
            rows.append(
                (
                    f"{title}{ending}",
                    *(NOTHING if each is None else write(each, signed=name == "gained") for each in cells),
                    NOTHING if came is None else mark + write(came, signed=name == "gained"),
                )
            )
    return FittedTable(
        title=TITLE,
        columns=(
            Column(title="", least=22),
            Column(title="first promised", number=True),
            Column(title="last promised", number=True),
            Column(title="real", number=True),
        ),
        rows=tuple(rows),
        notes=(
            "first promised: by the account of the plan of before the campaign; last promised: by that of this plan, "
            f"in which days up to {told.flight.as_of} are what happened; neither takes off customers who are kept out",
            *(["~ an estimate by what the sales say, its ends stand below"] if report.gained is not None else []),
            money.caption,
        ),
    )


def _figure(pledge: Pledge | None, name: str, *, so_far: bool) -> Decimal | None:
    if pledge is None:
        return None
    amounts: Promised = pledge.so_far if so_far else pledge.whole
    found: Decimal = getattr(amounts, name)
    return found


def _steps(report: OutcomeReport, told: PromisesSoFar, money: MoneyStyle, *, whole: bool) -> FittedTable:
    """From the first promised profit to the last one and, after the end, to the real one."""
    if told.first is None:
        raise ValueError("no steps without a first promise")
    last = told.last.whole.profit
    rows = [("first promised", money(told.first.whole.profit))]
    rows += [(step.words, money(step.amount, signed=True)) for step in told.steps]
    rows.append(("last promised", money(last)))
    if whole:
        real = report.bridge[-1].actual
        rows += [("came otherwise since", money(real - last, signed=True)), ("real", money(real))]
    return FittedTable(
        title="Profit of the whole campaign, from the first promise on",
        columns=(Column(title="", least=30), Column(title=report.currency, number=True)),
        rows=tuple(rows),
        notes=(
            "happened and learned: what the plan comes to, carried on, with the sales, stock and funds of its days and "
            "with lifts and baselines as they were believed then; planned again: what the new plan was forecast to "
            f"earn beside it; {money.caption}",
        ),
    )


def _sentences(report: OutcomeReport, told: PromisesSoFar, money: MoneyStyle) -> Sentences:
    return show_sentences("What re-planning has changed", tuple(_said(report, told, money)))


def _said(report: OutcomeReport, told: PromisesSoFar, money: MoneyStyle) -> Iterator[str]:
    flight, currency = told.flight, report.currency
    if flight.first is None:
        yield (
            "what was first promised is not known: this campaign was first planned again by an older version, whose "
            "folders do not keep it; campaign report of the folder of before the campaign tells it"
        )
    else:
        yield (
            f"first promised by plan {flight.first.rank} of the plans.json with SHA-256 "
            f"{flight.first.plan_sha256[:SHORT_SHA]}...; last promised by this folder, as of {flight.as_of}"
        )
    for each in flight.replannings:
        broke = f", with which it would have broken {first_few(list(each.broke))}" if each.broke else ""
        yield (
            f"planned again as of {each.as_of}: forecast to bring {money(each.change, signed=True)} {currency} of "
            f"profit against carrying the plan on{broke}"
        )
    if len(flight.replannings) > 1:
        times = plural(len(flight.replannings), "re-planning")
        yield f"together the {times} were forecast to bring {money(told.forecast, signed=True)} {currency} of profit"
    if flight.replannings:
        yield "this is a forecast, not a measurement: nobody has seen these days without the changes"
    else:
        yield "what re-planning was forecast to change is not known: an older version planned this campaign again"


def promises_json(told: PromisesSoFar | None) -> Any:
    """Return the promises as plain data; null where the campaign was never planned again."""
    if told is None:
        return None
    first = told.flight.first
    return to_data(
        {
            "first": told.first,
            "first_plan": None if first is None else {"plan_sha256": first.plan_sha256, "rank": first.rank},
            "last": told.last,
            "last_as_of": told.flight.as_of,
            "replannings": [{**to_data(each), "change": each.change} for each in told.flight.replannings],
            "forecast_change": told.forecast if told.flight.replannings else None,
            "steps": told.steps,
        }
    )
