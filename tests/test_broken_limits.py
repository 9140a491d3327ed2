# ruff: noqa: E501 - messages stand as people read them
"""Every misuse of a limit gives one clear line with its place; what is allowed beside it gives none."""

import pytest
from shop import problems_of

BUDGET, MARGIN = "{id: total-budget, measure: spend, max: 80000}", "{id: margin, measure: margin_rate, min: 8%}"
WEEKS = {"periods: 7, unit: day": "periods: 2, unit: week", "max_run: 2, ": ""}

BROKEN = {
    "window-without-unit": (
        "{id: b, measure: spend, max: 80000, window: 7}",
        [
            "shop.yaml:25: limits.b.window: expected a length of time such as 7 days or 2 weeks, got 7; write 7 days if that is meant"
        ],
    ),
    "window-of-nothing": (
        "{id: b, measure: spend, max: 80000, window: 0 days}",
        ['shop.yaml:25: limits.b.window: expected a length of time such as 7 days or 2 weeks, got "0 days"'],
    ),
    "window-and-each": (
        "{id: b, measure: spend, max: 80000, window: 3 days, each: month}",
        ["shop.yaml:25: limits.b: expected either window or each in a limit, got both; write two limits"],
    ),
    "misspelt-each": (
        "{id: b, measure: spend, max: 80000, each: moth}",
        ['shop.yaml:25: limits.b.each: expected one of period, week, month, got "moth"; did you mean month?'],
    ),
    "min-in-a-window-beyond-the-horizon": (
        "{id: b, measure: uses, min: 10, window: 8 days}",
        [
            "shop.yaml:25: limits.b.window: expected a window within the horizon of 7 days, where a min must hold, got 8 days; shorten it, or delete window"
        ],
    ),
    "share-of-itself": (
        "{id: b, measure: spend, max: 30%, share_of: {measure: spend}}",
        [
            "shop.yaml:25: limits.b.share_of: expected another measure than spend, or another where, got the limit's own, of which it is always 100%; change one of them, or delete share_of"
        ],
    ),
    "share-above-the-whole": (
        "{id: b, measure: spend, max: 30, where: {layer: targeted}, share_of: {measure: spend}}",
        [
            "shop.yaml:25: limits.b.max: expected a share of spend between 0% and 100%, got 30; write 30% if that is meant"
        ],
    ),
    "negative-share": (
        "{id: b, measure: spend, max: -3%, share_of: {measure: revenue}}",
        ['shop.yaml:25: limits.b.max: expected a share of revenue of at least 0%, got "-3%"'],
    ),
    "share-of-profit": (
        "{id: b, measure: spend, max: 30%, share_of: {measure: profit}}",
        [
            'shop.yaml:25: limits.b.share_of.measure: expected a measure that adds up and cannot fall below zero, such as spend or revenue, got "profit"; a share of what may be negative says nothing'
        ],
    ),
    "share-of-a-ratio": (
        "{id: b, measure: roi, min: 1, share_of: {measure: spend}}",
        [
            "shop.yaml:25: limits.b: expected share_of only with measures that add up, got share_of in a limit on roi; delete share_of"
        ],
    ),
    "unknown-share": (
        "{id: b, measure: spend, max: 30%, share_of: {measure: revenu}}",
        [
            'shop.yaml:25: limits.b.share_of.measure: expected a measure of the scenario, got "revenu"; did you mean revenue?'
        ],
    ),
    "unknown-product-in-the-whole": (
        "{id: b, measure: spend, max: 30%, share_of: {measure: revenue, where: {products: [phnoe]}}}",
        [
            'shop.yaml:25: limits.b.share_of.where.products.1: expected a product of the scenario, got "phnoe"; did you mean phone?'
        ],
    ),
    "roi-of-an-offer": (
        "{id: b, measure: roi, min: 1.5, where: {mechanics: [coupon]}}",
        [
            "shop.yaml:25: limits.b.where.mechanics: expected no mechanics in the scope of roi, which belongs to products, not to offers; delete mechanics, or limit spend or discount instead"
        ],
    ),
    "roi-out-of-range": (
        "{id: b, measure: roi, min: -2}",
        [
            "shop.yaml:25: limits.b.min: expected profit gained per unit of gross spend, such as 1.5, from -1 to 1000, got -2"
        ],
    ),
    "margin-of-a-vendors-offers": (
        "{id: b, measure: margin, min: 5, where: {vendor: nova}}",
        [
            'shop.yaml:25: limits.b.where.vendor: expected no vendor in the scope of margin, which belongs to products, not to offers, got "nova"; delete vendor, or limit spend or discount instead'
        ],
    ),
    "negative-activity": (
        "{id: b, measure: uses, min: -5}",
        ["shop.yaml:25: limits.b.min: expected an amount of uses of at least 0, got -5"],
    ),
    "unknown-key": (
        "{id: b, measure: spend, max: 5, windows: 7 days}",
        ["shop.yaml:25: limits.b: expected a known key, got windows; did you mean window?"],
    ),
}
"""By name: a limit, and every line that must be answered."""

ALLOWED = {
    "window": "{id: b, measure: spend, max: 80000, window: 3 days}",
    "window-in-weeks": "{id: b, measure: spend, max: 80000, window: 1 week}",
    "long-window": "{id: b, measure: contacts, max: 80000, window: 30 days, at_risk: 90%}",
    "month": "{id: b, measure: spend, max: 80000, each: month}",
    "period": "{id: b, measure: uses, min: 1, each: period, where: {periods: [2026-11-03..2026-11-04]}}",
    "share": "{id: b, measure: spend, max: 30%, where: {layer: targeted}, share_of: {measure: spend}}",
    "share-of-another": "{id: b, measure: spend, max: 5%, share_of: {measure: revenue, where: {categories: [phones]}}}",
    "ratio-of-counts": "{id: b, measure: contacts, max: 3, share_of: {measure: uses, where: {channels: [push]}}}",
    "roi": "{id: b, measure: roi, min: 150%, where: {categories: [phones]}}",
    "vendor": "{id: b, measure: vendor_funding, max: 500, where: {vendor: nova, products: [phone]}, window: 2 days}",
    "activity": "{id: b, measure: customers_reached, min: 100, where: {segments: [young]}}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_misuse_is_answered_in_one_line(name, tmp_path):
    """A limit that cannot be meant is answered with exactly this line."""
    limit, expected = BROKEN[name]
    assert problems_of(tmp_path, shop={BUDGET: limit}) == expected


@pytest.mark.parametrize("name", ALLOWED)
def test_what_can_be_meant_is_accepted(name, tmp_path):
    """Each kind of limit is read without a problem."""
    assert problems_of(tmp_path, shop={BUDGET: ALLOWED[name]}) == []


def test_windows_are_whole_weeks_where_periods_are(tmp_path):
    """In a plan of weeks a window of 10 days is refused, and one of 14 days is read."""
    weekly = "{id: b, measure: spend, max: 80000, window: %s}"
    told = problems_of(tmp_path, shop=WEEKS | {BUDGET: weekly % "2"})
    assert told[-1].endswith(
        "window: expected a length of time such as 7 days or 2 weeks, got 2; write 2 weeks if that is meant"
    )
    told = problems_of(tmp_path, shop=WEEKS | {BUDGET: weekly % "14"})
    assert told[-1].endswith("got 14; write 14 weeks or 14 days if that is meant")
    told = problems_of(tmp_path, shop=WEEKS | {BUDGET: weekly % "10 days"})
    line = "limits.b.window: expected a window of whole weeks, because the periods are weeks, got 10 days; write 7 or 14 days"
    assert line in [each.split(": ", 1)[1] for each in told]
    assert not [each for each in problems_of(tmp_path, shop=WEEKS | {BUDGET: weekly % "14 days"}) if "window" in each]
