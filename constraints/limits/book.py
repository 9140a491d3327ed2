"""Limits: every bound on a sum that a plan must keep, read off a scenario once.

Three families. *Scalar rows*: one sum and one bound each, from ``limits:`` and from what a scenario implies (a vendor's
fund, the stock of a gift); a limit with windows, weeks or months has a row for each. *Stock*: units sold of a product,
cumulative through time over all segments and layers, against stock and arrivals. *Contacts*: messages to one customer
on one channel in a window of days.

Ids of implied limits hold a colon (``fund:nova``, ``gift:buds``, ``stock:nova-12``, ``contacts:push``), which ids in a
scenario cannot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from constraints.limits.numbers import RATE_SCALE, Numbering, RowNumbers
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag, Float, Int
from scenarios.currency import minor_digits
from scenarios.language.date_ranges import DateRange
from scenarios.language.implied_ids import CONTACTS, STOCK
from scenarios.language.schema import Channel, Scenario
from scenarios.language.scope import Scope
from scenarios.language.words import Measure, Unit
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed, parts_of

__all__ = ["RATE_SCALE", "ContactRule", "LimitRecord", "Limits", "build_limits", "contact_rule", "scope_text"]


@dataclass(frozen=True, kw_only=True)
class LimitRecord:
    """What people read about one scalar limit."""

    id: str
    name: str | None
    measure: str
    sense: str
    """``max`` or ``min``."""
    bound: float
    """As written: major units, counts, or a share for a ratio."""
    scope: str
    where: Scope
    share_of: str | None
    """The other measure that it is a share of, where it is one."""
    at: str | None
    """Which window, period, week or month the row is about; None where the limit has one row."""
    origin: str
    """``limit`` (written in the scenario), ``fund`` (a vendor's) or ``gift`` (its stock)."""
    at_risk: float | None
    money_digits: int
    """Digits of an amount of money in it: the currency's own."""

    @property
    def words(self) -> str:
        """What is bounded, in words: ``spend``, ``spend / revenue`` for a share."""
        return self.measure if self.share_of is None else f"{self.measure} / {self.share_of}"

    @property
    def unit(self) -> str:
        """What the bound is an amount of, for `constraints.limits.amounts`: the measure, or ``share``."""
        return self.measure if self.share_of is None else "share"


@dataclass(frozen=True, kw_only=True)
class ContactRule:
    """At most ``max`` messages to one customer on a channel in ``window`` consecutive periods."""

    id: str
    channel: str
    max: int
    window: int
    periods: tuple[DateRange, ...] | None = None
    """Days whose messages count; None for all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Limits:
    """L scalar rows ``sign * use <= sign * bound``; stock and contacts beside them."""

    records: tuple[LimitRecord, ...]
    functionals: tuple[Functional | Mixed, ...]
    """[L] what each row sums; a ratio is the row ``part - bound * whole``."""
    sign: Float
    """[L] +1 for max, -1 for min."""
    bound: Float
    """[L] in the row's own units: less what lines before the horizon used; of a ratio, what it counts from."""
    past: Float
    """[L] what no choice changes of the row's use: lines before the horizon, and how locked ones really ran."""
    scale: Float
    """[L] > 0, what an excess of 100 % means in the row's own units."""
    rounding: Float
    """[L] most that the ledger's rounding can hide of a row's use, in the row's own units."""
    likely_rounding: Float
    """[L] what it hardly ever exceeds."""
    at_risk: Float
    """[L] share of the draws that must keep the row; nan where only the expected account must."""
    rate: Float
    """[L] the ratio asked for; nan for all other rows."""
    rate_parts: tuple[tuple[Functional, Functional] | None, ...]
    """[L] part and whole, to report the ratio itself; None for all other rows."""
    available: Float
    """[K, T] stock and arrivals, cumulative; inf without a stock limit."""
    stock_products: Int
    """Indices of the products that have stock."""
    stock_ids: tuple[str, ...]
    """[K] ``stock:<product>`` of every product, stocked or not."""
    contacts: tuple[ContactRule, ...]

    @cached_property
    def within_rounding(self) -> Float:
        """[L] bounds that a true use may come to where the ledger's rounding hides the rest; the ledger decides.

        What limits at risk leave follows from the futures, which are not rounded.
        """
        return self.bound + np.where(np.isnan(self.at_risk), self.sign * self.likely_rounding, 0.0)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """[L] ids of the scalar rows; rows of one limit stand together and share its id."""
        return tuple(record.id for record in self.records)

    @cached_property
    def rows_of(self) -> dict[str, Int]:
        """Rows of each limit, by id."""
        return {name: np.array([row for row, own in enumerate(self.ids) if own == name]) for name in self.ids}

    @cached_property
    def by_message(self) -> Flag:
        """[L] which rows count contacts or customers reached: lines of one message use them together, or not at all."""
        shared = (str(Measure.CONTACTS), str(Measure.CUSTOMERS_REACHED))
        return np.array([record.measure in shared for record in self.records], dtype=bool)

    @cached_property
    def atoms(self) -> tuple[Functional, ...]:
        """[A] functionals of one scope each that the rows are sums of; mostly the rows themselves."""
        return tuple(part for functional in self.functionals for _, part in parts_of(functional))

    @cached_property
    def mixture(self) -> Float:
        """[L, A] weights of the atoms in each row."""
        counts = [len(parts_of(functional)) for functional in self.functionals]
        table = np.zeros((len(counts), sum(counts)))
        start = 0
        for row, functional in enumerate(self.functionals):
            for weight, _ in parts_of(functional):
                table[row, start] = weight
                start += 1
        return table

    def ratio(self, row: int, part: float, whole: float) -> float:
        """The ratio that a row bounds, from its part and whole at a plan; nan where there is nothing to divide by."""
        return (part - float(self.bound[row])) / whole if whole > 0 else math.nan

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
        parts.append(", ".join(map(str, scope.periods)))
    return "; ".join(parts) or "everything"


def counted_text(limit: LimitResult) -> str:
    """Say what counts for a limit; of a share also what it is a share of."""
    counted = scope_text(Scope.model_validate(limit.scope))
    if limit.share_of is None:
        return counted
    return f"{counted}, of {scope_text(Scope.model_validate(limit.share_of['scope']))}"


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
    return ContactRule(id=f"{CONTACTS}{channel.id}", channel=channel.id, max=cap.max, window=window)


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
    grid = model.grid
    scenario = grid.scenario
    numbering = Numbering(model)
    records: list[LimitRecord] = []
    found: list[RowNumbers] = []
    for entry in limit_entries(grid):
        found += numbering.rows(entry)
        records += [_record(entry, row, minor_digits(scenario.currency)) for row in entry.rows]
    rules = (contact_rule(channel, scenario) for channel in scenario.channels)
    return Limits(
        records=tuple(records),
        functionals=tuple(row.functional for row in found),
        sign=np.array([1.0 if record.sense == "max" else -1.0 for record in records]),
        bound=np.array([row.bound for row in found], dtype=float),
        past=np.array([row.past for row in found], dtype=float),
        scale=np.array([row.scale for row in found], dtype=float),
        rounding=np.array([row.rounding.most for row in found], dtype=float),
        likely_rounding=np.array([row.rounding.likely for row in found], dtype=float),
        at_risk=np.array([math.nan if r.at_risk is None else r.at_risk for r in records], dtype=float),
        rate=np.array(
            [math.nan if row.parts is None else r.bound for row, r in zip(found, records, strict=True)], dtype=float
        ),
        rate_parts=tuple(row.parts for row in found),
        available=model.available,
        stock_products=np.flatnonzero(np.isfinite(model.available).all(axis=1)),
        stock_ids=tuple(f"{STOCK}{product.id}" for product in grid.products),
        contacts=tuple(rule for rule in rules if rule is not None),
    )


def _record(entry: LimitEntry, row: LimitRow, money_digits: int) -> LimitRecord:
    limit = entry.limit
    share = limit.share_of
    return LimitRecord(
        id=entry.id,
        name=limit.name,
        measure=str(entry.measure),
        sense=entry.sense,
        bound=float(entry.bound),
        scope=scope_text(limit.where),
        where=limit.where,
        share_of=None if share is None else share.measure,
        at=row.at,
        origin=entry.origin,
        at_risk=limit.at_risk,
        money_digits=money_digits,
    )
