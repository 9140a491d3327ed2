"""Explaining an effect that was learned from purchases: integrated gradients, trust, and past promotions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer, Scenario
from scenarios.language.words import Mechanic
from scenarios.plain_digits import share_text
from scenarios.response.baskets import Baskets
from surrogate.data.weeks import monday_of
from surrogate.evidence.gather import PRECEDENTS
from surrogate.evidence.precedents import Precedent, Precedents, nearest
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.people.own_segments import without_own
from surrogate.people.traits import written
from surrogate.scoring.aged_goods import fading_notes
from surrogate.scoring.axes import Axes
from surrogate.scoring.base_units import base_units_of
from surrogate.scoring.feature_shares import feature_words, shares_of
from surrogate.scoring.known_mechanics import kind_of
from surrogate.scoring.score import axes_of
from surrogate.scoring.score_offers import score_offers
from surrogate.scoring.score_tests import CALIBRATED_FROM, taken_in
from surrogate.scoring.split_uses import split_uses
from surrogate.shelf.mechanics import KINDS, scenario_terms
from surrogate.why.attribution import Attributed, integrated_gradients
from surrogate.why.explained_lift import CONTACT, DISPLAY, MAILER, PROMOTION, SAVING, asked_lift
from surrogate.why.explanation import Driver, Explanation, PastPromotion, places
from surrogate.why.little_bought import little_bought
from surrogate.why.trust import how_far

MOST_DRIVERS = 5
"""Features that are named one by one; the others stand in one line together."""
LEAST_POINTS = 0.001
"""Lift below which a feature is not named."""
_SHELF_KINDS = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)


def explain_purchases(
    model: Model,
    scenario: Scenario,
    segment: str,
    offer: str,
    product: str | None,
    baskets: Baskets | None = None,
) -> Explanation:
    """Explain the lift of an offer on a segment (`surrogate.kinds.explain_any`)."""
    axes = axes_of(model, scenario, baskets)
    row, column, numbers = places(
        scenario,
        [one.id for one in axes.segments],
        [one.id for one in axes.products],
        segment,
        offer,
        product,
    )
    asked = scenario.offers[column]
    by_period = base_units_of(axes).mean(axis=0)
    base_units = by_period.mean(axis=2)
    plain = score_offers(axes)
    tested, removed = taken_in(axes, plain, by_period, asked)
    tested = split_uses(axes, tested, asked)
    found = integrated_gradients(asked_lift(axes, row, asked, numbers, base_units[row]))
    rows = [len(axes.products)] if asked.is_basket else list(numbers)
    learned = float(np.expm1(found.total))
    ratio = _after_over_before(plain.lift, tested.lift, row, rows, column)
    weight = np.ones(1) if asked.is_basket else np.maximum(base_units[row, list(numbers)], 1e-12)
    known = float(np.average(removed[row, rows, column], weights=weight))
    grade = "calibrated" if known >= CALIBRATED_FROM else plain.evidence[column]
    return Explanation(
        segment=segment,
        offer=offer,
        products=() if asked.is_basket else tuple(axes.products[number].id for number in numbers),
        learned=learned,
        now=learned * ratio,
        drivers=_drivers(axes, row, asked, numbers, base_units[row], found),
        grade=grade,
        trust=(
            *how_far(axes, segment, asked, column, rows, grade, plain.distance, tested.notes, plain.notes),
            *fading_notes(axes, numbers),
            *little_bought(axes, segment, () if asked.is_basket else numbers),
        ),
        past=_past(axes, asked, numbers),
    )


def _after_over_before(before: Float, after: Float, row: int, rows: list[int], column: int) -> float:
    """Return by what factor lift tests moved a lift: mean of the cells."""
    old = before[:, row, :, :, column][:, rows].max(axis=2)
    new = after[:, row, :, :, column][:, rows].max(axis=2)
    return float(new.sum() / old.sum()) if old.sum() > 0 else 1.0


def _drivers(
    axes: Axes, row: int, offer: Offer, numbers: tuple[int, ...], base: Float, found: Attributed
) -> tuple[Driver, ...]:
    """Turn attributions of log(1 + lift) into points of lift, and name them.

    That customers of a retailer's own segment are in it is one driver, however many words its column has: their shares
    are 0 and 1, and are kept with noise for privacy.
    """
    scale = float(np.expm1(found.total) / found.total) if abs(found.total) > 1e-9 else 1.0
    points = found.parts * scale
    promotion = [
        Driver(words=words, points=float(points[number]))
        for number, words in enumerate(_promotion_words(axes, offer, numbers, base))
        if words and abs(points[number]) >= LEAST_POINTS / 10
    ]
    model, start = axes.model, len(PROMOTION)
    raw, average = axes.groups.raw[row], model.profile_space.average
    ours = ~without_own(model.scale.names, model.profile_space.own)
    listed = float(points[start:][ours].sum())
    named, rest = list[Driver](), 0.0
    if abs(listed) >= LEAST_POINTS:
        words = f"being in {axes.segments[row].id}, by the column {model.profile_space.own}"
        named.append(Driver(words=words, points=listed))
    else:
        rest += listed
    for index in np.argsort(-np.abs(np.round(points[start:], 9)), kind="stable").tolist():
        if ours[index]:
            continue
        value = float(points[start + index])
        known = np.isfinite(raw[index]) and np.isfinite(average[index])
        if len(named) < MOST_DRIVERS and known and abs(value) >= LEAST_POINTS:
            name = model.scale.names[index]
            words = f"{name} {written(name, float(raw[index]))} (average {written(name, float(average[index]))})"
            named.append(Driver(words=words, points=value))
        else:
            rest += value
    left = sum(float(point) for point in points[:start]) - sum(driver.points for driver in promotion)
    others = Driver(words="everything else about these customers", points=rest + left)
    return (*promotion, *named, others)


def _promotion_words(axes: Axes, offer: Offer, numbers: tuple[int, ...], base: Float) -> tuple[str, ...]:
    """Return words for each input of the promotion, in the order of `PROMOTION`."""
    shares = shares_of(axes.model, offer)
    saved = share_text(round(_saving(axes, offer, numbers, base), 3))
    words = {
        Mechanic.PRICE_DISCOUNT: f"{saved} off the price",
        Mechanic.FLASH_SALE: f"{saved} off the price for a short time",
        Mechanic.COUPON: f"a coupon worth {saved} of the price",
        Mechanic.GIFT: f"a gift worth {saved} of the price",
        Mechanic.BUNDLE: f"{saved} of the units free" if offer.get else f"{saved} off pieces bought together",
        Mechanic.FEATURE: "",
        Mechanic.THRESHOLD: f"{saved} off the order that is asked for",
        Mechanic.FREE_SHIPPING: f"shipping worth {saved} of the order",
    }
    by_name = {
        SAVING: words[offer.mechanic],
        DISPLAY: feature_words(axes.model, replace(shares, mailer=0.0)),
        MAILER: feature_words(axes.model, replace(shares, display=0.0)),
        CONTACT: f"being told of the {offer.mechanic.value}, whatever it saves",
    }
    return tuple(by_name[name] for name in PROMOTION)


def _saving(axes: Axes, offer: Offer, numbers: tuple[int, ...], base: Float) -> float:
    """Return the share that an offer saves, the mean over products by baseline."""
    if offer.mechanic is Mechanic.FEATURE:
        return 0.0
    rows: list[tuple[float, Any, float]] = [
        (axes.price(number), axes.products[number], float(base[number])) for number in numbers
    ]
    if offer.is_basket:
        rows = [(float(np.mean([price for price, _, _ in rows])), None, 1.0)]
    saved = [
        scenario_terms(offer, one, axes.scenario.gifts, price=price, order=axes.order).saving for price, one, _ in rows
    ]
    weight = np.maximum([each[2] for each in rows], 1e-12)
    return float(np.average(saved, weights=weight))


def _past(axes: Axes, offer: Offer, numbers: tuple[int, ...]) -> tuple[PastPromotion, ...]:
    model = axes.model
    if PRECEDENTS not in model.sections or offer.is_basket:
        return ()
    found = unpack(model.sections[PRECEDENTS], Precedents)
    mechanics = _SHELF_KINDS if offer.mechanic in _SHELF_KINDS else (offer.mechanic,)
    kinds = sorted({kind_of(model, offer), *(KINDS.index(mechanic) for mechanic in mechanics)})
    shares = shares_of(model, offer)
    shown = max(shares.display, shares.mailer) if offer.mechanic is Mechanic.FEATURE else 0.0
    products = [int(axes.index[number]) for number in numbers]
    ones = np.ones(len(axes.products))
    saved = _saving(axes, offer, numbers, ones)
    return tuple(
        past_promotion(model, one) for one in nearest(found, products=products, kinds=kinds, saving=saved, shown=shown)
    )


def past_promotion(model: Model, one: Precedent) -> PastPromotion:
    """Tell a promotion of the data in words; of stores only where the data tells them."""
    parts = []
    if one.items:
        parts.append(f"{one.items} item{'' if one.items == 1 else 's'}")
    if one.saving >= 0.005:
        parts.append(f"{one.saving:.0%} off")
    if one.shown >= 0.05:
        parts.append(f"shown in {one.shown:.0%} of the stores" if model.by_store else "shown")
    return PastPromotion(
        first_day=monday_of(one.week),
        product=model.categories[one.product],
        words=", ".join([KINDS[one.kind].value, *parts]),
        units=one.units,
        change=one.units / one.usual - 1 if one.items and one.usual > 0 else None,
        used=None if one.items else one.usual / max(one.units, 1e-9),
    )
