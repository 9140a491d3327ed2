"""What is said of amounts for each unit: read back, needed, noted, and refused with what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from scan_phone import phone
from shop import load_shop, problems_of

from scenarios.language.offer_words import offer_meaning
from scenarios.language.schemas.funding import Funding
from scenarios.language.schemas.offer import Offer
from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.load import load_scenario


def test_effects_says_what_is_paid_and_needed_for_each_unit(tmp_path: Path) -> None:
    """The table names amounts where a vendor pays amounts, and validate reads every offer back."""
    path = phone(tmp_path)
    shown = run("effects", path).stdout
    assert "100.00 each" in shown and "40% + 25.00 each" in shown and "for each unit sold and not returned" in shown
    (row,) = [
        each for each in json.loads(run("effects", path, "--json").stdout)["break_even"] if each["offer"] == "both"
    ]
    assert (row["funding"], row["unit_funding"]) == (0.4, 25.0)
    read = " ".join(run("validate", path).stdout.split())
    assert "both (10% off; nova pays 40% of its costs and 25.00 for each unit sold)" in read


def test_amounts_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    """A tenth of a cent that is paid a million times is no cent."""
    loaded = load_scenario(str(phone(tmp_path)), ("offers.scan.funding.per_unit=0.0375",))
    assert offer_meaning(loaded.scenario.offers[0], "CNY") == "10% off; nova pays 0.0375 for each unit sold"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{vendor: nova}", "expected share, per_unit or per_line, got none of them; add share: 40%"),
        (
            "{vendor: nova, per_unit: 40%}",
            'each unit, such as 0.40, got "40%"; write share: 40% for a share of discount',
        ),
        ("{vendor: nova, per_line: 50%}", 'for each line, such as 500.00, got "50%"; write share: 50% for a share'),
        ("{vendor: nova, per_piece: 40}", "got per_piece; did you mean per_unit?"),
        ("{vendor: nova, per_unit: -1}", "expected"),
        ("{vendor: novva, per_unit: 1}", 'got "novva"; did you mean nova?'),
    ],
)
def test_slips_of_funding_are_told_with_what_to_write(tmp_path: Path, written: str, said: str) -> None:
    """One sentence at the place, with the key or the value that was meant."""
    (problem,) = problems_of(tmp_path, shop={"funding: {vendor: nova, share: 60%}": f"funding: {written}"})
    assert problem.startswith("shop.yaml:15: offers.cut-15.funding") and said in problem


def test_an_offer_on_orders_has_no_units_to_pay_for(tmp_path: Path) -> None:
    """A share says the same of an order, whose saving is one amount."""
    paid = {"save: 200,": "save: 200, funding: {vendor: nova, per_unit: 3},"}
    (problem,) = problems_of(tmp_path, shop=paid)
    assert "no funding per_unit for a threshold" in problem and "write share" in problem


def test_spend_that_may_fall_below_nothing_is_no_whole_to_take_a_share_of(tmp_path: Path) -> None:
    """Coupons of at most a fifth of a spend below 0: no plan could be told apart from another by that."""
    paid = "funding: {vendor: nova, per_unit: 40}"
    share = (
        "limits:\n  - {id: part, measure: spend, max: 20%, share_of: {measure: SPEND}, where: {mechanics: [coupon]}}\n"
    )
    edits = {"funding: {vendor: nova, share: 60%}": paid, "limits:\n": share.replace("SPEND", "spend")}
    (problem,) = problems_of(tmp_path, shop=edits)
    assert "as spend may where a vendor pays for each unit" in problem and "write gross_spend" in problem
    assert problems_of(tmp_path, shop={**edits, "limits:\n": share.replace("SPEND", "gross_spend")}) == []
    assert problems_of(tmp_path, shop={"limits:\n": share.replace("SPEND", "spend")}) == []


def test_a_gift_with_orders_has_no_units_to_pay_for() -> None:
    """It stands on orders as a threshold does, though gifts on products are paid by the unit."""
    paid = {"vendor": "nova", "per_unit": 3}
    gift = {"id": "bag", "mechanic": "gift", "gift": "tote", "funding": paid}
    assert Offer.model_validate(gift).terms_on(None).per_unit == 3
    with pytest.raises(ValueError, match="no funding per_unit for a gift with spend, which is used by orders"):
        Offer.model_validate({**gift, "spend": 50})


def test_a_display_that_is_paid_by_the_unit_counts_every_unit(tmp_path: Path) -> None:
    """Its take-up follows from that, whatever the table leaves blank; another number is refused as ever."""
    paid = {"mechanic: feature, fixed_cost: 100": "mechanic: feature, funding: {vendor: nova, per_unit: 2}"}
    loaded, plain = load_shop(tmp_path, shop=paid), load_shop(tmp_path)
    front = [offer.id for offer in loaded.scenario.offers].index("front")
    assert loaded.effects is not None and plain.effects is not None
    assert (loaded.effects.take_up[:, :-1, :, front] == 1).all() and (plain.effects.take_up[..., front] == 0).all()
    assert (loaded.effects.take_up_cv[..., front] == 0).all()
    (problem,) = problems_of(tmp_path, shop=paid, effects={",,,front,0.20,,,": ",,,front,0.20,,,30%"})
    assert "a blank for a feature, under which, paid by the unit, every unit sold counts, got 30% for front" in problem


def test_sums_that_the_account_could_not_hold_are_refused(tmp_path: Path) -> None:
    """10^14 for each of a thousand units is more than 2^53 minor units."""
    (problem,) = problems_of(tmp_path, shop={"share: 60%": "per_unit: 100000000000000"})
    assert "offers.cut-15.funding.per_unit" in problem and "vendor funding over the horizon" in problem


def test_funding_reads_back_as_it_was_dumped() -> None:
    """A plan's folder holds both keys, and folders from before hold the share alone."""
    for written in ({"vendor": "nova", "per_unit": "0.40"}, {"vendor": "nova", "share": "40%"}):
        funding = Funding.model_validate(written)
        assert Funding.model_validate(funding.model_dump(mode="json")) == funding


@pytest.mark.parametrize(
    ("paid", "whose", "check"),
    [
        ("1891", "phone", "one unit"),
        ("2761", "phone, phone-pro", "one unit"),
        ("20.01", "case", "one unit, or write share: 20.01%"),
    ],
)
def test_more_than_a_unit_costs_is_noted(tmp_path: Path, paid: str, whose: str, check: str) -> None:
    """Vendors may over-fund: nothing is refused. The amount of a case of 24, or a share without its sign, is seen."""
    cut, coupon = (
        {"share: 60%": f"per_unit: {paid}"},
        {"value: 20,": f"value: 20, funding: {{vendor: nova, per_unit: {paid}}},"},
    )
    (said,) = doubtful(load_shop(tmp_path, shop=coupon if whose == "case" else cut))
    assert f": nova pays {paid} for each unit of {whose}, more than a unit costs: check that it is for {check}" in said
    assert said.endswith(f"{check}, or per_line: {paid} for an ad or a display")


def test_as_much_as_a_unit_costs_is_not_noted(tmp_path: Path) -> None:
    """A vendor may give a unit away."""
    assert doubtful(load_shop(tmp_path, shop={"share: 60%": "per_unit: 1890"})) == ()
