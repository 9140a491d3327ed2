"""max_depth and min_price: what one customer saves and pays, stacked offers together, to the cent."""

from rule_shop import accepted, refusal


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
