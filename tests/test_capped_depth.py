"""A share off with a most that it takes off: 10 % off, 1,500 at most."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from billed_shop import SHOP, TABLES
from command_line import run
from pydantic import ValidationError

from scenarios.language.offer_words import offer_meaning, offer_words
from scenarios.language.schema import Offer, Product
from scenarios.response.economics import saving_per_unit
from surrogate.experiment.prepared.offers import NoPriceError, terms_of
from surrogate.shelf.mechanics import scenario_terms


def offer(mechanic: str = "coupon", **keys: object) -> Offer:
    """An offer of 10 % off, 150.00 at most."""
    return Offer.model_validate({"id": "bank", "mechanic": mechanic, "depth": "10%", "at_most": "150", **keys})


def product(price: str, units_per_use: float = 1.0) -> Product:
    """A product of a price."""
    return Product.model_validate(
        {"id": "p", "category": "c", "price": price, "unit_cost": "1", "units_per_use": units_per_use}
    )


@pytest.mark.parametrize(("price", "saved"), [("900", 90.0), ("1500", 150.0), ("4000", 150.0)])
def test_a_unit_saves_its_share_up_to_the_most(price: str, saved: float) -> None:
    """Below 1,500 a tenth of the price, above it 150; of a price that is cut already, of that."""
    for mechanic in ("coupon", "price_discount", "flash_sale"):
        assert saving_per_unit(offer(mechanic), product(price), float(price)) == pytest.approx(saved)
    assert saving_per_unit(offer(), product(price), 700.0) == pytest.approx(70.0)


def test_the_most_of_a_coupon_is_for_one_use() -> None:
    """A use of three units saves 150 together; a lower shelf price is one unit's."""
    assert saving_per_unit(offer(), product("4000", 3.0), 4000.0) == pytest.approx(50.0)
    assert saving_per_unit(offer("price_discount"), product("4000", 3.0), 4000.0) == pytest.approx(150.0)


def test_what_is_learned_sees_the_saving_that_is_left() -> None:
    """Both models are asked for the share of this product's price, as for an amount off."""
    dear = product("4000")
    assert scenario_terms(offer(), dear, (), price=4000.0, order=100.0).saving == pytest.approx(0.0375)
    assert scenario_terms(offer(), dear, (), price=900.0, order=100.0).saving == pytest.approx(0.1)
    assert terms_of(offer(), 4000.0).saving == pytest.approx(0.0375)
    with pytest.raises(NoPriceError):
        terms_of(offer(), None)


def test_it_is_told_with_the_offer() -> None:
    """People read both parts."""
    assert offer_words(offer(), "INR") == "10% off, 150.00 at most"
    assert (
        offer_meaning(offer(per_customer=1), "INR")
        == "coupon, 10% off, 150.00 at most, at most 1 per customer and period"
    )


@pytest.mark.parametrize(
    "keys", [{"at_most": "150", "value": "3"}, {"at_most": "150"}, {"at_most": "150", "price": "5"}]
)
def test_a_most_stands_beside_a_depth_only(keys: dict[str, str]) -> None:
    """An amount needs no most."""
    with pytest.raises(ValidationError, match="the parameters depth"):
        Offer.model_validate({"id": "bank", "mechanic": "price_discount", **keys})


def shop(folder: Path, terms: str) -> Path:
    """The billed shop, whose coupon has other terms."""
    text = SHOP.replace("mechanic: coupon, value: 6.25", f"mechanic: coupon, {terms}")
    assert terms in text
    for name, table in TABLES.items():
        (folder / f"{name}.csv").write_text(table, "utf-8")
    (folder / "shop.yaml").write_text(text, "utf-8")
    return folder / "shop.yaml"


def test_the_account_by_hand(tmp_path: Path) -> None:
    """20 % off shampoo at 50.00 would be 10.00; at most 6.25 a use is the coupon of 6.25: the same to the cent."""
    lines = tmp_path / "lines.csv"
    lines.write_text(
        "date,product,segment,offer\n2026-11-02,shampoo,near,coupon\n2026-11-03,milk,far,coupon\n", "utf-8"
    )
    found = {}
    for terms in ("depth: 20%, at_most: 6.25", "value: 6.25"):
        shown = run("score", shop(tmp_path, terms), lines, "--json")
        assert shown.exit_code in (0, 1), shown.output
        found[terms] = shown.stdout
    capped, plain = (Decimal(text.split('"discount": ')[1].split(",")[0]) for text in found.values())
    # Shampoo saves 6.25 either way; milk, of 22.40, saves 4.48 in place of 6.25.
    milk = plain - capped
    assert milk == pytest.approx(Decimal(str(200 * 0.25 * (6.25 - 4.48) / 1.12)), abs=Decimal("0.02"))


@pytest.mark.parametrize("word", ["max_discount", "up_to", "max_off"])
def test_other_words_for_it_are_answered(tmp_path: Path, word: str) -> None:
    """What shops call it leads to the key."""
    shown = run("validate", shop(tmp_path, f"depth: 20%, {word}: 5"))
    assert shown.exit_code == 2
    assert "at_most" in " ".join(shown.output.split())
