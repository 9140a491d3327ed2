"""What the scenario's offers do: lift, take-up and how far each offer is from the data, on the scenario's axes.

A mechanic that the data declares (`past_offers`) is scored by its own fitted response; a mechanic beside it that never
ran falls back to what all mechanics have in common, its grade is "assumed" and its interval is wide. Data without
declared offers knows shelf discounts, displays, mailers and mailed coupons, nothing else; which of these it holds none
of is "assumed" as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from scenarios.language.words import Layer, Mechanic
from scenarios.tables.take_up import fixed_take_up
from surrogate.digits import to_digits
from surrogate.effects.category_response import activated_share, category_lift, offer_lift
from surrogate.effects.depths import DEPTH_CAP, promotion_features
from surrogate.evidence.uncertainty.selection import selected
from surrogate.model import Model
from surrogate.scoring.axes import Axes
from surrogate.scoring.beyond_data import assumptions, beyond_data
from surrogate.scoring.carried_over import carried_over
from surrogate.scoring.feature_shares import shares_of
from surrogate.scoring.known_mechanics import (
    answer_error,
    declared,
    kind_of,
    seen,
    share_taken,
    week_error,
)
from surrogate.scoring.never_ran import assumed_because, elsewhere
from surrogate.scoring.sent_elsewhere import too_few_to_tell
from surrogate.scoring.told_uses import told_use
from surrogate.scoring.within_uses import told_by_named, within_uses
from surrogate.shelf.mechanics import Terms, scenario_terms


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferScores:
    """Effects of the scenario's offers. E members, S segments, K products, T periods, O offers."""

    lift: Float
    """[E, S, K+1, T, O]"""
    lift_sd: Float
    """[S, K+1, T, O] how customers were chosen is in it, and what is carried over."""
    selected: Float
    """[O] standard deviation by how customers were chosen (`surrogate.evidence.uncertainty.selection`)."""
    carried: Float
    """[S, O] standard deviation that is each segment's own, where its answer is carried over from others."""
    lift_points: Float
    """[S, K+1, T, O] standard deviation of what is unsure of the lift whatever its size; the members lack it yet."""
    take_up: Float
    """[S, K+1, T, O]"""
    take_up_cv: Float
    """[S, K+1, T, O]"""
    distance: Float
    """[K+1, O] from the promotions of the data (`surrogate.shelf.support`); the last row is the basket."""
    evidence: tuple[str, ...]
    """[O]"""
    notes: tuple[str, ...]


def score_offers(axes: Axes) -> OfferScores:
    """Return what the scenario's offers do."""
    terms = terms_of(axes)
    lift, take_up = offer_effects(axes, terms)
    mask = axes.applies()
    distance = _distance(axes, terms)
    spread = np.hypot(axes.model.lift_sd, axes.model.lift_sd_by_distance * distance)
    by_choice = selected(axes.model, axes.scenario.offers)
    own = carried_over(axes, lift.mean(axis=0), by_choice)
    spread = np.hypot(np.hypot(spread, by_choice)[None], own[:, None])
    for column, offer in enumerate(axes.scenario.offers):
        if told_by_named(axes.model, offer, by_choice[column]):
            here = np.s_[..., column]
            lift[here], take_up[here] = within_uses(lift[here], take_up[here], spread[here])
    full_lift = np.where(mask[None], lift[:, :, :, None, :], 0.0)
    full_take_up = np.where(mask, take_up[:, :, None, :], 0.0)
    evidence = tuple(
        "assumed" if assumed_because(axes, offer, rows) else "observed"
        for offer, rows in zip(axes.scenario.offers, terms, strict=True)
    )
    return OfferScores(
        lift=full_lift,
        lift_sd=np.where((full_lift != 0).any(axis=0), to_digits(spread)[:, :, None, :], 0.0),
        selected=by_choice,
        carried=own,
        lift_points=_points(axes, terms, full_lift, full_take_up),
        take_up=full_take_up,
        take_up_cv=np.where(full_take_up > 0, _take_up_cv(axes, lift)[:, :, None, :], 0.0),
        distance=distance,
        evidence=evidence,
        notes=(
            *beyond_data(axes, terms, distance),
            *elsewhere(axes),
            *too_few_to_tell(axes),
            *assumptions(axes, terms),
        ),
    )


def _points(axes: Axes, terms: list[list[Terms]], lift: Float, take_up: Float) -> Float:
    """Return [S, K + 1, T, O]: what weeks leave unsure, of a category's answer to shelf prices and of declared offers.

    Displays and mailers are no savings, and offers that the data declares have answers of their own: what is unsure of
    these is how much the weeks they ran in differ anyway (`uncertainty.few_weeks`), and what was bought under
    them beside what the fit says (`surrogate.evidence.uncertainty.answer_errors`).
    """
    shelf = np.array([
        offer.mechanic is not Mechanic.FEATURE and not offer.is_basket and not declared(axes.model, offer)
        for offer in axes.scenario.offers
    ])  # fmt: skip
    saving = np.array([[one.saving for one in rows] for rows in terms]).T * shelf
    price = -np.log1p(-np.clip(saving, 0.0, DEPTH_CAP))
    unsure = np.append(axes.model.unsure[axes.index], 0.0)[:, None] * price
    whole = unsure[None, :, None, :] * (take_up + lift.mean(axis=0))  # of a coupon: of those who use it
    model = axes.model
    own = np.array([math.hypot(week_error(model, offer), answer_error(model, offer)) for offer in axes.scenario.offers])
    whole = np.hypot(whole, own * (1.0 + lift.mean(axis=0)))
    return to_digits(np.where((lift != 0).any(axis=0), whole, 0.0))


def terms_of(axes: Axes) -> list[list[Terms]]:
    """Return the terms of every offer (O) on every product and the basket (K + 1)."""
    scenario = axes.scenario
    rows = [(axes.price(number), product) for number, product in enumerate(axes.products)]
    return [
        [scenario_terms(offer, product, scenario.gifts, price=price, order=axes.order) for price, product in rows]
        + [
            scenario_terms(
                offer, None, scenario.gifts, price=float(np.mean([one[0] for one in rows])), order=axes.order
            )
        ]
        for offer in scenario.offers
    ]


def offer_effects(axes: Axes, terms: list[list[Terms]]) -> tuple[Float, Float]:
    """Return lift [E, S, K + 1, O] and take-up [S, K + 1, O] of groups by the network, wherever offers may go.

    Parameters
    ----------
    terms
        Of the axes, as `terms_of` has them; the same for all members of an ensemble.
    """
    lift, take_up = _shelf_effects(axes, terms)
    own = np.array([declared(axes.model, offer) for offer in axes.scenario.offers])
    if own.any():
        own_lift, own_take_up = _declared_effects(axes, terms)
        lift = np.where(own, own_lift, lift)
        take_up = np.where(own, own_take_up, take_up)
    fixed = np.array([fixed_take_up(offer) for offer in axes.scenario.offers], dtype=np.float64)
    whole = np.arange(take_up.shape[1])[:, None] < len(axes.products)  # nothing is fixed of the basket
    return lift, np.where(whole & np.isfinite(fixed), fixed, take_up)


def _take_up_cv(axes: Axes, lift: Float) -> Float:
    """Return [S, K + 1, O] how unsure take-ups are, relative, of lifts [E, S, K + 1, O]."""
    model, offers = axes.model, axes.scenario.offers
    out = np.tile(np.array([model.take_up_cv * _take_up_varies(offer) for offer in offers]), (*lift.shape[1:3], 1))
    for column, offer in enumerate(offers):
        told = told_use(axes, offer)
        if told is not None:
            out[:, :-1, column] = told.varies(lift[:, :, :-1, column].mean(axis=0), model.take_up_cv)
    return to_digits(out)


def _take_up_varies(offer: Offer) -> bool:
    return offer.layer is Layer.TARGETED or offer.is_basket or offer.mechanic is Mechanic.COUPON


def _shelf_effects(axes: Axes, terms: list[list[Terms]]) -> tuple[Float, Float]:
    """Offers as shelf discounts, displays, mailers and mailed coupons teach them; nothing on baskets."""
    offers, count = axes.scenario.offers, len(axes.products)
    depth, display, mailer = (np.zeros((count, len(offers))) for _ in range(3))
    for column, offer in enumerate(offers):
        if offer.mechanic is Mechanic.FEATURE:
            shares = shares_of(axes.model, offer)
            display[:, column], mailer[:, column] = shares.display, shares.mailer
        elif not offer.is_basket:
            depth[:, column] = [one.saving for one in terms[column][:-1]]
    size = len(axes.model.categories)
    phi = np.zeros((size, len(offers), 5))
    phi[axes.index] = promotion_features(depth, display, mailer, known=axes.model.deepest)
    whole = np.zeros((size, len(offers)))
    whole[axes.index] = depth
    lift = category_lift(axes.model.ensemble, axes.groups.features, phi)[:, :, axes.index]
    used = activated_share(axes.model.ensemble, axes.groups.features, whole)[:, axes.index]
    coupon = np.array([offer.mechanic is Mechanic.COUPON for offer in offers])
    take_up = np.where(coupon, used, 1.0)
    lift = to_digits(lift * take_up)
    return _with_basket(lift), _with_basket(take_up)


def _with_basket(values: Float) -> Float:
    """Append an empty row for the basket on the axis before the last."""
    return np.concatenate([values, np.zeros_like(values[..., :1, :])], axis=-2)


def _declared_effects(axes: Axes, terms: list[list[Terms]]) -> tuple[Float, Float]:
    """Offers as declared past offers teach them: lift a contacted customer, take-up as its use was seen."""
    model, offers = axes.model, axes.scenario.offers
    kind = np.array([rows[0].kind for rows in terms], dtype=np.int64)
    level = np.array([rows[-1].level for rows in terms])
    saving = np.zeros((len(model.categories) + 1, len(offers)))
    saving[axes.index] = np.array([[one.saving for one in rows[:-1]] for rows in terms]).T
    saving[-1] = [rows[-1].saving for rows in terms]
    rows = np.append(axes.index, len(model.categories))
    sent = np.array([float(rows[-1].targeted) for rows in terms])
    lift = offer_lift(model.ensemble, axes.groups.features, kind, saving, level, sent, known=model.deepest)[:, :, rows]
    used = activated_share(model.ensemble, axes.groups.features, saving[:-1], kind)[:, axes.index]
    take_up = np.zeros((len(axes.segments), len(axes.products) + 1, len(offers)))
    for column, offer in enumerate(offers):
        if offer.is_basket:
            reached = [_share_at_least(bins, float(offer.spend or 0)) for bins in axes.groups.orders]
            used_by = np.minimum(np.array(reached) * _order_use(model, offer, kind[column]), 1.0)
            take_up[:, -1, column] = used_by  # all uses that the till saw: `surrogate.scoring.split_uses` splits them
        elif offer.layer is Layer.PUBLIC:
            taken, named = share_taken(model, offer), told_use(axes, offer)
            take_up[:, :-1, column] = 1.0 if taken is None else taken
            if named is not None:
                take_up[:, :-1, column] = named.of_base(lift[:, :, :-1, column].mean(axis=0))
        else:
            take_up[:, :-1, column] = used[:, :, column]
    return lift, to_digits(take_up)


def _order_use(model: Model, offer: Offer, kind: int) -> float:
    """Return the share of large enough orders that use an offer on baskets, of customers who are offered it."""
    taken = share_taken(model, offer)
    if taken is not None:
        return taken
    if offer.layer is Layer.PUBLIC:
        return 1.0
    return float(np.mean([net.readers(np.array([kind]))[0] for net in model.ensemble.networks]))


def _share_at_least(bins: tuple[tuple[float, float, float], ...], spend: float) -> float:
    """Return the share of a segment's orders that are worth at least ``spend``; none where nothing is ordered."""
    orders = sum(count for _, count, _ in bins)
    return sum(count for value, count, _ in bins if value >= spend) / orders if orders > 0 else 0.0


def _distance(axes: Axes, terms: list[list[Terms]]) -> Float:
    """Return the distance of every offer from the data [K + 1, O]."""
    support = axes.model.support
    if support is None:
        return np.zeros((len(axes.products) + 1, len(terms)))
    rows = np.append(axes.index, len(axes.model.categories))
    columns = []
    for offer, mine in zip(axes.scenario.offers, terms, strict=True):
        shelf = offer.mechanic is Mechanic.FEATURE and not declared(axes.model, offer)
        if shelf and seen(axes.model, offer):
            columns.append(np.zeros(len(rows)))  # displays and mailers are no savings: `beyond_data` speaks of them
        else:
            saving = np.array([one.saving for one in mine])
            columns.append(support.distance(np.array(kind_of(axes.model, offer)), rows, saving))
    return to_digits(np.stack(columns, axis=1), 4)
