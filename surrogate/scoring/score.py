"""Scoring: what a trained model says about one scenario, on the scenario's own axes."""

from __future__ import annotations

import datetime as dt

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.read_in import listed_segments
from scenarios.language.schema import LearnedSegments, Scenario, Segment
from scenarios.language.words import ANONYMOUS, Mechanic
from scenarios.problems import InvalidInput
from scenarios.response.baskets import Baskets
from scenarios.response.effects import CommonError, Effects, Learned
from scenarios.response.interactions import LIFT_FLOOR
from surrogate.data.judged.answerable import other_currency, too_early, unknown_products, untaught
from surrogate.digits import to_digits
from surrogate.effects.category_response import category_lift
from surrogate.effects.depths import promotion_features
from surrogate.effects.member_spread import ranks, spread_out
from surrogate.model import Model
from surrogate.people.rest import REST
from surrogate.people.traits import segment_profile
from surrogate.scoring.aged_goods import fading_notes
from surrogate.scoring.axes import Axes
from surrogate.scoring.base_units import base_units_of
from surrogate.scoring.declared import declared_groups
from surrogate.scoring.kept_uses import kept_uses
from surrogate.scoring.known_mechanics import declared as declared_offer
from surrogate.scoring.known_mechanics import taught
from surrogate.scoring.listed import average_notes, count_notes, declared_words
from surrogate.scoring.order_season import in_season, order_notes
from surrogate.scoring.other_prices import other_prices
from surrogate.scoring.returned_twice import returned_twice
from surrogate.scoring.score_evidence import (
    fitted_terms,
    learned_common,
    learned_customers,
    learned_weather,
    suspicions,
    untold_customers,
)
from surrogate.scoring.score_history import recent_lines
from surrogate.scoring.score_offers import OfferScores, score_offers
from surrogate.scoring.score_tests import calibrated
from surrogate.scoring.sent_elsewhere import sent_elsewhere
from surrogate.scoring.split_uses import split_uses
from surrogate.scoring.untrusted import against_levels_and_effects, against_lifts, resting_on_no_test
from surrogate.scoring.within_uses import told_by_named

TYPICAL_CUT = 0.2
"""Price cut by which members are told apart."""
OLD_WEEKS = 13
"""Weeks between the data and the horizon from which on a note says so."""


def score(model: Model, scenario: Scenario, baskets: Baskets | None = None) -> Learned:
    """Score a scenario's segments, products and offers.

    Parameters
    ----------
    model
        A trained model.
    scenario
        Products must be read in; segments may still be ``{learn: ...}``, then the model's own are used.
    baskets
        Orders of segments that the scenario lists; the model knows those of its own.

    Raises
    ------
    InvalidInput
        When the model does not know a product or cannot know an offer, the horizon starts inside the data, or the
        data's amounts are in another currency. For listed segments see `surrogate.scoring.declared`.
    """
    plain = recent_axes(model, scenario, baskets)
    axes = in_season(plain)
    groups, segments = axes.groups, axes.segments
    listed = listed_segments(scenario)
    declared = declared_words(model.buyers.ids, listed)
    prices = {
        product.id: float(model.regular_price[number])
        for product, number in zip(axes.products, axes.index, strict=True)
        if product.price is None
    }
    base_units = base_units_of(axes)
    learned, mean_units = score_offers(axes), base_units.mean(axis=0)
    tested = calibrated(axes, learned, mean_units)
    offers = split_uses(axes, kept_uses(axes, learned, tested, mean_units))
    untrusted = (*against_levels_and_effects(model, scenario), *resting_on_no_test(model.accuracy, scenario))
    paid = np.array([float(prices.get(product.id, product.price or 0)) for product in axes.products])
    effects = Effects(
        base_units=base_units,
        base_cv=groups.base_cv[:, axes.index],
        lift=spread_members(offers, member_order(axes, offers.lift)),
        lift_sd=offers.lift_sd,
        take_up=offers.take_up,
        take_up_cv=offers.take_up_cv,
        evidence=offers.evidence,
        weather=learned_weather(axes),
        base_common=learned_common(axes.model) or CommonError.assumed(scenario.risk.baseline_common),
        customers=learned_customers(axes),
        uses_told=_uses_told(axes, offers),
        source=model.source,
        notes=(
            *model.notes,
            *returned_twice(model.sections, scenario, axes.products, paid, mean_units.sum(axis=(0, 2))),
            *_own_segments(model, scenario),
            *_not_listed(model, listed),
            *count_notes(model.buyers.ids, model.buyers.customers.tolist(), listed),
            *average_notes(model.buyers.ids, listed, "the average customer"),
            *untrusted,
            *_long_ago(model, scenario),
            *untold_customers(model),
            *fading_notes(axes),
            *other_prices(axes),
            *(order_notes(plain, axes) if baskets is None else ()),
            *offers.notes,
        ),
    )
    per_period = scenario.horizon.period_days / 7
    return Learned(
        effects=effects,
        segments=segments,
        prices=prices,
        history=recent_lines(axes),
        orders={
            segment.id: tuple((value, round(count * per_period, 6), units) for value, count, units in bins)
            for segment, bins in zip(segments, groups.orders, strict=True)
        },
        accuracy=dict(model.accuracy) | ({"segments": declared} if declared else {}),
        response=fitted_terms(axes),
        suspicions=suspicions(axes, offers.evidence),
        elsewhere=sent_elsewhere(axes),
        distrust=against_lifts(model),
        untrusted=untrusted,
    )


def _uses_told(axes: Axes, offers: OfferScores) -> tuple[bool, ...]:
    """Return by offer whether named customers' uses were told; empty where of none."""
    told = tuple(
        told_by_named(axes.model, offer, chosen)
        for offer, chosen in zip(axes.scenario.offers, offers.selected, strict=True)
    )
    return told if any(told) else ()


def member_order(axes: Axes, lift: Float) -> Int:
    """Return the rank [E, K + 1, O] of every member, 0 the lowest; what else is offered changes nothing.

    Of answers to shelf prices each product errs by itself, in all segments and offers alike: by what a member says of a
    typical cut of it. Displays, mailers and declared offers have one answer for all goods, which errs in all alike: by
    what a member says of the offer itself in ``lift`` [E, S, K + 1, T, O].
    """
    depth = np.full((len(axes.model.categories), 1), TYPICAL_CUT)
    phi = promotion_features(depth, np.zeros_like(depth), np.zeros_like(depth))
    cut = category_lift(axes.model.ensemble, axes.groups.features, phi)[:, :, axes.index]
    rank = ranks(np.log1p(cut).mean(axis=(1, 3)))
    rank = np.column_stack([rank, np.arange(len(rank))])
    offers = axes.scenario.offers
    own = np.array([one.mechanic is Mechanic.FEATURE or declared_offer(axes.model, one) for one in offers])
    return np.where(own, ranks(lift.mean(axis=(1, 2, 3)))[:, None], rank[:, :, None])


def spread_members(offers: OfferScores, order: Int) -> Float:
    """Return lifts [E, S, K+1, T, O] whose members spread as far as is unsure whatever the lift's size."""
    rank = np.broadcast_to(order[:, None, :, None, :], offers.lift.shape)
    return to_digits(np.maximum(spread_out(offers.lift, offers.lift_points, rank), LIFT_FLOOR))


def axes_of(model: Model, scenario: Scenario, baskets: Baskets | None = None) -> Axes:
    """Put a scenario's axes beside the model's, with orders of its horizon; parameters and errors as of `score`."""
    return in_season(recent_axes(model, scenario, baskets))


def recent_axes(model: Model, scenario: Scenario, baskets: Baskets | None = None) -> Axes:
    """Put a scenario's axes beside the model's, with orders of the last weeks of the data; ``baskets`` as in `score`.

    Raises
    ------
    InvalidInput
        When the model does not know a product or cannot know an offer, the horizon starts inside the data, or the
        data's amounts are in another currency.
    """
    products = scenario.products
    if not isinstance(products, tuple):
        raise TypeError("scoring needs a scenario whose products are read in")
    problems = [
        *unknown_products(scenario, products, model.categories, of="trained model", named="data file"),
        *untaught(scenario, taught(model)),
        *too_early(scenario, dt.date.fromisoformat(model.test_until)),
        *other_currency(scenario, model.currency),
    ]
    if problems:
        raise InvalidInput(problems)
    index = np.array([model.categories.index(product.id) for product in products])
    if isinstance(scenario.segments, tuple):
        weeks = scenario.horizon.period_days / 7
        groups, segments = declared_groups(model, scenario.segments, baskets, weeks), scenario.segments
    else:
        groups, segments = model.buyers, learned_segments(model)
    return Axes(scenario=scenario, segments=segments, products=products, index=index, model=model, groups=groups)


def learned_segments(model: Model) -> tuple[Segment, ...]:
    """Return the model's own segments as records of the scenario."""
    space, buyers = model.profile_space, model.buyers
    return tuple(
        Segment(id=name, name=buyers.names[number], customers=int(buyers.customers[number]),
                profile={} if name == ANONYMOUS else segment_profile(space, number))
        for number, name in enumerate(buyers.ids)
    )  # fmt: skip


def _own_segments(model: Model, scenario: Scenario) -> tuple[str, ...]:
    """Say that the scenario asks for another number of segments than a trained model has: they stay the model's own."""
    if not isinstance(scenario.segments, LearnedSegments):
        return ()
    asked, own = scenario.segments.learn.count, sum(name != REST for name in model.groups.ids)
    if asked is None or asked in (model.asked_segments, own):
        return ()
    beside = f" beside {REST}" * (REST in model.groups.ids)
    if model.profile_space.own:
        return (f"The scenario asks for {asked} segments, the model has the retailer's own {own}{beside}, which stay.",)
    return (
        f"The scenario asks for {asked} segments, the model has {own}{beside}, which stay as they are: campaign train "
        f"with --segments {asked} makes a model of as many.",
    )


def _not_listed(model: Model, listed: tuple[Segment, ...]) -> tuple[str, ...]:
    """Say that sales without a customer are in no segment of the scenario's list."""
    left_out = listed and ANONYMOUS in model.buyers.ids and ANONYMOUS not in {one.id for one in listed}
    if not left_out:
        return ()
    alike = int(model.buyers.customers[-1])
    return (
        f"Sales without a customer are in no listed segment, so the plan leaves them out: list {{id: {ANONYMOUS}, "
        f"customers: {alike}}} to plan what public offers do to them, too.",
    )


def _long_ago(model: Model, scenario: Scenario) -> tuple[str, ...]:
    """Say that the data is old where the horizon starts long after it."""
    last = dt.date.fromisoformat(model.test_until)
    weeks = (scenario.horizon.start - last).days // 7
    if weeks < OLD_WEEKS:
        return ()
    return (f"The data ends on {last}, {weeks} weeks before the horizon: levels and prices are those of then.",)
