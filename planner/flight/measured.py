"""Causal effects of a campaign that was rolled out with a holdout or a switchback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import HOLDOUT, TREATED, Actuals
from scenarios.flight.basket_row import sold_in_all
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.flight.experience import where_ran
from scenarios.flight.pieces import counts_pieces
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.words import BASKET, Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import Sold, sold_by
from surrogate.flight.effects_measured import (
    Measured,
    contacted_share,
    cuped,
    difference,
    from_totals,
    per_contacted,
)
from surrogate.flight.switchback import switchback

Float = NDArray[np.float64]


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
    source: str
    """What was compared, in words."""

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


def from_holdout_rows(
    model: Coefficients, plan: NDArray[np.int8], actuals: Actuals, kept_out: Float
) -> Iterator[Effect]:
    """Compare treated and held-out customers on the days and products of each targeted offer, segment by segment.

    Offers on baskets are compared by basket rows: their orders.

    Parameters
    ----------
    model
        What the plan expects; where it counts pieces, of customers who were not kept out.
    kept_out : [S]
        Share of each segment that was kept out, as the actuals tell.
    """
    if not actuals.has_holdout:
        return
    grid = model.grid
    people = actuals.tables["customers"]
    units = actuals.tables["units"]
    coverage = coverages(grid, plan)
    for name, where in where_ran(actuals, plan).items():
        offer = grid.scenario.offers[grid.offer_index[name]]
        if offer.layer is not Layer.TARGETED:
            continue
        for s, segment in enumerate(grid.segments):
            for k, product in measured_on(grid, offer):
                both = where[s, k] & np.isfinite(units[:, s, k]).all(axis=0)
                if not both.any():
                    continue
                treated, held = (float(units[group, s, k][both].sum()) for group in (TREATED, HOLDOUT))
                groups = [float(people[group, s, k][both].mean()) for group in (TREATED, HOLDOUT)]
                found = from_totals(treated, held, *groups)
                share = coverage.get((name, product, segment.id))
                if found is None or share is None:
                    continue
                contacted = contacted_share(share, groups[HOLDOUT] / sum(groups))
                orders = product == BASKET
                yield Effect(
                    offer=name,
                    product=product,
                    segment=segment.id,
                    measured=per_contacted(found, contacted),
                    planned=planned_lift(model, plan, name, product, segment.id, actuals.last, kept_out),
                    source=f"holdout rows of the actuals{', orders of whole baskets' if orders else ''}",
                )


def measured_on(grid: Grid, offer: Offer) -> tuple[tuple[int, str], ...]:
    """Rows of the product axis of actuals, and their names, by which an offer is measured."""
    if offer.mechanic.is_basket:
        return ((len(grid.products), BASKET),)
    return tuple(enumerate(product.id for product in grid.products))


def from_customers(
    groups: Sequence[CustomerGroup], model: Coefficients, plan: NDArray[np.int8], kept_out: Float
) -> Iterator[Effect]:
    """Compare customers, with their past where it is told.

    Parameters
    ----------
    kept_out : [S]
        Share of each segment that was kept out, as the actuals tell; where they tell of none, the groups' sizes do.
    """
    coverage, last = coverages(model.grid, plan), model.grid.shape[2] - 1
    for group in groups:
        found = difference(group.treated, group.held)
        if group.before is not None:
            found = cuped(group.treated, group.held, *group.before)
        share = covered(coverage, group)
        if found is None or (group.offer is not None and share is None):
            continue
        planned = None
        if share is not None:
            told = float(kept_out[model.grid.segment_index[group.segment]])
            found = per_contacted(found, contacted_share(share, told or found.held / (found.treated + found.held)))
        if group.offer is not None and group.product is not None:
            planned = planned_lift(model, plan, group.offer, group.product, group.segment, last, kept_out)
        yield Effect(
            offer=group.offer,
            product=group.product,
            segment=group.segment,
            measured=found,
            planned=planned,
            source="customers one by one",
        )


def covered(coverage: Mapping[tuple[str, str, str], float], group: CustomerGroup) -> float | None:
    """Coverage of an offer in a segment, over all that it was on where no product is told; None without a line."""
    shares = [
        share
        for (offer, product, segment), share in coverage.items()
        if (offer, segment) == (group.offer, group.segment) and group.product in (None, product)
    ]
    return float(np.mean(shares)) if shares else None


def from_switchback(
    model: Coefficients, plan: NDArray[np.int8], actuals: Actuals, switches: Sequence[Switch]
) -> Iterator[Effect]:
    """Compare the periods of public prices that a lot left on with those that it switched off."""
    grid = model.grid
    for product, offer in dict.fromkeys((each.product, each.offer) for each in switches):
        k = grid.product_index[product]
        here = [
            each
            for each in switches
            if (each.product, each.offer) == (product, offer)
            and each.period <= actuals.last
            and actuals.observed[k, each.period]
        ]
        periods = np.array([each.period for each in here], dtype=np.int64)
        if not len(periods):
            continue
        expected = _without(model, plan, offer, product).units.sum(axis=0)[k]
        found = switchback(
            actuals.units_total[k, periods], expected[periods], np.array([each.on for each in here], dtype=bool)
        )
        if found is not None:
            yield Effect(
                offer=offer,
                product=product,
                segment=None,
                measured=found,
                planned=planned_lift(model, plan, offer, product, None, actuals.last),
                source="periods that a lot switched off",
            )


def planned_lift(
    model: Coefficients,
    plan: NDArray[np.int8],
    offer: str,
    product: str,
    segment: str | None,
    last: int,
    kept_out: Float | None = None,
) -> float | None:
    """Extra units by an offer over the units without it, where it runs, per contacted customer; None where nowhere.

    Of an offer on whole baskets they are orders.

    Parameters
    ----------
    kept_out : [S]
        Share of each segment that was kept out, where ``model`` reckons with them: of a plan that counts pieces.
    """
    grid = model.grid
    left = np.ones(len(grid.segments)) if kept_out is None or not counts_pieces(grid, plan) else 1.0 - kept_out
    k = grid.shape[1] if product == BASKET else grid.product_index[product]
    segments = range(len(grid.segments)) if segment is None else [grid.segment_index[segment]]
    where = np.zeros((len(grid.segments), grid.shape[2]), dtype=bool)
    shares = []
    for line in grid.lines(plan):
        period = grid.scenario.horizon.period_of(line.date)
        if line.offer == offer and line.product == product and period <= last:
            own = [grid.segment_index[line.segment]] if line.segment in grid.segment_index else list(segments)
            where[own, period] = True
            most = float(left[own[0]]) if line.segment in grid.segment_index else 1.0
            shares.append(min(line.coverage, most))
    where[[s for s in range(len(grid.segments)) if s not in segments]] = False
    if not where.any():
        return None
    real = sold_in_all(sold_by(model, plan, np))[:, k][where].sum()
    plain = sold_in_all(_without(model, plan, offer, product))[:, k][where].sum()
    return float(real / plain - 1.0) / float(np.mean(shares)) if plain > 0 else None


def _without(model: Coefficients, plan: NDArray[np.int8], offer: str, product: str) -> Sold:
    """What the plan sells without an offer on a product."""
    grid = model.grid
    left = plan.copy()
    for line in grid.lines(plan):
        if line.offer == offer and line.product == product:
            slot, _ = grid.locate(line)
            left[grid.slot_number(slot)] = 0
    return sold_by(model, left, np)


def coverages(grid: Grid, plan: NDArray[np.int8]) -> dict[tuple[str, str, str], float]:
    """Mean coverage of the lines of each targeted offer, product and segment."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for line in grid.lines(plan):
        found.setdefault((line.offer, line.product, line.segment), []).append(line.coverage)
    return {key: float(np.mean(shares)) for key, shares in found.items()}
