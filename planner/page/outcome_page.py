"""The page of a campaign that ran: forecast and actual, what offers caused, what it teaches, what was not measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from planner.figures import count, money_style, share
from planner.flight.evaluate import OutcomeReport
from planner.flight.outcomes_so_far import Total
from planner.page.file import Seal, laid_out
from planner.page.headline import Headline, Tile
from planner.page.tables import PageTable, page_table
from planner.report.flight.outcome_report import above_totals, outcome_parts, show_totals
from planner.report.notes import Sentences
from planner.report.table import FittedTable
from scenarios.answer.plan_files import PLANS, sha256
from scenarios.answer.sums import MONEY

MADE = "Made by campaign report of a plan folder and of what the actuals tell."
"""The last words of the page."""
_ON_TOP = ("profit", "revenue", "spend", "units")
"""Measures that stand on top, where they are told."""
_MARGIN = 0.06
"""Share of a picture that is left free on either side."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the page: a table, sentences or a text."""

    title: str
    table: PageTable | None = None
    sentences: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where one measure's figures lie, in percent of the picture's width."""

    low: float
    high: float
    expected: float
    actual: float
    inside: bool


def outcome_page(report: OutcomeReport, *, title: str, plans: bytes) -> bytes:
    """Return the bytes of the page; the same report gives the same bytes.

    Parameters
    ----------
    title
        What people call the campaign.
    plans
        The plan folder's own plans.json, whose hash stands below.
    """
    return laid_out(
        "outcome.html.jinja",
        top=_headline(report, title),
        totals=Section(title="Forecast and actual", table=page_table(show_totals(report), title="")),
        spans=[span(total) for total in report.totals],
        sections=[_section(part) for part in (*above_totals(report), *outcome_parts(report))],
        made=MADE,
        seals=(Seal(name=f"{PLANS} of {report.folder}", sha256=sha256(plans)),),
    )


def span(total: Total) -> Span:
    """Scale the ends of the futures, the expected and the actual figure of a measure to one picture."""
    figures = (total.futures.p05, total.futures.p95, total.expected, total.actual)
    low, high = min(figures), max(figures)
    size = (high - low) or 1.0

    def place(value: float) -> float:
        return round(100 * (_MARGIN + (1 - 2 * _MARGIN) * (value - low) / size), 2)

    inside = total.futures.p05 <= total.actual <= total.futures.p95
    return Span(
        low=place(total.futures.p05),
        high=place(total.futures.p95),
        expected=place(total.expected),
        actual=place(total.actual),
        inside=inside,
    )


def _headline(report: OutcomeReport, title: str) -> Headline:
    ran = f"How plan {report.plan} ran: {report.so_far}, up to {report.as_of}."
    return Headline(
        title=title,
        subtitle=f"{ran} Money in {report.currency}, net of tax.",
        tiles=tuple(_tiles(report)),
        kept="",
        broken=report.attention,
        alarm="Needs attention:",
    )


def _tiles(report: OutcomeReport) -> Iterator[Tile]:
    money = money_style(report.currency, [each.expected for each in report.totals if each.measure in MONEY])
    known = {each.measure: each for each in report.totals}
    if report.gained is not None:
        gained = report.gained
        below = (
            f"{money(gained.planned, signed=True)} planned, {money(gained.low)} to {money(gained.high)} by the sales"
        )
        yield Tile(label="Gained against no promotion", figure=money(gained.by_sales, signed=True), below=below)
    for name in _ON_TOP:
        if name not in known:
            continue
        total = known[name]
        write = money if total.measure in MONEY else count
        change = share(total.actual / total.expected - 1, signed=True) if total.expected > 0 else ""
        below = f"{write(total.expected)} expected" + (f", {change}" if change else "")
        yield Tile(label=name.capitalize(), figure=write(total.actual), below=below)
    if report.accuracy is not None:
        inside = f"{report.accuracy.inside:.0%}"
        yield Tile(label="Forecasts that held", figure=inside, below="of products and periods, in their 90% intervals")


def _section(part: RenderableType) -> Section:
    """Take over a part of the terminal's view."""
    if isinstance(part, FittedTable):
        return Section(title=part.title, table=page_table(part, title=""))
    if isinstance(part, Sentences):
        return Section(title=part.title, sentences=part.sentences)
    if isinstance(part, Text):
        return Section(title="", text=part.plain)
    raise TypeError(f"no page has a place for a {type(part).__name__}")
