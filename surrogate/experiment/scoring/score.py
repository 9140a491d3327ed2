"""Scoring: what an experiment says about one scenario, on the scenario's own axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.read_in import listed_segments
from scenarios.language.schema import Offer, Product, Scenario, Segment
from scenarios.language.where import names_product
from scenarios.problems import InvalidInput
from scenarios.response.effects import Effects, Learned
from scenarios.tables.take_up import fixed_take_up
from surrogate.data.judged.answerable import unknown_products
from surrogate.digits import to_digits
from surrogate.experiment.model import ExperimentModel, OutcomeModel
from surrogate.experiment.scoring.declared import who_of
from surrogate.experiment.scoring.lifts import Who, lifts, means
from surrogate.experiment.scoring.matching import Match, match, unmatched
from surrogate.scoring.axes import chosen
from surrogate.scoring.listed import average_notes, count_notes, declared_words

BASE_CV = 0.10
"""Relative standard deviation by which baselines are taken to vary after the experiment."""
LIFT_SD_MOST = 1.5


def score_experiment(model: ExperimentModel, scenario: Scenario) -> Learned:
    """Score a scenario's segments, products and offers.

    Raises
    ------
    InvalidInput
        When the model does not know a product, cannot know an offer, or a segment's profile is not the data's.
    """
    products = scenario.products
    if not isinstance(products, tuple):
        raise TypeError("scoring needs a scenario whose products are read in")
    problems = [
        *unknown_products(scenario, products, model.products, of="experiment", named="experiment's file"),
        *unmatched(model, scenario),
    ]
    if problems:
        raise InvalidInput(problems)
    who, own = who_of(model, scenario), model.groups
    listed = listed_segments(scenario)
    segments, declared = listed or learned_segments(model), declared_words(own.ids, listed)
    prices = {
        product.id: float(price)
        for product in products
        if product.price is None and (price := model.products[product.id].price) is not None
    }
    axes = _Axes(scenario=scenario, model=model, segments=segments, products=products, who=who, prices=prices)
    base, tables = _base_units(axes), _offers(axes)
    return Learned(
        effects=Effects(
            base_units=base,
            base_cv=np.full((len(segments), len(products)), BASE_CV),
            lift=tables.lift,
            lift_sd=tables.lift_sd,
            take_up=tables.take_up,
            take_up_cv=tables.take_up_cv,
            evidence=tables.evidence,
            source=model.source,
            notes=(
                *model.notes,
                *count_notes(own.ids, own.customers.tolist(), listed),
                *average_notes(own.ids, listed, "all customers of the experiment"),
                *tables.notes,
                *_shorter(axes),
            ),
        ),
        segments=segments,
        prices=prices,
        history=(),
        orders={},
        accuracy=dict(model.accuracy) | ({"segments": declared} if declared else {}),
    )


def learned_segments(model: ExperimentModel) -> tuple[Segment, ...]:
    """Return the model's own segments as records of the scenario; their profiles in people's units."""
    groups, names = model.groups, model.encoder.names
    return tuple(
        Segment(
            id=name,
            name=groups.names[number],
            customers=int(groups.customers[number]),
            profile={
                names[index]: float(groups.raw[number, index])
                for index, source in enumerate(model.encoder.sources)
                if source.kind in ("number", "level") and np.isfinite(groups.raw[number, index])
            },
        )
        for number, name in enumerate(groups.ids)
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Axes:
    scenario: Scenario
    model: ExperimentModel
    segments: tuple[Segment, ...]
    products: tuple[Product, ...]
    who: Who
    prices: dict[str, float]

    def price(self, product: Product) -> float | None:
        return float(product.price) if product.price is not None else self.prices.get(product.id)

    def outcome(self, product: Product) -> OutcomeModel:
        return self.model.outcomes[self.model.products[product.id].outcome]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tables:
    lift: Float
    lift_sd: Float
    take_up: Float
    take_up_cv: Float
    evidence: tuple[str, ...]
    notes: tuple[str, ...]


def _shorter(axes: _Axes) -> list[str]:
    """Say where a message pays for a shorter time than the experiment counted after one."""
    days, step = axes.model.days, axes.scenario.horizon.period_days
    short = (offer.channel and (offer.valid is None or offer.valid.days < days) for offer in axes.scenario.offers)
    if days <= step or not any(short):
        return []
    one = "one day" if step == 1 else "one week"
    return [
        f"The experiment counted what was bought in {days} days after an offer; a line lifts {one} only, so a message "
        f"brings {step / days:.0%} of what one brought there. Where an offer holds for all {days} days, "
        f"valid: {{days: {days}, sent: DAY}} says so (docs/experiments.md)."
    ]


def _rate(axes: _Axes, product: Product) -> Float:
    """Return units a customer and period without offer [E, S]."""
    sale = axes.model.products[product.id]
    mean = means(axes.outcome(product), axes.who)
    return np.asarray(mean * sale.units * axes.scenario.horizon.period_days / axes.model.days)


def _base_units(axes: _Axes) -> Float:
    """Return [E, S, K, T]: the experiment's level, evenly over the periods."""
    customers = np.array([segment.customers for segment in axes.segments])
    cells = np.stack([_rate(axes, product) * customers for product in axes.products], axis=2)
    return to_digits(np.repeat(cells[..., None], axes.scenario.horizon.periods, axis=3))


def _offers(axes: _Axes) -> _Tables:
    members = len(next(iter(axes.model.outcomes.values())).networks)
    offers, k = axes.scenario.offers, len(axes.products)
    shape = (len(axes.segments), k + 1, axes.scenario.horizon.periods, len(offers))
    lift = np.zeros((members, *shape))
    lift_sd, take_up, take_up_cv = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    evidence, notes = [], []
    for column, offer in enumerate(offers):
        found = _matches(axes, offer)
        where = chosen(offer, axes.segments, axes.products, axes.scenario.horizon)
        for row, one in found.items():
            mask = where[:, row]
            if row == k:
                effect, spread = _basket_lift(axes, one)
            else:
                outcome = axes.outcome(axes.products[row])
                effect, spread = lifts(outcome, axes.who, one.mechanic, one.saving, one.known), outcome.lift_sd
            lift[:, :, row, :, column] = np.where(mask[None], effect[:, :, None], 0.0)
            sd = min(float(np.hypot(spread, one.spread)), LIFT_SD_MOST)
            lift_sd[:, row, :, column] = np.where(mask, sd, 0.0)
            fixed = fixed_take_up(offer)
            take_up[:, row, :, column] = np.where(mask, one.take_up if fixed is None else fixed, 0.0)
            seen = one.nearest.take_up_seen and fixed is None
            take_up_cv[:, row, :, column] = np.where(mask, one.nearest.take_up_cv if seen else 0.0, 0.0)
        grade, said = _graded(axes, offer, found)
        evidence.append(grade)
        notes += said
    return _Tables(
        lift=lift, lift_sd=lift_sd, take_up=take_up, take_up_cv=take_up_cv, evidence=tuple(evidence),
        notes=tuple(notes),
    )  # fmt: skip


def _matches(axes: _Axes, offer: Offer) -> dict[int, Match]:
    """Return what is known about an offer by row of the products; the row after them is the basket."""
    if offer.is_basket:
        return {len(axes.products): match(axes.model, offer, axes.model.order)}
    return {
        row: match(axes.model, offer, axes.price(product) or axes.model.order or 1.0)
        for row, product in enumerate(axes.products)
        if names_product(offer.applies_to, product)
    }


def _basket_lift(axes: _Axes, one: Match) -> tuple[Float, float]:
    """Return the lift of all products together [E, S], and the largest spread of their outcomes."""
    rates = [_rate(axes, product) for product in axes.products]
    each = [lifts(axes.outcome(product), axes.who, one.mechanic, one.saving, one.known) for product in axes.products]
    total = np.maximum(np.sum(rates, axis=0), 1e-12)
    effect = np.sum([rate * lift for rate, lift in zip(rates, each, strict=True)], axis=0) / total
    return to_digits(effect), max(axes.outcome(product).lift_sd for product in axes.products)


def _graded(axes: _Axes, offer: Offer, found: dict[int, Match]) -> tuple[str, list[str]]:
    """Return an offer's grade of evidence, and what a reader must know about it."""
    if not found:
        return "assumed", []
    grade = "randomised" if axes.model.randomised else "observed"
    worst = max(found.values(), key=lambda one: one.spread)
    if worst.exact:
        return grade, []
    tried = sorted({f"{one.saving:.0%}" for one in axes.model.offers if one.mechanic is worst.nearest.mechanic})
    known = f"the experiment tried {' and '.join(tried)} as a {worst.nearest.mechanic.value}"
    said = f"Offer {offer.id} saves {worst.saving:.0%}; {known}: "
    if worst.beyond:
        return "assumed", [said + "its lift is extrapolated, and its interval widened."]
    return grade, [said + "its lift is interpolated, and its interval widened."]
