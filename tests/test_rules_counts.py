"""max_concurrent and at_most_one count matching lines a period; each is refused and accepted where it should."""

from rule_shop import accepted, refusal

FLASHES = {"rule": "max_concurrent", "max": 1, "where": {"mechanics": ["flash_sale"]}}


def test_max_concurrent_counts_matching_lines_of_one_period():
    """Two flash sales on one day are one too many; on two days, or of other mechanics, they are not."""
    assert not accepted(FLASHES, (3, "phone", "flash"), (3, "case", "flash"))
    assert accepted(FLASHES, (3, "phone", "flash"), (4, "case", "flash"))
    assert accepted(FLASHES, (3, "phone", "flash"), (3, "case", "off10"))


def test_max_concurrent_per_axis_counts_each_group_alone():
    """Per category, one flash sale in phones and one in extras go together; two in phones do not."""
    per = FLASHES | {"per": ["category"]}
    assert accepted(per, (3, "phone", "flash"), (3, "case", "flash"))
    assert not accepted(per, (3, "phone", "flash"), (3, "tablet", "flash"))
    each = {"rule": "max_concurrent", "max": 1, "per": ["offer"]}
    assert accepted(each, (3, "phone", "flash"), (3, "case", "off10"))
    assert not accepted(each, (3, "phone", "off10"), (3, "case", "off10"))


def test_a_public_line_counts_for_every_segment_and_a_targeted_line_for_its_own():
    """Per segment, a public line fills the count of each; without the axis every line counts once."""
    per = {"rule": "max_concurrent", "max": 1, "per": ["segment"]}
    assert accepted(per, (3, "phone", "coupon", "young"), (3, "phone", "coupon", "loyal"))
    assert not accepted(per, (3, "phone", "off10"), (3, "case", "coupon", "loyal"))
    together = {"rule": "max_concurrent", "max": 1}
    assert not accepted(together, (3, "phone", "coupon", "young"), (3, "phone", "coupon", "loyal"))


def test_max_concurrent_zero_forbids_and_basket_lines_count():
    """A maximum of 0 allows nothing in the scope; basket lines are lines, and a product of their own."""
    assert not accepted({"rule": "max_concurrent", "max": 0}, (3, "phone", "poster"))
    assert not accepted({"rule": "max_concurrent", "max": 1}, (3, "phone", "poster"), (3, "basket", "spend"))
    per = {"rule": "max_concurrent", "max": 1, "per": ["product"]}
    assert accepted(per, (3, "phone", "poster"), (3, "basket", "spend"))
    assert not accepted(per, (3, "basket", "ship", "young"), (3, "basket", "spend"))


def test_at_most_one_keeps_two_offers_off_one_customer_and_product():
    """By default public and targeted offers never meet on a product and segment; on two products they may."""
    rule = {"rule": "at_most_one"}
    assert not accepted(rule, (3, "phone", "off10"), (3, "phone", "coupon", "young"))
    assert accepted(rule, (3, "phone", "off10"), (3, "case", "coupon", "young"))
    assert accepted(rule, (3, "phone", "coupon", "loyal"), (3, "phone", "coupon", "young"))
    assert not accepted(rule, (3, "basket", "spend"), (3, "basket", "ship", "young"))


def test_at_most_one_in_a_scope_ignores_other_lines():
    """A line outside of the scope never counts."""
    rule = {"rule": "at_most_one", "where": {"segments": ["loyal"]}}
    assert accepted(rule, (3, "phone", "off10"), (3, "phone", "coupon", "young"))
    assert not accepted(rule, (3, "phone", "off10"), (3, "phone", "coupon", "loyal"))


def test_the_refusal_says_where_how_many_and_what_mends_it():
    """The sentence names group, date, found and allowed number, and a line to drop."""
    text = refusal(FLASHES | {"per": ["category"]}, (3, "phone", "flash"), (3, "tablet", "flash"))
    for part in ("category phones", "2 lines", "2026-11-03", "at most 1", "flash for tablet"):
        assert part in text
    assert ": 1 line on 2026-11-03, at most 0 allowed" in refusal(FLASHES | {"max": 0}, (3, "phone", "flash"))
