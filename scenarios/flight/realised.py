"""What a campaign has really used and earned so far, measure by measure: told where told, else scaled by sales.

The file tells units and revenue, and sometimes spend, contacts and uses. Everything else of a cell (its discount,
gifts, vendor funding) is that of the plan's account, scaled by real to expected units; messages and fixed costs are as
planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.sums import digits_of, measured
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, of_choices, under_lines, with_basket_row
from scenarios.flight.pieces import Pieces, pieces_so_far
from scenarios.flight.real_units import real_units
from scenarios.flight.told_uses import told_units, uses_a_unit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import measure_functional
from scenarios.response.served import quantities
from scenarios.response.totals import Sold, by_period, sold_by
from scenarios.scope_mask import Mask, scope_mask

Float = NDArray[np.float64]

TOLD = {
    Measure.UNITS: "units",
    Measure.REVENUE: "revenue",
    Measure.SPEND: "spend",
    Measure.CONTACTS: "contacts",
    Measure.USES: "uses",
}
"""Measures that a column may tell directly."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Use:
    """A measure period by period."""

    amounts: Float
    """[T] up to the last observed period as it was, after it as expected."""
    told: bool
    """Whether the file tells it; else it is the plan's account, scaled by sales."""


class Realised:
    """The realised account of a plan.

    Parameters
    ----------
    model
        Tables of the problem that was planned.
    plan
        The flat plan [N] that runs.
    actuals
        What happened.
    there
        Units that the pieces of its lines come to, where a line counts any; see `pieces.pieces_there`.
    """

    def __init__(
        self, model: Coefficients, plan: NDArray[np.int8], actuals: Actuals, there: Layers | None = None
    ) -> None:
        self.model, self.plan, self.actuals = model, plan, actuals
        self.expected = sold_by(model, plan, np)
        self.pieces = None if there is None else pieces_so_far(model, plan, self.expected, actuals, there)
        self.sold = _scaled(self.expected, model, plan, actuals, self.pieces)

    def use(self, measure: Measure | str, scope: Scope) -> Use:
        """Amounts of a measure over a scope, in natural units or major money, net."""
        estimate = self._estimate(measure, scope)
        mask = scope_mask(self.model.grid, scope)
        if isinstance(measure, Measure) and not mask.narrows_offers:
            if measure in TOLD:
                told = self._told(TOLD[measure], mask) if self._known[mask.products].all() else None
                if told is not None:
                    return Use(amounts=np.where(np.isnan(told), estimate, told), told=True)
            if measure is Measure.REVENUE:
                return Use(amounts=estimate + self._paid_otherwise(scope), told=False)
            if measure in (Measure.MARGIN, Measure.PROFIT):
                return Use(amounts=estimate + self.price_surprise(scope), told=False)
        return Use(amounts=estimate, told=False)

    @cached_property
    def booked(self) -> Account:
        """The plan's own account of the periods that were observed."""
        return account(self.model, self.plan).up_to(self.actuals.last + 1)

    def planned(self, measure: Measure | str, scope: Scope) -> float:
        """A measure over a scope and the observed periods by the plan's account, in natural units or major money."""
        return float(measured(self.booked, measure, scope) / 10 ** digits_of(measure, self.booked.digits))

    @cached_property
    def _may_be_used(self) -> NDArray[np.bool_]:
        """[S, K + 1, T] where the plan has a line that grants something."""
        public, targeted = uses_a_unit(self.model, self.expected)
        return np.asarray((public > 0) | (targeted > 0))

    @cached_property
    def _known(self) -> NDArray[np.bool_]:
        """[K] products that the file knows."""
        return np.asarray(self.actuals.observed.any(axis=1))

    @property
    def _periods(self) -> tuple[int]:
        return (self.model.grid.shape[2],)

    def _told(self, column: str, mask: Mask) -> Float | None:
        """[T] of a column over the products of a scope that the file knows, NaN for periods to come.

        None where the file does not tell all of it.
        """
        actuals = self.actuals
        if not actuals.has(column) or not (self._known & mask.products).any():
            return None
        everybody = bool(mask.segments.all())
        table = actuals.of_everybody(column)[None] if everybody else actuals.of_segments(column)
        seen = actuals.of_everybody("units")[None] if everybody else actuals.of_segments("units")
        rows = mask.products.nonzero()[0]
        if column in ("spend", "contacts", "uses") and mask.basket:
            rows = np.append(rows, len(mask.products))
        inside = np.ones(1, dtype=bool) if everybody else mask.segments
        part = table[inside][:, rows][..., : actuals.last + 1]
        wanted = mask.periods[: actuals.last + 1]
        # Products that the file knows must tell the column on every day; those it does not know are not in it.
        known = np.isfinite(seen[inside][:, rows][..., : actuals.last + 1])
        if column == "uses":  # nothing is used where nothing that may be used runs
            run = self._may_be_used
            run = np.asarray(run.any(axis=0, keepdims=True)) if everybody else run[mask.segments]
            known &= run[:, rows][..., : actuals.last + 1]
        else:
            known[:, rows == len(mask.products)] = False
        if not everybody and (self._unsplit(column)[rows][..., : actuals.last + 1] & wanted).any():
            return None
        if (known & ~np.isfinite(part) & wanted).any():
            return None
        out = np.full(self._periods, np.nan)
        # The largest factor is taken out of the sum, so that products of one factor are summed as they are told.
        net = self.model.economics.net[rows] if column == "revenue" else np.ones(len(rows))
        common = net.max() or 1.0
        out[: actuals.last + 1] = np.where(wanted, np.nansum(part * (net / common)[:, None], axis=(0, 1)), 0.0)
        return out * common

    def _unsplit(self, column: str) -> NDArray[np.bool_]:
        """[K + 1, T] where units or a column are told of everybody, and of no segment."""
        found = np.zeros((len(self._known) + 1, *self._periods), dtype=np.bool_)
        for name in {"units", column}:
            told = np.isfinite(self.actuals.of_segments(name)).any(axis=0)
            found |= np.isfinite(self.actuals.of_everybody(name)) & ~told
        return found

    def price_surprise(self, scope: Scope) -> Float:
        """[T] what customers really paid beyond what the plan's prices make of the real units, fees taken off."""
        mask, (*own, on_orders) = scope_mask(self.model.grid, scope), self.model.economics.fee_share.tolist()
        fees, found = np.array(own), np.asarray(self._paid_otherwise(scope) * (1.0 - on_orders))
        if self._told("revenue", mask) is None:
            return found
        # What is no product's own surprise are savings on whole orders.
        for fee in np.unique(fees[mask.products & (fees != on_orders)]):
            part = self._of_products(scope, mask.products & (fees == fee))
            found = found + self._paid_otherwise(part) * (on_orders - fee)
        return found

    def _paid_otherwise(self, scope: Scope) -> Float:
        """[T] real revenue beyond what the plan's prices make of the real units, of products that the file knows."""
        mask = scope_mask(self.model.grid, scope)
        told = self._told("revenue", mask)
        if told is None:
            return np.zeros(self._periods)
        estimate = self._estimate(Measure.REVENUE, scope)
        if not self._known[mask.products].all():
            every = self._estimate(Measure.REVENUE, self._of_products(scope, mask.products))
            known = self._estimate(Measure.REVENUE, self._of_products(scope, mask.products & self._known))
            # savings on whole orders come off the products in them, by their value
            share = np.divide(known, every, out=np.zeros_like(every), where=every > 0)
            estimate = known + (estimate - every) * share
        return np.where(np.isnan(told), 0.0, told - estimate)

    def _of_products(self, scope: Scope, inside: NDArray[np.bool_]) -> Scope:
        """Narrow a scope to some products [K]; orders are none of them."""
        ids = (product.id for product, yes in zip(self.model.grid.products, inside, strict=True) if yes)
        return scope.model_copy(update={"products": tuple(ids), "categories": None})

    def _estimate(self, measure: Measure | str, scope: Scope) -> Float:
        """[T] of a measure over a scope by the plan's account, scaled by real sales."""
        functional = measure_functional(self.model.grid, self.model.economics, measure, scope)
        return np.array(np.broadcast_to(by_period(functional, self.model, self.sold, np), self._periods))


def _scaled(
    expected: Sold, model: Coefficients, plan: NDArray[np.int8], actuals: Actuals, pieces: Pieces | None
) -> Sold:
    """Scale every cell of the account to the units that were really sold."""
    past = np.arange(model.grid.shape[2]) <= actuals.last
    real = real_units(actuals, expected.units)
    ratio = np.where(past & actuals.observed, _ratio(real, expected.units), 1.0)
    # Units where none were expected belong to no line.
    surprise = np.where(expected.units <= 0, np.nan_to_num(real), 0.0)
    used = list(told_units(model, plan, expected, actuals))
    if pieces is not None:
        used = [np.where(np.isnan(told), known, told) for told, known in zip(used, pieces.under, strict=True)]
    units = expected.units * ratio + np.where(past, surprise, 0.0)
    orders = orders_ratio(expected, actuals, units)
    there = (None, None) if pieces is None else pieces.there
    within = _within_pieces(model, expected, with_basket_row(ratio, orders), there)
    lines = [
        np.where(past, _by_uses(known, granted, otherwise), 1.0)
        for known, granted, otherwise in zip(used, under_lines(expected), within, strict=True)
    ]
    (public, targeted), (of_public, of_targeted) = ([each[:, :-1] for each in lines], [each[:, -1] for each in lines])
    ordered = expected.orders * orders
    return expected._replace(
        units=units,
        public=np.minimum(expected.public * public, units),
        targeted=np.minimum(expected.targeted * targeted, units),
        both=np.minimum(expected.both * np.minimum(public, targeted), units),
        public_base=np.minimum(expected.public_base * public, units),
        targeted_base=np.minimum(expected.targeted_base * targeted, units),
        charges=expected.charges * ratio,
        orders=ordered,
        basket_public=np.minimum(expected.basket_public * of_public, ordered),
        basket_targeted=np.minimum(expected.basket_targeted * of_targeted, ordered),
        basket_public_base=np.minimum(expected.basket_public_base * of_public, ordered),
        basket_targeted_base=np.minimum(expected.basket_targeted_base * of_targeted, ordered),
    )


def sold_otherwise(what: Sold, factor: Float) -> Sold:
    """Sell so many times as much: ``factor`` broadcasts over cells [..., S, K, T]; orders follow the mean of cells."""
    orders = np.divide(
        (what.units * factor).sum(axis=-2),
        what.units.sum(axis=-2),
        where=what.units.sum(axis=-2) > 0,
        out=np.ones_like(what.orders),
    )
    cells = ("units", "public", "targeted", "both", "public_base", "targeted_base", "charges")
    baskets = ("orders", "basket_public", "basket_targeted", "basket_public_base", "basket_targeted_base")
    moved = {name: getattr(what, name) * factor for name in cells}
    return what._replace(**moved, **{name: getattr(what, name) * orders for name in baskets})


def _ratio(real: Float, expected: Float) -> Float:
    known = np.isfinite(real) & (expected > 0)
    return np.divide(np.nan_to_num(real), expected, out=np.ones_like(expected), where=known)


def _within_pieces(
    model: Coefficients, expected: Sold, ratio: Float, pieces: tuple[Float | None, Float | None]
) -> Layers:
    """[S, K + 1, T] real to expected units under lines of both layers: as all sales, but no more pieces than there are.

    A level of half of the expected uses is what half of those who want one get: where fewer want one, all of it is gone
    still. Where nothing is known of a line's ``pieces``, they are what is expected to be used.
    """
    grid = model.grid
    levels = of_choices(grid, expected.choices, [quantities(grid, block) for block in range(4)])
    counting = [
        np.array([False, *(grid.scenario.offers[each.offer].quantity is not None for each in grid.choices[block])])
        for block in range(4)
    ]
    found = []
    for layer, (counts, level, there, printed) in enumerate(
        zip(of_choices(grid, expected.choices, counting), levels, under_lines(expected), pieces, strict=True)
    ):
        if not counts.any():
            found.append(ratio)
            continue
        wanted = np.where(counts, ratio / level, ratio)
        asked = there * wanted
        if layer == 0:  # the pieces of a public line are everybody's
            there, asked = (np.broadcast_to(each.sum(axis=0), ratio.shape) for each in (there, asked))
        most = there if printed is None else np.where(np.isfinite(printed), np.fmax(printed, there), there)
        share = np.divide(most, asked, out=np.ones(ratio.shape), where=asked > 0)
        found.append(np.where(counts, wanted * np.minimum(share, 1.0), wanted))
    return found[0], found[1]


def _by_uses(told: Float, expected: Float, otherwise: Float) -> Float:
    """[S, K, T] real to expected units under lines, where uses are told; elsewhere as all sales."""
    known = np.isfinite(told) & (expected > 0)
    return np.divide(np.nan_to_num(told), expected, out=np.array(otherwise), where=known)


def orders_ratio(expected: Sold, actuals: Actuals, units: Float) -> Float:
    """[S, T] real to expected orders: told by basket rows, else as units [S, K, T] that were really sold."""
    before, after = expected.units.sum(axis=1), units.sum(axis=1)
    ratio = np.divide(after, before, out=np.ones_like(before), where=before > 0)
    told = actuals.of_segments("units")[:, -1]
    ratio = np.where(np.isfinite(told), _ratio(told, expected.orders), ratio)
    whole = actuals.of_everybody("units")[-1]
    alone = np.isfinite(whole) & ~np.isfinite(told).any(axis=0)
    return np.where(alone, _ratio(whole, expected.orders.sum(axis=0)), ratio)
