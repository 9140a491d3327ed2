"""What a reader must know about offers that go beyond the data, in sentences with numbers."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.language.schema import Offer
from scenarios.language.where import names_product
from scenarios.language.words import Layer, Mechanic
from surrogate.evidence.uncertainty.selection import selected
from surrogate.model import Model
from surrogate.scoring.axes import Axes
from surrogate.scoring.feature_shares import feature_words, features_key, shares_of
from surrogate.scoring.known_mechanics import PUBLIC_PRICE, declared, kind_of, ran_for, seen, use_seen
from surrogate.scoring.never_ran import assumed_because, span
from surrogate.shelf.mechanics import Terms

_EVERYBODYS = tuple((Layer.PUBLIC, mechanic) for mechanic in PUBLIC_PRICE)


def assumptions(axes: Axes, terms: list[list[Terms]]) -> list[str]:
    """Say which offers never ran and which take-ups were never seen; of what was learned nothing is assumed."""
    model, out = axes.model, list[str]()
    for offer, its_terms in zip(axes.scenario.offers, terms, strict=True):
        because = assumed_because(axes, offer, its_terms)
        if because:
            out.append(f"Offer {offer.id} is assumed: {because}, and its interval is wide.")
        if not seen(model, offer) and offer.mechanic is Mechanic.COUPON and not declared(model, offer):
            out.append(
                f"Take-up of {offer.id} is assumed: the share that training starts from, because the data shows no "
                "purchase under a mailed coupon."
            )
        if offer.mechanic is Mechanic.FEATURE:
            out += _taken_by_default(model, offer)
        if not declared(model, offer) or offer.mechanic is Mechanic.FEATURE or use_seen(model, offer):
            continue
        if offer.is_basket:
            who = "the share of orders that reach it" + (
                ", times the use of targeted offers" if offer.layer is Layer.TARGETED else ""
            )
            out.append(f"Take-up of {offer.id} is assumed: {who}.")
        elif (offer.layer, offer.mechanic) not in _EVERYBODYS:
            out.append(f"Take-up of {offer.id} is assumed: {_untold(model, offer)}.")
    return out


def _untold(model: Model, offer: Offer) -> str:
    """Say who is taken to use an offer on goods whose use nobody told, and why it is untold."""
    what, sent = offer.mechanic.value, offer.layer is Layer.TARGETED
    who = "everybody"
    if sent:  # a model without any use fits none
        others = model.offers is not None and bool(model.offers.used)
        who = "the share who use other targeted offers" if others else "the share that training starts from"
    if not seen(model, offer):
        return f"{who}, because no {what} ran in the data"
    if not ran_for(model, offer):
        ran = f"no {what} for chosen customers" if sent else f"no public {what}"
        other = "only public ones" if sent else "only ones for chosen customers"
        return f"{who}, because {ran} ran in the data, {other}"
    if sent:
        return f"{who}, because the rows of the data show no use of it, or not to whom it was sent"
    return f"{who}, because no row of the data names the use of a public {what}, or too little was sold while one ran"


def _taken_by_default(model: Model, offer: Offer) -> list[str]:
    """Say what a feature is taken to mean that the data shows and the data file does not describe."""
    if declared(model, offer) or offer.id in model.feature_offers or not seen(model, offer):
        return []
    shares = shares_of(model, offer)
    return [
        f"Offer {offer.id} is taken to mean {feature_words(model, shares)}, because the data file does not say; "
        f"{features_key(offer, shares)} there says it, or otherwise."
    ]


def beyond_data(axes: Axes, terms: list[list[Terms]], distance: Float) -> list[str]:
    """Say which offers go beyond what the data shows, with numbers."""
    return [
        sentence
        for column in range(len(axes.scenario.offers))
        for sentence in offer_beyond_data(axes, column, terms, distance)
    ]


def offer_beyond_data(
    axes: Axes, column: int, terms: list[list[Terms]], distance: Float, *, rows: Collection[int] | None = None
) -> list[str]:
    """Say the same of one offer; on the products of some rows, or on all."""
    offer = axes.scenario.offers[column]
    here = [number for number, product in enumerate(axes.products) if names_product(offer.applies_to, product)]
    here = [number for number in here if rows is None or number in rows]
    if offer.mechanic is Mechanic.FEATURE:  # of one that the data does not show `assumptions` speaks
        known = seen(axes.model, offer) and not declared(axes.model, offer)
        return _beyond_displays(axes, offer, here) if known else []
    places = [len(axes.products)] if offer.is_basket else here
    return _beyond_savings(axes, offer, terms[column], distance[:, column], places)


def _beyond_savings(axes: Axes, offer: Offer, terms: list[Terms], distance: Float, here: list[int]) -> list[str]:
    model, support = axes.model, axes.model.support
    kind, own = kind_of(model, offer), declared(model, offer)
    beyond: list[tuple[int, float]] = []
    for number in here:
        category = len(model.categories) if number == len(axes.products) else int(axes.index[number])
        most = support.largest(kind) if own and support is not None else float(model.seen[category, 0])
        if terms[number].saving > most + 0.02:
            beyond.append((number, most))
    if not beyond:
        return []
    names = ["the basket" if n == len(axes.products) else axes.products[n].id for n, _ in beyond]
    shown = first_few(names, 4)
    saved = np.array([terms[n].saving for n, _ in beyond])
    seen = np.array([most for _, most in beyond])
    near = np.hypot(model.lift_sd, selected(model, (offer,))[0])
    wider = np.hypot(near, model.lift_sd_by_distance * distance[[n for n, _ in beyond]]) / near - 1
    # A shelf item is a line of goods: what a single one of them saved is more where the others saved nothing.
    mean = "" if own else ", averaged over all goods of a line (single ones may have saved more)"
    said = "hardly" if round(float(wider.max()), 2) == 0 else span(wider)
    return [
        f"Offer {offer.id} goes beyond the data on {shown}: it saves {span(saved)}, the data's deals there "
        f"{span(seen)} at most{mean}; its lift is extrapolated and its interval {said} wider."
    ]


def _beyond_displays(axes: Axes, offer: Offer, here: list[int]) -> list[str]:
    shares, seen = shares_of(axes.model, offer), axes.model.seen[axes.index]
    beyond = [n for n in here if shares.display > seen[n, 1] + 0.05 or shares.mailer > seen[n, 2] + 0.05]
    if not beyond:
        return []
    names = [axes.products[number].id for number in beyond]
    shown = first_few(names, 4)
    model, most = axes.model, seen[beyond]
    reached = [
        f"{name} {span(most[:, column])}"
        for column, name, share in ((1, "displays", shares.display), (2, "mailers", shares.mailer))
        if share > 0
    ]
    told = "" if offer.id in model.feature_offers else f" (features.{offer.id} of the data file says what it means)"
    return [
        f"Offer {offer.id} goes beyond the data on {shown}: it means {feature_words(model, shares)}, the data has "
        f"{' and '.join(reached)} there at most; its lift is extrapolated{told}."
    ]
