"""A line means the same to the checks of a scenario and to its rules: what it touches, and what it lies inside."""

import datetime as dt

import pytest
from rule_shop import SHOP, line, shop
from shop import problems_of

from constraints.rules import lines as rules
from scenarios.language.checks.facts import Facts
from scenarios.language.scope import Scope
from scenarios.loading import lines as line_checks
from scenarios.problems import Places

LINES = (
    (3, "phone", "off10"),
    (4, "tablet", "off30"),
    (3, "case", "poster"),
    (3, "phone", "coupon", "young"),
    (5, "case", "voucher", "loyal", 0.5),
    (3, "basket", "spend"),
    (4, "basket", "ship", "loyal"),
)
SCOPES = (
    {},
    {"segments": ["young"]},
    {"segments": ["young", "loyal"]},
    {"products": ["phone", "basket"]},
    {"products": ["basket"], "categories": ["phones"]},
    {"categories": ["phones"]},
    {"vendor": "v"},
    {"layer": "public", "segments": ["loyal"]},
    {"channels": ["push"], "mechanics": ["coupon", "free_shipping"]},
    {"offers": ["off10"], "periods": ["2026-11-03"]},
    {"periods": ["2026-11-03..2026-11-04"]},
)


@pytest.mark.parametrize("unit", ["day", "week"])
def test_checks_and_rules_read_scopes_alike(unit):
    """Touching and lying inside agree for every line and scope; a vendor is who funds the offer, not who supplies."""
    products = [product | {"vendor": "v"} for product in SHOP["products"]]
    horizon = {"start": dt.date(2026, 11, 2), "periods": 8, "unit": unit}
    grid, _ = shop([], products=products, horizon=horizon)
    facts = Facts(
        scenario=grid.scenario,
        data=SHOP | {"products": products},
        places=Places("shop.yaml"),
        kept={},
        broken=frozenset(),
        lossy=frozenset(),
        custom=frozenset(),
    )
    for short in LINES:
        written = line(short)
        read = rules.read_line(grid, written)
        for keys in SCOPES:
            scope = Scope.model_validate(keys)
            offer = grid.scenario.offers[grid.offer_index[written.offer]]
            for name in ("touches", "inside"):
                by_check = getattr(line_checks, name)(facts, scope, written, offer)
                assert by_check == getattr(rules, name)(scope, read, grid), (name, short, keys)
    assert not line_checks.touches(facts, Scope(vendor="v"), line(LINES[0]), grid.scenario.offers[0])


def test_a_public_line_is_eligible_only_where_all_segments_are(tmp_path):
    """Validation refuses what the rule would: a locked public line under a rule that names one segment."""
    one = {"history:": "  - {id: only, rule: eligible, only: {segments: [young]}}\nhistory:"}
    (found,) = problems_of(tmp_path, shop=one)
    assert "got rule only, which excludes cut-15 for phone" in found


@pytest.mark.parametrize("word", ["brand", "supplier"])
def test_a_brand_in_a_scope_is_no_vendor(tmp_path, word):
    """A vendor in a scope is who funds offers: a limit on a brand's products would silently be another one."""
    (problem,) = problems_of(tmp_path, shop={"max: 80000": f"max: 80000, where: {{{word}: nova}}"})
    assert f"expected a known key, got {word}; list its products, or their categories" in problem
    assert "vendor in a scope means offers that this vendor funds, whoever supplies the product" in problem
    (problem,) = problems_of(tmp_path, shop={"unit_cost: 2760, vendor: nova": f"unit_cost: 2760, {word}: nova"})
    assert f"got {word}; did you mean vendor?" in problem
