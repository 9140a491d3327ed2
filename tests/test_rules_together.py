"""min_run, cycle, all_or_nothing, never_with, only_after, fairness: what comes together, apart, or in turn."""

import datetime as dt

import numpy as np
from rule_shop import accepted, line, refusal, shop

from constraints.rules.registry import check_rules

RUN = {"rule": "min_run", "periods": 3}
VIP = {"rule": "all_or_nothing", "across": ["segment"], "per": ["product"], "where": {"offers": ["coupon"]}}
APART = {"rule": "never_with", "where": {"offers": ["flash"]}, "with": {"mechanics": ["coupon"]}}
TEASED = {"rule": "only_after", "where": {"offers": ["flash"]}, "after": {"offers": ["poster"]}, "within": 2}
RHYTHM = {"rule": "cycle", "run": 2, "rest": 3}
FLOOR = {"rule": "fairness", "min": 2, "where": {"layer": "targeted"}}
BOTH = ("young", "loyal")


def days(*numbers, product="phone", offer="off10"):
    """Lines of one offer on some days."""
    return tuple((day, product, offer) for day in numbers)


def test_min_run_refuses_short_runs_and_accepts_long_ones():
    """Two days in a row are too few, three are enough, by whichever offers, in either layer."""
    assert not accepted(RUN, *days(3, 4))
    assert accepted(RUN, *days(3, 4, 5))
    assert accepted(RUN, (3, "phone", "off10"), (4, "phone", "flash"), (5, "phone", "coupon", "young"))
    assert not accepted(RUN, *days(3, 4, 5), *days(7, 8))
    assert not accepted(RUN, *days(3, 4, 5), (5, "case", "off10"))
    assert accepted(RUN | {"per": ["category"]}, *days(3, 4), (5, "tablet", "off10"))


def test_min_run_counts_history_and_ends_with_the_horizon():
    """A run that began before goes on counting; one that the plan does not take up is past; the end cuts none short."""
    assert accepted(RUN, *days(2), history=days(0, 1))
    assert not accepted(RUN, *days(2), history=days(1))
    assert accepted(RUN, history=days(1))
    assert not accepted(RUN, *days(8, 9))
    assert accepted(RUN, *days(7, 8, 9))


def test_cycle_keeps_a_rhythm():
    """Two days on, three off: turns of five days, which may be left out or taken in part."""
    assert accepted(RHYTHM, *days(2, 3, 7, 8))
    assert accepted(RHYTHM, *days(3, 7, 8))
    assert not accepted(RHYTHM, *days(2, 3, 4))
    assert not accepted(RHYTHM, *days(2, 3, 6))
    assert accepted(RHYTHM, *days(2, 3), *days(4, 5, product="case"))
    assert not accepted(RHYTHM | {"per": []}, *days(2, 3), *days(4, 5, product="case"))


def test_the_first_day_of_a_cycle_may_be_given():
    """Turns begin on 3 November, or any whole number of rhythms before or after."""
    fixed = RHYTHM | {"first": dt.date(2026, 11, 3)}
    assert accepted(fixed, *days(3, 4, 8)) and accepted(RHYTHM | {"first": dt.date(2026, 10, 29)}, *days(3, 4, 8))
    assert not accepted(fixed, *days(2, 3))
    assert accepted(RHYTHM | {"first": dt.date(2026, 11, 1)}, *days(2, 6))


def test_every_turn_is_taken_once_a_cycle_has_begun():
    """With every: quiet, then all turns in full; the horizon may cut the last one."""
    strict = RHYTHM | {"every": True}
    assert accepted(strict) and accepted(strict, *days(2, 3, 7, 8)) and accepted(strict, *days(4, 5, 9))
    assert not accepted(strict, *days(2, 3))
    assert not accepted(strict, *days(2, 7, 8))
    assert accepted(strict, *days(8, 9))
    assert not accepted(strict, *days(3, 7, 8))


def test_history_sets_the_rhythm_of_a_cycle():
    """The last run before the horizon is a turn if it fits one; a longer one says nothing."""
    assert accepted(RHYTHM, *days(5, 6), history=days(0, 1))
    assert not accepted(RHYTHM, *days(4), history=days(0, 1))
    assert accepted(RHYTHM, *days(2), history=days(1))
    assert accepted(RHYTHM, *days(4), history=days(-1, 0, 1))
    assert accepted(RHYTHM | {"every": True}, history=days(0, 1))
    assert accepted(RHYTHM | {"every": True}, *days(5, 6), history=days(0, 1))


def test_all_or_nothing_serves_all_segments_or_none():
    """A coupon for one segment alone is refused, for both it is fine; days and products are apart."""
    assert not accepted(VIP, (3, "phone", "coupon", "young"))
    assert accepted(VIP, (3, "phone", "coupon", "young"), (3, "phone", "coupon", "loyal"))
    assert not accepted(VIP, (3, "phone", "coupon", "young"), (4, "phone", "coupon", "loyal"))
    assert not accepted(VIP, (3, "phone", "coupon", "young"), (3, "case", "coupon", "loyal"))
    assert accepted(VIP | {"per": []}, (3, "phone", "coupon", "young"), (3, "case", "coupon", "loyal"))
    assert accepted(VIP, (3, "phone", "voucher", "young"))


def test_all_or_nothing_makes_packages():
    """Two products on two days are four lines, all or none; members are where the offer may run at all."""
    where = {"offers": ["off10"], "products": ["phone", "tablet"], "periods": ["2026-11-03..2026-11-04"]}
    package = {"rule": "all_or_nothing", "across": ["product", "period"], "where": where}
    assert accepted(package, *days(3, 4), *days(3, 4, product="tablet"), *days(5))
    assert not accepted(package, *days(3, 4), *days(3, product="tablet"))
    categories = {"rule": "all_or_nothing", "across": ["category"], "where": {"mechanics": ["price_discount"]}}
    assert accepted(categories, *days(3), (3, "case", "off30")) and not accepted(categories, *days(3))


def test_all_or_nothing_knows_where_an_offer_applies():
    """Of two segments only the one that the offer applies to is a member."""
    offers = [
        {"id": "vip", "mechanic": "coupon", "depth": "20%", "layer": "targeted"}
        | {"applies_to": {"segments": ["young"]}}
    ]
    rule = {"rule": "all_or_nothing", "across": ["segment"]}
    assert accepted(rule, (3, "phone", "vip", "young"), offers=offers)


def test_never_with_keeps_lines_apart():
    """A flash sale and a coupon of one product never meet on a day; other days and products are free."""
    assert not accepted(APART, (3, "phone", "flash"), (3, "phone", "coupon", "young"))
    assert accepted(APART, (3, "phone", "flash"), (4, "phone", "coupon", "young"), (3, "case", "coupon", "young"))
    assert not accepted(APART | {"per": []}, (3, "phone", "flash"), (3, "case", "voucher", "young"))
    assert accepted(APART, (3, "phone", "coupon", "young"), (3, "phone", "coupon", "loyal"))


def test_a_line_in_both_scopes_bears_no_other():
    """Kept apart from everything, a flash sale stands alone, and is not against itself."""
    alone = {"rule": "never_with", "where": {"offers": ["flash"]}, "with": {}, "per": []}
    assert accepted(alone, (3, "phone", "flash")) and accepted(alone, (3, "phone", "off10"), (3, "case", "off10"))
    assert not accepted(alone, (3, "phone", "flash"), (3, "case", "flash"))
    assert not accepted(alone, (3, "phone", "flash"), (3, "case", "off10"))


NEAR = APART | {"within": 2}
BRANDS = {"rule": "never_with", "where": {"products": ["phone"]}, "with": {"products": ["tablet"]}, "per": []}


def test_never_with_keeps_lines_apart_in_time():
    """Two days on either side are kept clear, of one product; the third day is free."""
    for day in (2, 3, 4, 5, 6):
        assert not accepted(NEAR, (4, "phone", "flash"), (day, "phone", "coupon", "young"))
    assert accepted(NEAR, (5, "phone", "flash"), (2, "phone", "coupon", "young"), (8, "phone", "coupon", "young"))
    assert accepted(NEAR, (4, "phone", "flash"), (5, "case", "coupon", "young"))


def test_two_brands_are_never_on_offer_in_one_week():
    """No seven days in a row hold both; each of them may run for days."""
    week = BRANDS | {"within": 6}
    assert accepted(week, (2, "phone", "off10"), (9, "tablet", "off10"))
    assert not accepted(week, (2, "phone", "off10"), (3, "phone", "off10"), (9, "tablet", "off10"))
    assert accepted(week, (2, "phone", "off10"), (3, "phone", "off10"), (3, "phone", "coupon", "young"))
    assert "phone on 2026-11-03 lies 6 days from off10 for tablet on 2026-11-09, and r asks for more than 6" in refusal(
        week, (3, "phone", "off10"), (9, "tablet", "off10")
    )


def test_never_with_counts_history_where_it_keeps_apart_in_time():
    """What ran last is still near, in either scope; by itself it is not judged, and without ``within`` it is past."""
    week = BRANDS | {"within": 3}
    for ran, planned in (("phone", "tablet"), ("tablet", "phone")):
        past = ((1, ran, "off10"),)
        assert not accepted(week, (4, planned, "off10"), history=past)
        assert accepted(week, (5, planned, "off10"), (8, planned, "off10"), history=past)
        assert accepted(BRANDS, (2, planned, "off10"), history=past)
    assert accepted(week, history=((1, "phone", "off10"), (1, "tablet", "off10")))


def test_lines_in_both_scopes_keep_apart_from_each_other_in_time():
    """Flash sales kept apart from flash sales: one in any three days, and told once."""
    flash = {"offers": ["flash"]}
    alone = {"rule": "never_with", "where": flash, "with": flash, "within": 2, "per": []}
    assert accepted(alone, (2, "phone", "flash"), (5, "case", "flash"), (8, "phone", "flash"))
    assert not accepted(alone, (3, "phone", "flash"), (5, "case", "flash"))
    assert not accepted(alone, (3, "phone", "flash"), history=((1, "case", "flash"),))
    assert accepted(alone, (4, "phone", "flash"), history=((1, "case", "flash"),))


def test_only_after_needs_an_earlier_line():
    """A flash sale needs the product's poster one or two days before, not the same day, not of another product."""
    assert not accepted(TEASED, (4, "phone", "flash"))
    assert accepted(TEASED, (3, "phone", "poster"), (4, "phone", "flash"), (5, "phone", "flash"))
    assert not accepted(TEASED, (3, "phone", "poster"), (6, "phone", "flash"))
    assert not accepted(TEASED, (3, "case", "poster"), (4, "phone", "flash"))
    ever = {key: value for key, value in TEASED.items() if key != "within"}
    assert accepted(ever, (3, "phone", "poster"), (9, "phone", "flash"))


def test_only_after_counts_history():
    """A poster of yesterday prepares today's flash sale; past flash sales are not judged."""
    assert accepted(TEASED, (2, "phone", "flash"), history=((1, "phone", "poster"),))
    assert not accepted(TEASED, (4, "phone", "flash"), history=((1, "phone", "poster"),))
    assert accepted(TEASED, history=((1, "phone", "flash"),))


def test_fairness_is_a_floor_for_each_segment():
    """Two targeted lines for each segment; a public line counts for all where the scope takes it."""
    lines = [(3, "phone", "coupon", who) for who in BOTH]
    assert not accepted(FLOOR) and not accepted(FLOOR, *lines)
    assert accepted(FLOOR, *lines, (3, "case", "voucher", "young"), (4, "basket", "ship", "loyal"))
    assert accepted({"rule": "fairness", "min": 1}, (3, "phone", "off10"))
    assert accepted({"rule": "fairness", "min": 1, "where": {"segments": ["young"]}}, lines[0])
    assert not accepted({"rule": "fairness", "min": 1}, history=((1, "phone", "off10"),))


def test_fairness_over_a_span_counts_the_public_lines_in_it():
    """Two public lines in three days, on whatever product; one before, one after and coupons do not count."""
    span = f"{line((3, 'phone', 'off10')).date}..{line((5, 'phone', 'off10')).date}"
    busy = {"rule": "fairness", "min": 2, "where": {"layer": "public", "periods": [span]}}
    one, two = (3, "phone", "off10"), (5, "case", "off10")
    assert accepted(busy, one, two) and accepted(busy, one, (3, "case", "off10"))
    assert not accepted(busy) and not accepted(busy, one)
    assert not accepted(busy, (2, "phone", "off10"), one, (6, "phone", "off10"))
    assert not accepted(busy, one, *((4, "phone", "coupon", who) for who in BOTH))


def test_a_public_line_that_is_missing_is_told_once():
    """A public line counts for every segment: one sentence for all of them, one each only where segments may differ."""
    public = {"rule": "fairness", "min": 2, "where": {"offers": ["off10", "flash"]}}
    assert _told(public, (3, "phone", "off10")) == [
        "every segment: 1 matching line, at least 2 needed; "
        "add 1 public line, which counts for all of them, or lower min of r"
    ]
    (named,) = _told(public | {"where": {"layer": "public", "segments": list(BOTH)}})
    assert named.startswith(f"segments {', '.join(BOTH)}: no matching lines, at least 2 needed; add 2 public lines,")
    assert len(_told(FLOOR)) == len(_told({"rule": "fairness", "min": 1})) == 2
    (alone,) = _told(public | {"where": {"layer": "public", "segments": ["young"]}})
    assert alone == "segment young: no matching lines, at least 2 needed; add 2 or lower min of r"


def _told(rule, *lines):
    grid, _ = shop([{"id": "r"} | rule])
    (checked,) = (each for each in check_rules(grid, [line(short) for short in lines]) if each.id == "r")
    return [each.message for each in checked.violations]


def test_the_start_plan_holds_what_rules_ask_for_and_no_more():
    """A floor of two is met by four lines; a locked line of a package brings the rest of it."""
    _, book = shop([{"id": "r"} | FLOOR])
    start = book.locked_plan()
    assert book.violations(start) == 0 and (start > 0).sum() == 4
    locked = {
        "id": "keep",
        "rule": "locked",
        "lines": [{"date": dt.date(2026, 11, 4), "product": "phone", "offer": "coupon", "segment": "young"}],
    }
    _, book = shop([{"id": "r"} | VIP, locked])
    start = book.locked_plan()
    assert book.violations(book.locked_lines()) == 1 and book.violations(start) == 0 and (start > 0).sum() == 2


def test_refusals_say_what_is_missing():
    """Sentences name who lacks what, and what mends it."""
    assert "a run of 2 days from 2026-11-03 to 2026-11-04, at least 3 days in a row" in refusal(RUN, *days(3, 4))
    assert "do not keep the rhythm 2 days of lines, 3 days without" in refusal(RHYTHM, *days(2, 3, 4))
    text = refusal(VIP, (3, "phone", "coupon", "young"))
    assert "product phone on 2026-11-03: 1 of 2 have lines, segment loyal has none; serve all or drop coupon" in text
    text = refusal(APART, (3, "phone", "flash"), (3, "phone", "coupon", "young"))
    assert "flash for phone on 2026-11-03 meets coupon for phone and segment young on 2026-11-03" in text
    assert "names under after in the 2 days before it, there is none" in refusal(TEASED, (4, "phone", "flash"))
    assert "segment young: no matching lines, at least 2 needed; add 2 or lower min of r" in refusal(FLOOR)


def test_blocks_are_lines_that_go_together():
    """What no single drop may touch is dropped as a whole: a package, a shortest run, all turns."""
    package = [(3, "phone", "coupon", who) for who in BOTH]
    for rule, lines in ((VIP, package), (RUN, days(3, 4, 5)), (RHYTHM | {"every": True}, days(2, 3, 7, 8))):
        grid, book = shop([{"id": "r"} | rule])
        plan = grid.plan_of(tuple(line(short) for short in lines))
        assert not book.violations(plan) and not book.allowed(plan)[plan > 0, 0].any()
        (block,) = book.blocks(plan)
        assert np.array_equal(block, np.flatnonzero(plan))


def test_repair_brings_in_what_loses_less():
    """Where the missing line of a package gains, it comes; where it loses more than the package is worth, all goes."""
    grid, book = shop([{"id": "r"} | VIP])
    plan = grid.plan_of((line((3, "phone", "coupon", "young")),))
    slot = int(np.flatnonzero(plan)[0])
    for wins, lines in ((True, 2), (False, 0)):
        loss = np.full((grid.slots, grid.width), -1.0 if wins else 5.0)
        loss[:, 0] = 0.0
        loss[np.arange(grid.slots), plan] = 0.0
        loss[slot, 0] = 3.0
        mended = book.repair(plan, loss)
        assert not book.violations(mended) and (mended > 0).sum() == lines
