"""What is said of offers for which each product's own vendor pays: in words, notes, and refusals with what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from shop import load_shop, problems_of
from three_vendors import shop

from scenarios.language.offer_words import offer_meaning
from scenarios.language.schema import Offer
from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

CUT = "funding: {vendor: nova, share: 60%}"


def test_validate_says_who_pays_on_what(tmp_path: Path) -> None:
    """A planner reads back whose terms are whose."""
    said = {offer.id: offer_meaning(offer, "CNY") for offer in load_scenario(str(shop(tmp_path))).scenario.offers}
    assert said["all-10"] == "10% off; each product's own vendor pays 40% of its costs"
    assert said["terms"] == (
        "10% off; nova, on its own products, pays 40% of its costs; every other product's own vendor pays 30% of its "
        "costs and 2.00 for each unit sold"
    )
    assert said["front"] == "shown in front, no saving; each product's own vendor pays 800.00 for each line"


def test_products_on_which_nobody_pays_are_noted(tmp_path: Path) -> None:
    """They are funded by nobody, and that may be an oversight; where every product has a vendor nothing is said."""
    notes = [note for note in doubtful(load_scenario(str(shop(tmp_path)))) if "nobody pays" in note]
    whose = "offers all-10, terms, front and 1 more"
    assert notes == [f"{whose}: nobody pays on cable, without a vendor; applies_to narrows an offer"]
    listed = {"{vendor: of_product, share: 40%}": "[{vendor: acme, share: 40%}]"}
    notes = [note for note in doubtful(load_scenario(str(shop(tmp_path, listed)))) if "all-10" in note]
    assert notes == [
        "offer all-10: nobody pays on phone, cable, of none of the vendors who pay; applies_to narrows an offer"
    ]
    whole = {"price: 113, unit_cost: 40}": "price: 113, unit_cost: 40, vendor: acme}"}
    assert not [note for note in doubtful(load_scenario(str(shop(tmp_path, whole)))) if "nobody pays" in note]


@pytest.mark.parametrize(
    ("funding", "where", "said"),
    [
        ("[]", "", "expected at least one vendor in the list, got none; add one, or delete funding"),
        (
            "[{vendor: nova, share: 40%}, {vendor: nova, per_unit: 1}]",
            "",
            "expected every vendor once in the list, got nova again; write share, per_unit and per_line of one vendor",
        ),
        (
            "[{vendor: of_product, share: 40%}, {vendor: novva, share: 1%}]",
            ".2.vendor",
            'expected a vendor of the scenario, got "novva"; did you mean nova?',
        ),
        (
            "[{vendor: nova, share: 40%}, {vendor: orbit, share: 1%}]",
            ".2.vendor",
            "expected a vendor of products that cut-15 applies to, because in a list each pays on its own",
        ),
        ("[{vendor: nova, share: 40%}, {vendor: of_product, share: 1%}]", ".2.vendor", "expected a product whose ven"),
        ("[{vendor: nova, shar: 40%}]", ".1", "expected a known key, got shar; did you mean share?"),
        ("[{vendor: nova, share: 140%}]", ".1.share", "expected a share between 0% and 100%"),
    ],
    ids=["empty", "twice", "misspelt", "supplies none", "nobody left", "key", "value"],
)
def test_a_list_that_cannot_be_meant_is_refused(tmp_path: Path, funding: str, where: str, said: str) -> None:
    """Where, what was expected, and what to write."""
    edits = {CUT: f"funding: {funding}", "{id: nova, fund: 100000}": "{id: nova, fund: 100000}, {id: orbit}"}
    (problem,) = problems_of(tmp_path, shop=edits)
    assert f"offers.cut-15.funding{where}: " in problem and said in problem, problem


def test_vendors_of_products_need_some(tmp_path: Path) -> None:
    """Where none of the offer's products has a vendor nobody could pay: that is no note, but an error."""
    edits = {CUT: "funding: {vendor: of_product, share: 60%}"}
    edits |= {"100}, vendor: nova": "100}", "unit_cost: 2760, vendor: nova": "unit_cost: 2760"}
    (problem,) = problems_of(tmp_path, shop=edits)
    assert "offers.cut-15.funding.vendor: expected products with a vendor, who is the one to pay for cut-15" in problem
    assert problem.endswith("add vendor to the products, or name the vendor that pays")


def test_other_words_for_it_are_told_the_one(tmp_path: Path) -> None:
    """Who writes own is told of_product; with no list of vendors it may be a vendor's name, and is noted."""
    edits = {CUT: "funding: {vendor: own, share: 60%}"}
    (problem,) = problems_of(tmp_path, shop=edits)
    assert problem.endswith('got "own"; write of_product, if each product\'s own vendor is to pay')
    edits["vendors: [{id: nova, fund: 100000}]\n"] = ""
    assert any(
        note == "offer cut-15: own is a vendor who supplies nothing; write of_product, if each product's own vendor is "
        "to pay"
        for note in doubtful(load_shop(tmp_path, shop=edits))
    )


def test_options_reach_terms_by_the_vendor(tmp_path: Path) -> None:
    """What-ifs and sweeps change one vendor's terms in a list; a vendor without any there is refused."""
    loaded = load_scenario(str(shop(tmp_path)), ("offers.terms.funding.nova.share=50%",))
    assert [each.share for each in loaded.scenario.offers[1].funders] == [0.5, 0.3]
    listed = {"{vendor: of_product, share: 40%}": "[{vendor: acme, share: 40%}]"}
    with pytest.raises(InvalidInput, match=r"expected the id of a member of .*funding, got nova"):
        load_scenario(str(shop(tmp_path, listed)), ("offers.all-10.funding.nova.share=50%",))


@pytest.mark.parametrize(
    ("edits", "what", "remedy"),
    [
        ({"{id: nova, fund": "{id: of_product}, {id: nova, fund"}, "vendors.of_product.id", "rename the vendor"),
        (
            {"arrivals: {2026-11-03: 100}, vendor: nova": "arrivals: {2026-11-03: 100}, vendor: of_product"},
            "products.phone.vendor",
            "name one, or delete the key",
        ),
        ({"where: {mechanics: [flash_sale]}": "where: {vendor: of_product}"}, "rules.calm.where.vendor", "name one"),
    ],
    ids=["vendor", "product", "scope"],
)
def test_the_word_names_no_vendor(tmp_path: Path, edits: dict[str, str], what: str, remedy: str) -> None:
    """A vendor of that id could not be told from the word."""
    found = problems_of(tmp_path, shop=edits)
    assert any(what in each and "stands for the vendor of each product" in each and remedy in each for each in found)


@pytest.mark.parametrize("funding", [{"vendor": "of_product", "share": 0.4}, [{"vendor": "nova", "share": 0.4}]])
def test_orders_hold_products_of_many_vendors(funding: object) -> None:
    """An offer on orders has one vendor, by name."""
    with pytest.raises(ValueError, match="one vendor by name for a threshold, whose orders hold products of many"):
        Offer.model_validate({"id": "save", "mechanic": "threshold", "spend": 30, "save": 4, "funding": funding})


def test_the_schema_takes_both_forms() -> None:
    """Editors complete one vendor and a list of them."""
    schema = json.loads(run("schema").stdout)
    forms = schema["$defs"]["Offer"]["properties"]["funding"]["anyOf"]
    kinds = {form.get("type", "one") for each in forms for form in each.get("oneOf", each.get("anyOf", [each]))}
    assert kinds == {"one", "array", "null"}


def test_effects_says_what_is_paid_for_each_line(tmp_path: Path) -> None:
    """A display without a saving, for which the vendors pay 800 a line, is not unfunded; a share stands beside it."""
    path = shop(tmp_path, {"{vendor: of_product, share: 40%}": "{vendor: of_product, share: 40%, per_line: 70}"})
    shown = run("effects", path).stdout
    assert "800.00 a line" in shown and "40% + 70.00 a line" in shown and "a line: net, for each line" in shown
    rows = {each["offer"]: each for each in json.loads(run("effects", path, "--json").stdout)["break_even"]}
    assert (rows["front"]["funding"], rows["front"]["line_funding"]) == (0.0, 800.0)
    assert rows["scan"]["line_funding"] == 0


def test_a_vendor_for_whom_of_product_stands_is_set_by_an_entry_of_its_own(tmp_path: Path) -> None:
    """Its other terms stay those of all vendors, and theirs stay as they are; a list gets the entry as well."""
    path = str(shop(tmp_path, {"{vendor: of_product, share: 40%}": "{vendor: of_product, share: 40%, per_line: 70}"}))
    offer = load_scenario(path, ("offers.all-10.funding.acme.share=80%",)).scenario.offers[0]
    acme, nova = offer.terms_on("acme"), offer.terms_on("nova")
    assert (acme.share, acme.per_line) == (0.8, 70) and (nova.share, nova.per_line) == (0.4, 70)
    settings = ("offers.terms.funding.acme.per_unit=5", "offers.terms.funding.acme.share=10%")
    terms = load_scenario(path, settings).scenario.offers[1]
    assert [float(term) for term in terms.terms_on("acme")[1:]] == [0.1, 5, 0]
    assert terms.terms_on("nova").share == 0.4 and [each.vendor for each in terms.funders] == ["acme", "nova"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("offers.all-10.funding.acmee.share=80%", "did you mean acme?"),
        ("offers.all-10.funding.acme.shar=80%", "got acme"),
        ("offers.all-10.funding.acme.share=800%", "--set offers.all-10.funding.acme.share=800%"),
    ],
)
def test_slips_in_an_entry_of_its_own_are_told(tmp_path: Path, setting: str, said: str) -> None:
    """A vendor that there is not, a key that there is not, a share above 100 %: at the option."""
    with pytest.raises(InvalidInput) as refused:
        load_scenario(str(shop(tmp_path)), (setting,))
    assert said in str(refused.value)
