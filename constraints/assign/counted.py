"""The limits of a scenario that can be counted customer by customer, and why the others cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from constraints.assign.goods import goods_of, periods_of
from constraints.limits.implied import written_and_implied
from scenarios.arrays import Flag, Int
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Limit, Offer, Scenario
from scenarios.language.scope import Scope
from scenarios.language.words import RATIOS, Measure
from scenarios.scope_mask import in_scope

EVERYBODY = "*"
"""The only segment where nothing tells customers apart."""
COUNTED = (Measure.CONTACTS, Measure.CUSTOMERS_REACHED)
"""What every offer uses 1 of."""
MEASURED = (
    Measure.SPEND,
    Measure.GROSS_SPEND,
    Measure.DISCOUNT,
    Measure.VENDOR_FUNDING,
    Measure.CASH_COST,
    Measure.USES,
    Measure.GIFTS,
)
"""What is expected of a customer, in figures of the file or of the model."""
QUOTA, PIECES = "quota:", "pieces:"
"""Before SEGMENT/OFFER: the id of what a plan's lines send at most, and of the pieces that they count."""
_PIECES = "its pieces are a share of the uses that a plan expects: only a plan has their number (--quotas DIR)"


OF_LINES = "a rule about the lines of a plan; customers are given offers without it"
"""Why most rules are not looked at, behind their kind."""


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """A limit or rule of the scenario that assigning cannot look at."""

    id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReadLimit:
    """A limit as people wrote it, beside what is counted."""

    id: str
    measure: Measure
    bound: Decimal
    """In the measure's own unit: money in major units."""
    taken: Decimal = Decimal(0)
    """What other lines of a plan use of it, in the same unit."""
    at_risk: float | None = None
    """Share of the futures in which it must hold; None where by expected use alone."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Quotas:
    """What a plan leaves to assign."""

    customers: Int
    """[S, O] customers that may get each offer of the scenario, 0 where the plan sends none."""
    taken: dict[str, Decimal]
    """What the plan's other lines use of each limit, by its id."""
    pieces: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Pieces of each segment [S] and offer [O] whose lines count them."""
    sends_on: tuple[dt.date, ...] = ()
    """First days of the periods for which the plan sends something to anybody; a refusal names them."""
    sends: Mapping[str, int] = field(default_factory=dict)
    """Period of the sending that is assigned of each planned offer with ``valid``, by its id."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Customers of each segment that the plan counts on, by its id; none where nobody asks."""


def counted_limits(
    scenario: Scenario,
    offers: tuple[Offer, ...],
    segments: tuple[str, ...],
    span: DateRange | None,
    quotas: Quotas | None,
    held: Sequence[Sequence[int]],
) -> tuple[list[tuple[Measure, ReadLimit, Flag]], list[Unchecked]]:
    """Return what can be counted, with its cells [S, C], and what cannot; last, what a plan's own lines bound.

    Of an offer that is sent once messages count on the day of its sending, and all else, in full, where a limit looks
    at any of its days.

    Parameters
    ----------
    held
        [C] periods in which customers have each offer.
    """
    found: list[tuple[Measure, ReadLimit, Flag]] = []
    unchecked: list[Unchecked] = []
    for name, limit, _ in written_and_implied(scenario):
        reason = _uncountable(limit)
        cells = _cells(scenario, limit.where, offers, segments)
        cells = cells & _in_time(scenario, limit, offers, span, held)
        if not cells.any():
            continue
        if reason:
            unchecked.append(Unchecked(id=name, reason=reason))
            continue
        measure = Measure(limit.measure)
        taken = quotas.taken.get(name, Decimal(0)) if quotas is not None else Decimal(0)
        written = limit.max or Decimal(0)
        read = ReadLimit(id=name, measure=measure, bound=written, taken=taken, at_risk=limit.at_risk)
        found.append((measure, read, cells))
    if quotas is None:
        unchecked += [Unchecked(id=offer.id, reason=_PIECES) for offer in offers if offer.quantity is not None]
        return found, unchecked
    at = {offer.id: number for number, offer in enumerate(scenario.offers)}
    for column, offer in enumerate(offers):
        for row, segment in enumerate(segments):
            most = int(quotas.customers[row, at[offer.id]])
            if not most:
                continue
            cells = np.zeros((len(segments), len(offers)), dtype=bool)
            cells[row, column] = True
            bounds = [(QUOTA, Measure.CUSTOMERS_REACHED, most)]
            pieces = quotas.pieces.get((row, at[offer.id]))
            bounds += [] if pieces is None else [(PIECES, Measure.USES, pieces)]
            for prefix, measure, bound in bounds:
                own = ReadLimit(id=f"{prefix}{segment}/{offer.id}", measure=measure, bound=Decimal(bound))
                found.append((measure, own, cells))
    return found, unchecked


def _in_time(
    scenario: Scenario, limit: Limit, offers: Sequence[Offer], span: DateRange | None, held: Sequence[Sequence[int]]
) -> Flag:
    """Offers [C] that a limit meets on its dates."""
    meets = bool(periods_of(limit.where.periods, scenario, span))
    counts = set(periods_of(limit.where.periods, scenario, None))
    days = (periods[:1] if limit.measure in COUNTED else periods for periods in held)
    once = [bool(counts.intersection(own)) for own in days]
    return np.array([meets if offer.valid is None else own for offer, own in zip(offers, once, strict=True)])


def _uncountable(limit: Limit) -> str:
    """Say why a limit cannot be checked customer by customer; empty where it can."""
    elsewhere = "also comes from customers and offers that are not assigned here"
    if limit.share_of is not None:
        return f"{limit.measure} as a share of {limit.share_of.measure}, which {elsewhere}"
    if limit.measure == Measure.ROI:
        return "a ratio of the whole plan's profit and gross spend, of which what is assigned here is only a part"
    if limit.measure in RATIOS:
        return "a share of what all customers buy, which is not in the file"
    if limit.max is None:
        return "a least amount: nobody is given an offer that does not pay, to reach it"
    if limit.measure == Measure.LINES:
        return "a number of a plan's lines; customers are given offers without it"
    if limit.measure not in (*COUNTED, *MEASURED):
        return f"{limit.measure} {elsewhere}"
    if limit.max < 0:
        return "a bound below 0"
    return ""


def _cells(scenario: Scenario, where: Scope, offers: tuple[Offer, ...], segments: tuple[str, ...]) -> Flag:
    """Return where a scope counts [S, C]; an offer on several products counts in full where any of them is meant."""
    segment = np.array([where.segments is None or one in where.segments or one == EVERYBODY for one in segments])
    offer = np.array(
        [
            any(in_scope(where, one, good.vendor) and good.inside(where) for good in goods_of(scenario, one))
            for one in offers
        ]
    )
    return np.asarray(segment[:, None] & offer[None, :])
