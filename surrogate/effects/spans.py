"""Spans of outcome weeks, each explained by customers as they were before its first week.

A customer who happened to buy on deal in some weeks looks fond of deals, if the same weeks describe the customer and
are explained by the description. So the weeks are cut into spans; what a span's customers bought is explained by
features of the weeks before the span, and by nothing later. Nothing is known of customers before their first purchase:
those who are new in a span are one group of unknown features, in the first span all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float, Int
from surrogate.data.events import Events
from surrogate.data.row_store import NOBODYS
from surrogate.effects.day_split import Days
from surrogate.effects.described import Described
from surrogate.effects.fine_groups import Grouped, group_customers
from surrogate.people.profiles import build_features, fit_scale
from surrogate.shelf.cells import ItemRows, Shelf, units_by_group
from surrogate.shelf.coupons import CouponCells, find_coupon_rows
from surrogate.shelf.deal_cells import DealCells

FIRST_WEEKS = 8
"""Weeks of the first span, of whose customers nothing is known, and the fewest of any other."""
MOST_SPANS = 6
"""So often customers are described anew in the weeks that are learned from."""


TELLING_WEEKS = 4
"""Weeks of purchases after which these say who buys much."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FitCells:
    """What groups of customers bought in spans of weeks. B spans, G groups, I items, T weeks, F features."""

    span: Int
    """[T] index of each week's span."""
    features: Float
    """[B, G, F] as known before a span; 0, unknown, of the last group, the new customers, and of the sales without a
    customer after it, where there are any."""
    customers: Float
    """[B, G], 0 of empty groups; new customers and nobody's sales count as so many as would usually buy that."""
    units: Float
    """[G, I, T]"""
    coupons: CouponCells
    coupon_span: Int
    """[N] index of the span of each coupon cell."""
    deals: DealCells | None = None
    """Declared past offers; those after the weeks that may be fitted reach nobody and sell nothing."""
    days: Days | None = None
    """Public ones by day, and how the units of those weeks fell on days."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Span:
    """Who bought in some weeks. G groups of customers who were known before, F features."""

    first: int
    """Number of the first week."""
    last: int
    features: Float
    """[G, F] mean features by what was known before the first week."""
    customers: Float
    """[G]"""
    owner: NDArray[np.int16]
    """[N] group of every customer number; new customers are the group after all of these, -1 nobody's."""

    def groups(self) -> dict[int, int]:
        """Return the group by customer."""
        customers = np.flatnonzero(self.owner >= 0)
        return dict(zip(customers.tolist(), self.owner[customers].tolist(), strict=True))


def span_ends(weeks: Int) -> tuple[int, ...]:
    """Return the last week number of each span of weeks [T]: first eight weeks, then equal parts of the others.

    Fewer than sixteen weeks are halved.
    """
    count = weeks.size
    first = min(FIRST_WEEKS, max(count // 2, 1))
    others = min(max((count - first) // FIRST_WEEKS, int(count > first)), MOST_SPANS - 1)
    ends = np.round(np.linspace(first, count, others + 1)).astype(np.int64)
    return tuple(int(weeks[end - 1]) for end in ends)


def find_spans(
    events: Events, shelf: Shelf, *, seen: Described, grouped: Grouped, groups: int, seed: int
) -> tuple[Span, ...]:
    """Cut all weeks of a shelf into spans and group their customers by what was known before each.

    Parameters
    ----------
    events
        What was bought.
    shelf
        All weeks.
    seen, grouped
        Customers as known at the end of a week; they are those of the last span, which begins after it.
    groups
        Fine groups of customers in each of the other spans, beside the new ones.
    seed
        Of the grouping.
    """
    start = int(shelf.weeks[0])
    nobody = Span(
        first=start,
        last=start,
        features=np.zeros((0, len(seen.scale.names))),
        customers=np.zeros(0),
        owner=np.full(len(events.customers), -1, dtype=np.int16),
    )
    found: list[Span] = []
    for end in span_ends(shelf.weeks[shelf.weeks <= seen.week]):
        known = nobody
        if found:
            customers, scaled = _described(events, shelf, start - 1)
            known = _known(group_customers(scaled, groups, seed), customers, nobody)
            del customers, scaled  # a table of all customers
        found.append(_with_new(known, events, groups, start, end))
        start = end + 1
    found.append(
        _with_new(_known(grouped, seen.features.customers, nobody), events, groups, start, int(shelf.weeks[-1]))
    )
    return tuple(found)


def _described(events: Events, shelf: Shelf, week: int) -> tuple[Int, Float]:
    """Return customers [N] as known at the end of a week and their normalised features [N, F]."""
    features = build_features(events, shelf.categories, last_week=week)
    return features.customers, fit_scale(features).rounded(features.raw)


def _known(grouped: Grouped, customers: Int, nobody: Span) -> Span:
    """Return a span without weeks yet."""
    owner = nobody.owner.copy()
    owner[customers] = grouped.label
    return replace(nobody, features=grouped.features, customers=grouped.customers, owner=owner)


def _with_new(known: Span, events: Events, groups: int, first: int, last: int) -> Span:
    """Return the span of some weeks; who bought in them and was not known before joins the group of new customers."""
    week = events.visits["week"].to_numpy()
    buyers = np.unique(events.visits["customer"].to_numpy()[(week >= first) & (week <= last)])
    owner = known.owner.copy()
    owner[buyers[owner[buyers] < 0]] = groups
    return replace(known, first=first, last=last, owner=owner)


def fit_cells(
    spans: tuple[Span, ...], events: Events, rows: ItemRows, shelf: Shelf, *, seen: Described, groups: int
) -> FitCells:
    """Gather what the groups of each span bought, and what they were offered up to the week that ``seen`` knows.

    Parameters
    ----------
    spans
        As `find_spans` returns them, with so many ``groups``.
    events
        For mailed coupons.
    rows
        Who bought what; what was bought after the week that ``seen`` knows is left out.
    shelf
        All weeks of the spans.
    seen
        Promotions as known at the end of the weeks that may be fitted.
    """
    strangers = bool(len(events.nobodys))
    count = groups + 1 + strangers
    features = np.zeros((len(spans), count, len(seen.scale.names)))
    customers = np.zeros((len(spans), count))
    span = np.repeat(np.arange(len(spans)), [one.last - one.first + 1 for one in spans])
    units: list[Float] = []
    coupons: list[CouponCells] = []
    for number, one in enumerate(spans):
        owner = _owners(one, groups, strangers)
        sold = units_by_group(rows, shelf.window(one.first, one.last), owner, count, until=seen.week)
        known, new = len(one.customers), int((one.owner == groups).sum())
        features[number, :known], customers[number, :known] = one.features, one.customers
        usual = float(sold[:groups].sum() / customers[number].sum()) if known else 0.0
        customers[number, groups] = float(sold[groups].sum()) / usual if usual > 0 else float(new)
        if strangers:
            each = usual if usual > 0 else float(sold[groups].sum()) / max(new, 1)
            customers[number, groups + 1] = float(sold[groups + 1].sum()) / each if each > 0 else 0.0
        mailed = find_coupon_rows(events, shelf.categories, first_week=one.first, last_week=min(one.last, seen.week))
        units.append(sold)
        coupons.append(mailed.by_group(owner, count))
    return FitCells(
        span=span,
        features=features,
        customers=customers,
        units=np.concatenate(units, axis=2),
        coupons=CouponCells(
            category=np.concatenate([one.category for one in coupons]),
            depth=np.concatenate([one.depth for one in coupons]),
            exposed=np.concatenate([one.exposed for one in coupons], axis=1),
            redeemed=np.concatenate([one.redeemed for one in coupons], axis=1),
        ),
        coupon_span=np.repeat(np.arange(len(spans)), [one.depth.size for one in coupons]),
        deals=_deals([_owners(one, groups, strangers) for one in spans], spans, shelf, seen, count),
        days=seen.days,
    )


def _owners(one: Span, groups: int, strangers: bool) -> dict[int, int]:
    """Return the group by customer, and that of sales without one after all others."""
    return one.groups() | ({NOBODYS: groups + 1} if strangers else {})


def _deals(
    owners: list[dict[int, int]], spans: tuple[Span, ...], shelf: Shelf, seen: Described, count: int
) -> DealCells | None:
    """Return the declared offers, with the share of each span's groups that they reach.

    Who is told of an offer buys more than others in any case. Where next to nothing before a week says how much more,
    in the first weeks, what contacted customers bought is not looked at by itself. Offers after the week that ``seen``
    knows reach nobody and sell nothing, but keep their places: both fits of a training then have one shape, and are
    compiled once.
    """
    if seen.offers is None:
        return None
    parts = [seen.offers.by_group(owner, count) for owner in owners]
    week = parts[0].week
    place = np.clip(np.searchsorted([one.last for one in spans], week), 0, len(spans) - 1)
    where, known = np.arange(week.size), week <= seen.week

    def chosen(values: list[Float]) -> Float:
        return np.ascontiguousarray(np.stack(values)[place, :, where].T) * known

    return replace(
        parts[0],
        share=chosen([part.share for part in parts]),
        units=chosen([part.units for part in parts]),
        used=chosen([part.used for part in parts]),
        apart=parts[0].apart & (week >= shelf.weeks[0] + TELLING_WEEKS),
    )
