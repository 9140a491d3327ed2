"""What the actuals can tell: cells that count, what the plan expected there, and how each cell moves with each effect.

Expected sales come from the response model itself, so fatigue, theft and dips of the running plan are in them. A
product that was sold out tells nothing of its demand and is left out; so is a cell of which nobody knows what ran, or
whom it reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import base_under_lines, offers_chosen, under_lines
from scenarios.flight.pieces import Pieces
from scenarios.flight.series import all_ran_as_planned
from scenarios.futures.draws import Draws, strengths_as_expected
from scenarios.futures.outcomes import Selling
from scenarios.response.coefficients import Coefficients, available_units
from scenarios.response.effects import Effects
from scenarios.response.totals import Sold

UNMOVED = 0.5
"""Score at which a log-normal factor of mean 1 and of spread 1 is 1."""
STEP = 0.05
"""Change of the log of a lift or a baseline by which slopes are taken."""
RISE = float(np.expm1(STEP))
"""What it makes more of a lift or a baseline: sales grow with them, so that over it their change is the slope."""
EMPTY_SHELF = 0.5
"""Units left, at most, of a product that is sold out."""
ENDLESS = 1e9
"""Times the demand that pieces were counted for, from which on everybody finds one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Expected:
    """What is expected of the running plan under some effects. Letters as in `scenarios.grid`."""

    units: Float
    """[S, K, T]"""
    slopes: Float
    """[U, S, K, T] change of the units with the log of what each of U nudges moves."""
    grown: Float
    """[S, K, T] units that grow with the baseline: all, but for what pieces that ran out have brought."""
    wanted: Float | None = None
    """[2, S, K + 1, T] units that would be sold under public and targeted lines, were there pieces for everybody.

    The last row holds whole baskets, whose units are orders.
    """
    wanted_slopes: Float | None = None
    """[U, 2, S, K + 1, T] change of these with the log of the lifts."""
    wanted_base: Float | None = None
    """[2, S, K + 1, T] those of them that would be sold anyway."""

    @property
    def under_lines(self) -> tuple[Expected, ...]:
        """What would be expected under the lines of each layer, were there pieces for everybody."""
        if self.wanted is None or self.wanted_slopes is None:
            return ()
        pairs = zip(self.wanted, np.moveaxis(self.wanted_slopes, 1, 0), strict=True)
        return tuple(Expected(units=units, slopes=slopes, grown=units) for units, slopes in pairs)

    def from_then_on(self, later: Flag, before: Expected) -> Expected:
        """What is expected where these figures hold in some periods [T] only, and others in those before."""
        names = [each.name for each in fields(self) if getattr(self, each.name) is not None]
        return Expected(**{n: np.where(later, getattr(self, n), getattr(before, n)) for n in names})


def not_there_yet(actuals: Actuals) -> Flag:
    """[K, T] products of which nothing has come by the end of a period, by stock and arrivals, and nothing was sold."""
    sold = np.cumsum(np.nan_to_num(actuals.units_total), axis=-1)
    return np.asarray((available_units(actuals.grid) <= 0) & (sold <= 0))


def run_out(actuals: Actuals) -> Flag:
    """[K, T] products that were sold out at the end of a period, and not only still to come."""
    return sold_out(actuals) & ~not_there_yet(actuals)


def sold_out(actuals: Actuals) -> Flag:
    """[K, T] products of which nothing was left at the end of a period, told by the file or by its sales.

    Nothing of demand is told by such a period; one before the first goods (`not_there_yet`) is among them.
    """
    available = available_units(actuals.grid)
    sold = np.cumsum(np.nan_to_num(actuals.units_total), axis=-1)
    empty = np.isfinite(available) & (available - sold <= EMPTY_SHELF) & actuals.observed
    left = actuals.stock_end
    return empty if left is None else np.where(np.isfinite(left), left <= EMPTY_SHELF, empty)


def telling(actuals: Actuals, plan: NDArray[np.int8], empty: Flag) -> Flag:
    """[K, T] cells that tell something of the forecast: observed, not sold out, and run as the forecast has them.

    Parameters
    ----------
    plan
        The flat plan [N] that ran, as far as it is sure.
    empty : [K, T]
        Shelves that were empty.
    """
    seen = actuals.observed & (np.arange(actuals.grid.shape[2]) <= actuals.last)
    return np.asarray(seen & ~empty & all_ran_as_planned(actuals, plan))


@dataclass(frozen=True, kw_only=True, eq=False)
class Nudge:
    """Lifts of one offer, or baselines, that are moved together to see what sales answer: of one product a rival group.

    So what a product gains or loses is known by whose lift or baseline it is.
    """

    offer: int | None
    """None moves baselines."""
    products: Flag
    """[K] whose lifts are moved; all, of an offer on whole baskets."""
    cause: NDArray[np.int64]
    """[K] whose lift each product answers to: that of its own group, where one of it is moved. What products of other
    groups bring it (halo, larger orders) is put down to the largest of those that are moved."""


def nudges_of(model: Coefficients, plan: NDArray[np.int8], last: int) -> tuple[Nudge, ...]:
    """The nudges that tell apart all baselines, and all lifts of the lines that ran up to a period, offer by offer."""
    grid = model.grid
    count = grid.shape[1]
    size = model.base_units.sum(axis=(0, 2))
    group = np.where(grid.rival_group >= 0, grid.rival_group, grid.rival_group.max(initial=-1) + 1 + np.arange(count))
    ran = plan.copy()
    for block in grid.split(ran):
        block[..., last + 1 :] = 0
    met = sorted({(grid.offer_index[line.offer], line.product) for line in grid.lines(ran)})
    found = []
    for offer in (None, *sorted({offer for offer, _ in met})):
        on = np.array([offer is None or (offer, product.id) in met for product in grid.products])
        if not on.any():
            found.append(Nudge(offer=offer, products=np.ones(count, dtype=bool), cause=np.arange(count)))
            continue
        place = np.array([np.count_nonzero(on[:k] & (group[:k] == group[k])) for k in range(count)])
        for number in range(int(place[on].max()) + 1):
            moved = on & (place == number)
            largest = np.flatnonzero(moved)[size[moved].argmax()]
            rival = {int(group[k]): int(k) for k in np.flatnonzero(moved)}
            cause = np.array([rival.get(int(each), largest) for each in group])
            found.append(Nudge(offer=offer, products=moved, cause=cause))
    return tuple(found)


class Forecast:
    """Expected sales of one plan as its effects move, by the response model on the chosen offers only.

    Of a line whose pieces are known to have run out, what is expected is what is sold given that they did: all of its
    pieces, and the regular price for whoever came too late and would buy anyway. Of one whose pieces are known not to
    have, what everybody buys. Of all others, what pieces leave of it in a future as it is expected.

    Parameters
    ----------
    model
        Tables of the problem; what is sold out there is cut as in every future.
    effects
        The effects before the move; their means over the ensemble count.
    plan
        The plan that runs.
    pieces
        What is known of lines that count pieces; nothing by default.
    """

    def __init__(
        self, model: Coefficients, effects: Effects, plan: NDArray[np.int8], pieces: Pieces | None = None
    ) -> None:
        self._gone: dict[tuple[int, int], float] = {}
        self._unmoved: dict[tuple[Nudge, ...], Expected] = {}
        self._shape, self._offers = model.grid.shape, len(model.grid.scenario.offers)
        self._pieces = pieces if pieces is not None and pieces.known else None
        self._orders = UNMOVED * float(np.sqrt(np.log1p(model.grid.scenario.risk.order_cv**2)))
        one = float(np.sqrt(np.expm1(1.0)))
        effects = replace(
            effects,
            base_units=effects.base_units.mean(axis=0, keepdims=True),
            lift=effects.lift.mean(axis=0, keepdims=True),
            base_cv=np.full_like(effects.base_cv, one),
            lift_sd=np.ones_like(effects.lift_sd),
            take_up_cv=np.zeros_like(effects.take_up_cv),
            known_periods=0,
        )
        told = model if self._pieces is None else _without_end(model, plan, self._pieces.left)
        self._selling = Selling(told, effects, plan)
        self._free = None if self._pieces is None else Selling(without_end(model), effects, plan)

    def without(self, gone: Iterable[tuple[int, int]], factor: float) -> Forecast:
        """The same where some offers bring only a factor of what they would in some segments: pairs of both."""
        found = copy(self)
        found._gone, found._unmoved = dict.fromkeys(sorted(gone), factor), {}
        return found

    def unmoved(self, nudges: tuple[Nudge, ...]) -> Expected:
        """Units and slopes where nothing has moved: every fit begins there, so they are forecast once."""
        if nudges not in self._unmoved:
            s, k, _ = self._shape
            self._unmoved[nudges] = self(np.zeros((s, k)), np.zeros((s, k + 1, self._offers)), nudges)
        return self._unmoved[nudges]

    def __call__(self, base: Float, lift: Float, nudges: tuple[Nudge, ...] = ()) -> Expected:
        """Units, and their slopes by some lifts and baselines.

        Parameters
        ----------
        base : [S, K]
            Logs of factors on the baselines.
        lift : [S, K+1, O]
            Logs of factors on the lifts.
        """
        s, k = self._shape[:2]
        count = 1 + len(nudges)
        lifts = np.repeat(lift[None] + UNMOVED, count, axis=0)
        for (offer, segment), factor in self._gone.items():
            lifts[:, segment, :, offer] += np.log(factor)
        bases = np.repeat(base[None] + UNMOVED, count, axis=0)
        for number, nudge in enumerate(nudges, start=1):
            if nudge.offer is None:
                bases[number, :, nudge.products] += STEP
            else:
                lifts[number, :, np.append(nudge.products, nudge.products.all()), nudge.offer] += STEP
        draws = Draws(
            member=np.zeros(count, dtype=np.int64),
            lift=lifts,
            take_up=np.zeros_like(lifts),
            base=bases,
            orders=np.full((count, s), self._orders),
            **strengths_as_expected(count, k),
        )
        parts = [(part.units, part.orders) for part in self._selling(draws)]
        units, orders = (np.concatenate(each) for each in zip(*parts, strict=True))
        if self._pieces is None or self._free is None:
            return Expected(units=units[0], slopes=(units[1:] - units[0]) / RISE, grown=units[0])
        wanted, of_base = _wanted(self._free(draws))
        units, brought = _as_they_ran_out(units, orders, wanted, of_base, self._pieces)
        return Expected(
            units=units[0],
            slopes=(units[1:] - units[0]) / RISE,
            grown=np.maximum(units[0] - brought[0], 0.0),
            wanted=wanted[0],
            wanted_slopes=(wanted[1:] - wanted[0]) / RISE,
            wanted_base=of_base[0],
        )


def _wanted(sold: Iterable[Sold]) -> tuple[Float, Float]:
    """Units [D, 2, S, K + 1, T] under lines of both layers, were there pieces for everybody; those sold anyway."""
    parts: list[tuple[Float, Float]] = []
    for what in sold:
        layers = under_lines(what), base_under_lines(what)
        parts.append((np.stack(layers[0], axis=1), np.stack(layers[1], axis=1)))
    wanted, of_base = (np.concatenate(each) for each in zip(*parts, strict=True))
    return wanted, of_base


def without_end(model: Coefficients) -> Coefficients:
    """The tables of futures in which there are pieces for everybody."""
    return replace(model, demand=model.demand * ENDLESS)


def _without_end(model: Coefficients, plan: NDArray[np.int8], left: tuple[Flag, Flag]) -> Coefficients:
    """The same for some lines [S, K + 1, T] of both layers alone."""
    grid, demand = model.grid, model.demand.copy()
    for here, offer in zip(left, offers_chosen(grid, grid.split(plan)), strict=True):
        s, k, t = np.nonzero(here)
        demand[s, k, t, offer[here]] *= ENDLESS
    return replace(model, demand=demand)


def _as_they_ran_out(units: Float, orders: Float, wanted: Float, of_base: Float, pieces: Pieces) -> tuple[Float, Float]:
    """Units [D, S, K, T] given that lines ran out, and those of them that their pieces have brought.

    Where fewer are expected to want an offer than have found a piece, the others are taken to have come. Of whole
    baskets they come with ``orders`` [D, S, T] like the others of the segment and period.
    """
    brought = np.zeros_like(units)
    in_order = np.divide(units, orders[:, :, None], out=np.zeros_like(units), where=orders[:, :, None] > 0)
    for layer, gone in enumerate(pieces.ran_out):
        if not gone.any():
            continue
        asked = wanted[:, layer]
        there = np.where(gone, np.nan_to_num(pieces.there[layer]), 0.0)
        share = np.ones_like(asked)
        if layer == 0:  # the pieces of a public line are everybody's
            total = asked.sum(axis=1, keepdims=True)
            share = np.divide(asked, total, out=np.full_like(asked, 1.0 / asked.shape[1]), where=total > 0)
        found = share * there
        came = np.where(gone, np.maximum(found - asked, 0.0), 0.0)
        extra = np.divide(asked - of_base[:, layer], asked, out=np.zeros_like(asked), where=asked > 0)
        extra = np.where(gone, found * np.clip(extra, 0.0, 1.0), 0.0)
        units = units + came[:, :, :-1] + in_order * came[:, :, -1:]
        brought += extra[:, :, :-1] + in_order * extra[:, :, -1:]
    return units, brought
