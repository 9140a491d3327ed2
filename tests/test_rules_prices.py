"""max_depth and min_price: what one customer saves and pays, stacked offers together, to the cent."""

import pytest
from rule_shop import SHOP, accepted, refusal

from scenarios.language.schema import Scenario
from scenarios.loading.doubtful.depths import doubtful_depths


def test_max_depth_refuses_single_offers_that_are_too_deep():
    """30 % is more than 25 %, 20 % is not."""
    rule = {"rule": "max_depth", "max": "25%"}
    assert not accepted(rule, (3, "phone", "off30"))
    assert accepted(rule, (3, "phone", "flash"), (3, "case", "coupon", "young"))


def test_max_depth_adds_up_offers_that_stack():
    """10 % and a stacking 20 % make 28 %: too deep for 25 %, fine for 28 %, and fine on two days."""
    pair = ((3, "phone", "off10"), (3, "phone", "coupon", "young"))
    assert not accepted({"rule": "max_depth", "max": "25%"}, *pair)
    assert accepted({"rule": "max_depth", "max": "28%"}, *pair)
    assert accepted({"rule": "max_depth", "max": "25%"}, (3, "phone", "off10"), (4, "phone", "coupon", "young"))


def test_offers_that_do_not_stack_never_add_up():
    """A voucher without stacks is used instead of the price cut, so the deeper of the two counts alone."""
    assert accepted({"rule": "max_depth", "max": "20%"}, (3, "phone", "off10"), (3, "phone", "voucher", "young"))


def test_max_depth_in_a_scope_counts_all_savings_where_one_line_matches():
    """For coupons only: a lone deep cut is not concerned, but the cut and the coupon together are."""
    rule = {"rule": "max_depth", "max": "25%", "where": {"mechanics": ["coupon"]}}
    assert accepted(rule, (3, "phone", "off30"), (3, "case", "coupon", "young"))
    assert not accepted(rule, (3, "phone", "off10"), (3, "phone", "coupon", "young"))
    loyal = {"rule": "max_depth", "max": "25%", "where": {"segments": ["loyal"]}}
    assert accepted(loyal, (3, "phone", "off10"), (3, "phone", "coupon", "young"))
    assert not accepted(loyal, (3, "phone", "off10"), (3, "phone", "coupon", "loyal"))


def test_max_depth_judges_thresholds_by_the_least_order():
    """Saving 30 of 100 is 30 % at worst."""
    assert not accepted({"rule": "max_depth", "max": "25%"}, (3, "basket", "spend"))
    assert accepted({"rule": "max_depth", "max": "30%"}, (3, "basket", "spend"))


def test_a_minimum_advertised_price_is_of_the_tag_or_of_what_is_paid():
    """A phone at 1000 not below 800: the ladder looks at the tag, the depth at what anybody pays, coupons counted."""
    tag = {"rule": "price_ladder", "prices": ["900", "800"], "where": {"products": ["phone"]}}
    paid = {"rule": "max_depth", "max": "20%", "where": {"products": ["phone"]}}
    both = ((3, "phone", "off10"), (3, "phone", "coupon", "young"))
    for rule in (tag, paid):
        assert accepted(rule, (3, "phone", "flash")) and not accepted(rule, (3, "phone", "off30"))
        assert accepted(rule, (3, "phone", "coupon", "young"), (3, "basket", "spend"))
    assert accepted(tag, *both) and not accepted(paid, *both)


def test_min_price_protects_unit_cost_net_of_tax():
    """A phone at 1000 with 25 % tax and cost 560 bears exactly 30 % off: 1000 * 0.7 / 1.25 = 560."""
    rule = {"rule": "min_price"}
    assert accepted(rule, (3, "phone", "off30"))
    assert not accepted(rule | {"margin": 0.001}, (3, "phone", "off30"))
    assert not accepted(rule, (3, "tablet", "off30"))
    assert accepted(rule, (3, "tablet", "flash"))


def test_min_price_may_allow_a_loss():
    """A tablet at 30 % off sells at 280 net under a unit cost of 300: within -10 %, not within -5 %."""
    assert accepted({"rule": "min_price", "margin": "-10%"}, (3, "tablet", "off30"))
    assert not accepted({"rule": "min_price", "margin": "-5%"}, (3, "tablet", "off30"))


def test_min_price_adds_up_stacked_savings():
    """10 % and 20 % are each fine on a tablet, together they fall below cost."""
    rule = {"rule": "min_price"}
    assert accepted(rule, (3, "tablet", "off10"), (4, "tablet", "coupon", "young"))
    assert not accepted(rule, (3, "tablet", "off10"), (3, "tablet", "coupon", "young"))


def test_vendor_funding_counts_only_when_asked():
    """The vendor pays half of 30 % off a tablet, which lifts 280 to 340 of the 300 needed."""
    assert not accepted({"rule": "min_price"}, (3, "tablet", "off30"))
    assert accepted({"rule": "min_price", "counts_funding": True}, (3, "tablet", "off30"))


def test_offers_that_save_nothing_are_never_refused():
    """A feature does not lower the price, even where the regular price earns less than the margin asked for."""
    rule = {"rule": "min_price", "margin": 5.0}
    assert accepted(rule, (3, "phone", "poster"))
    assert not accepted(rule, (3, "phone", "off10"))


def test_refusals_hold_the_arithmetic():
    """Sentences name the lines, what was found and what is needed."""
    text = refusal({"rule": "max_depth", "max": "25%"}, (3, "phone", "off10"), (3, "phone", "coupon", "young"))
    assert "off10 for phone on 2026-11-03 with coupon for phone" in text and "28.0%" in text and "25.0%" in text
    text = refusal({"rule": "min_price"}, (3, "tablet", "off30"))
    assert "leaves 280.00 net of tax" in text and "at least 300.00" in text


GIVEN = {
    "gifts": [
        {"id": "points20", "unit_cost": "20%"},
        {"id": "credit", "unit_cost": "150"},
        {"id": "mug", "unit_cost": "5"},
    ],
    "offers": [
        *SHOP["offers"],
        {"id": "back20", "mechanic": "gift", "gift": "points20"},
        {"id": "back100", "mechanic": "gift", "gift": "credit"},
        {"id": "card", "mechanic": "gift", "gift": "credit", "worth": "200", "layer": "targeted", "channel": "push"},
        {
            "id": "points",
            "mechanic": "gift",
            "gift": "points20",
            "layer": "targeted",
            "channel": "push",
            "stacks": True,
        },
        {"id": "orders", "mechanic": "gift", "gift": "mug", "worth": "30", "spend": "100"},
    ],
}


def test_gifts_and_points_count_beside_savings_only_where_the_rule_says_so():
    """Of a tablet at 500 a credit of 150 is 30 %, one said to be worth 200 is 40 %, 20 % in points are 20 %."""
    rule = {"rule": "max_depth", "max": "25%"}
    counted = rule | {"counts_gifts": True}
    for line, depth in (
        ((3, "tablet", "back100"), 0.3),
        ((3, "tablet", "card", "young"), 0.4),
        ((3, "tablet", "back20"), 0.2),
        ((3, "basket", "orders"), 0.3),
    ):
        assert accepted(rule, line, **GIVEN)
        assert accepted(counted | {"max": depth}, line, **GIVEN)
        assert not accepted(counted | {"max": depth - 0.01}, line, **GIVEN)


def test_points_beside_a_stacking_cut_are_of_what_is_paid():
    """20 % in points and a coupon of 20 % make 36 %, in either layer; where they do not stack the deeper one counts."""
    for pair in (
        ((3, "phone", "back20"), (3, "phone", "coupon", "young")),
        ((3, "phone", "flash"), (3, "phone", "points", "young")),
    ):
        rule = {"rule": "max_depth", "counts_gifts": True}
        assert accepted(rule | {"max": "36%"}, *pair, **GIVEN)
        assert not accepted(rule | {"max": "35.9%"}, *pair, **GIVEN)
    voucher = ((3, "phone", "back20"), (3, "phone", "voucher", "young"))
    assert accepted(rule | {"max": "20%"}, *voucher, **GIVEN)


@pytest.mark.parametrize("most", ["21%", "29%", "35%", "44%", "60%"])
def test_the_check_and_the_masks_agree_on_every_pair_with_gifts(most: str):
    """`accepted` compares both forms; here over all pairs of a public and a targeted offer on each product."""
    offers = GIVEN["offers"]
    public = [each["id"] for each in offers if each.get("layer") != "targeted" and "spend" not in each]
    targeted = [each["id"] for each in offers if each.get("layer") == "targeted" and each["id"] != "ship"]
    rule = {"rule": "max_depth", "max": most, "counts_gifts": True}
    kept = [
        accepted(rule, (3, product, first), (3, product, second, "young"), **GIVEN)
        for product in ("phone", "tablet", "case")
        for first in public
        for second in targeted
    ]
    assert any(kept) and not all(kept)


def test_a_refusal_says_that_gifts_are_counted():
    """What is more than the cap may be no saving at the till."""
    rule = {"rule": "max_depth", "max": "25%", "counts_gifts": True}
    text = refusal(rule, (3, "tablet", "back100"), **GIVEN)
    assert "gives 30.0%, gifts and points counted, at most 25.0% allowed" in text


def test_gifts_in_the_scope_of_a_cap_that_does_not_count_them_are_noted():
    """A legal cap may be believed to hold on credits; with the key, or outside the scope, nothing is said."""
    rule = {"id": "law", "rule": "max_depth", "max": "34%"}

    def said(**keys: object) -> list[str]:
        return list(doubtful_depths(Scenario.model_validate(SHOP | GIVEN | {"rules": [rule | keys]})))

    (note,) = said()
    assert "rule law" in note and "back20, back100, card and 2 more" in note and "counts_gifts: true" in note
    assert not said(counts_gifts=True) and not said(counts_gifts=False)
    assert not said(where={"mechanics": ["coupon"]})


def test_scenarios_without_the_key_keep_their_bytes():
    """Sealed plans hold the hash of their question: a switch that is off is not written."""
    made = Scenario.model_validate(SHOP | {"rules": [{"id": "law", "rule": "max_depth", "max": "34%"}]})
    assert "counts_gifts" not in made.model_dump_json()
