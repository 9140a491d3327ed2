"""What a reader must know about offers that go beyond the data, in sentences with numbers."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from scenarios.first_few import first_few
from scenarios.language.schema import Offer
from scenarios.language.words import Layer, Mechanic
from surrogate.scoring.axes import Axes, sold
from surrogate.scoring.known_mechanics import PUBLIC_PRICE, declared, kind_of, seen, use_seen
from surrogate.scoring.score_history import EVERYWHERE
from surrogate.shelf.mechanics import Terms

Float = NDArray[np.float64]
_EVERYBODYS = tuple((Layer.PUBLIC, mechanic) for mechanic in PUBLIC_PRICE)


def assumptions(axes: Axes) -> list[str]:
    """Say which mechanics never ran and which take-ups were never seen; of what was learned nothing is assumed."""
    model, out = axes.model, list[str]()
    for offer in axes.scenario.offers:
        if not seen(model, offer):
            out.append(f"Offer {offer.id} is assumed: {unseen(offer)}, and its interval is wide.")
            if offer.mechanic is Mechanic.COUPON and not declared(model, offer):
                out.append(
                    f"Take-up of {offer.id} is assumed: the share that training starts from, because the data shows no "
                    "purchase under a mailed coupon."
                )
        if not declared(model, offer) or offer.mechanic is Mechanic.FEATURE or use_seen(model, offer):
            continue
        if offer.mechanic.is_basket:
            who = "the share of orders that reach it" + (
                ", times the use of targeted offers" if offer.layer is Layer.TARGETED else ""
            )
            out.append(f"Take-up of {offer.id} is assumed: {who}.")
        elif (offer.layer, offer.mechanic) not in _EVERYBODYS:
            who = "everybody" if offer.layer is Layer.PUBLIC else "the share who use other targeted offers"
            out.append(f"Take-up of {offer.id} is assumed: {who}, because the rows of the data show no use of it.")
    return out


def unseen(offer: Offer) -> str:
    """Say what an offer is scored by whose mechanic the data does not show."""
    if offer.mechanic is Mechanic.FEATURE:
        return "the data shows no display and no mailer, so its lift is the one that training starts from"
    return f"no {offer.mechanic.value} ran in the data, so it is taken to lift as the other mechanics do at its saving"


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
    here = [number for number, product in enumerate(axes.products) if sold(offer, product)]
    here = [number for number in here if rows is None or number in rows]
    if offer.mechanic is Mechanic.FEATURE:  # of one that the data does not show `assumptions` speaks
        known = seen(axes.model, offer) and not declared(axes.model, offer)
        return _beyond_displays(axes, offer, here) if known else []
    places = [len(axes.products)] if offer.mechanic.is_basket else here
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
    wider = np.hypot(model.lift_sd, model.lift_sd_by_distance * distance[[n for n, _ in beyond]]) / model.lift_sd - 1
    said = "hardly" if round(float(wider.max()), 2) == 0 else _span(wider)
    return [
        f"Offer {offer.id} goes beyond the data on {shown}: it saves {_span(saved)}, the data's deals there "
        f"{_span(seen)} at most; its lift is extrapolated and its interval {said} wider."
    ]


def _span(shares: Float) -> str:
    low, high = float(shares.min()), float(shares.max())
    return f"{low:.0%}" if round(low, 2) == round(high, 2) else f"{low:.0%} to {high:.0%}"


def _beyond_displays(axes: Axes, offer: Offer, here: list[int]) -> list[str]:
    shares, seen = axes.model.feature_offers.get(offer.id, EVERYWHERE), axes.model.seen[axes.index]
    beyond = [n for n in here if shares.display > seen[n, 1] + 0.05 or shares.mailer > seen[n, 2] + 0.05]
    if not beyond:
        return []
    names = [axes.products[number].id for number in beyond]
    shown = first_few(names, 4)
    display, mailer = _span(seen[beyond, 1]), _span(seen[beyond, 2])
    return [
        f"Offer {offer.id} goes beyond the data on {shown}: it reaches {shares.display:.0%} of the stores with "
        f"displays and {shares.mailer:.0%} with mailers, the data {display} and {mailer}; its lift is extrapolated."
    ]
