"""Causal effects of a campaign that was rolled out with a holdout or a switchback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from planner.flight.measure.as_planned import AsPlanned
from scenarios.flight.actuals import HOLDOUT, TREATED, Actuals
from scenarios.flight.experience import where_ran
from scenarios.flight.messages.holdout import switch_blocks
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.words import BASKET, Layer
from surrogate.flight.measure.effects_measured import Measured, Stratum, from_totals, per_contacted
from surrogate.flight.measure.switchback import switchback, whole_blocks


class Source(StrEnum):
    """What was compared for an effect, in words."""

    ROWS = "holdout rows of the actuals"
    ORDERS = "holdout rows of the actuals, orders of whole baskets"
    TOGETHER = "holdout rows of the actuals, products and segments together"
    CUSTOMERS = "customers one by one"
    CUSTOMERS_TOGETHER = "customers one by one, segments together"
    LOT = "periods that a lot switched off"

    @property
    def of_rows(self) -> bool:
        """Whether holdout rows were compared."""
        return self in (Source.ROWS, Source.ORDERS, Source.TOGETHER)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One measured effect."""

    offer: str | None
    """None for all targeted offers together."""
    product: str | None
    segment: str | None
    measured: Measured
    planned: float | None
    """The lift that the plan expected of the same cells; None where it expected none of its own."""
    source: Source
    products: tuple[str, ...] = ()
    """Of an offer on several together, which; none where `product` says it."""
    segments: tuple[str, ...] = ()
    """Of several together, which; none where `segment` says it."""
    product_weights: tuple[float, ...] = ()
    """Share of each of `products` in what was compared, by what those reached would have bought; none where untold."""
    segment_weights: tuple[float, ...] = ()
    """The same of each of `segments`."""

    @property
    def name(self) -> str:
        """What was measured, in words."""
        return in_words(self.offer, self.product, self.segment)


def in_words(offer: str | None, product: str | None, segment: str | None) -> str:
    """Say of what a lift is; no offer stands for all targeted ones together."""
    parts = [offer or "all targeted offers"]
    parts += [f"on {product}"] if product else []
    parts += [f"to {segment}"] if segment else []
    return " ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Switch:
    """One period of a public price in a lot."""

    period: int
    product: str
    offer: str
    on: bool
    block: str | None = None
    """Of its rollout's lot; None where it does not tell: then blocks are as even as they go."""


def from_holdout_rows(
    planned: AsPlanned, plan: NDArray[np.int8], actuals: Actuals, lot: float, *, apart: bool = False
) -> Iterator[Effect]:
    """Compare treated and held-out customers on the days and products of each targeted offer, segment by segment.

    Offers on baskets are compared by basket rows: their orders.

    Parameters
    ----------
    planned
        What the plan expects of its offers.
    lot
        Units of one purchase; an order is one.
    apart
        Whether to leave out periods in which public prices of the plan take the offer's place (`AsPlanned.shadowed`).
    """
    for cell in holdout_cells(planned, plan, actuals, apart=apart):
        found = from_totals(
            cell.stratum.treated, cell.stratum.held, cell.stratum.treated_customers, cell.stratum.held_customers,
            lot=1.0 if cell.orders else lot,
        )  # fmt: skip
        if found is not None:
            yield Effect(
                offer=cell.offer,
                product=cell.product,
                segment=cell.segment,
                measured=per_contacted(found, cell.contacted),
                planned=cell.planned,
                source=Source.ORDERS if cell.orders else Source.ROWS,
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class HoldoutCell:
    """Both groups of a segment on the days of one offer on one product."""

    offer: str
    product: str
    segment: str
    stratum: Stratum
    contacted: float
    """Share of the treated whom the offer reached."""
    days: NDArray[np.bool_]
    """[T]"""
    planned: float | None
    """The lift that the plan expected."""

    @property
    def orders(self) -> bool:
        """Whether orders are compared: of an offer on baskets."""
        return self.product == BASKET


def holdout_cells(
    planned: AsPlanned, plan: NDArray[np.int8], actuals: Actuals, *, apart: bool = False
) -> Iterator[HoldoutCell]:
    """Yield what rows of the holdout let us compare, whatever was sold.

    Parameters
    ----------
    planned
        What the plan expects of its offers.
    apart
        Whether to leave out periods in which public prices of the plan take the offer's place.
    """
    if not actuals.has_holdout:
        return
    grid = actuals.grid
    people = actuals.tables["customers"]
    units = actuals.tables["units"]
    for name, where in where_ran(actuals, plan).items():
        offer = grid.offer(name)
        if offer.layer is not Layer.TARGETED:
            continue
        for s, segment in enumerate(grid.segments):
            for k, product in measured_on(grid, offer):
                both = where[s, k] & np.isfinite(units[:, s, k]).all(axis=0) & planned.runs(name, product, segment.id)
                both &= ~planned.unsent(name, product, segment.id)
                if apart:
                    both &= ~planned.shadowed(name, product, segment.id)
                if not both.any():
                    continue
                treated, held = (float(units[group, s, k][both].sum()) for group in (TREATED, HOLDOUT))
                groups = [float(people[group, s, k][both].mean()) for group in (TREATED, HOLDOUT)]
                if not sum(groups) > 0:
                    continue
                contacted = planned.reaches(name, product, segment.id, groups[HOLDOUT] / sum(groups), both)
                if contacted is None:
                    continue
                yield HoldoutCell(
                    offer=name,
                    product=product,
                    segment=segment.id,
                    stratum=Stratum(
                        treated=treated, held=held,
                        treated_customers=groups[TREATED], held_customers=groups[HOLDOUT],
                    ),
                    contacted=contacted,
                    days=both,
                    planned=planned.lift(name, product, segment.id, both if apart else None),
                )  # fmt: skip


def measured_on(grid: Grid, offer: Offer) -> tuple[tuple[int, str], ...]:
    """Rows of the product axis of actuals, and their names, by which an offer is measured."""
    if offer.is_basket:
        return ((len(grid.products), BASKET),)
    return tuple(enumerate(product.id for product in grid.products))


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """Periods of one public price that a switchback compares."""

    product: str
    offer: str
    periods: NDArray[np.int64]
    """[N] observed so far, of whole blocks, and run as the lot said."""
    on: NDArray[np.bool_]
    """[N]"""
    block: NDArray[np.int64]
    """[N]"""
    otherwise: tuple[int, ...]
    """Periods in which the actuals say that the price was on where the lot said off, or off where it said on."""


def compared_periods(actuals: Actuals, switches: Sequence[Switch]) -> Iterator[Compared]:
    """What a switchback compares of each product and offer of a lot.

    A period in which something else ran than the lot said is left out with its whole block: what happened to the price
    on that day was no lot.
    """
    grid = actuals.grid
    for product, offer in dict.fromkeys((each.product, each.offer) for each in switches):
        k = grid.product_index[product]
        own = sorted((e for e in switches if (e.product, e.offer) == (product, offer)), key=lambda each: each.period)
        on = np.array([each.on for each in own], dtype=bool)
        block = np.unique([each.block or "" for each in own], return_inverse=True)[1].astype(np.int64)
        if any(each.block is None for each in own):
            block = switch_blocks(len(own), int(np.count_nonzero(~on)))
        periods = np.array([each.period for each in own], dtype=np.int64)
        seen = (periods <= actuals.last) & actuals.observed[k, periods]
        otherwise = np.zeros(len(own), dtype=bool)
        if actuals.ran is not None:
            ran = {each.period for each in actuals.ran if (each.product, each.offer) == (k, grid.offer_index[offer])}
            otherwise = seen & (np.isin(periods, sorted(ran)) != on)
        kept = seen & ~np.isin(block, block[otherwise])
        kept &= whole_blocks(on & kept, ~on & kept, block)
        yield Compared(
            product=product,
            offer=offer,
            periods=periods[kept],
            on=on[kept],
            block=block[kept],
            otherwise=tuple(periods[otherwise].tolist()),
        )


def from_switchback(planned: AsPlanned, actuals: Actuals, switches: Sequence[Switch]) -> Iterator[Effect]:
    """Compare the periods of public prices that a lot left on with those that it switched off."""
    for compared in compared_periods(actuals, switches):
        product, offer, periods = compared.product, compared.offer, compared.periods
        if not len(periods):
            continue
        expected = planned.plain(offer, product).sum(axis=0)
        units = actuals.units_total[actuals.grid.product_index[product], periods]
        found = switchback(units, expected[periods], compared.on, compared.block)
        if found is not None:
            yield Effect(
                offer=offer,
                product=product,
                segment=None,
                measured=found,
                planned=planned.lift(offer, product, None),
                source=Source.LOT,
            )
