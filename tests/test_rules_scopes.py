"""blackout, eligible, locked and forbidden: lines by their place, refused and accepted where they should be."""

from rule_shop import accepted, line, refusal, shop

from constraints.rules.registry import check_rules


def _lines(*shorts):
    return [line(short).model_dump() for short in shorts]


def test_blackout_excludes_products_and_days():
    """No line for phones on 2 and 3 November; other days and products are free."""
    rule = {"rule": "blackout", "where": {"products": ["phone"], "periods": ["2026-11-02..2026-11-03"]}}
    assert not accepted(rule, (3, "phone", "off10"))
    assert not accepted(rule, (2, "phone", "coupon", "young"))
    assert accepted(rule, (4, "phone", "off10"), (3, "case", "off10"), (3, "basket", "spend"))


def test_a_blackout_of_a_segment_excludes_public_lines_unless_it_names_the_layer():
    """A public line reaches every segment; layer: targeted spares it."""
    rule = {"rule": "blackout", "where": {"segments": ["loyal"]}}
    assert not accepted(rule, (3, "phone", "off10"))
    assert accepted(rule, (3, "phone", "coupon", "young"))
    targeted = {"rule": "blackout", "where": {"segments": ["loyal"], "layer": "targeted"}}
    assert accepted(targeted, (3, "phone", "off10"))
    assert not accepted(targeted, (3, "phone", "coupon", "loyal"))


def test_eligible_keeps_lines_inside():
    """The coupon goes to loyal customers only; other offers are not concerned."""
    rule = {"rule": "eligible", "where": {"offers": ["coupon"]}, "only": {"segments": ["loyal"]}}
    assert accepted(rule, (3, "phone", "coupon", "loyal"), (3, "phone", "off10"))
    assert not accepted(rule, (3, "phone", "coupon", "young"))
    public = {"rule": "eligible", "where": {"offers": ["off10"]}, "only": {"segments": ["loyal"]}}
    assert not accepted(public, (3, "phone", "off10"))


def test_a_week_lies_inside_only_if_all_its_days_do():
    """A week that a blackout meets on one day is excluded; an eligible week must lie inside the dates as a whole."""
    weeks = {"horizon": {"start": "2026-11-02", "periods": 3, "unit": "week"}}
    weeks["horizon"]["start"] = line((2, "phone", "off10")).date
    rule = {"rule": "blackout", "where": {"periods": ["2026-11-08"]}}
    assert not accepted(rule, (2, "phone", "off10"), **weeks)
    assert accepted(rule, (9, "phone", "off10"), **weeks)
    rule = {"rule": "eligible", "only": {"periods": ["2026-11-02..2026-11-14"]}}
    assert accepted(rule, (2, "phone", "off10"), **weeks)
    assert not accepted(rule, (9, "phone", "off10"), **weeks)


def test_locked_lines_must_be_there_exactly():
    """A plan without the locked line, with another offer or another coverage, is refused."""
    rule = {"rule": "locked", "lines": _lines((3, "phone", "voucher", "young", 0.5))}
    assert accepted(rule, (3, "phone", "voucher", "young", 0.5), (4, "phone", "off10"))
    assert not accepted(rule)
    assert not accepted(rule, (3, "phone", "voucher", "young", 1.0))
    assert not accepted(rule, (3, "phone", "coupon", "young"))


def test_locked_slots_are_fixed_in_the_rule_book():
    """The start plan holds the locked line and its slot has no other choice."""
    grid, book = shop([{"id": "r", "rule": "locked", "lines": _lines((3, "phone", "off10"))}])
    start = book.locked_plan()
    assert [(each.product, each.offer) for each in grid.lines(start)] == [("phone", "off10")]
    assert book.fixed.sum() == 1 and book.allowed(start)[book.fixed].sum() == 1


def test_two_locks_on_one_slot_clash():
    """Rules that lock one slot in two ways are reported; no plan is without violations."""
    rules = [
        {"id": "a", "rule": "locked", "lines": _lines((3, "phone", "off10"))},
        {"id": "b", "rule": "locked", "lines": _lines((3, "phone", "flash"))},
    ]
    grid, book = shop(rules)
    assert [rule for rule, _ in book.clashes] == ["b"] and book.violations(book.locked_plan()) > 0
    assert {r.id for r in check_rules(grid, [line((3, "phone", "off10"))]) if not r.satisfied} == {"b"}


def test_forbidden_lines_are_excluded_at_their_coverage_only():
    """The forbidden line is refused; the same offer at another coverage or on another day is not."""
    rule = {"rule": "forbidden", "lines": _lines((3, "phone", "voucher", "young", 0.5))}
    assert not accepted(rule, (3, "phone", "voucher", "young", 0.5))
    assert accepted(rule, (3, "phone", "voucher", "young", 1.0), (4, "phone", "voucher", "young", 0.5))


def test_refusals_name_line_and_rule():
    """The sentences say which line, which rule, and what to do."""
    assert "coupon for phone and segment young on 2026-11-03 falls into the blackout r" in refusal(
        {"rule": "blackout", "where": {"offers": ["coupon"]}}, (3, "phone", "coupon", "young")
    )
    text = refusal({"rule": "locked", "lines": _lines((3, "phone", "off10"))})
    assert "off10 for phone on 2026-11-03 is missing" in text
