"""What has run excuses rules that it breaks, of every kind: they forget those days and hold for the days that come."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from rule_shop import SHOP, Short, line, shop
from shop import problems_of

from constraints.rules.registry import KINDS, check_rules

FIRST = dt.date(2026, 11, 5)
"""The day from which the rule counts: what ran on 2 to 4 November is locked."""
VIP = {"where": {"offers": ["coupon"]}, "across": ["segment"]}
CASES: dict[str, tuple[dict[str, Any], tuple[Short, ...], tuple[Short, ...], tuple[Short, ...]]] = {
    # what the rule says; what ran, which breaks it; what of the rest breaks it, too; what of the rest does not
    "all_or_nothing": (VIP, ((3, "phone", "coupon", "young"),), ((6, "phone", "coupon", "young"),), ()),
    "at_most_one": (
        {}, ((3, "phone", "off10"), (3, "phone", "coupon", "young")),
        ((6, "phone", "off10"), (6, "phone", "coupon", "young")), ((6, "phone", "off10"),),
    ),
    "blackout": ({"where": {"products": ["phone"]}}, ((3, "phone", "off10"),), ((5, "phone", "off10"),), ()),
    "contacts": (
        {}, ((3, "phone", "coupon", "young"), (4, "phone", "coupon", "young")),
        ((6, "phone", "coupon", "young"), (8, "phone", "coupon", "young")), ((5, "phone", "coupon", "young"),),
    ),
    "cycle": (
        {"run": 1, "rest": 2}, ((3, "phone", "off10"), (4, "phone", "off10")),
        ((6, "phone", "off10"), (7, "phone", "off10")), ((5, "phone", "off10"), (8, "phone", "off10")),
    ),
    "eligible": (
        {"where": {"offers": ["off10"]}, "only": {"products": ["case"]}},
        ((3, "phone", "off10"),), ((6, "phone", "off10"),), ((6, "phone", "flash"),),
    ),
    "fairness": (
        {"min": 1, "where": {"layer": "targeted"}}, (), ((6, "phone", "coupon", "young"),),
        ((6, "phone", "coupon", "young"), (6, "phone", "coupon", "loyal")),
    ),
    "forbidden": (
        {"lines": [line((day, "phone", "off10")).model_dump() for day in (3, 6)]},
        ((3, "phone", "off10"),), ((6, "phone", "off10"),), ((7, "phone", "off10"),),
    ),
    "locked": (
        {"lines": [line((day, "phone", "off10")).model_dump() for day in (3, 6)]},
        (), ((7, "phone", "off10"),), ((6, "phone", "off10"),),
    ),
    "max_concurrent": (
        {"max": 1}, ((3, "phone", "off10"), (3, "case", "off10")),
        ((6, "phone", "off10"), (6, "case", "off10")), ((6, "case", "off10"),),
    ),
    "max_depth": ({"max": "20%"}, ((3, "phone", "off30"),), ((6, "phone", "off30"),), ((6, "phone", "off10"),)),
    "max_frequency": (
        {"max": 1, "periods": 4}, ((3, "phone", "off10"), (4, "phone", "off10")),
        ((6, "phone", "off10"), (8, "phone", "off10")), ((5, "phone", "off10"),),
    ),
    "max_promotions": (
        {"max": 1, "each": "week"}, ((3, "phone", "off10"), (4, "case", "off10")),
        ((6, "phone", "off10"), (7, "case", "off10")), ((6, "phone", "off10"), (7, "phone", "off10")),
    ),
    "max_run": (
        {"periods": 2}, ((2, "phone", "off10"), (3, "phone", "off10"), (4, "phone", "off10")),
        ((6, "phone", "off10"), (7, "phone", "off10"), (8, "phone", "off10")),
        ((5, "phone", "off10"), (6, "phone", "off10")),
    ),
    "min_gap": (
        {"periods": 2}, ((2, "phone", "off10"), (4, "phone", "off10")),
        ((6, "phone", "off10"), (8, "phone", "off10")), ((6, "phone", "off10"), (9, "phone", "off10")),
    ),
    "min_price": ({"margin": "10%"}, ((3, "tablet", "off30"),), ((6, "tablet", "off30"),), ((6, "tablet", "off10"),)),
    "min_run": (
        {"periods": 2}, ((3, "phone", "off10"),), ((6, "phone", "off10"),),
        ((6, "phone", "off10"), (7, "phone", "off10")),
    ),
    "never_with": (
        {"where": {"offers": ["flash"]}, "with": {"offers": ["coupon"]}},
        ((3, "phone", "flash"), (3, "phone", "coupon", "young")),
        ((6, "phone", "flash"), (6, "phone", "coupon", "young")), ((6, "phone", "flash"),),
    ),
    "only_after": (
        {"where": {"offers": ["flash"]}, "after": {"offers": ["poster"]}},
        ((3, "phone", "flash"),), ((6, "phone", "flash"),), ((6, "phone", "poster"), (7, "phone", "flash")),
    ),
    "price_ladder": (
        {"falling": True}, ((2, "phone", "off30"), (3, "phone", "off10")),
        ((6, "phone", "off30"), (7, "phone", "off10")), ((6, "phone", "off10"), (7, "phone", "off30")),
    ),
    "reference_price": (
        {"days": 3}, ((2, "phone", "off30"), (3, "phone", "off10")),
        ((6, "phone", "off10"), (8, "phone", "off30")), ((7, "phone", "off10"), (8, "phone", "off30")),
    ),
    "valid": (
        {}, ((3, "phone", "voucher", "young"),), ((5, "phone", "voucher", "young"), (6, "phone", "voucher", "young")),
        ((5, "phone", "voucher", "young"),),
    ),
}  # fmt: skip
IMPLIED = {"contacts": "contacts:push", "valid": "valid:voucher"}
"""Ids of rules that channels and offers imply."""


def _kept(kind: str, *lines: Short, ran: tuple[Short, ...], first: dt.date | None, **keys: Any) -> bool:
    """Whether a plan of what ran and other lines keeps all rules, by both forms."""
    lock: dict[str, Any] = {
        "id": "ran", "rule": "locked", "until": "2026-11-04", "lines": [line(short).model_dump() for short in ran],
    }  # fmt: skip
    changes: dict[str, Any] = {}
    if kind == "contacts":
        caps = [{"id": "push", "contacts_per_customer": {"max": 1, "days": 3}}, {"id": "mail"}]
        changes, rules = {"channels": caps}, [lock]
    elif kind == "valid":
        sent = {"valid": {"days": 3, "sent": [dt.date(2026, 11, 3), dt.date(2026, 11, 6)]}}
        offers = [each | sent if each["id"] == "voucher" else each for each in SHOP["offers"]]
        changes, rules = {"offers": offers}, [lock]
    else:
        rules = [lock, {"id": "r", "rule": kind} | keys]
    if first is not None:
        lock["excuses"] = {IMPLIED.get(kind, "r"): first}
    grid, book = shop(rules, **changes)
    written = tuple(line(short) for short in (*ran, *lines))
    plain = all(result.satisfied for result in check_rules(grid, written))
    assert plain == (book.violations(grid.plan_of(written)) == 0), "both forms agree"
    return plain


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_rule_that_has_been_broken_counts_from_its_day_on(kind: str) -> None:
    """Without excuse no plan keeps it; with one the rest is free of what ran, and breaks the rule only by itself."""
    keys, ran, wrong, right = CASES[kind]
    assert kind == "fairness" or not _kept(kind, *right, ran=ran, first=None, **keys)
    assert _kept(kind, *right, ran=ran, first=FIRST, **keys)
    assert not _kept(kind, *wrong, ran=ran, first=FIRST, **keys)


CUT = ((2, "phone", "off30"), (3, "phone", "flash"), (4, "phone", "flash"))
"""The price rose while it was cut: 20 % off cannot be advertised for a month."""


def test_the_price_law_looks_back_on_what_ran_once_it_counts_again() -> None:
    """Prices of the days before still count, and who goes on with a cut that was too small breaks the law anew."""
    law: dict[str, Any] = {"ran": CUT, "first": FIRST}
    assert _kept("reference_price", **law)
    assert not _kept("reference_price", (5, "phone", "flash"), **law), "it goes on"
    assert not _kept("reference_price", (5, "phone", "off30"), **law), "deeper, and the same cut"
    assert not _kept("reference_price", (7, "phone", "off10"), **law), "30 % off on 2 November lie in the month"
    assert _kept("reference_price", (7, "phone", "off10"), **law, days=2)
    assert _kept("reference_price", (5, "tablet", "flash"), (6, "tablet", "off30"), **law), "nothing ran on tablets"
    good = (*CUT, (3, "tablet", "off10"), (4, "tablet", "off10"))
    assert _kept("reference_price", (5, "tablet", "off10"), (6, "tablet", "off30"), ran=good, first=FIRST)
    assert not _kept("reference_price", (6, "tablet", "off10"), ran=good, first=FIRST), "a pause, then the same price"


def test_both_forms_of_the_price_law_agree_on_every_rest() -> None:
    """All plans of one product after what ran, whatever the window and the day: checked plainly and compiled alike."""
    offers = ("", "off10", "off30", "flash")
    kept = 0
    for days, first in ((1, FIRST), (3, FIRST), (30, FIRST), (3, dt.date(2026, 11, 3)), (3, dt.date(2026, 11, 2))):
        lock = {"id": "ran", "rule": "locked", "until": "2026-11-04", "excuses": {"r": first},
                "lines": [line(short).model_dump() for short in CUT]}  # fmt: skip
        grid, book = shop([lock, {"id": "r", "rule": "reference_price", "days": days}])
        for run in product(offers, repeat=4):
            rest = [(5 + day, "phone", offer) for day, offer in enumerate(run) if offer]
            written = tuple(line(short) for short in (*CUT, *rest))
            plain = all(result.satisfied for result in check_rules(grid, written))
            assert plain == (book.violations(grid.plan_of(written)) == 0), (days, first, run)
            kept += plain
    assert kept


LOCK = "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]"


def test_a_locked_line_may_break_what_it_excuses(tmp_path: Any) -> None:
    """A blackout that counts from the day after on does not speak against it; from the same day on it does."""
    black = "  - {id: dark, rule: blackout, where: {products: [phone]}}\n" + LOCK
    excused = {LOCK + "}": black + ", excuses: {dark: 2026-11-05}}"}
    assert problems_of(tmp_path, shop=excused) == []
    (found,) = problems_of(tmp_path, shop={LOCK + "}": black + ", excuses: {dark: 2026-11-04}}"})
    assert "got rule dark, which excludes cut-15 for phone on 2026-11-04" in found


def test_the_price_law_is_excused_where_the_days_before_are_locked(tmp_path: Any) -> None:
    """Their prices are what it measures against: of free days nobody knows them (`broken_rules`)."""
    law = "  - {id: law, rule: reference_price}\n" + LOCK
    good = law + ", until: 2026-11-04, excuses: {law: 2026-11-05}}"
    assert problems_of(tmp_path, shop={LOCK + "}": good}) == []


def test_every_kind_is_tried() -> None:
    """A new kind of rule needs a case here."""
    assert set(CASES) == set(KINDS)
    assert SHOP["horizon"]["start"] == dt.date(2026, 11, 2)
