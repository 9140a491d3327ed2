"""How far a model's lift tests move what was learned of the offers that they name, before any scenario asks.

Every product of the model, all its segments and the weeks after its data stand for the scenario.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from scenarios.arrays import Float
from scenarios.language.schema import Offer, Scenario
from surrogate.data.lift_tests import offer_of_test
from surrogate.evidence.gather import TESTS, StoredTests
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.scoring.axes import Axes
from surrogate.scoring.base_units import base_units_of
from surrogate.scoring.known_mechanics import taught
from surrogate.scoring.score import axes_of
from surrogate.scoring.score_offers import OfferScores, score_offers
from surrogate.scoring.score_tests import calibrated

_WEEKS = 4


class MovedLift(NamedTuple):
    """An offer's mean lift over the cells where it may run, weighted by what they sell."""

    offer: str
    """In words."""
    learned: float
    now: float


def moved_by_tests(model: Model) -> tuple[MovedLift, ...]:
    """Return it of each offer of the lift tests that the model knows: past offers, and mechanics with a depth."""
    if TESTS not in model.sections:
        return ()
    stored, known = unpack(model.sections[TESTS], StoredTests), taught(model)
    past, offers = stored.offers(), dict[str, Offer]()
    for test in stored.read():
        offer = offer_of_test(test, (), past)
        if offer is not None and offer.mechanic in known:
            offers.setdefault(test.offer_words, offer)
    if not offers:
        return ()
    axes = axes_of(model, _asking(model, tuple(offers.values())))
    base, before = base_units_of(axes).mean(axis=0), score_offers(axes)
    after = calibrated(axes, before, base)
    return tuple(
        MovedLift(offer=words, learned=_mean(axes, before, base, number), now=_mean(axes, after, base, number))
        for number, words in enumerate(offers)
    )


def _asking(model: Model, offers: tuple[Offer, ...]) -> Scenario:
    """Return a scenario of the weeks after the data; its offers are known, so that nothing of them is checked again."""
    plain = Scenario.model_validate(
        {
            "scenario": "lift-tests",
            "currency": model.currency or "EUR",
            "horizon": {
                "start": dt.date.fromisoformat(model.test_until) + dt.timedelta(days=1),
                "periods": _WEEKS,
                "unit": "week",
            },
            "segments": {"learn": {}},
            "products": [{"id": one, "category": one, "unit_cost": 0} for one in model.categories],
            "offers": [{"id": "any", "mechanic": "price_discount", "depth": "10%"}],
            "effects": {"model": "."},
        }
    )
    return plain.model_copy(update={"offers": offers})


def _mean(axes: Axes, scores: OfferScores, base: Float, number: int) -> float:
    lift = scores.lift[..., number].mean(axis=0)
    weight = axes.applies()[..., number].astype(float)
    weight[:, :-1] *= base
    weight[:, -1] *= base.sum(axis=1)
    return float((weight * lift).sum() / max(float(weight.sum()), 1e-300))
