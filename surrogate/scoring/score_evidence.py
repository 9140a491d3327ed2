"""What a model says about a scenario beside its effects: fitted response terms in its periods, and suspicions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.language.words import Unit
from scenarios.response.customer_rates import CustomerRates
from scenarios.response.effects import CommonError, FittedTerm, Weather
from surrogate.evidence.customer_rates import SECTION as CUSTOMERS
from surrogate.evidence.customer_rates import LearnedRates
from surrogate.evidence.gather import WEATHER, response_terms, suspicion_of
from surrogate.evidence.uncertainty.common_levels import SECTION as COMMON
from surrogate.evidence.uncertainty.common_levels import CommonLevels
from surrogate.evidence.uncertainty.weather import WeeklyWeather, weather_of
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.scoring.axes import Axes

_DAYS = 7


def fitted_terms(axes: Axes) -> dict[str, FittedTerm]:
    """Return fitted response terms by key of ``response``, in periods of the scenario."""
    groups = tuple(product.rivals or product.category for product in axes.products)
    ids = tuple(product.id for product in axes.products)
    terms = response_terms(axes.model.sections, ids, groups, axes.index)
    if axes.scenario.horizon.unit is Unit.WEEK:
        return terms
    return {name: by_day(name, term) for name, term in terms.items()}


def by_day(name: str, term: FittedTerm) -> FittedTerm:
    """Turn a weekly strength into a daily one.

    A week's promotion is seven daily ones: each tires by so much that all of them together leave, on average over the
    week after, what one weekly promotion does. A dip of so many weeks lasts seven times as many days.
    """
    if name == "fatigue" and term.periods > 0:
        keep_week = 0.5 ** (1.0 / term.periods)
        keep = keep_week ** (1.0 / _DAYS)
        ages = np.arange(_DAYS)[:, None] + np.arange(1, _DAYS + 1)[None, :]
        factor = keep_week / float((keep**ages).sum(axis=0).mean())
        words = f"{term.words}; {term.value:.0%} a promoted week" if term.value > 0 else term.words
        return replace(
            term,
            value=term.value * factor,
            low=term.low * factor,
            high=term.high * factor,
            periods=term.periods * _DAYS,
            words=words if term.supported else term.words,
        )
    return replace(term, periods=term.periods * _DAYS)


def learned_weather(axes: Axes) -> Weather | None:
    """Return how much single weeks differed in the data; None of older models, and where too little tells it."""
    section = axes.model.sections.get(WEATHER)
    if section is None:
        return None
    return weather_of(
        unpack(section, WeeklyWeather), axes.index.tolist(), [product.category for product in axes.products]
    )


def learned_common(model: Model) -> CommonError | None:
    """Return what levels are off by together; None of older models, whose baselines err one by one."""
    section = model.sections.get(COMMON)
    return None if section is None else unpack(section, CommonLevels).error


def learned_customers(axes: Axes) -> tuple[CustomerRates | None, ...]:
    """Return by segment how customers' own rates of buying differ; nothing of older models."""
    if CUSTOMERS not in axes.model.sections:
        return ()
    known = unpack(axes.model.sections[CUSTOMERS], LearnedRates)
    return tuple(known.of(segment.id, axes.index) for segment in axes.segments)


def untold_customers(model: Model) -> tuple[str, ...]:
    """Say that an older model does not tell how customers buy single goods."""
    if CUSTOMERS in model.sections:
        return ()
    return (
        "The model does not say how customers buy single goods: a rollout tells the power of its holdout by an "
        "assumption. Train it again (campaign train), and it is told by the data.",
    )


def suspicions(axes: Axes, evidence: tuple[str, ...]) -> dict[str, str]:
    """Return by offer id, for effects that were only observed, why they may not be causal."""
    return {
        offer.id: suspicion_of(axes.model.sections, offer)
        for offer, grade in zip(axes.scenario.offers, evidence, strict=True)
        if grade == "observed"
    }
