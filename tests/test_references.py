# ruff: noqa: E501 - edits stand as people write them
"""Cross-checks refuse what contradicts itself and accept what only looks like it."""

import pytest
from broken_shops import BROKEN
from shop import FILES, load_shop, problems_of, write_shop

from scenarios.currency import CODES, minor_digits
from scenarios.language.checks import plausible, references
from scenarios.language.checks import rules as rule_checks
from scenarios.language.checks.facts import Facts
from scenarios.loading import lines as line_checks
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

ACCEPTED = {
    "a saving of exactly the price": {"shop": {"value: 20": "value: 79"}},
    "a price just below": {"shop": {"flash_sale, depth: 12%": "flash_sale, price: 2698.99"}},
    "a cost of exactly the price": {"shop": {"unit_cost: 20": "unit_cost: 79"}},
    "a cost as a share": {"shop": {"unit_cost: 20": "unit_cost: 68%"}},
    "an arrival on the last day": {"shop": {"2026-11-03: 100": "2026-11-07: 100"}},
    "a range that begins before the horizon": {"shop": {"2026-11-01..2026-11-02": "2026-10-01..2026-11-01"}},
    "a locked line on the last day": {"shop": {"date: 2026-11-04": "date: 2026-11-07"}},
    "a locked line beside a blackout": {"shop": {"date: 2026-11-04, product: phone,": "date: 2026-11-03, product: phone-pro,"}},
    "a forbidden line of another day": {
        "shop": {"history:": "  - {id: never, rule: forbidden, lines: [{date: 2026-11-05, product: phone, offer: cut-15}]}\nhistory:"}
    },
    "an eligible rule that allows the locked line": {
        "shop": {"history:": "  - {id: only, rule: eligible, where: {offers: [cut-15]}, only: {categories: [phones]}}\nhistory:"}
    },
    "an eligible rule that names all segments of a public line": {
        "shop": {"history:": "  - {id: only, rule: eligible, only: {segments: [young, old]}}\nhistory:"}
    },
    "a locked public and targeted line in one place": {
        "shop": {"offer: cut-15}]": "offer: cut-15}, {date: 2026-11-04, product: phone, segment: old, offer: buds}]"}
    },
    "history on the day before": {"shop": {"date: 2026-10-30": "date: 2026-10-31"}},
    "a halo between groups, with a scalar's share": {"shop": {"halo: 0": "halo: 5%"}},
    "halo pairs between groups": {"shop": {"halo: 0": "halo: [{from: phone, to: case, units: 20%}]".replace("20%", "0.2")}},
    "a scope of a mechanic that no offer has": {"shop": {"mechanics: [flash_sale]": "mechanics: [bundle, coupon]"}},
    "a limit of profit over products": {
        "shop": {"measure: margin_rate, min: 8%": "measure: profit, min: -5, where: {categories: [extras]}"}
    },
    "weights": {"shop": {"objective: profit": "objective: {weights: {profit: 1, revenue: 0.1}}"}},
    "a vendor who only funds, without a vendors section": {"shop": {"vendors: [{id: nova, fund: 100000}]\n": ""}},
    "a margin as a number": {"shop": {"min: 8%": "min: 0.08"}},
    "a rival group across categories": {"shop": {"price: 79": "rivals: phones, price: 79"}},
    "a group of its own, so no rivals": {"shop": {"price: 79": "rivals: alone, price: 79"}},
    "two groups of their own with like names, so no rivals": {
        "shop": {
            "price: 79": "rivals: wipe, price: 79",
            "phone-pro, category: phones": "phone-pro, rivals: wipes, category: phones",
        }
    },
    "a basket line": {"shop": {"offer: cut-15}]": "offer: cut-15}, {date: 2026-11-04, product: basket, segment: old, offer: save-200}]"}},
    "baskets as a product of a scope": {"shop": {"max: 80000": "max: 80000, where: {products: [basket, case]}"}},
    "a floor that allows a loss": {"shop": {"history:": "  - {id: floor, rule: min_price, margin: -10%}\nhistory:"}},
    "a floor of a margin": {"shop": {"history:": "  - {id: floor, rule: min_price, margin: 10%}\nhistory:"}},
    "a period counted for itself anyway": {"shop": {"history:": "  - {id: one, rule: at_most_one, per: [product, period]}\nhistory:"}},
    "products of a ladder in their order": {"shop": {"history:": "  - {id: steps, rule: price_ladder, order: [case, phone, phone-pro], step: 40%}\nhistory:"}},
    "the reference price of some products": {"shop": {"history:": "  - {id: law, rule: reference_price, where: {categories: [phones]}}\nhistory:"}},
    "a rhythm that began long ago": {"shop": {"history:": "  - {id: beat, rule: cycle, run: 1, rest: 2, first: 2026-01-01}\nhistory:"}},
    "an offer without a channel": {"shop": {"gift: earbuds, layer: targeted, channel: push": "gift: earbuds, layer: targeted"}},
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_only_looks_wrong_is_accepted(name, tmp_path):
    """The nearest allowed neighbour of a mistake is no mistake."""
    assert problems_of(tmp_path, **ACCEPTED[name]) == []


CHECKS = (*references.CHECKS, *plausible.CHECKS, *rule_checks.CHECKS, *line_checks.CHECKS)


def test_every_check_refuses_some_broken_scenario(tmp_path):
    """Each check function finds something in the broken scenarios; size and levels have tests of their own."""
    seen = set()
    for edits, lines in BROKEN.values():
        facts = _facts(tmp_path, edits, lines)
        if facts is not None:
            seen |= {check for check in CHECKS if any(check(facts))}
    assert {check.__name__ for check in CHECKS} - {check.__name__ for check in seen} == {"size", "levels"}


def _facts(tmp_path, edits, lines):
    """Facts of a broken scenario, as the loader sees them; None where its YAML cannot be read."""
    caught = []
    original = Facts.whole

    def remember(self, *sections):
        caught.append(self)
        return original(self, *sections)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "whole", remember)
        assert len(problems_of(tmp_path, **edits)) == len(lines)
    return caught[-1] if caught else None


def test_too_many_effects_are_refused_before_memory_runs_out(tmp_path):
    """Segments x products x periods x offers is bounded, and the message does the arithmetic."""
    rows = "\n".join(f"s{number},10" for number in range(4000))
    tmp_path.joinpath("people.csv").write_text(f"id,customers\n{rows}\n")
    before, _, after = FILES["shop.yaml"].partition("segments:\n")
    people = f"{before}segments: {{table: people.csv}}\nproducts:{after.partition('products:')[2]}"
    people = people.replace("periods: 7", "periods: 900").replace("segment: old, ", "segment: s1, ")
    write_shop(tmp_path).write_text(people)
    with pytest.raises(
        InvalidInput, match="4,000 segments x 4 products and the basket x 900 periods x 6 offers"
    ) as error:
        load_scenario(tmp_path / "shop.yaml")
    assert len(error.value.problems) == 1


def test_a_broken_section_hides_nothing_in_another(tmp_path):
    """Schema problems in two sections and unknown names in a third come together, without echoes of the first."""
    found = problems_of(
        tmp_path,
        shop={
            "periods: 7": "periods: 0",
            "id: phone-pro, category: phones, price: 3999": "id: phone-pro, category: phones, price: many",
            "products: [case]": "products: [cse]",
        },
    )
    assert [line.split(": ")[1] for line in found] == [
        "horizon.periods",
        "products.phone-pro.price",
        "offers.coupon-20.applies_to.products.1",
    ]


def test_currencies_know_their_digits():
    """CNY has 2, JPY 0, KWD 3; an unknown code is an error."""
    assert [minor_digits(code) for code in ("CNY", "JPY", "KWD")] == [2, 0, 3]
    assert len(CODES) > 150
    with pytest.raises(ValueError, match="no known currency"):
        minor_digits("CNX")


def test_amounts_fit_the_currency(tmp_path):
    """A yen price has no decimals."""
    found = problems_of(tmp_path, shop={"CNY": "JPY", "price: 79": "price: 79.5"})
    assert found == [
        "shop.yaml:13: products.case.price: expected an amount with at most 0 decimals, as JPY has, got 79.5; round it"
    ]


def test_costs_as_shares_become_amounts(tmp_path):
    """``68%`` is of the price net of tax, rounded to the currency's digits."""
    products = load_shop(tmp_path, shop={"unit_cost: 20": "unit_cost: 68%"}).scenario.products
    assert str(products[2].unit_cost) == "47.54"
