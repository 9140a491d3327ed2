"""Limits: every bound on a sum that a plan must keep, read off a scenario once.

Three families. *Scalar rows*: one functional and one bound each, from ``limits:`` and from what a scenario implies (a
vendor's fund, the stock of a gift). *Stock*: units sold of a product, cumulative through time over all segments and
layers, against stock and arrivals. *Contacts*: messages to one customer on one channel in a window of days.

Ids of implied limits hold a colon (``fund:nova``, ``gift:buds``, ``stock:nova-12``, ``contacts:push``), which ids in a
scenario cannot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from constraints.limit_entries import written_and_implied
from scenarios.coefficients import Coefficients
from scenarios.functional import Functional, combine
from scenarios.measures import measure_functional
from scenarios.schema import Channel, Scenario
from scenarios.scope import Scope
from scenarios.totals import evaluate
from scenarios.words import Measure, Unit

Float = NDArray[np.float64]

RATE_SCALE = 0.01
"""A margin rate that misses its floor by this share of revenue counts as broken by 100 %."""


@dataclass(frozen=True, kw_only=True)
class LimitRecord:
    """What people read about one scalar limit."""

    id: str
    name: str | None
    measure: str
    sense: str
    """``max`` or ``min``."""
    bound: float
    """As written: major units, counts, or a share for margin_rate."""
    scope: str
    where: Scope
    origin: str
    """``limit`` (written in the scenario), ``fund`` (a vendor's) or ``gift`` (its stock)."""
    at_risk: float | None


@dataclass(frozen=True, kw_only=True)
class ContactRule:
    """At most ``max`` messages to one customer on a channel in ``window`` consecutive periods."""

    id: str
    channel: str
    max: int
    window: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Limits:
    """L scalar rows ``sign * use <= sign * bound``; stock and contacts beside them."""

    records: tuple[LimitRecord, ...]
    functionals: tuple[Functional, ...]
    """[L] what each row sums; a margin rate is the row ``margin - rate * revenue``."""
    sign: Float
    """[L] +1 for max, -1 for min."""
    bound: Float
    """[L] in the row's own units; 0 for a margin rate."""
    scale: Float
    """[L] > 0, what an excess of 100 % means in the row's own units."""
    at_risk: Float
    """[L] share of the draws that must keep the row; nan where only the expected account must."""
    rate: Float
    """[L] the margin rate asked for; nan for all other rows."""
    rate_parts: tuple[tuple[Functional, Functional] | None, ...]
    """[L] margin and revenue, to report the rate itself; None for all other rows."""
    available: Float
    """[K, T] stock and arrivals, cumulative; inf without a stock limit."""
    stock_products: NDArray[np.int64]
    """Indices of the products that have stock."""
    stock_ids: tuple[str, ...]
    """[K] ``stock:<product>`` of every product, stocked or not."""
    contacts: tuple[ContactRule, ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """[L] ids of the scalar rows."""
        return tuple(record.id for record in self.records)

    def excess(self, uses: Float) -> Float:
        """How far uses [..., L] lie beyond the bounds, in the rows' own units; negative is headroom."""
        return np.asarray(self.sign * (uses - self.bound))


def scope_text(scope: Scope) -> str:
    """Say a scope in words: ``coupon, threshold; channel push; 2026-11-01..2026-11-02``; ``everything`` if empty."""
    parts: list[str] = []
    if scope.layer is not None:
        parts.append(f"{scope.layer.value} offers")
    for word, values in (("offers", scope.offers), ("", scope.mechanics), ("channel", scope.channels)):
        if values is not None:
            parts.append(f"{word} {', '.join(str(value) for value in values)}".strip())
    for word, names in (("products", scope.products), ("categories", scope.categories), ("segments", scope.segments)):
        if names is not None:
            parts.append(f"{word} {', '.join(names)}")
    if scope.vendor is not None:
        parts.append(f"funded by {scope.vendor}")
    if scope.periods is not None:
        spans = [str(s.first) if s.first == s.last else f"{s.first}..{s.last}" for s in scope.periods]
        parts.append(", ".join(spans))
    return "; ".join(parts) or "everything"


def contact_rule(channel: Channel, scenario: Scenario) -> ContactRule | None:
    """Turn a channel's cap into a count over consecutive periods.

    A message goes out at one moment of a period (in a plan of weeks: on the same day of each week), so ``days``
    consecutive days touch at most ``ceil(days / period_days)`` of them.
    """
    cap = channel.contacts_per_customer
    if cap is None:
        return None
    period_days = 7 if scenario.horizon.unit is Unit.WEEK else 1
    window = math.ceil(cap.days / period_days)
    return ContactRule(id=f"contacts:{channel.id}", channel=channel.id, max=cap.max, window=window)


def build_limits(model: Coefficients) -> Limits:
    """Read all limits of a scenario.

    Parameters
    ----------
    model
        Coefficients; functionals need its economics, stock its availability.

    Raises
    ------
    ValueError
        For a limit on a word that is no measure.
    """
    grid, economics = model.grid, model.economics
    scenario = grid.scenario
    records: list[LimitRecord] = []
    functionals: list[Functional] = []
    parts: list[tuple[Functional, Functional] | None] = []
    sign, bound, scale, rate = [], [], [], []
    for each in written_and_implied(grid):
        limit, measure, written = each.limit, each.measure, float(each.bound)
        if measure is Measure.MARGIN_RATE:
            margin = measure_functional(grid, economics, Measure.MARGIN, limit.where)
            revenue = measure_functional(grid, economics, Measure.REVENUE, limit.where)
            functionals.append(combine([(1.0, margin), (-written, revenue)]))
            parts.append((margin, revenue))
            turnover = float(evaluate(revenue, model, grid.empty(), np))
            scale.append(max(RATE_SCALE * abs(turnover), 1e-6))
        else:
            functionals.append(measure_functional(grid, economics, measure, limit.where))
            parts.append(None)
            scale.append(abs(written) if written else 1.0)
        rate.append(written if measure is Measure.MARGIN_RATE else math.nan)
        bound.append(0.0 if measure is Measure.MARGIN_RATE else written)
        sign.append(1.0 if each.sense == "max" else -1.0)
        records.append(
            LimitRecord(
                id=each.id,
                name=limit.name,
                measure=str(measure),
                sense=each.sense,
                bound=written,
                scope=scope_text(limit.where),
                where=limit.where,
                origin=each.origin,
                at_risk=limit.at_risk,
            )
        )
    rules = (contact_rule(channel, scenario) for channel in scenario.channels)
    return Limits(
        records=tuple(records),
        functionals=tuple(functionals),
        sign=np.array(sign, dtype=float),
        bound=np.array(bound, dtype=float),
        scale=np.array(scale, dtype=float),
        at_risk=np.array([math.nan if r.at_risk is None else r.at_risk for r in records], dtype=float),
        rate=np.array(rate, dtype=float),
        rate_parts=tuple(parts),
        available=model.available,
        stock_products=np.flatnonzero(np.isfinite(model.available).all(axis=1)),
        stock_ids=tuple(f"stock:{product.id}" for product in grid.products),
        contacts=tuple(rule for rule in rules if rule is not None),
    )
