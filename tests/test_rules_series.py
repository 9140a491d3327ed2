"""min_gap, max_run, max_frequency, offers' own max_run and contact caps: over periods, history included."""

from rule_shop import SHOP, accepted, line, refusal, shop

from constraints.rules.registry import check_rules

GAP = {"rule": "min_gap", "periods": 3}
FLASH_OF_TWO_DAYS = [offer | ({"max_run": 2} if offer["id"] in ("flash", "coupon") else {}) for offer in SHOP["offers"]]


def _capped(most, days):
    return [{"id": "push", "contacts_per_customer": {"max": most, "days": days}}, {"id": "mail"}]


def test_min_gap_counts_quiet_periods_between_runs():
    """After a run, three quiet days must pass; a longer run is no new run; products are apart."""
    assert not accepted(GAP, (2, "phone", "off10"), (5, "phone", "off10"))
    assert accepted(GAP, (2, "phone", "off10"), (6, "phone", "flash"))
    assert accepted(GAP, (2, "phone", "off10"), (3, "phone", "flash"), (4, "phone", "coupon", "young"))
    assert accepted(GAP, (2, "phone", "off10"), (5, "case", "off10"))
    assert not accepted(GAP | {"per": ["category"]}, (2, "phone", "off10"), (5, "tablet", "off10"))


def test_min_gap_counts_history():
    """A run that ended on 31 October blocks until 3 November; one that is still going may go on."""
    past = ((-1, "phone", "off10"),)
    assert not accepted(GAP, (2, "phone", "off10"), history=past)
    assert accepted(GAP, (3, "phone", "off10"), history=((-2, "phone", "off10"),))
    running = ((1, "phone", "off10"),)
    assert accepted(GAP, (2, "phone", "off10"), history=running)
    assert not accepted(GAP, (3, "phone", "off10"), history=running)


def test_a_gap_of_one_period_allows_every_other_day():
    """min_gap 1 only asks runs to be apart, which they are."""
    assert accepted(GAP | {"periods": 1}, (2, "phone", "off10"), (4, "phone", "off10"))


def test_max_run_counts_consecutive_periods():
    """Three days in a row are one too many, a pause starts anew, and several lines on a day are one day."""
    rule = {"rule": "max_run", "periods": 2}
    assert not accepted(rule, (2, "phone", "off10"), (3, "phone", "flash"), (4, "phone", "off10"))
    assert accepted(rule, (2, "phone", "off10"), (3, "phone", "off10"), (5, "phone", "off10"))
    assert accepted(rule, (2, "phone", "off10"), (2, "phone", "coupon", "young"), (3, "phone", "off10"))
    assert not accepted(rule, (2, "phone", "off10"), history=((0, "phone", "off10"), (1, "phone", "flash")))
    assert accepted(rule, (3, "phone", "off10"), history=((0, "phone", "off10"), (1, "phone", "flash")))


def test_a_run_that_history_alone_made_too_long_is_not_held_against_the_plan():
    """Three past days under a maximum of two: the plan may only not add a fourth."""
    rule = {"rule": "max_run", "periods": 2}
    past = ((-1, "phone", "off10"), (0, "phone", "off10"), (1, "phone", "off10"))
    assert accepted(rule, history=past)
    assert not accepted(rule, (2, "phone", "off10"), history=past)


def test_an_offers_own_max_run_holds_in_each_slot_series():
    """The same offer runs at most two days in a row per product, and per segment where it is targeted."""
    run = [(2, "phone", "flash"), (3, "phone", "flash"), (4, "phone", "flash")]
    assert not accepted(None, *run, offers=FLASH_OF_TWO_DAYS)
    assert accepted(None, *run[:2], (4, "phone", "off10"), offers=FLASH_OF_TWO_DAYS)
    assert accepted(None, *run[:2], (4, "case", "flash"), offers=FLASH_OF_TWO_DAYS)
    mixed = [(2, "phone", "coupon", "young"), (3, "phone", "coupon", "loyal"), (4, "phone", "coupon", "young")]
    assert accepted(None, *mixed, offers=FLASH_OF_TWO_DAYS)
    same = [(day, "phone", "coupon", "young") for day in (2, 3, 4)]
    assert not accepted(None, *same, offers=FLASH_OF_TWO_DAYS)


def test_max_frequency_counts_active_periods_in_every_window():
    """At most two days of any four: days, not lines, and windows that begin in the past."""
    rule = {"rule": "max_frequency", "max": 2, "periods": 4}
    assert not accepted(rule, (2, "phone", "off10"), (3, "phone", "off10"), (5, "phone", "off10"))
    assert accepted(rule, (2, "phone", "off10"), (3, "phone", "off10"), (6, "phone", "off10"))
    assert accepted(rule, (2, "phone", "off10"), (2, "phone", "coupon", "young"), (3, "phone", "off10"))
    assert not accepted(rule, (2, "phone", "off10"), history=((0, "phone", "off10"), (1, "phone", "off10")))
    full = ((-1, "phone", "off10"), (0, "phone", "off10"), (1, "phone", "off10"))
    assert accepted(rule, history=full) and not accepted(rule, (2, "phone", "off10"), history=full)


def test_contact_caps_count_messages_per_segment_and_channel():
    """Two messages a week: offers in one message count once, other channels and segments do not count."""
    two = [(2, "phone", "coupon", "young"), (2, "case", "coupon", "young"), (4, "basket", "ship", "young")]
    assert accepted(None, *two, channels=_capped(2, 7))
    assert not accepted(None, *two, (8, "phone", "coupon", "young"), channels=_capped(2, 7))
    assert accepted(None, *two, (9, "phone", "coupon", "young"), channels=_capped(2, 7))
    assert accepted(
        None, *two, (8, "phone", "coupon", "loyal"), (7, "phone", "voucher", "young"), channels=_capped(2, 7)
    )
    past = ((-1, "phone", "coupon", "young"), (0, "phone", "coupon", "young"))
    assert not accepted(None, two[0], channels=_capped(2, 7), history=past)


def test_refusals_name_dates_and_what_is_needed():
    """Sentences for runs, gaps and windows hold dates and numbers."""
    text = refusal(GAP, (2, "phone", "off10"), (4, "phone", "off10"))
    assert "2026-11-04 leaves 1 day without lines after those of 2026-11-02, at least 3 days needed" in text
    assert text.endswith("move or drop one of the two")
    assert refusal(GAP, (3, "phone", "off10"), history=((1, "phone", "off10"),)).endswith("move or drop it")
    text = refusal({"rule": "max_run", "periods": 1}, (2, "phone", "off10"), (3, "phone", "off10"))
    assert "2 days in a row (2026-11-02 to 2026-11-03), at most 1 day" in text
    assert text.endswith("pause for 1 day, for example on 2026-11-03: drop off10 for phone on 2026-11-03")
    week = [(day, "phone", "off10") for day in range(2, 8)]
    text = refusal({"rule": "max_run", "periods": 1}, *week, (3, "phone", "coupon", "young"))
    assert "pause for 3 days, for example on 2026-11-03: drop off10" in text and text.endswith("and 1 other line")
    text = refusal({"rule": "max_run", "periods": 2}, *week[:2], history=((0, "phone", "off10"), (1, "phone", "off10")))
    assert "pause for 1 day, for example on 2026-11-02" in text
    text = refusal({"rule": "max_frequency", "max": 1, "periods": 4}, (2, "phone", "off10"), (4, "phone", "off10"))
    assert "in 2 of 4 days" in text and "at most 1" in text
    assert text.endswith("drop those of 1 day, for example off10 for phone on 2026-11-04")
    past = ((0, "phone", "off10"), (1, "phone", "off10"))
    text = refusal({"rule": "max_frequency", "max": 1, "periods": 4}, (2, "phone", "off10"), history=past)
    assert "in 3 of 4 days (2026-10-31 to 2026-11-02), 2 of them before the horizon, at most 1 allowed; " in text
    assert "drop those of 1 day, for example off10 for phone on 2026-11-02" in text


def test_every_crowded_stretch_is_named_once_and_in_time():
    """Six days in a row where three days bear one: two stretches; the earlier product's comes first."""
    rule = {"id": "r", "rule": "max_frequency", "max": 1, "periods": 3}
    grid, _ = shop([rule])
    days = [(day, "phone", "off10") for day in range(4, 10)]
    (found,) = [
        each.violations
        for each in check_rules(grid, [line(day) for day in (*days, (2, "tablet", "off10"), (3, "tablet", "off10"))])
        if each.id == "r"
    ]
    assert [each.message.split(",")[0] for each in found] == [
        "product tablet: lines in 2 of 3 days (2026-11-02 to 2026-11-03)",
        "product phone: lines in 3 of 3 days (2026-11-04 to 2026-11-06)",
        "product phone: lines in 3 of 3 days (2026-11-07 to 2026-11-09)",
    ]


def test_a_past_offer_that_is_no_longer_on_sale_counts_where_no_kind_is_named():
    """An unknown past offer rests the product under a rule for all lines, not under one for flash sales."""
    past = ((1, "phone", "gone"),)
    assert not accepted(GAP, (3, "phone", "flash"), history=past)
    assert accepted(GAP | {"where": {"mechanics": ["flash_sale"]}}, (3, "phone", "flash"), history=past)
