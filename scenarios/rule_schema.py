"""The business rules of the scenario language, one record a rule."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, Tag

from scenarios.scope import Scope
from scenarios.values import Count, Id, Number, Positive, Record, Share, by_shape
from scenarios.words import EVERYBODY

Axis = Literal["segment", "product", "category", "offer", "period"]


class PlanLine(Record):
    """One line of a plan as people write it: the CSV columns date, product, segment, offer, coverage."""

    date: dt.date
    product: str
    segment: str = EVERYBODY
    offer: Id
    coverage: Share = 1.0


class LinesTable(Record):
    """Lines from a CSV file: columns date, product, segment, offer, coverage."""

    table: str


Lines = Annotated[
    Annotated[tuple[PlanLine, ...], Tag("<list>")] | Annotated[LinesTable, Tag("<table>")],
    by_shape("a list of lines {date, product, segment, offer, coverage}, or {table: FILE}"),
]
"""Lines written out, or a CSV file of them."""


class _Rule(Record):
    id: Id
    name: str | None = None
    where: Scope = Scope()


class MaxConcurrent(_Rule):
    """At most ``max`` lines in one period, counted together or ``per`` axis."""

    rule: Literal["max_concurrent"]
    max: Count
    per: tuple[Axis, ...] = ()


class MinGap(_Rule):
    """After a run of matching lines, at least ``periods`` periods without one."""

    rule: Literal["min_gap"]
    periods: Positive
    per: tuple[Axis, ...] = ("product",)


class MaxFrequency(_Rule):
    """Matching lines in at most ``max`` of any ``periods`` consecutive periods."""

    rule: Literal["max_frequency"]
    max: Count
    periods: Positive
    per: tuple[Axis, ...] = ("product",)


class MaxRun(_Rule):
    """Matching lines in at most ``periods`` consecutive periods."""

    rule: Literal["max_run"]
    periods: Positive
    per: tuple[Axis, ...] = ("product",)


class Blackout(_Rule):
    """No line at all in the scope."""

    rule: Literal["blackout"]


class Eligible(_Rule):
    """Lines of the scope (``where``) are allowed only inside ``only``."""

    rule: Literal["eligible"]
    only: Scope


class AtMostOne(_Rule):
    """At most one matching line a period for each combination of ``per``; a public line counts for every segment."""

    rule: Literal["at_most_one"]
    per: tuple[Axis, ...] = ("segment", "product")


class MaxDepth(_Rule):
    """No customer gets more than ``max`` off the price, stacked offers together."""

    rule: Literal["max_depth"]
    max: Share


class MinPrice(_Rule):
    """The price paid, net of tax, never falls below unit cost times (1 + ``margin``)."""

    rule: Literal["min_price"]
    margin: Annotated[Number, Field(ge=-1)] = 0.0
    counts_funding: bool = False


class Locked(_Rule):
    """These lines are in every plan."""

    rule: Literal["locked"]
    lines: Lines


class Forbidden(_Rule):
    """These lines are in no plan."""

    rule: Literal["forbidden"]
    lines: Lines


Rule = Annotated[
    MaxConcurrent
    | MinGap
    | MaxFrequency
    | MaxRun
    | Blackout
    | Eligible
    | AtMostOne
    | MaxDepth
    | MinPrice
    | Locked
    | Forbidden,
    Field(discriminator="rule"),
]
