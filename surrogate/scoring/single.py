"""Single customers: how far what a model says of one differs from what it says of the customer's segment.

Segments carry what was calibrated on weeks that no fit had seen, on lift tests and on the season. So a customer's score
is the segment's, moved by how the network tells the customer from the segment's mean. For the difference one item
stands for a whole category: its items share the network's weights and differ in their response alone. Who gets an
offer is chosen by these differences, so that noise in them is chosen, too: each is kept as far as the ensemble's
members agree on it (`agreed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float, Int
from scenarios.language.schema import Offer, Scenario
from scenarios.response.baskets import Baskets
from surrogate.effects.ensemble import Ensemble
from surrogate.model import Model
from surrogate.people.placing import place
from surrogate.people.segments import nearest
from surrogate.scoring.axes import Axes
from surrogate.scoring.listed import as_learned, own_rows
from surrogate.scoring.score import axes_of
from surrogate.scoring.score_offers import offer_effects, terms_of

Texts = NDArray[np.object_]
_LEAST = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Single:
    """Single customers beside their segments. n customers, K products, O offers; row K is the basket."""

    segment: Int
    """[n] index of the scenario's segment."""
    rate: Float
    """[n, K] units over those of the segment's mean customer."""
    lift: Float
    """[n, K + 1, O] log(1 + lift) beyond the segment's."""
    take_up: Float
    """[n, K + 1, O] take-up over the segment's."""
    member_lift: Float
    """[E, n, K + 1, O] the same lift as each member has it; their spread is what is unsure of it."""
    member_take_up: Float
    """[E, n, K + 1, O]"""


def agreed(each: Float) -> tuple[Float, Float]:
    """Keep of differences as much as an ensemble's members agree on.

    A member's spread is the error of what one training says, so that a mean difference m beside a spread s is kept by
    m^2 / (m^2 + s^2): the share that leaves the least squared error (Thompson 1968, doi:10.2307/2283723).

    Parameters
    ----------
    each
        [E, ...] differences as each member has them.

    Returns
    -------
    tuple
        The differences that are kept [...], and around them what each member says [E, ...], spread as far as is still
        unsure. A single member says nothing of its error and stays as it is.
    """
    mean = each.mean(axis=0)
    if len(each) < 2:
        return np.asarray(mean), each
    square = mean**2
    unsure = square + each.var(axis=0, ddof=1)
    kept = np.divide(square, unsure, out=np.ones_like(mean), where=unsure > 0)
    return np.asarray(kept * mean), np.asarray(kept * mean + np.sqrt(kept) * (each - mean))


class SingleScorer(Protocol):
    """Compares customers with their segments by feature columns."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Features that are numbers, as the model names them."""

    @property
    def shares(self) -> tuple[str, ...]:
        """Those of them that are shares between 0 and 1."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """Those of them that are never below 0."""

    @property
    def words(self) -> tuple[str, ...]:
        """Features that are words."""

    @property
    def levels(self) -> Mapping[str, tuple[str, ...]]:
        """Words that the model tells apart, by feature; all others are taken alike."""

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """Numbers between which the model tells customers apart, by feature; beyond, all are taken alike."""

    @property
    def listed(self) -> str:
        """Column of the retailer's list that alone says who is in which segment; blank where features say it."""

    def compare(self, numbers: Mapping[str, Float], words: Mapping[str, Texts], segment: Int | None) -> Single:
        """Compare customers; NaN and blanks are unknown. Without ``segment`` [n] they are placed by their features."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PurchaseScorer:
    """Compares customers by what purchases taught."""

    axes: Axes
    """The scenario's, with offers that are asked about and one item a category."""
    rows: tuple[int, ...] | None
    """[S] the model's segment that each of the scenario's is; None where not all are, or not as they were learned."""
    listed: str
    """Column of the retailer's list, where the scenario has segments of it."""
    rate: Float
    """[S, K] units a customer and week by the network, at the segments' means."""
    lift: Float
    """[E, S, K + 1, O] as each member has it."""
    take_up: Float
    """[E, S, K + 1, O]"""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Features of the model."""
        return self.axes.model.scale.names

    @property
    def shares(self) -> tuple[str, ...]:
        """Shares of spend, discounts and weekends."""
        return self.axes.model.scale.shares

    @property
    def amounts(self) -> tuple[str, ...]:
        """Recency, visits, spend, baskets and other rates."""
        return self.axes.model.scale.amounts

    @property
    def words(self) -> tuple[str, ...]:
        """None: purchases are numbers."""
        return ()

    @property
    def levels(self) -> Mapping[str, tuple[str, ...]]:
        """None: purchases are numbers."""
        return {}

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """Numbers that are cut nowhere."""
        return self.axes.model.scale.ranges

    def compare(self, numbers: Mapping[str, Float], words: Mapping[str, Texts], segment: Int | None) -> Single:
        """Compare customers with their segments."""
        count = len(next(iter(numbers.values())))
        raw = np.column_stack([numbers.get(name, np.full(count, np.nan)) for name in self.numbers])
        model = self.axes.model
        features = np.where(np.isnan(raw), model.population, model.scale(raw))
        mine = self._placed(raw, features) if segment is None else segment
        rate, lift, take_up = _seen(self.axes, features, mine)
        told, member_lift = agreed(np.log1p(lift) - np.log1p(self.lift[:, mine]))
        theirs, used = self.take_up[:, mine], np.ones_like(take_up)
        np.divide(np.maximum(take_up, _LEAST), theirs, out=used, where=theirs > _LEAST)
        told_take_up, member_take_up = agreed(np.log(used))
        return Single(
            segment=mine,
            rate=rate / np.maximum(self.rate[mine], _LEAST),
            lift=told,
            take_up=np.exp(told_take_up),
            member_lift=member_lift,
            member_take_up=np.exp(member_take_up),
        )

    def _placed(self, raw: Float, features: Float) -> Int:
        space = self.axes.model.profile_space
        people = np.flatnonzero([one.known for one in self.axes.segments])  # nobody known is a stranger
        rows = None if self.rows is None else np.array(self.rows)[people]
        if rows is not None and set(rows.tolist()) == set(range(len(space.ids))):
            return people[np.argsort(rows)][place(space, raw)]
        means = self.axes.groups.features[people]
        return np.asarray(people[nearest(features @ space.weight.T, means @ space.weight.T)])


def purchase_scorer(
    model: Model, scenario: Scenario, asked: Scenario, offers: tuple[Offer, ...], baskets: Baskets | None = None
) -> PurchaseScorer:
    """Put a model beside a scenario for single customers.

    Parameters
    ----------
    scenario
        As it was written: segments may still be ``{learn: ...}``.
    asked
        The same, resolved.
    offers
        What is scored.
    baskets
        Orders of segments that the scenario lists.
    """
    axes = axes_of(model, scenario.model_copy(update={"offers": offers, "products": asked.products}), baskets)
    typical = replace(axes, model=replace(model, ensemble=_typical_items(model.ensemble, len(model.categories))))
    listed = isinstance(scenario.segments, tuple)
    known = not listed or any(row is not None for row in own_rows(model.buyers.ids, axes.segments))
    rate, lift, take_up = _seen(typical, axes.groups.features, np.arange(len(axes.segments)))
    return PurchaseScorer(
        axes=typical,
        rows=as_learned(model.buyers.ids, axes.segments) if listed else tuple(range(len(axes.segments))),
        listed=model.profile_space.own if known else "",
        rate=rate,
        lift=lift,
        take_up=take_up,
    )


def _typical_items(ensemble: Ensemble, categories: int) -> Ensemble:
    """Return one item for each category: its response is the mean of its items'."""
    weight = np.bincount(ensemble.item_category, ensemble.item_weight, categories)
    response = np.stack([
        np.bincount(ensemble.item_category, ensemble.item_weight * own, categories) / np.maximum(weight, _LEAST)
        for own in ensemble.item_response
    ])  # fmt: skip
    return replace(
        ensemble, item_response=response, item_weight=np.ones(categories), item_category=np.arange(categories)
    )


def _seen(axes: Axes, features: Float, segment: Int) -> tuple[Float, Float, Float]:
    """Return units a week [n, K], lift and take-up [E, n, K + 1, O] by member, of customers with features [n, F]."""
    orders = tuple(axes.groups.orders[number] for number in segment)
    here = replace(
        axes,
        groups=replace(axes.groups, features=features, orders=orders),
        segments=tuple(axes.segments[number] for number in segment),
    )
    ensemble = axes.model.ensemble
    rates = [np.exp(net.log_rate(net.hidden_state(features)))[:, axes.index] for net in ensemble.networks]
    each, terms = [], terms_of(here)
    for number, net in enumerate(ensemble.networks):
        alone = replace(ensemble, networks=(net,), item_response=ensemble.item_response[number : number + 1])
        each.append(offer_effects(replace(here, model=replace(axes.model, ensemble=alone)), terms))
    lift, take_up = np.stack([one[0][0] for one in each]), np.stack([one[1] for one in each])
    return np.mean(rates, axis=0), np.maximum(lift, -0.5), take_up
