"""The shipped scenario phone-flash-sale: reproducible tables whose mean effects are as its comment says."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np
import pytest

from scenarios.language.words import Mechanic
from scenarios.loading.load import load_scenario
from scenarios.shipped.phone_flash_sale import OFFER_PRODUCTS, PRODUCTS, SEGMENTS, write_tables

LIBRARY = resources.files("scenarios.library")


@pytest.fixture(scope="module")
def scenario():
    """Return the shipped scenario."""
    return load_scenario("phone-flash-sale").scenario


def test_its_tables_are_written_to_the_byte(tmp_path):
    """The script gives the shipped tables."""
    write_tables(tmp_path)
    for table in ("baseline", "baskets", "effects"):
        name = f"phone-flash-sale-{table}.csv"
        assert (tmp_path / name).read_bytes() == LIBRARY.joinpath(name).read_bytes(), name


def test_script_and_scenario_speak_of_the_same_things(scenario):
    """Segments, sizes, products, prices and the reach of offers are the same in the script and in the scenario."""
    assert {s.id: s.customers for s in scenario.segments} == {k: b.customers for k, b in SEGMENTS.items()}
    assert {p.id: float(p.price) for p in scenario.products} == {k: item.price for k, item in PRODUCTS.items()}
    for offer in scenario.offers:
        if offer.is_basket:
            continue
        where = offer.applies_to
        reach = {
            p.id
            for p in scenario.products
            if (where.products is None or p.id in where.products)
            and (where.categories is None or p.category in where.categories)
        }
        assert reach == set(OFFER_PRODUCTS[offer.id]), offer.id


@pytest.mark.parametrize(
    ("mechanic", "expected"), [(Mechanic.PRICE_DISCOUNT, 0.8), (Mechanic.FLASH_SALE, 0.7), (Mechanic.GIFT, 0.6)]
)
def test_mean_attractiveness_is_as_labelled(scenario, mechanic, expected):
    """Attractiveness is about .8 for price cuts, .7 for flash sales, .6 for gifts in the mean."""
    offers = {offer.id for offer in scenario.offers if offer.mechanic is mechanic}
    with LIBRARY.joinpath("phone-flash-sale-effects.csv").open(encoding="utf-8") as file:
        lifts = [float(row["lift"]) for row in csv.DictReader(file) if row["offer"] in offers]
    assert np.mean(1 - np.exp(-np.array(lifts) / 0.5)) == pytest.approx(expected, abs=0.05)


def test_the_threshold_lies_above_one_phones_price(scenario):
    """An accessory completes the basket: the threshold is above the price of the phone it was made for."""
    threshold = next(offer for offer in scenario.offers if offer.mechanic is Mechanic.THRESHOLD)
    phone = next(product for product in scenario.products if product.id == "nova-12")
    assert phone.price < threshold.spend
    extras = [p.price for p in scenario.products if p.category == "wearables"]
    assert phone.price + min(extras) >= threshold.spend
