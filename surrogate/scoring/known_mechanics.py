"""What a model knows of each mechanic: whether the data showed it, how, and whether its use was seen."""

from __future__ import annotations

import math

from scenarios.language.schema import Offer
from scenarios.language.words import Layer, Mechanic
from surrogate.data.judged.answerable import SHELF_TEACHES, taught_by
from surrogate.evidence.uncertainty.answer_errors import DISPLAY, MAILER, SECTION, AnswerErrors
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.scoring.feature_shares import held, not_held, shares_of
from surrogate.shelf.mechanics import KINDS

PUBLIC_PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)
"""Mechanics that, offered to everybody, everybody gets."""


def taught(model: Model) -> frozenset[Mechanic]:
    """Return the mechanics that a model can score: those its data showed, and those pooled with them."""
    return taught_by(None if model.offers is None else [Mechanic(word) for word in model.offers.mechanics])


def declared(model: Model, offer: Offer) -> bool:
    """Return whether an offer is scored by the response of declared past offers."""
    if model.offers is None:
        return False
    return offer.mechanic.value in model.offers.mechanics or not _on_shelf(model, offer.mechanic)


def seen(model: Model, offer: Offer) -> bool:
    """Return whether the data showed an offer's mechanic; of a feature, all that it means."""
    if model.offers is not None and offer.mechanic.value in model.offers.mechanics:
        return True
    if not _on_shelf(model, offer.mechanic):
        return False
    return offer.mechanic is not Mechanic.FEATURE or not not_held(model, offer)


def ran_for(model: Model, offer: Offer) -> bool:
    """Return whether an offer's mechanic ran for whom it is for: everybody, or chosen customers.

    Of mechanics whose weeks a model does not tell it is taken to have; models of older versions tell none.
    """
    told = {} if model.offers is None else model.offers.week_error
    public, sent = offer.mechanic.value, f"sent {offer.mechanic.value}"
    own, other = (sent, public) if offer.layer is Layer.TARGETED else (public, sent)
    return own in told or other not in told


def use_seen(model: Model, offer: Offer) -> bool:
    """Return whether the data shows how much is taken with an offer of this mechanic and layer."""
    if model.offers is None:
        return offer.mechanic is Mechanic.COUPON
    if offer.is_basket or offer.layer is Layer.PUBLIC:
        return share_taken(model, offer) is not None or share_named(model, offer) is not None
    return offer.mechanic.value in model.offers.used


def share_taken(model: Model, offer: Offer) -> float | None:
    """Return the share that was taken with an offer's mechanic where the till said so: see `LearnedOffers.taken`.

    Of targeted offers on products it is no share of everybody's, so there is none: customers' own use says it.
    """
    if model.offers is None or (offer.layer is Layer.TARGETED and not offer.is_basket):
        return None
    sent = "sent " if offer.layer is Layer.TARGETED else ""
    return model.offers.taken.get(f"{sent}{offer.mechanic.value}")


def share_named(model: Model, offer: Offer) -> float | None:
    """Return the share of what is sold under a public offer that is bought with it, where the till said so."""
    if model.offers is None or offer.layer is Layer.TARGETED or offer.is_basket:
        return None
    return model.offers.named.get(offer.mechanic.value)


def week_error(model: Model, offer: Offer) -> float:
    """Return the standard error of an offer's log lift that the weeks of its mechanic leave; 0 where it is not told.

    A mechanic of which one layer alone ran is known by that layer's weeks.
    """
    if not declared(model, offer) or model.offers is None:
        return 0.0
    told, public, sent = model.offers.week_error, offer.mechanic.value, f"sent {offer.mechanic.value}"
    own, other = (sent, public) if offer.layer is Layer.TARGETED else (public, sent)
    return told.get(own, told.get(other, 0.0))


def answer_error(model: Model, offer: Offer) -> float:
    """Return the standard deviation of what is unsure of an offer's log lift whatever its size; 0 where it is not told.

    Of displays and mailers, and of declared offers beside what their weeks leave (`week_error`).
    """
    if SECTION not in model.sections:
        return 0.0
    points = unpack(model.sections[SECTION], AnswerErrors).points
    if declared(model, offer):
        public, sent = offer.mechanic.value, f"sent {offer.mechanic.value}"
        own, other = (sent, public) if offer.layer is Layer.TARGETED else (public, sent)
        return points.get(own, points.get(other, 0.0))
    if offer.mechanic is not Mechanic.FEATURE:
        return 0.0
    shares = shares_of(model, offer)
    return math.hypot(shares.display * points.get(DISPLAY, 0.0), shares.mailer * points.get(MAILER, 0.0))


def kind_of(model: Model, offer: Offer) -> int:
    """Return the index into `surrogate.shelf.mechanics.KINDS` of the response that an offer is scored by."""
    if declared(model, offer) or offer.mechanic in (Mechanic.COUPON, Mechanic.FEATURE):
        return KINDS.index(offer.mechanic)
    return KINDS.index(Mechanic.PRICE_DISCOUNT)


def _on_shelf(model: Model, mechanic: Mechanic) -> bool:
    """Whether data shows a mechanic on the shelf or in mailings, whatever it declares."""
    if mechanic not in SHELF_TEACHES:
        return False
    if mechanic is Mechanic.FEATURE:
        return any(held(model))
    kind = Mechanic.COUPON if mechanic is Mechanic.COUPON else Mechanic.PRICE_DISCOUNT
    return model.support is not None and model.support.largest(KINDS.index(kind)) > 0
