"""What never ran: mechanics, bundles of other terms, and mechanics on single products, in sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.language.schema import Offer
from scenarios.language.where import names_product
from scenarios.language.words import Mechanic
from scenarios.word_list import listed
from surrogate.model import Model
from surrogate.scoring.axes import Axes
from surrogate.scoring.feature_shares import features_key, held, not_held, shares_of
from surrogate.scoring.known_mechanics import declared, kind_of, seen
from surrogate.shelf.mechanics import Terms

_ALIKE = 0.02
"""Savings of bundles that differ by no more are the same terms."""


def assumed_because(axes: Axes, offer: Offer, terms: list[Terms]) -> str:
    """Return why nobody measured what an offer does; blank where the data shows offers like it.

    Savings of price cuts, coupons and gifts lie on one response; a bundle asks for other pieces wherever it saves other
    shares, so one that ran says little of another.

    Parameters
    ----------
    terms
        Of the offer on each product (K) and the basket.
    """
    if not seen(axes.model, offer):
        return unseen(axes.model, offer)
    here, bare = _products(axes, offer), _bare(axes, offer)
    if here and len(bare) == len(here):
        what = offer.mechanic.value
        return f"no {what} ran on any product that it may be on, so its lift is read off other products"
    support = axes.model.support
    if not here or support is None or offer.mechanic is not Mechanic.BUNDLE:
        return ""
    ran = support.saving[(support.kind == kind_of(axes.model, offer)) & (support.weeks > 0)]
    saved = np.array([terms[number].saving for number in here])
    if not ran.size or ((saved >= ran.min() - _ALIKE) & (saved <= ran.max() + _ALIKE)).any():
        return ""
    return (
        f"it saves {span(saved)}, the data's bundles {span(ran)}, and none like it ran, so its lift is read off these "
        "and off other mechanics at its saving"
    )


def elsewhere(axes: Axes) -> list[str]:
    """Say on which products a mechanic never ran that others of the data hold, one sentence a mechanic."""
    bare: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for offer in axes.scenario.offers:
        names = tuple(axes.products[number].id for number in _bare(axes, offer))
        if names and seen(axes.model, offer) and len(names) < len(_products(axes, offer)):
            bare.setdefault((offer.mechanic.value, names), []).append(offer.id)
    return [
        f"No {mechanic} ran on {first_few(list(names), 4)} in the data: what {listed(offers)} "
        f"{'lifts' if len(offers) == 1 else 'lift'} there is read off other products."
        for (mechanic, names), offers in bare.items()
    ]


def unseen(model: Model, offer: Offer) -> str:
    """Say what an offer is scored by whose mechanic, or a part of it, the data does not show."""
    if offer.mechanic is Mechanic.FEATURE:
        if not any(held(model)):
            return "the data shows no display and no mailer, so its lift is the one that training starts from"
        (lacking,) = not_held(model, offer)
        mended = replace(shares_of(model, offer), **{lacking: 0.0})
        key = (
            f"; {features_key(offer, mended)} in the data file leaves it out" if mended.display + mended.mailer else ""
        )
        return f"the data shows no {lacking}, so what one lifts is what training starts from{key}"
    return f"no {offer.mechanic.value} ran in the data, so it is taken to lift as the other mechanics do at its saving"


def span(shares: Float) -> str:
    """Return the least and the largest share as words; one where they do not differ."""
    low, high = float(shares.min()), float(shares.max())
    return f"{low:.0%}" if round(low, 2) == round(high, 2) else f"{low:.0%} to {high:.0%}"


def _products(axes: Axes, offer: Offer) -> list[int]:
    """Return the places of products that an offer on goods may be on."""
    if offer.is_basket:
        return []
    return [number for number, product in enumerate(axes.products) if names_product(offer.applies_to, product)]


def _bare(axes: Axes, offer: Offer) -> list[int]:
    """Return those of them on which no declared past offer of its mechanic ran."""
    support = axes.model.support
    if support is None or not declared(axes.model, offer) or offer.mechanic is Mechanic.FEATURE:
        return []
    ran = set(support.category[(support.kind == kind_of(axes.model, offer)) & (support.weeks > 0)].tolist())
    return [number for number in _products(axes, offer) if int(axes.index[number]) not in ran]
