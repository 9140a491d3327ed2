"""A question that does not fit the data is refused or said: another currency, a horizon long after the data."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
import yaml
from command_line import run
from grocery_sample import sample_model, sample_scenario

from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput
from surrogate.model_file import save_model
from surrogate.scoring.other_prices import BEGINNING
from surrogate.scoring.score import score


def test_prices_of_another_currency_are_refused():
    """Learned prices in euros are no dollars; where the data does not say what its amounts are in, nothing is asked."""
    scenario, model = sample_scenario(), sample_model()
    assert model.currency == ""
    score(replace(model, currency=scenario.currency), scenario)
    with pytest.raises(InvalidInput) as caught:
        score(replace(model, currency="EUR"), scenario)
    assert len(caught.value.problems) == 1
    assert (
        f"currency: expected EUR, the currency of the purchases that prices are learned from, got {scenario.currency}"
        in (str(caught.value))
    )


def test_a_horizon_long_after_the_data_is_said():
    """Half a year between data and plan: the note says how many weeks, because levels are those of then."""
    scenario, model = sample_scenario(), sample_model()
    assert not any("The data ends on" in note for note in score(model, scenario).effects.notes)
    horizon = scenario.horizon.model_copy(update={"start": dt.date(2018, 4, 30)})
    later = scenario.model_copy(update={"horizon": horizon})
    said = "The data ends on 2017-10-29, 26 weeks before the horizon: levels and prices are those of then."
    assert said in score(model, later).effects.notes


def priced(**shares: float) -> Scenario:
    """Return the sample's question with prices of so many times what was usual in the data."""
    scenario, model = sample_scenario(), sample_model()
    usual = dict(zip(model.categories, model.regular_price, strict=True))
    products = tuple(
        product.model_copy(update={"price": Decimal(f"{usual[product.id] * shares[product.id]:.4f}")})
        if product.id in shares
        else product
        for product in scenario.products
    )
    return scenario.model_copy(update={"products": products})


def test_another_price_than_the_usual_one_of_the_data_is_said():
    """Baselines stay what was sold at the data's prices, so the note names both prices, the largest change first."""
    asked, model = priced(milk=1.2, cheese=0.9, cereal=1.04, yogurt=0.97), sample_model()
    effects = score(model, asked).effects
    told = [note for note in effects.notes if note.startswith(BEGINNING)]
    usual = dict(zip(model.categories, model.regular_price, strict=True))
    milk, cheese = usual["milk"], usual["cheese"]
    assert len(told) == 1
    assert (
        f": milk {1.2 * milk:.2f} (20% above {milk:.2f}), cheese {0.9 * cheese:.2f} (10% below {cheese:.2f})."
        in told[0]
    )
    assert (effects.base_units == score(model, sample_scenario()).effects.base_units).all()


def test_a_price_near_the_usual_one_is_no_note():
    """Means of packages and weeks move by a few percent; a price that the scenario leaves open is the data's."""
    for asked in (priced(milk=1.04, cheese=0.96), sample_scenario()):
        assert not any(note.startswith(BEGINNING) for note in score(sample_model(), asked).effects.notes)


def test_of_many_other_prices_four_are_named_and_the_rest_counted():
    """A change of currency, tax or package touches everything."""
    told = score(sample_model(), priced(**dict.fromkeys(sample_model().categories, 1.19))).effects.notes
    assert (
        sum("(19% above " in note and note.count("(19% above ") == 4 and " and 4 more." in note for note in told) == 1
    )


def test_validating_tells_of_another_price(tmp_path):
    """A trained model's word on this question's prices stands among the notes of validate."""
    model = sample_model()
    save_model(model, tmp_path / "model")
    usual = float(model.regular_price[model.categories.index("milk")])
    question = {
        "scenario": "milk",
        "currency": "USD",
        "horizon": {"start": "2017-10-30", "periods": 3, "unit": "week"},
        "segments": {"learn": {}},
        "products": [{"id": "milk", "category": "food", "price": f"{1.2 * usual:.2f}", "unit_cost": "60%"}],
        "offers": [{"id": "cut", "mechanic": "price_discount", "depth": "20%"}],
        "effects": {"model": "model"},
    }
    (tmp_path / "milk.yaml").write_text(yaml.safe_dump(question))
    answer = run("validate", tmp_path / "milk.yaml", "--json")
    assert answer.exit_code == 0, answer.output
    assert any(note.startswith(BEGINNING) for note in json.loads(answer.stdout)["notes"])
