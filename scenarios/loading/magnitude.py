"""Magnitudes: what a question is about in all must fit the account, which counts in integers and sums in float64.

No single number can be too large by itself where the number beside it is small, so products of numbers are bounded:
prices by what is sold, savings by orders, messages by customers. What offers add comes on top; between `EXACT` and the
largest 64-bit integer there is room for a thousand times as much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.language.checks.facts import Facts
from scenarios.language.price_share import PriceShare
from scenarios.problems import Path, Problem
from scenarios.response.baskets import Baskets

EXACT = 2**53
"""Integers up to it are exact in float64."""
_THOUSANDTHS = 1000
"""Units, orders and messages are counted in thousandths."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Volumes:
    """What is sold and ordered over the horizon without promotion."""

    units: Float
    """[K] by product."""
    orders: float
    order_values: float
    """All orders at the highest order value, tax included."""

    @property
    def uses(self) -> float:
        """As many uses as units and orders."""
        return float(self.units.sum()) + self.orders


def volumes(base_units: Float, baskets: Baskets | None) -> Volumes:
    """Sum up what is sold without promotion, units [..., S, K, T] and orders of an average period."""
    units = base_units.reshape(-1, *base_units.shape[-3:])[0]
    bins = [] if baskets is None else [entry for rows in baskets.bins.values() for entry in rows]
    orders = sum(entry.orders for entry in bins) * units.shape[-1]
    highest = max((entry.value for entry in bins), default=0.0)
    return Volumes(units=units.sum(axis=(0, 2)), orders=orders, order_values=orders * highest)


def too_large(facts: Facts, sold: Volumes, custom: dict[str, Float] | None = None) -> Iterator[Problem]:
    """Name every sum over the horizon that the account cannot hold.

    Parameters
    ----------
    facts
        A scenario without other problems, segments and prices in place.
    sold
        From `volumes`.
    custom
        Amounts per use by column of the effect table.
    """
    scenario = facts.scenario
    digits = minor_digits(scenario.currency)
    most = EXACT / 10**digits
    largest = 0.0
    for path, total, what, remedy in _money(facts, sold):
        largest = max(largest, total)
        if not (total <= most):
            expected = f"at most {most:,.0f} {scenario.currency} of {what} over the horizon"
            yield facts.problem(path, expected, _said(total), remedy)
    for path, count, what, remedy in _counts(facts, sold, custom or {}):
        largest = max(largest, count)
        if not (count <= EXACT / _THOUSANDTHS):
            expected = f"at most {EXACT // _THOUSANDTHS:,} {what} over the horizon"
            yield facts.problem(path, expected, _said(count), remedy)
    goal = scenario.objective
    for name, weight in () if isinstance(goal, str) else (goal.weights or {}).items():
        if largest <= most and not (abs(weight) * largest <= most):
            expected = "a weight that leaves the objective below 2^53 minor units of money"
            remedy = "write smaller ones: weights count against each other only"
            yield facts.problem(("objective", "weights", name), expected, remedy=remedy)


def _said(number: float) -> str:
    return f"{number:,.0f}" if number < 10**18 else f"{number:.3g}"


_Term = tuple[Path, float, str, str]


def _money(facts: Facts, sold: Volumes) -> Iterator[_Term]:
    """What is summed in money: where, how much, of what, and what mends it."""
    scenario = facts.scenario
    worth = np.array([float(product.price or 0) for product in facts.products]) * sold.units
    if len(worth):
        top = int(worth.argmax())
        path = ("products", top, "price")
        remedy = f"check this price and the units of {facts.products[top].id} without promotion"
        yield path, float(worth.sum()), "sales without promotion", remedy
    if scenario.baskets is not None:
        yield ("baskets", "table"), sold.order_values, "orders", "check orders and order_value"
    slots = (len(facts.segments) + 1) * (len(facts.products) + 1) * scenario.horizon.periods
    for path_, offer in facts.members("offers", scenario.offers):
        yield (*path_, "fixed_cost"), float(offer.fixed_cost) * slots, "fixed costs of all lines that fit", "check it"
        for at, paid in enumerate(offer.funders):
            own = (*path_, "funding", *((at,) if isinstance(offer.funding, tuple) else ()))
            for_units = float(paid.per_unit) * float(sold.units.sum())
            yield (*own, "per_unit"), for_units, "vendor funding", "check it: it is for one unit"
            for_lines = float(paid.per_line) * slots
            yield (*own, "per_line"), for_lines, "vendor funding of all lines that fit", "check it"
        for key in ("at_most", "value", "save"):
            amount = getattr(offer, key)
            if amount is not None:
                uses = sold.orders if offer.is_basket else float(sold.units.sum())
                yield (*path_, key), float(amount) * uses, "savings", "check it"
    for number, product in enumerate(facts.products):
        back = float(scenario.money.cost_of_return(product)) * float(sold.units[number])
        own = ("products", number) if product.return_cost is not None else ("money",)
        yield (*own, "return_cost"), back, "costs of returns", "check it: it is for one unit"
    for path_, gift in facts.members("gifts", scenario.gifts):
        cost = gift.unit_cost
        total = float(worth.sum()) * cost.share if isinstance(cost, PriceShare) else float(cost) * sold.uses
        yield (*path_, "unit_cost"), total, "gifts", "check it"
    messages = sum(float(segment.customers) for segment in facts.segments) * scenario.horizon.periods
    for path_, channel in facts.members("channels", scenario.channels):
        yield (*path_, "cost_per_contact"), float(channel.cost_per_contact) * messages, "messages", "check it"


def _counts(facts: Facts, sold: Volumes, custom: dict[str, Float]) -> Iterator[_Term]:
    """What is summed in numbers."""
    baseline = facts.scenario.baseline
    if baseline is not None and baseline.table is not None:
        yield ("baseline", "table"), float(sold.units.sum()), "units without promotion", "check units"
    elif baseline is not None:
        yield ("baseline", "times"), float(sold.units.sum()), "units without promotion", "check the factors"
    if facts.scenario.baskets is not None:
        yield ("baskets", "table"), sold.orders, "orders", "check orders"
    if facts.scenario.channels:
        customers = [float(segment.customers) for segment in facts.segments]
        largest: Path = ("segments", int(np.argmax(customers)), "customers") if customers else ("segments",)
        messages = sum(customers) * facts.scenario.horizon.periods
        yield largest, messages, "messages to all customers", "check customers"
    for name, amounts in custom.items():
        highest = float(np.abs(amounts).max(initial=0.0))
        yield ("effects", "table"), highest * sold.uses, f"{name} if everything were a use", f"check the column {name}"
