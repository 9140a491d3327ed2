"""What a targeted offer does for customers who get it and nothing else, in a scenario's figures: value, spend and uses.

An offer holds for a stretch of time: the dates that offers go out on or, where it is sent once, the days of its
sending. Most share one stretch, so that what is told of stretches is told once.

The response model's arithmetic (`scenarios.response.one_offer`) with the scenario's own weights: what ``plan`` earns
and spends by. Single customers and whole segments are both scored by it; JAX has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.assign.counted import COUNTED
from constraints.assign.goods import periods_of
from constraints.assign.terms import Terms
from scenarios.arrays import Float
from scenarios.grid import Grid, build_grid
from scenarios.language.aim import weights_of
from scenarios.language.date_ranges import DateRange
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.load import LoadedScenario
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import halo_table, still_sold
from scenarios.response.effects import Effects
from scenarios.response.functional import Functional, combine
from scenarios.response.interactions import Strengths, strengths
from scenarios.response.measures import measure_functional
from scenarios.response.one_offer import Surround, on_baskets, on_products, weighed
from scenarios.response.priced_choices import build_economics
from scenarios.response.served import kept_uses
from scenarios.supply import as_if_sold, on_sale


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighed:
    """What an offer does for n customers."""

    value: Float
    """[n] added to the objective."""
    spend: Float
    """[n]"""
    use: tuple[Float | None, ...]
    """[M] of [n], as `Terms.measures`; at least 0. None for what every offer uses 1 of."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferSetting:
    """A scenario's terms for single offers. S segments, K products, C offers, M measures, E members, U stretches."""

    grid: Grid
    effects: Effects
    terms: Terms
    around: tuple[Surround, ...]
    """[U]"""
    inside: NDArray[np.bool_]
    """[U, T] periods of each stretch in which an offer holds."""
    stretch: tuple[int, ...]
    """[C] stretch of each offer."""
    customers: Float
    """[S]"""
    base: Float
    """[U, S, K] units of a segment's mean customer in each stretch."""
    per_unit: Float
    """[S, K] orders that a unit stands for."""
    member_lift: Float
    """[E, S, K + 1, C] of the segments, over the time that the offers hold."""
    take_up: Float
    """[S, K + 1, C]"""
    kept: Float
    """[S, K + 1, C] share of the uses that a cap per customer leaves; in lift and take-up already."""
    choices: tuple[int, ...]
    """[C] number of each offer's choice in its block."""
    objective: Functional
    spend: Functional
    measures: tuple[Functional | None, ...]
    """[M]"""

    @property
    def lift(self) -> Float:
        """Mean of the members [S, K + 1, C]."""
        return np.asarray(self.member_lift.mean(axis=0))

    @property
    def profit_weight(self) -> float:
        """How much of the objective one unit of profit is."""
        return weights_of(self.grid.scenario.objective).get(Measure.PROFIT, 0.0)

    def weigh(
        self,
        offer: int,
        base: Float,
        lift: Float,
        take_up: Float,
        per_unit: Float,
        strengths: Strengths | None = None,
    ) -> Weighed:
        """Weigh one offer.

        Parameters
        ----------
        base, per_unit
            [n, K] units of each customer without it in its stretch, and orders that a unit stands for.
        lift, take_up
            [n, K + 1]
        strengths
            Of each customer's future; those that are expected where none are given.
        """
        around = self.around[self.stretch[offer]]
        around = around if strengths is None else replace(around, strengths=strengths)
        basket, choice = self.terms.offers[offer].is_basket, self.choices[offer]
        if basket:
            sold = on_baskets(around, base, lift[:, -1], take_up[:, -1], per_unit)
        else:
            sold = on_products(around, base, lift[:, :-1], take_up[:, :-1], per_unit)

        def of(functional: Functional) -> Float:
            return weighed(functional, sold, choice, basket=basket)

        return Weighed(
            value=of(self.objective),
            spend=of(self.spend),
            use=tuple(None if one is None else np.maximum(of(one), 0.0) for one in self.measures),
        )

    def in_span(self, values: Float) -> Float:
        """Return the mean over the periods in which each offer holds, weighted by base units: [..., C] of [..., T, O].

        Parameters
        ----------
        values
            [..., S, K + 1, T, O]
        """
        index = np.array([self.grid.offer_index[offer.id] for offer in self.terms.offers])
        return _means(self.effects, self.inside, self.stretch, values, index)


def offer_setting(asked: LoadedScenario, terms: Terms, span: DateRange | None) -> OfferSetting:
    """Read a resolved scenario.

    Parameters
    ----------
    span
        Dates on which offers hold that are not sent once; all of the horizon where none is given.

    Raises
    ------
    ValueError
        For a scenario whose effects are not known yet.
    """
    effects = asked.effects
    if effects is None:
        raise ValueError("scoring needs a resolved scenario: its effects must be known")
    grid = build_grid(asked.scenario, asked.custom)
    units = effects.base_units.mean(axis=0)
    strength = strengths(grid.scenario.response, grid.scenario.effects, grid.products)
    economics = build_economics(grid, units)
    inside, stretch = _stretches(grid, terms, span)
    ahead = strength.pull_forward_periods
    sold = still_sold(on_sale(grid.products, grid.scenario.horizon, ahead), ahead)
    customers = np.array([segment.customers for segment in grid.segments], dtype=np.float64)
    whole, index = Scope(), np.array([grid.offer_index[offer.id] for offer in terms.offers])
    kept, halo = kept_uses(grid, asked.baskets)[:, :, index], halo_table(grid, economics, units)

    def mean(values: Float) -> Float:
        return _means(effects, inside, stretch, values, index) * kept

    aims = weights_of(grid.scenario.objective)
    return OfferSetting(
        grid=grid,
        effects=effects,
        terms=terms,
        around=tuple(
            Surround(
                grid=grid,
                economics=economics,
                strengths=strength,
                halo=halo,
                still_sold=sold[:, np.flatnonzero(own).max(initial=0)],
            )
            for own in inside
        ),
        inside=inside,
        stretch=stretch,
        customers=customers,
        base=np.stack([units[:, :, own].sum(axis=2) / customers[:, None] for own in inside]),
        per_unit=_orders_per_unit(grid, economics.price, units, asked.baskets),
        member_lift=np.stack([mean(lift) for lift in effects.lift]),
        take_up=mean(effects.take_up),
        kept=kept,
        choices=tuple(_choice(grid, offer.id) for offer in terms.offers),
        objective=combine([(share, measure_functional(grid, economics, one, whole)) for one, share in aims.items()]),
        spend=measure_functional(grid, economics, Measure.SPEND, whole),
        measures=tuple(
            None if measure in COUNTED else measure_functional(grid, economics, measure, whole)
            for measure in terms.measures
        ),
    )


def _weight(effects: Effects, inside: NDArray[np.bool_]) -> Float:
    """Shares of the periods inside a span in a segment's base units of a product, and of all products [S, K + 1, T]."""
    units = effects.base_units.mean(axis=0)[:, :, inside]
    weight = np.concatenate([units, units.sum(axis=1, keepdims=True)], axis=1)
    return np.asarray(weight / np.maximum(weight.sum(axis=2, keepdims=True), 1e-12))


def _means(
    effects: Effects, inside: NDArray[np.bool_], stretch: tuple[int, ...], values: Float, index: NDArray[np.int64]
) -> Float:
    """Means of offers [..., S, K + 1, C] of values [..., S, K + 1, T, O] over their stretches, by base units."""
    found = np.empty((*values.shape[:-2], len(index)))
    for number, own in enumerate(inside):
        mine = np.flatnonzero(np.array(stretch) == number)
        weight, here = _weight(effects, own), values[..., own, :][..., index[mine]]
        found[..., mine] = np.einsum("skt,...skto->...sko", weight, here)
    return found


def _stretches(grid: Grid, terms: Terms, span: DateRange | None) -> tuple[NDArray[np.bool_], tuple[int, ...]]:
    """Periods of each stretch [U, T], and the stretch of each offer [C]: its sending's, or the dates'."""
    dates = periods_of(None, grid.scenario, span)
    own = [dates if once is None else held for once, held in zip(terms.sendings, terms.held, strict=True)]
    different = list(dict.fromkeys(own))
    inside = np.array([[period in each for period in range(grid.shape[2])] for each in different], dtype=bool)
    return inside, tuple(different.index(each) for each in own)


def _orders_per_unit(grid: Grid, price: Float, units: Float, baskets: Baskets | None) -> Float:
    """Return orders that one unit stands for [S, K]: a segment's orders are spread over its sales by value."""
    if baskets is None:
        return np.zeros(units.shape[:2])
    orders = np.array([baskets.orders_per_period(segment.id) for segment in grid.segments])
    value = (as_if_sold(units, grid.products, grid.scenario.horizon) * price[:, None]).sum(axis=1).mean(axis=1)
    ratio = np.divide(orders, value, out=np.zeros_like(value), where=value > 0)
    return np.asarray(ratio[:, None] * price)


def _choice(grid: Grid, offer: str) -> int:
    """Return the number of an offer's choice with the largest coverage, of those that are told.

    All these choices weigh the same a customer.
    """
    number = grid.offer_index[offer]
    block = grid.choices[3 if grid.scenario.offers[number].is_basket else 1]
    told = ((place, choice) for place, choice in enumerate(block, start=1) if choice.offer == number and choice.told)
    mine = [(choice.served, place) for place, choice in told]
    return max(mine)[1]
