"""The business rules of the scenario language, one record a rule."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag

from scenarios.scope import Scope
from scenarios.values import Count, Day, Id, Markup, Positive, Record, Share, by_shape, refused
from scenarios.words import EVERYBODY

Axis = Literal["segment", "product", "category", "offer", "period"]


def _not_along_time(value: Any) -> Any:
    if value == "period":
        raise refused("segment, product, category or offer, because this rule counts along periods", remedy="delete it")
    return value


SeriesAxis = Annotated[Literal["segment", "product", "category", "offer"], BeforeValidator(_not_along_time)]
"""An axis of the rules that look at several periods at once."""


class PlanLine(Record):
    """One line of a plan as people write it: the CSV columns date, product, segment, offer, coverage, quantity."""

    date: Day
    """Any day of the period."""
    product: str
    """Product id, or ``basket``."""
    segment: str = EVERYBODY
    """Segment id, or ``*`` for everybody (public offers)."""
    offer: Id
    """Offer id."""
    coverage: Share = 1.0
    """Share of the segment that is contacted, a level of the offer."""
    quantity: Share = 1.0
    """Share of the expected uses that there are pieces for, a level of the offer."""


class LinesTable(Record):
    """Lines from a CSV file: columns date, product, segment, offer, coverage, quantity."""

    table: str
    """CSV file, relative to the scenario."""


Lines = Annotated[
    Annotated[tuple[PlanLine, ...], Tag("<list>")] | Annotated[LinesTable, Tag("<table>")],
    by_shape("a list of lines {date, product, segment, offer, coverage, quantity}, or {table: FILE}"),
]
"""Lines written out, or a CSV file of them."""


class _Rule(Record):
    id: Id
    """Short name that reports use."""
    name: str | None = None
    """Name for people, in any script."""
    where: Scope = Scope()
    """Which lines the rule looks at; all by default."""


class MaxConcurrent(_Rule):
    """At most ``max`` lines in one period, counted together or ``per`` axis."""

    rule: Literal["max_concurrent"]
    """Kind of the rule."""
    max: Count
    """Most lines in one period."""
    per: tuple[Axis, ...] = ()
    """Counted for each of these: segment, product, category, offer."""


class MinGap(_Rule):
    """After a run of matching lines, at least ``periods`` periods without one."""

    rule: Literal["min_gap"]
    """Kind of the rule."""
    periods: Positive
    """Periods without a matching line after a run."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class MaxFrequency(_Rule):
    """Matching lines in at most ``max`` of any ``periods`` consecutive periods."""

    rule: Literal["max_frequency"]
    """Kind of the rule."""
    max: Count
    """Most periods with a matching line."""
    periods: Positive
    """Length of the window in periods."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class MaxRun(_Rule):
    """Matching lines in at most ``periods`` consecutive periods."""

    rule: Literal["max_run"]
    """Kind of the rule."""
    periods: Positive
    """Longest run of consecutive periods."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class Blackout(_Rule):
    """No line at all in the scope."""

    rule: Literal["blackout"]
    """Kind of the rule."""


class Eligible(_Rule):
    """Lines of the scope (``where``) are allowed only inside ``only``."""

    rule: Literal["eligible"]
    """Kind of the rule."""
    only: Scope
    """The only place where such lines may lie."""


class AtMostOne(_Rule):
    """At most one matching line a period for each combination of ``per``; a public line counts for every segment."""

    rule: Literal["at_most_one"]
    """Kind of the rule."""
    per: tuple[Axis, ...] = ("segment", "product")
    """Counted for each of these."""


class MaxDepth(_Rule):
    """No customer gets more than ``max`` off the price, stacked offers together."""

    rule: Literal["max_depth"]
    """Kind of the rule."""
    max: Share
    """Largest share off the price."""


class MinPrice(_Rule):
    """The price paid, net of tax, never falls below unit cost times (1 + ``margin``)."""

    rule: Literal["min_price"]
    """Kind of the rule."""
    margin: Markup = 0.0
    """Smallest margin over unit cost, such as 5%; negative where a loss is allowed."""
    counts_funding: bool = False
    """Whether what vendors pay counts as price."""


class Locked(_Rule):
    """These lines are in every plan."""

    rule: Literal["locked"]
    """Kind of the rule."""
    lines: Lines
    """The lines, or a CSV file of them."""


class Forbidden(_Rule):
    """These lines are in no plan."""

    rule: Literal["forbidden"]
    """Kind of the rule."""
    lines: Lines
    """The lines, or a CSV file of them."""


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
