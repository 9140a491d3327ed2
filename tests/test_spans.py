"""Weeks are explained by what was known of customers before them: no feature sees a row of the weeks it explains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scenarios.market.past import PastParams, past_calendar
from scenarios.market.purchases import record_past, write_purchases
from scenarios.market.town import town_market
from surrogate.data.data_spec import read_data_spec
from surrogate.data.events import Events
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.effects.described import describe
from surrogate.effects.fine_groups import group_customers
from surrogate.effects.spans import FIRST_WEEKS, MOST_SPANS, FitCells, find_spans, fit_cells, span_ends
from surrogate.shelf.cells import lay_out

WEEKS, GROUPS = 27, 5
NAMED = ("visits", "sales", "orders", "signals")
"""Tables of what customers did, which is all that features can come from (demographics do not change)."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """27 weeks of a small town as events, and the number of week 24."""
    market = town_market(4, past_weeks=WEEKS, customers=200)
    calendar = past_calendar(market, PastParams(seed=4, public=0.1, targeted=0.03, quiet_days=0))
    folder = tmp_path_factory.mktemp("town")
    path = write_purchases(record_past(market, calendar, 4), folder, train_until="2026-08-16", test_until="2026-09-06")
    spec = read_data_spec(path)
    return load_events(spec, until=spec.test_until, base=folder), week_of(spec.train_until)


def laid(events: Events, cut: int, *, until: int | None = None) -> FitCells:
    """Return the cells that a fit on the weeks ``until`` one sees; by default the last fit, held-out weeks included.

    How customers were chosen for offers, one number of the whole past, is held.
    """
    shelf, rows = lay_out(events, settle_until=cut)
    seen = describe(events, shelf, week=cut)
    spans = find_spans(events, shelf, seen=seen, grouped=group_customers(seen.scaled, GROUPS, 1), groups=GROUPS, seed=1)
    later = describe(events, shelf, week=int(shelf.weeks[-1]) if until is None else until)
    assert later.offers is not None
    later = replace(later, offers=replace(later.offers, reach=replace(later.offers.reach, choice=0.5)))
    return fit_cells(spans, events, rows, shelf, seen=later, groups=GROUPS)


@pytest.fixture(scope="module")
def truth(town):
    """The cells of the town as it is."""
    return laid(*town)


def with_other_purchases(events: Events, first: int) -> Events:
    """Return the events with what customers did from a week on handed to others, all of it at half price."""

    def other(table: pd.DataFrame) -> pd.DataFrame:
        late = (table["week"] >= first).to_numpy()
        values = {"customer": np.where(late, len(events.customers) - 1 - table["customer"], table["customer"])}
        if "shelf_discount" in table:
            values["shelf_discount"] = np.where(late, table["regular"] * 0.5, table["shelf_discount"])
        return table.assign(**values)

    return replace(events, **{name: other(getattr(events, name)) for name in NAMED})


def test_no_feature_sees_the_weeks_that_it_explains(town, truth):
    """Whatever customers do from a span's first week on, its features stay the same; so does whom its offers reach."""
    events, cut = town
    assert np.bincount(truth.span).tolist() == [8, 8, 8, 3]
    assert (truth.features[0] == 0).all()
    for number in (1, 3):  # one that others follow, and the last one
        first = cut - 23 + 8 * number
        changed = laid(with_other_purchases(events, first), cut)
        assert (changed.units != truth.units).any()
        np.testing.assert_array_equal(changed.features[number], truth.features[number])
        np.testing.assert_array_equal(changed.customers[number, :GROUPS], truth.customers[number, :GROUPS])
        np.testing.assert_array_equal(*(share_until(cells, first) for cells in (changed, truth)))


def share_until(cells: FitCells, week: int) -> np.ndarray:
    """Return the share of known customers' purchases that offers reached, up to a week."""
    assert cells.deals is not None and (cells.deals.week == week).any()
    return cells.deals.share[:GROUPS, cells.deals.week <= week]


def test_the_check_would_notice_a_leak(town, truth):
    """What customers do in the last week before a span does change its features and whom its offers reach."""
    events, cut = town
    first = cut - 23 + 16
    changed = laid(with_other_purchases(events, first - 1), cut)
    assert (changed.features[2] != truth.features[2]).any()
    assert (share_until(changed, first) != share_until(truth, first)).any()


def test_offers_after_the_known_weeks_teach_nothing_and_keep_their_places(town, truth):
    """The first fit sees nobody reached and nothing sold by later offers; both fits have the same shapes."""
    events, cut = town
    first = laid(events, cut, until=cut)
    for cells, until in ((first, cut), (truth, cut + 3)):
        assert cells.deals is not None and cells.days is not None
        late = cells.deals.week > until
        assert late.any() == (until == cut)
        for values in (cells.deals.share, cells.deals.units, cells.deals.used):
            assert (values[:, late] == 0).all() and (values[:, ~late] > 0).any()
        week = cells.days.cell // 7 % cells.span.size
        assert ((cells.days.share > 0) == (week <= week.max() - (cut + 3 - until))).all()
    for name in ("deals", "days"):
        shapes, others = ({key: np.shape(v) for key, v in vars(getattr(one, name)).items()} for one in (first, truth))
        assert shapes == others


def test_new_customers_are_unknown_and_every_purchase_counts_once(town, truth):
    """The group of new customers has features 0, and spans together hold all units of all weeks."""
    (events, cut), cells = town, truth
    shelf, rows = lay_out(events, settle_until=cut)
    assert (cells.features[:, GROUPS] == 0).all()
    assert cells.customers[0, :GROUPS].sum() == 0 and (cells.customers[1:, :GROUPS] > 0).all()
    assert cells.units.shape[2] == cells.span.size == shelf.weeks.size
    assert cells.units.sum() == pytest.approx(rows.quantity.sum())


def test_spans_are_even_after_the_first():
    """26 weeks are 8, 9 and 9; long pasts have six spans; few weeks are halved; all weeks are covered."""
    for count, sizes in ((26, [8, 9, 9]), (36, [8, 9, 10, 9]), (104, [8, 19, 19, 20, 19, 19]), (15, [7, 8]), (1, [1])):
        ends = span_ends(np.arange(100, 100 + count))
        assert np.diff([99, *ends]).tolist() == sizes
    for count in range(2 * FIRST_WEEKS, 200):
        sizes = np.diff([-1, *span_ends(np.arange(count))])
        assert sizes.sum() == count and sizes.min() >= FIRST_WEEKS and sizes.size <= MOST_SPANS
