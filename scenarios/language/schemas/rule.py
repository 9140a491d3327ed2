"""The business rules of the scenario language, one record a rule."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from scenarios.language.plan_lines import Lines
from scenarios.language.price_endings import price_endings
from scenarios.language.schemas.axes import Axis, SeriesAxis
from scenarios.language.schemas.max_promotions import MaxPromotions
from scenarios.language.schemas.rule_record import RuleRecord
from scenarios.language.schemas.sent import SentMessage
from scenarios.language.scope import Scope
from scenarios.language.values import Count, Day, Days, Id, Markup, Money, Periods, Positive, Share, refused


class MaxConcurrent(RuleRecord):
    """At most ``max`` lines in one period, counted together or ``per`` axis."""

    rule: Literal["max_concurrent"]
    """Kind of the rule."""
    max: Count
    """Most lines in one period."""
    per: tuple[Axis, ...] = ()
    """Counted for each of these: segment, product, category, offer."""


class MinGap(RuleRecord):
    """After a run of matching lines, at least ``periods`` periods without one."""

    rule: Literal["min_gap"]
    """Kind of the rule."""
    periods: Periods
    """Periods without a matching line after a run."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class MaxFrequency(RuleRecord):
    """Matching lines in at most ``max`` of any ``periods`` consecutive periods."""

    rule: Literal["max_frequency"]
    """Kind of the rule."""
    max: Count
    """Most periods with a matching line."""
    periods: Periods
    """Length of the window in periods."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class MaxRun(RuleRecord):
    """Matching lines in at most ``periods`` consecutive periods."""

    rule: Literal["max_run"]
    """Kind of the rule."""
    periods: Periods
    """Longest run of consecutive periods."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class MinRun(RuleRecord):
    """Matching lines in runs of at least ``periods`` consecutive periods."""

    rule: Literal["min_run"]
    """Kind of the rule."""
    periods: Periods
    """Shortest run of consecutive periods."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class Cycle(RuleRecord):
    """Matching lines keep a rhythm: at most ``run`` periods with them, then ``rest`` without, over and over."""

    rule: Literal["cycle"]
    """Kind of the rule."""
    run: Periods
    """Periods of a turn in which matching lines may run."""
    rest: Periods
    """Periods without a matching line after each turn."""
    first: Day | None = None
    """A date on which a turn begins; left out, the plan chooses for each of ``per``."""
    every: bool = False
    """Whether, once begun, every turn is taken in full until the horizon ends."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Each of these has a rhythm of its own."""


class AllOrNothing(RuleRecord):
    """Matching lines for every member of ``across``, or for none."""

    rule: Literal["all_or_nothing"]
    """Kind of the rule."""
    across: tuple[Axis, ...]
    """What goes together: segment, product, category, offer, period."""
    per: tuple[Axis, ...] = ()
    """What is decided apart, beside each period."""

    @model_validator(mode="after")
    def _axes_apart(self) -> AllOrNothing:
        if not self.across:
            raise refused("at least one axis in across", got="none", remedy="write across: [segment], for example")
        both = [axis for axis in self.across if axis in self.per]
        if both:
            expected = "different axes in across (what goes together) and per (what is decided apart)"
            raise refused(expected, got=f"{both[0]} in both", remedy="delete it from one")
        return self


class NeverWith(RuleRecord):
    """No matching line in the same period as a line of ``with``, nor within so many periods of one."""

    later_keys: ClassVar[frozenset[str]] = frozenset({"within"})

    rule: Literal["never_with"]
    """Kind of the rule."""
    with_: Scope = Field(alias="with")
    """The lines that a matching line must not meet."""
    within: Periods | None = None
    """So many periods before and after are kept clear, too; the same period alone when left out."""
    per: tuple[Axis, ...] = ("product",)
    """Kept apart for each of these; none means anywhere in the plan."""


class OnlyAfter(RuleRecord):
    """A matching line only after a line of ``after`` in an earlier period."""

    rule: Literal["only_after"]
    """Kind of the rule."""
    after: Scope
    """The lines that must have run before."""
    within: Periods | None = None
    """In how many periods before; any earlier period when left out."""
    per: tuple[SeriesAxis, ...] = ("product",)
    """Counted for each of these."""


class Blackout(RuleRecord):
    """No line at all in the scope."""

    rule: Literal["blackout"]
    """Kind of the rule."""


class Eligible(RuleRecord):
    """Lines of the scope (``where``) are allowed only inside ``only``."""

    rule: Literal["eligible"]
    """Kind of the rule."""
    only: Scope
    """The only place where such lines may lie."""


class AtMostOne(RuleRecord):
    """At most one matching line a period for each combination of ``per``; a public line counts for every segment."""

    rule: Literal["at_most_one"]
    """Kind of the rule."""
    per: tuple[Axis, ...] = ("segment", "product")
    """Counted for each of these."""


class MaxDepth(RuleRecord):
    """No customer gets more than ``max`` off the price, stacked offers together."""

    rule: Literal["max_depth"]
    """Kind of the rule."""
    max: Share
    """Largest share off the price."""
    counts_gifts: bool = False
    """Whether what gifts and points are worth to the customer counts as saved."""


class MinPrice(RuleRecord):
    """The price paid, net of tax, never falls below unit cost times (1 + ``margin``)."""

    rule: Literal["min_price"]
    """Kind of the rule."""
    margin: Markup = 0.0
    """Smallest margin over unit cost, such as 5%; negative where a loss is allowed."""
    counts_funding: bool = False
    """Whether what vendors pay counts as price."""


class PriceLadder(RuleRecord):
    """Shelf prices on their rungs: only ``prices`` or ``endings``, only ``falling`` in a run, products in ``order``."""

    rule: Literal["price_ladder"]
    """Kind of the rule."""
    prices: tuple[Money, ...] | None = None
    """The only prices to which the shelf price may be cut, tax included."""
    endings: Annotated[tuple[str, ...] | None, BeforeValidator(price_endings)] = None
    """Last digits that a cut shelf price ends with, such as [9] or ["99", "49"]."""
    falling: bool = False
    """Whether a cut price may only stay or fall until the cut ends."""
    order: tuple[Id, ...] | None = None
    """Products from the cheapest to the dearest, whose shelf prices keep this order."""
    step: Share = 0.0
    """How much dearer each product of ``order`` is at least than the one before, such as 5%."""

    @model_validator(mode="after")
    def _says_something(self) -> PriceLadder:
        if not (self.prices or self.endings or self.falling or self.order):
            raise refused("at least one of prices, endings, falling: true and order", got="none", remedy="add one")
        if self.order is not None and (len(self.order) < 2 or len(set(self.order)) < len(self.order)):
            raise refused("at least two different products in order", got=", ".join(self.order) or "none")
        if self.step and self.order is None:
            raise refused("a step only with order, whose products it keeps apart", remedy="add order or delete step")
        return self


class ReferencePrice(RuleRecord):
    """A price cut is a cut against the lowest shelf price of the ``days`` before it began (EU price law)."""

    rule: Literal["reference_price"]
    """Kind of the rule."""
    days: Days = 30
    """How many days before a cut begins count for its reference price."""
    min: Share | None = None
    """Smallest cut against the reference price; left out, the offer's own saving must hold against it in full."""


class Fairness(RuleRecord):
    """At least ``min`` matching lines reach each segment of the scope."""

    rule: Literal["fairness"]
    """Kind of the rule."""
    min: Positive
    """Fewest lines for each segment in the horizon."""


class Locked(RuleRecord):
    """These lines are in every plan; up to the day ``until``, where one is given, there are no others."""

    rule: Literal["locked"]
    """Kind of the rule."""
    lines: Lines
    """The lines, or a CSV file of them."""
    until: Day | None = None
    """Last day up to which the lines are the whole plan; left out, other slots stay free."""
    excuses: dict[str, Day] = Field(default_factory=dict)
    """Rules that the lines break, because they have run, and the day from which each counts."""
    funds: dict[str, Money] = Field(default_factory=dict)
    """By vendor the most that is paid for lines up to ``until``, where they ask for more; the rest is yours."""
    sent: tuple[SentMessage, ...] = ()
    """Messages that have run, where others were written to than the lines' coverages say."""


class Forbidden(RuleRecord):
    """These lines are in no plan."""

    rule: Literal["forbidden"]
    """Kind of the rule."""
    lines: Lines
    """The lines, or a CSV file of them."""


Rule = Annotated[
    MaxConcurrent
    | MaxPromotions
    | MinGap
    | MaxFrequency
    | MinRun
    | MaxRun
    | Cycle
    | Blackout
    | Eligible
    | AtMostOne
    | AllOrNothing
    | NeverWith
    | OnlyAfter
    | MaxDepth
    | MinPrice
    | PriceLadder
    | ReferencePrice
    | Fairness
    | Locked
    | Forbidden,
    Field(discriminator="rule"),
]
