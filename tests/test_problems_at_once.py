# ruff: noqa: E501 - edits stand as people write them
"""One run tells what is wrong with the shape of a scenario and what is wrong with its names, and nothing else."""

from functools import cache

import pytest
from shop import problems_of

NAMES = {
    "limit-scope": ("shop", "max: 80000}", "max: 80000, where: {products: [fone]}}"),
    "limit-measure": ("shop", "measure: margin_rate, min: 8%", "measure: marginn, min: 8%"),
    "rule-scope": ("shop", "mechanics: [flash_sale]}", "segments: [yung]}"),
    "offer-place": ("shop", "applies_to: {products: [case]}", "applies_to: {products: [cass]}"),
    "offer-category": ("shop", "coverage: [50%, 100%], applies_to: {products: [case]}", "coverage: 50%, applies_to: {categories: [extra]}"),
    "offer-gift": ("shop", "gift: earbuds,", "gift: earbudz,"),
    "offer-vendor": ("shop", "funding: {vendor: nova,", "funding: {vendor: nora,"),
    "locked-line": ("shop", "product: phone, offer: cut-15}]", "product: phone, offer: cut-16}]"),
    "past-line": ("shop", "segment: old, offer: coupon-20", "segment: odd, offer: coupon-20"),
    "effects-segment": ("effects", "young,,,coupon-20", "yung,,,coupon-20"),
    "effects-offer": ("effects", ",,,flash-12", ",,,flash-13"),
    "baseline-product": ("baseline", "old,case", "old,cass"),
    "baskets-segment": ("baskets", "young,79", "yung,79"),
    "halo": ("shop", "halo: 0", "halo: [{from: phone, to: cass, units: 0.2}]"),
}  # fmt: skip
SHAPES = {
    "segment-key": ("customers: 4000,", "customers: 4000, custmers: 3,"),
    "segment-type": ("customers: 4000", "customers: many"),
    "segment-missing": ("customers: 4000, ", ""),
    "product-type": ("stock: 500", "stock: lots"),
    "product-key": ("stock: 500", "stok: 500"),
    "offer-type": ("depth: 15%", "depth: much"),
    "offer-key": ("depth: 12%, max_run: 2", "depth: 12%, maxrun: 2"),
    "offer-missing": ("mechanic: feature, ", ""),
    "offer-list": ("layer: targeted, channel: push, coverage", "layer: targetd, channel: push, coverage"),
    "gift-offer": ("layer: targeted, channel: push, applies_to: {categories", "layer: targetd, channel: push, applies_to: {categories"),
    "gifts": ("stock: 300", "stock: few"),
    "channels": ("cost_per_contact: 0.02", "cost_per_contact: x"),
    "limit-key": ("measure: spend, max: 80000", "measure: spend, maxx: 80000"),
    "limit-type": ("min: 8%", "min: eight"),
    "rule-type": ("periods: 3, where", "periods: three, where"),
    "rule-kind": ("rule: min_gap", "rule: min_gp"),
    "locked-date": ("date: 2026-11-04", "date: tomorrow"),
    "past-share": ("coverage: 50%}", "coverage: half}"),
    "horizon": ("periods: 7,", "periods: seven,"),
    "money": ("tax_rate: 13%", "tax_rate: x"),
    "objective": ("objective: profit", "objective: profits"),
    "response": ("fatigue: 0.25", "fatigue: 2.5"),
    "effects": ("lift_is: gross", "lift_is: grss"),
    "top-key": ("title: A small shop", "titel: A small shop"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One place for all mistakes, so that each is read alone once; the shop is written anew for every reading."""
    return tmp_path_factory.mktemp("shop")


@cache
def _alone(folder, file, old, new):
    found = problems_of(folder, **{file: {old: new}})
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_name_is_told_beside_every_wrong_shape(name, folder):
    """Two mistakes are the two lines that each of them gives alone, whatever part of the file is broken."""
    file, old, new = NAMES[name]
    told = 0
    for shape in SHAPES.values():
        edits = {"shop": dict([shape])}
        edits.setdefault(file, {})[old] = new
        if file == "shop" and old in shape[0]:
            continue
        try:
            found = problems_of(folder, **edits)
        except AssertionError:
            continue  # both edits are of the same text
        told += 1
        assert sorted(found) == sorted([_alone(folder, file, old, new), _alone(folder, "shop", *shape)])
    assert told >= len(SHAPES) - 3


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("segments:\n  - {id: young, ", "segments:\n  - {", "segments.1: expected the key id"),
        ("{id: phone, category: phones, price: 2699,", "{category: phones, price: 2699,", "products.1: expected the key id"),
        ("{id: cut-15, mech", "{idd: cut-15, mech", "offers.1: expected a known key, got idd"),
        ("id: flash-12", "id: cut-15", "every id in offers once"),
        ("effects: {table: effects.csv, lift_is: gross}", "effects: {tabel: effects.csv}", "did you mean table"),
        ("category: extras", "categry: extras", "did you mean category"),
    ],
)  # fmt: skip
def test_what_names_hang_on_is_one_mistake_where_it_is_broken(old, new, expected, tmp_path):
    """Where an id is lost, nothing that names it is refused: the limits, lines and rows of tables are right."""
    found = problems_of(tmp_path, shop={old: new})
    assert len(found) == 1 and expected in found[0]


def test_orders_are_not_missed_where_the_baskets_are_broken(tmp_path):
    """A limit on orders needs baskets; a misspelt key of theirs is the one mistake."""
    limit = {"max: 80000}": "max: 80000}\n  - {id: many, measure: orders, max: 500}"}
    found = problems_of(tmp_path, shop={"baskets: {table:": "baskets: {tabel:", **limit})
    assert len(found) == 1 and "did you mean table" in found[0]


def test_the_mechanics_of_a_rule_of_no_kind(tmp_path):
    """Under a misspelt kind of rule no key is known; the mechanics of its scope are looked at in any case."""
    found = problems_of(tmp_path, shop={"rule: min_gap": "rule: min_gp", "[flash_sale]": "[flash_sail]"})
    assert len(found) == 2 and "did you mean min_gap" in found[0] and "did you mean flash_sale" in found[1]


def test_several_names_of_one_broken_limit(tmp_path):
    """A limit without a bound tells its misspelt measure, product and vendor in the same run."""
    edit = {"max: 80000}": "share_of: {measure: revenu}, where: {products: [fone], vendor: nora}}"}
    found = problems_of(tmp_path, shop=edit)
    assert [line.split(": ")[1] for line in found] == [
        "limits.total-budget",
        "limits.total-budget.where.products.1",
        "limits.total-budget.where.vendor",
        "limits.total-budget.share_of.measure",
    ]


def test_numbers_of_a_table_are_told_beside_a_broken_product(tmp_path):
    """Cells of tables cannot be placed without their products; a text in place of a number is one in any case."""
    found = problems_of(tmp_path, shop={"stock: 500": "stock: lots"}, baseline={"young,case,,70": "young,case,,many"})
    assert len(found) == 2 and "products.phone.stock" in found[0] and "baseline.csv:4: units" in found[1]
