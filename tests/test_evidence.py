"""Suspicions are computed from the data and the largest speaks; precedents are sums that people can check."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from scenarios.language.words import Mechanic
from surrogate.evidence.past_runs import declared_precedents, none_found
from surrogate.evidence.precedents import joined, nearest, shelf_precedents
from surrogate.evidence.suspicion import (
    Promoted,
    busy_weeks,
    company_of_cuts,
    company_of_displays,
    heavy_buyers,
    strongest,
)
from surrogate.evidence.terms.panel import Panel
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.mechanics import KINDS

ITEMS, WEEKS, FIRST = 20, 40, 105_000


def promoted(*, busy=1.0, shown_with=0.0):
    """Items half of which are cut in every fourth week; such weeks sell ``busy`` times as much of everything."""
    depth = np.zeros((ITEMS, WEEKS))
    depth[: ITEMS // 2, ::4] = 0.25
    shown = np.where(depth > 0, shown_with, 0.0)
    base = np.full(ITEMS, 100.0)
    week = np.where(np.arange(WEEKS) % 4 == 0, busy, 1.0)
    units = base[:, None] * week * np.where(depth > 0, 1.8, 1.0)
    return Promoted(weeks=FIRST + np.arange(WEEKS), depth=depth, shown=shown, units=units, base=base)


def test_busy_weeks_are_suspected_by_what_was_not_promoted():
    """Weeks with deals that sold 20 % more of everything else are named with that number; quiet ones are not."""
    seen = promoted(busy=1.25)
    doubt = busy_weeks(seen, seen.depth > 0.1, "price cuts")
    assert doubt is not None
    usual = seen.units[-1].mean()
    assert doubt.size == pytest.approx(np.log(125 / usual))
    assert "sold 18% more than usual" in doubt.words and "week of 20" in doubt.words
    quiet = promoted()
    calm = busy_weeks(quiet, quiet.depth > 0.1, "price cuts")
    assert calm is not None and abs(calm.size) < 1e-9
    assert strongest([calm]).startswith("no suspicion stands out; price cuts ran in weeks")


def test_the_largest_suspicion_speaks():
    """Cuts that always came with displays are suspected of that before a small excess of busy weeks."""
    seen = promoted(busy=1.04, shown_with=0.5)
    on = seen.depth > 0.1
    words = strongest([busy_weeks(seen, on, "price cuts"), company_of_cuts(seen, on, "price cuts")])
    assert words.startswith("strongest suspicion: 100% of the item weeks with price cuts also had displays")
    display = company_of_displays(seen, seen.shown > 0.1, "displays")
    assert display is not None and display.words == "displays came with cuts of 25% on average, 0% elsewhere"
    assert "too thin" in strongest([None])


def test_heavy_buyers_are_counted_as_often_as_they_were_contacted():
    """The ratio is that of the spend behind a contact to the average spend."""
    doubt = heavy_buyers(np.array([10.0, 20.0, 60.0]), np.array([0, 1, 3]), "coupons")
    assert doubt is not None
    assert doubt.words == "coupons went to customers who spend 1.7 times the average"
    assert doubt.size == pytest.approx(np.log(50 / 30))
    assert heavy_buyers(np.array([1.0, 2.0]), np.array([0, 0]), "coupons") is None


def test_no_difference_is_no_percentage():
    """Customers who spend as much as others were said to spend 0% more."""
    doubt = heavy_buyers(np.array([10.0, 20.01, 30.0]), np.array([0, 1, 0]), "coupons")
    assert doubt.words == "coupons went to customers who spend as much as the average"


def shelf_and_panel():
    """Two products of two items; one deal week each, units twice the usual."""
    depth = np.zeros((4, 30))
    depth[:2, 10], depth[2, 20] = 0.2, 0.4
    shelf = Shelf(
        categories=("a", "b"), names=("a1", "a2", "b1", "b2"), category=np.array([0, 0, 1, 1]),
        weeks=FIRST + np.arange(30), depth=depth, display=np.zeros((4, 30)), mailer=np.zeros((4, 30)),
        weight=np.full(4, 0.5),
    )  # fmt: skip
    base = np.array([80.0, 40.0, 60.0, 10.0])
    bump = np.where(depth > 0, 2.0, 1.0)
    panel = Panel(
        units=base[:, None] * bump, base=base, bump=bump, category=shelf.category, usable=np.ones((4, 30), dtype=bool)
    )
    return shelf, panel


def rows_of(panel, each=2.0):
    """Everybody buys ``each`` units of one item once: customers are as many as units allow."""
    item, week = np.nonzero(panel.units)
    count = (panel.units[item, week] / each).astype(int)
    item, week = np.repeat(item, count), np.repeat(week, count)
    customer = np.concatenate([np.arange(number) for number in count])
    return ItemRows(customer=customer, item=item, week=FIRST + week, quantity=np.full(item.size, each))


def test_precedents_pool_items_of_a_product_and_week():
    """A deal on two items is one precedent with their units, their usual and depth; sums over few are left out."""
    shelf, panel = shelf_and_panel()
    found = shelf_precedents(shelf, panel, rows_of(panel), least=50)
    assert found.week.tolist() == [FIRST + 10, FIRST + 20]
    assert found.items.tolist() == [2, 1] and found.units.tolist() == [240.0, 120.0]
    np.testing.assert_allclose(found.units / found.usual, 2.0, rtol=0.02)
    assert found.saving.tolist() == [0.2, 0.4]
    assert len(shelf_precedents(shelf, panel, rows_of(panel), least=70).week) == 1


def test_nearest_prefers_the_product_then_the_depth():
    """A deal on the product asked about comes first, unless another product's is much nearer in depth."""
    shelf, panel = shelf_and_panel()
    found = joined([shelf_precedents(shelf, panel, rows_of(panel), least=50), none_found()])
    kinds = [KINDS.index(Mechanic.PRICE_DISCOUNT)]
    first = nearest(found, products=[1], kinds=kinds, saving=0.35, shown=0.0)
    assert [one.product for one in first] == [1, 0]
    first = nearest(found, products=[1], kinds=kinds, saving=0.15, shown=0.0)
    assert [one.product for one in first] == [0, 1]
    assert nearest(found, products=[1], kinds=[KINDS.index(Mechanic.GIFT)], saving=0.2, shown=0.0) == ()


def test_declared_public_offers_are_precedents():
    """A declared bundle that reached a whole item's week is a precedent of its own mechanic; a targeted one is not."""
    shelf, panel = shelf_and_panel()
    bundle, coupon = KINDS.index(Mechanic.BUNDLE), KINDS.index(Mechanic.COUPON)
    cells = SimpleNamespace(
        offer=("three-for-two", "mail"), kind=np.array([bundle, coupon]), saving=np.array([0.33, 0.2]),
        targeted=np.array([False, True]), item=np.array([0, 1]), week=np.array([FIRST + 10, FIRST + 10]),
    )  # fmt: skip
    offers = SimpleNamespace(cells=cells, entry_cell=np.array([0, 1]), entry_share=np.ones(2))
    found = declared_precedents(offers, shelf, panel, rows_of(panel), least=50)
    assert found.kind.tolist() == [bundle] and found.saving.tolist() == [0.33]
    assert found.units.tolist() == [160.0]
