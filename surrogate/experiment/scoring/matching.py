"""A scenario's offers among those that an experiment tried: by their parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.language.mechanic_keys import PARAMETERS
from scenarios.language.schema import Offer, Scenario
from scenarios.language.words import Mechanic
from scenarios.problems import Problem, shown
from surrogate.experiment.fitted.network import SAVING_CAP
from surrogate.experiment.model import ExperimentModel, TriedOffer
from surrogate.experiment.prepared.offers import NoPriceError, terms_of
from surrogate.experiment.scoring.untried import answering, untried

_SAME = 1e-6
_INSIDE, _OUTSIDE = 1.0, 2.0
"""Spread of log lifts for each unit of -log(1 - saving) away from the nearest saving tried, between such savings and
beyond all of them: how far elasticities of one retailer differ."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """What an experiment knows about one offer on one product (or the basket)."""

    mechanic: int
    """Number of the mechanic in the networks."""
    saving: float
    nearest: TriedOffer
    exact: bool
    beyond: bool
    """Whether the saving lies outside of all that was tried of the mechanic."""
    distance: float
    """From the nearest saving tried, in -log(1 - saving)."""
    known: float
    """The largest saving tried of the mechanic."""
    take_up: float
    """Between savings tried on the way from one's take-up to the other's, beyond all of them the nearest one's."""

    @property
    def spread(self) -> float:
        """Standard deviation of log lifts that the distance adds."""
        return self.distance * (_OUTSIDE if self.beyond else _INSIDE)


def kin_of(model: ExperimentModel, mechanic: Mechanic) -> Mechanic | None:
    """Return the tried mechanic that answers for one: itself, or its kin."""
    return answering(model.mechanics, mechanic)


def match(model: ExperimentModel, offer: Offer, price: float | None) -> Match:
    """Match an offer at a product's price (an order's value for basket mechanics).

    Raises
    ------
    KeyError
        When the mechanic was not tried.
    NoPriceError
        When the saving is an amount of an unknown price.
    """
    mechanic = kin_of(model, offer.mechanic)
    tried = [one for one in model.offers if one.mechanic is mechanic]
    if mechanic is None or not tried:
        raise KeyError(offer.mechanic)
    known = max(one.saving for one in tried)
    written = _written(offer)
    for one in tried:
        if one.written == written:
            return Match(
                mechanic=model.mechanics.index(mechanic), saving=one.saving, nearest=one, exact=True, beyond=False,
                distance=0.0, known=known, take_up=one.take_up,
            )  # fmt: skip
    saving = terms_of(offer, price).saving
    place = _place(saving)
    nearest = min(tried, key=lambda one: (abs(_place(one.saving) - place), one.id))
    places = [_place(one.saving) for one in tried]
    distance = abs(_place(nearest.saving) - place)
    return Match(
        mechanic=model.mechanics.index(mechanic),
        saving=saving,
        nearest=nearest,
        exact=distance < _SAME,
        beyond=not (min(places) - _SAME <= place <= max(places) + _SAME),
        distance=distance,
        known=known,
        take_up=nearest.take_up if distance < _SAME else _take_up_at(place, tried),
    )


def _take_up_at(place: float, tried: list[TriedOffer]) -> float:
    """Return the take-up of a saving that was not tried, as straight between its neighbours as the lift is."""
    known: dict[float, list[float]] = {}
    for one in tried:
        known.setdefault(_place(one.saving), []).append(one.take_up)
    places = sorted(known)
    return round(float(np.interp(place, places, [np.mean(known[each]) for each in places])), 6)


def _place(saving: float) -> float:
    return float(-np.log1p(-min(saving, SAVING_CAP)))


def _written(offer: Offer) -> dict[str, str]:
    return {name: str(getattr(offer, name)) for name in PARAMETERS if getattr(offer, name) is not None}


def unmatched(model: ExperimentModel, scenario: Scenario) -> Iterator[Problem]:
    """Say which offers of a scenario an experiment cannot know."""
    found = untried(scenario, [(one.mechanic, one.layer) for one in model.offers])
    for offer in scenario.offers:
        if offer.id in found:
            yield found[offer.id]
        elif _unsized(model, offer):
            got = shown(", ".join(f"{key} {value}" for key, value in _written(offer).items()))
            remedy = "add average_order to the experiment's file and train again"
            yield Problem(
                where=scenario.scenario, what=f"offers.{offer.id}", expected="a saving that the experiment can size",
                got=got, remedy=remedy,
            )  # fmt: skip


def _unsized(model: ExperimentModel, offer: Offer) -> bool:
    """Whether a basket offer's saving is an amount of orders whose value is unknown."""
    if not offer.is_basket:
        return False
    try:
        match(model, offer, model.order)
    except NoPriceError:
        return True
    return False
