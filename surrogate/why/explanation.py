"""The record of an explained effect, the same for every kind of model, and what may be asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.language.schema import Scenario
from scenarios.language.where import names_product
from scenarios.problems import InvalidInput, Problem, a_kind, did_you_mean


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One thing that a lift comes from."""

    words: str
    points: float
    """Of lift; all drivers add up to the learned lift."""


@dataclass(frozen=True, kw_only=True)
class PastPromotion:
    """One past promotion that the estimate leans on."""

    first_day: dt.date
    product: str
    words: str
    """``6 items, 24% off``"""
    units: float
    change: float | None
    """Units against the usual, less 1; None where only its use is known."""
    used: float | None
    """Share of contacted customers' units that were bought with it; None where its change is known."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What one offer's lift on one segment comes from and rests on."""

    segment: str
    offer: str
    products: tuple[str, ...]
    """Products that the figures are the baseline-weighted mean of; empty for offers on baskets."""
    learned: float
    """Lift that the model learned from behaviour: geometric mean over the members and products."""
    now: float
    """The same after lift tests."""
    drivers: tuple[Driver, ...]
    """Largest first; they add up to ``learned``."""
    grade: str
    trust: tuple[str, ...]
    """How far to trust it: one sentence each."""
    past: tuple[PastPromotion, ...]
    """Nearest first."""


def places(
    scenario: Scenario,
    segments: Sequence[str],
    products: Sequence[str],
    segment: str,
    offer: str,
    product: str | None,
) -> tuple[int, int, tuple[int, ...]]:
    """Return the number of a segment, of an offer, and of the products that are asked about.

    Raises
    ------
    InvalidInput
        For ids that the scenario does not know, and an offer that may not be chosen there.
    """
    offers = [one.id for one in scenario.offers]
    wrong = [
        Problem(
            where="--product" if kind == "product" else "--why",
            what=kind,
            expected=f"{a_kind(kind)} of the scenario",
            got=word,
            remedy=did_you_mean(word, known),
        )
        for kind, word, known in (
            ("segment", segment, segments),
            ("offer", offer, offers),
            ("product", product, products),
        )
        if word is not None and word not in known
    ]
    if wrong:
        raise InvalidInput(wrong)
    asked = scenario.offers[offers.index(offer)]
    where = asked.applies_to
    if where.segments is not None and segment not in where.segments:
        got, remedy = segment, f"it may be chosen for {', '.join(where.segments)}"
        raise InvalidInput(
            [Problem(where="--why", what=offer, expected="a segment of its own", got=got, remedy=remedy)]
        )
    if not isinstance(scenario.products, tuple):
        raise TypeError("explaining needs a scenario whose products are read in")
    numbers = tuple(
        number
        for number, one in enumerate(scenario.products)
        if (asked.is_basket or names_product(asked.applies_to, one)) and product in (None, one.id)
    )
    if not numbers or (asked.is_basket and product is not None):
        what = "no product, because it acts on whole baskets" if asked.is_basket else "a product where it applies"
        got = product or "none"
        raise InvalidInput(
            [Problem(where="--product", what=offer, expected=what, got=got, remedy="leave out --product")]
        )
    return list(segments).index(segment), offers.index(offer), numbers
