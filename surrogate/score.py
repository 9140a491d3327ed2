"""Scoring: what a trained model says about one scenario, on the scenario's own axes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.effects import Effects, Learned
from scenarios.problems import InvalidInput, Problem, did_you_mean
from scenarios.rule_schema import PlanLine
from scenarios.schema import Offer, Product, Scenario, Segment
from scenarios.where import holds
from scenarios.words import Layer, Mechanic, Unit
from surrogate.category_response import activated_share, category_lift, to_digits
from surrogate.declared import declared_groups
from surrogate.events import monday_of
from surrogate.explain import segment_profile
from surrogate.model import FeatureShares, LearnedGroups, Model
from surrogate.network import promotion_features

Float = NDArray[np.float64]
LEARNABLE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.COUPON, Mechanic.FEATURE)
"""Mechanics that purchase data with shelf discounts, coupons, displays and mailers can teach."""
_EVERYWHERE = FeatureShares(display=0.3, mailer=1.0)
"""What a feature offer means when the data file does not say: 30 % of the stores display, all mailers show."""


def score(model: Model, scenario: Scenario) -> Learned:
    """Score a scenario's segments, products and offers.

    Parameters
    ----------
    model
        A trained model.
    scenario
        Products must be read in; segments may still be ``{learn: ...}``, then the model's own are used.

    Raises
    ------
    InvalidInput
        When the model does not know a product or cannot know an offer, or the horizon starts inside the data.
    """
    products = scenario.products
    if not isinstance(products, tuple):
        raise TypeError("scoring needs a scenario whose products are read in")
    problems = [*_unknown(model, scenario, products), *_unscorable(scenario), *_too_early(model, scenario)]
    if problems:
        raise InvalidInput(problems)
    declared = isinstance(scenario.segments, tuple)
    groups = declared_groups(model, scenario.segments) if isinstance(scenario.segments, tuple) else model.groups
    segments = scenario.segments if isinstance(scenario.segments, tuple) else learned_segments(model)
    index = [model.categories.index(product.id) for product in products]
    prices = {
        product.id: float(model.regular_price[number])
        for product, number in zip(products, index, strict=True)
        if product.price is None
    }
    axes = _Axes(
        scenario=scenario, segments=segments, products=products, index=np.array(index), model=model, groups=groups
    )
    lift, take_up = _offer_effects(axes)
    coupon = np.array([offer.mechanic is Mechanic.COUPON for offer in scenario.offers])
    effects = Effects(
        base_units=_base_units(axes),
        base_cv=groups.base_cv[:, axes.index],
        lift=lift,
        lift_sd=np.where((lift != 0).any(axis=0), model.lift_sd, 0.0),
        take_up=take_up,
        take_up_cv=np.where((take_up > 0) & coupon, model.take_up_cv, 0.0),
        evidence=tuple("observed" for _ in scenario.offers),
        source=model.source,
        notes=(*model.notes, *_beyond_data(axes)),
    )
    per_period = scenario.horizon.period_days / 7
    return Learned(
        effects=effects,
        segments=segments,
        prices=prices,
        history=_history(axes),
        orders={
            segment.id: tuple((value, round(count * per_period, 6), units) for value, count, units in bins)
            for segment, bins in zip(segments, groups.orders, strict=True)
        },
        accuracy=dict(model.accuracy) | ({"segments": "declared in the scenario"} if declared else {}),
    )


def learned_segments(model: Model) -> tuple[Segment, ...]:
    """Return the model's own segments as records of the scenario."""
    return tuple(
        Segment(id=name, name=model.groups.names[number], customers=int(model.groups.customers[number]),
                profile=segment_profile(model, number))
        for number, name in enumerate(model.groups.ids)
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Axes:
    """The scenario's axes beside the model's."""

    scenario: Scenario
    segments: tuple[Segment, ...]
    products: tuple[Product, ...]
    index: NDArray[np.int64]
    """[K] the product's category in the model."""
    model: Model
    groups: LearnedGroups

    def price(self, number: int) -> float:
        given = self.products[number].price
        return float(given) if given is not None else float(self.model.regular_price[self.index[number]])


def _base_units(axes: _Axes) -> Float:
    """Return [E, S, K, T]: the last level, spread over weekdays where periods are days."""
    horizon, weekly = axes.scenario.horizon, axes.groups.base[:, :, axes.index]
    if horizon.unit is Unit.WEEK:
        share = np.ones((len(axes.index), horizon.periods))
    else:
        days = [day.isoweekday() - 1 for day in horizon.dates]
        share = axes.model.weekday_share[axes.index][:, days]
    return to_digits(weekly[:, :, :, None] * share[None, None])


def _depth(offer: Offer, price: float) -> float:
    """Return the saving of a price mechanic as a share of the regular price."""
    if offer.depth is not None:
        return offer.depth
    if offer.price is not None:
        return max(1.0 - float(offer.price) / price, 0.0)
    return min(float(offer.value or 0) / price, 1.0)


def _offer_effects(axes: _Axes) -> tuple[Float, Float]:
    """Return lift [E, S, K+1, T, O] and take-up [S, K+1, T, O]."""
    offers, count = axes.scenario.offers, len(axes.products)
    depth, display, mailer = (np.zeros((count, len(offers))) for _ in range(3))
    for column, offer in enumerate(offers):
        if offer.mechanic is Mechanic.FEATURE:
            shares = axes.model.feature_offers.get(offer.id, _EVERYWHERE)
            display[:, column], mailer[:, column] = shares.display, shares.mailer
        else:
            depth[:, column] = [_depth(offer, axes.price(number)) for number in range(count)]
    size = len(axes.model.categories)
    phi = np.zeros((size, len(offers), 5))
    phi[axes.index] = promotion_features(depth, display, mailer)
    whole = np.zeros((size, len(offers)))
    whole[axes.index] = depth
    lift = category_lift(axes.model.ensemble, axes.groups.features, phi)[:, :, axes.index]
    used = activated_share(axes.model.ensemble, axes.groups.features, whole)[:, axes.index]
    coupon = np.array([offer.mechanic is Mechanic.COUPON for offer in offers])
    take_up = np.where(coupon, used, 1.0)
    lift = to_digits(lift * take_up)
    mask = _applies(axes)
    shape = (len(axes.segments), count + 1, axes.scenario.horizon.periods, len(offers))
    full_lift, full_take_up = np.zeros((len(lift), *shape)), np.zeros(shape)
    full_lift[:, :, :count] = np.where(mask[None], lift[:, :, :, None, :], 0.0)
    full_take_up[:, :count] = np.where(mask, take_up[:, :, None, :], 0.0)
    return full_lift, full_take_up


def _applies(axes: _Axes) -> NDArray[np.bool_]:
    """Return [S, K, T, O]: where an offer may be chosen."""
    horizon = axes.scenario.horizon
    columns = []
    for offer in axes.scenario.offers:
        where = offer.applies_to
        segment = np.array([where.segments is None or one.id in where.segments for one in axes.segments])
        product = np.array(
            [
                (where.products is None or one.id in where.products)
                and (where.categories is None or one.category in where.categories)
                for one in axes.products
            ]
        )
        period = np.array([holds(where.periods, day, horizon.period_days) for day in horizon.dates])
        columns.append(segment[:, None, None] & product[None, :, None] & period[None, None, :])
    return np.stack(columns, axis=-1)


def _history(axes: _Axes) -> tuple[PlanLine, ...]:
    """Return the public lines nearest to what the last weeks of the data showed, for periods before the horizon.

    A category-week becomes the price offer closest in depth, or none where no promotion is closer; a feature offer
    where displays and mailers reached at least half of what the offer promises and bump more than the price did.
    """
    offers = [offer for offer in axes.scenario.offers if offer.layer is Layer.PUBLIC]
    cuts = [offer for offer in offers if offer.mechanic is Mechanic.PRICE_DISCOUNT]
    shown = [offer for offer in offers if offer.mechanic is Mechanic.FEATURE]
    recent, lines = axes.model.recent, []
    for number, product in enumerate(axes.products):
        row = axes.index[number]
        for column, week in enumerate(recent.weeks):
            depths = {offer.id: _depth(offer, axes.price(number)) for offer in cuts if _sold(offer, product)}
            best = min(depths, key=lambda name: (abs(depths[name] - recent.depth[row, column]), name), default=None)
            if best is not None and recent.depth[row, column] <= depths[best] / 2:
                best = None
            if best is None:
                reach = (recent.display[row, column], recent.mailer[row, column])
                best = next(
                    (offer.id for offer in shown if _sold(offer, product) and _was_shown(axes, offer, reach)), None
                )
            if best is not None:
                lines += [PlanLine(date=day, product=product.id, offer=best) for day in _days(axes, int(week))]
    return tuple(sorted(lines, key=lambda line: (line.date, line.product, line.offer)))


def _sold(offer: Offer, product: Product) -> bool:
    where = offer.applies_to
    return (where.products is None or product.id in where.products) and (
        where.categories is None or product.category in where.categories
    )


def _was_shown(axes: _Axes, offer: Offer, reach: tuple[float, float]) -> bool:
    shares = axes.model.feature_offers.get(offer.id, _EVERYWHERE)
    return reach[0] >= shares.display / 2 and reach[1] >= shares.mailer / 2


def _days(axes: _Axes, week: int) -> list[dt.date]:
    """Return the first days of the periods before the horizon that start in a week of the data."""
    horizon = axes.scenario.horizon
    first = monday_of(week)
    earliest = horizon.period_of(first)
    days = [horizon.date_of(period) for period in range(earliest, min(earliest + 8, 0))]
    return [day for day in days if first <= day < first + dt.timedelta(days=7)]


def _unknown(model: Model, scenario: Scenario, products: tuple[Product, ...]) -> list[Problem]:
    return [
        Problem(
            where=scenario.scenario,
            what=f"products.{product.id}",
            expected="a product of the trained model",
            got=product.id,
            remedy=f"{did_you_mean(product.id, model.categories)} (products are named in the data file)",
        )
        for product in products
        if product.id not in model.categories
    ]


def _unscorable(scenario: Scenario) -> list[Problem]:
    return [
        Problem(
            where=scenario.scenario,
            what=f"offers.{offer.id}",
            expected="price_discount, flash_sale, coupon or feature: the purchase data holds no other mechanic",
            got=offer.mechanic.value,
            remedy="delete the offer, or give all effects as a table: effects: {table: effects.csv}",
        )
        for offer in scenario.offers
        if offer.mechanic not in LEARNABLE
    ]


def _too_early(model: Model, scenario: Scenario) -> list[Problem]:
    last = dt.date.fromisoformat(model.test_until)
    if scenario.horizon.start > last:
        return []
    remedy = "start later, or move train_until and test_until in the data file to earlier Sundays"
    got = str(scenario.horizon.start)
    return [
        Problem(where=scenario.scenario, what="horizon.start", expected=f"a day after {last}", got=got, remedy=remedy)
    ]


def _beyond_data(axes: _Axes) -> list[str]:
    """Say which offers go beyond what the data shows."""
    out = []
    for offer in axes.scenario.offers:
        sold = [number for number, product in enumerate(axes.products) if _sold(offer, product)]
        seen = axes.model.seen[axes.index]
        if offer.mechanic is Mechanic.FEATURE:
            shares = axes.model.feature_offers.get(offer.id, _EVERYWHERE)
            beyond = [n for n in sold if shares.display > seen[n, 1] + 0.05 or shares.mailer > seen[n, 2] + 0.05]
            what = "reaches more stores than the data's displays and mailers did"
        else:
            beyond = [number for number in sold if _depth(offer, axes.price(number)) > seen[number, 0] + 0.02]
            what = "is deeper than the data's usual deals"
        if beyond:
            names = [axes.products[number].id for number in beyond]
            shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            out.append(f"Offer {offer.id} {what} on {shown}: its lift there is extrapolated.")
    return out
