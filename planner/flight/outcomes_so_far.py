"""Forecast and actual side by side: totals with intervals, accuracy by product, and the bridge between the profits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from planner.flight.watch.readings import Interval, interval
from scenarios.answer.cells import Account
from scenarios.answer.sums import charged, measured
from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.realised import Realised
from scenarios.flight.series import all_ran_as_planned, offer_cells
from scenarios.flight.sold_otherwise import sold_otherwise
from scenarios.futures.draws import draw
from scenarios.futures.funds import Funds, paid_rows
from scenarios.futures.outcomes import sales
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.measures import message_share
from scenarios.response.totals import Sold
from scenarios.rounding import scaled, to_decimal
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, days

MEASURES = (Measure.UNITS, Measure.REVENUE, Measure.SPEND, Measure.MARGIN, Measure.PROFIT)


@dataclass(frozen=True, kw_only=True)
class Total:
    """One measure over the periods that were observed."""

    measure: str
    expected: float
    """By the plan's account."""
    futures: Interval
    """In the plan's futures."""
    actual: float
    told: bool
    """Whether the file tells it; else it is the account of what was sold, with real prices."""


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How close the forecast was, product by product and period by period."""

    cells: int
    """Products times periods that were observed and ran as planned."""
    error: float
    """Sum of absolute errors over what was sold (WAPE)."""
    bias: float
    """Forecast over actual, less 1."""
    inside: float
    """Share of cells whose actual lies in the forecast's 90 % interval."""
    cut: int
    """Cells whose sales were cut, because a product was sold out or the pieces of an offer on it ran out."""


@dataclass(frozen=True, kw_only=True)
class BridgeStep:
    """One part of the profit, forecast and real; changes add up to the change of the profit exactly."""

    name: str
    forecast: Decimal
    actual: Decimal

    @property
    def change(self) -> Decimal:
        """Actual less forecast."""
        return self.actual - self.forecast


def totals_and_accuracy(
    realised: Realised,
    effects: Effects,
    plan: NDArray[np.int8],
    *,
    seed: int,
    count: int,
    chance: ChanceParams,
    empty: Flag,
    known: int = 0,
) -> tuple[tuple[Total, ...], Accuracy | None]:
    """Compare totals and cells with the plan's futures, over the products and periods that were observed.

    Parameters
    ----------
    empty : [K, T]
        Shelves that were empty.
    known
        First periods whose sales the plan was made of, when the campaign was planned again: they tell nothing of how
        good its forecast is. The accuracy is None where no others were observed.
    """
    model, actuals = realised.model, realised.actuals
    grid, seen = model.grid, actuals.last + 1
    funds = Funds(model)
    wanted = [funds.measure(measure, Scope()) for measure in MEASURES]
    rng = stream(seed, "flight", "report", "chance")
    drawn, products = [], []
    for what in sales(model, effects, plan, draw(grid, effects, seed, name="flight report", count=count)):
        better = sold_otherwise(what, days(what.units.shape, chance, rng))
        wide = (len(what.units), grid.shape[2])
        paid = paid_rows(wanted, model, better, wide)
        drawn.append(np.stack([paid.of(each)[:, :seen].sum(axis=1) for each in wanted], axis=1))
        counts = better.units.sum(axis=1)[..., :seen]
        products.append(counts + np.sqrt(chance.lot * counts) * rng.standard_normal(counts.shape))
    messages = realised.planned_cost_beyond(Scope())
    futures = np.concatenate(drawn) + messages * np.array([message_share(measure) for measure in MEASURES])
    found = []
    for number, measure in enumerate(MEASURES):
        real, told_by_file = realised.so_far(measure, Scope())
        if measure is Measure.PROFIT:
            real = float(profit_bridge(realised, plan)[-1].actual)
        found.append(
            Total(
                measure=measure.value,
                expected=realised.planned(measure, Scope()),
                futures=interval(futures[:, number]),
                actual=real,
                told=told_by_file,
            )
        )
    somewhere = np.asarray(realised.model.base_units.any(axis=(0, 1)))  # a closed day is foreseen without any skill
    told = actuals.observed & all_ran_as_planned(actuals, plan) & somewhere
    return tuple(found), _accuracy(
        actuals, told, realised.expected, np.concatenate(products), empty | _ran_out(realised), known, seen
    )


def _ran_out(realised: Realised) -> Flag:
    """[K, T] products on which the pieces of an offer ran out; those of an offer on baskets are missing on all."""
    gone = np.zeros(realised.actuals.grid.shape[1:], dtype=bool)
    for layer in () if realised.pieces is None else realised.pieces.ran_out:
        gone |= layer[:, :-1].any(axis=0) | layer[:, -1].any(axis=0)
    return gone


def _accuracy(
    actuals: Actuals, told: Flag, expected: Sold, products: Float, cut: Flag, known: int, seen: int
) -> Accuracy | None:
    """Over what is ``told`` [K, T] and ran as planned, from ``known`` up to ``seen``; ``products`` [D, K, seen]."""
    observed = told[:, known:seen]
    if not observed.any():
        return None
    real = actuals.units_total[:, known:seen][observed]
    wanted = expected.units.sum(axis=0)[:, known:seen][observed]
    low, high = (np.quantile(products, q, axis=0)[:, known:][observed] for q in (0.05, 0.95))
    sold = max(float(real.sum()), 1.0)
    return Accuracy(
        cells=int(observed.sum()),
        error=float(np.abs(real - wanted).sum()) / sold,
        bias=float(wanted.sum()) / sold - 1.0,
        inside=float(((real >= np.floor(low)) & (real <= np.ceil(high))).mean()),
        cut=int(cut[:, known:seen][observed].sum()),
    )


def profit_bridge(realised: Realised, plan: NDArray[np.int8]) -> tuple[BridgeStep, ...]:
    """Take both profits apart; the last step is the profit itself, the sum of the others.

    Both are sums of accounts, to the minor unit: of the plan's own, and of what really ran and was sold.
    """
    model, seen = realised.model, realised.actuals.last + 1
    digits = realised.booked.digits
    expected = _booked(realised.booked, _promoted(model, plan))
    actual = dict(_booked(realised.as_paid.account, _promoted(model, realised.ran)))
    steps = [
        BridgeStep(name=name, forecast=to_decimal(amount, digits), actual=to_decimal(actual[name], digits))
        for name, amount in expected
    ]
    messages = _money(float(realised.written.cost_beyond(Scope())[:seen].sum()), digits)
    planned = _money(realised.planned_cost_beyond(Scope()), digits)
    steps = [
        replace(step, forecast=step.forecast - planned, actual=step.actual - messages) if step.name == CASH else step
        for step in steps
    ]
    surprise = float(realised.price_surprise(Scope())[:seen].sum())
    nothing = to_decimal(0, digits)
    steps.append(
        BridgeStep(name="prices paid otherwise than planned", forecast=nothing, actual=_money(surprise, digits))
    )
    net = BridgeStep(
        name="profit",
        forecast=sum((step.forecast for step in steps), Decimal(0)),
        actual=sum((step.actual for step in steps), Decimal(0)),
    )
    return (*steps, net)


ON_OFFER, NOT_ON_OFFER = "units on offer, at full margin", "units not on offer, at full margin"
DISCOUNTS, CASH = "discounts, fees spared taken off", "gifts, messages, fixed costs"
FUNDING, CHARGES = "vendor funding", "charged beyond the horizon"


def _booked(book: Account, promoted: Flag) -> Iterator[tuple[str, int]]:
    """Parts of the profit in minor units, from the account: they add up to it."""
    cells, everything = book.cells, Scope()
    full = cells.sales - cells.cost - cells.fees
    yield ON_OFFER, int(full[promoted].sum())
    yield NOT_ON_OFFER, int(full[~promoted].sum())
    yield DISCOUNTS, int(book.rows.fee_spared.sum()) - measured(book, Measure.DISCOUNT, everything)
    yield CASH, -measured(book, Measure.CASH_COST, everything)
    yield FUNDING, measured(book, Measure.VENDOR_FUNDING, everything)
    yield CHARGES, -charged(book, everything)


def _promoted(model: Coefficients, plan: NDArray[np.int8]) -> Flag:
    """[S, K, T] cells in which any offer runs."""
    promoted = np.zeros(model.grid.shape, dtype=bool)
    for where in offer_cells(model.grid, plan).values():
        promoted |= where
    return promoted


def _money(amount: float, digits: int) -> Decimal:
    return to_decimal(int(scaled(np.array([amount]), digits)[0]), digits)
