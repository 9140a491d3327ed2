"""A question that does not fit the data is refused or said: another currency, a horizon long after the data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from grocery_sample import sample_model, sample_scenario

from scenarios.problems import InvalidInput
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
