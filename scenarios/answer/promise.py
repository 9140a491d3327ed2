"""What a plan promised before it was changed in flight: its account, period by period, from the ledger's integers.

A folder that was planned again holds the account of its own plan only. What was signed before the campaign began is
kept beside it, through every further re-planning, so that a report can tell what the campaign was to bring at first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from scenarios.answer.cells import Account
from scenarios.arrays import Int
from scenarios.rounding import UNIT_DIGITS, to_decimal


@dataclass(frozen=True, kw_only=True)
class Promised:
    """Amounts of some periods: money in major units, net."""

    profit: Decimal
    gained: Decimal
    """`profit` less that of no promotion."""
    revenue: Decimal
    units: Decimal
    spend: Decimal


@dataclass(frozen=True, kw_only=True)
class PromisedPeriod(Promised):
    """What a plan promised of one period."""

    date: dt.date
    """First day."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What a plan promised of every period of the horizon, whoever is kept out of it."""

    plan_sha256: str
    """Of its plans.json."""
    rank: int
    """Which of its plans ran."""
    periods: tuple[PromisedPeriod, ...]
    """All periods of the horizon in order."""

    def of_first(self, periods: int) -> Promised:
        """Sums over the first periods, exactly."""
        return total(self.periods[:periods])


@dataclass(frozen=True, kw_only=True)
class Replanning:
    """What one re-planning was forecast to change, by the ledger, of the whole campaign as it was known then."""

    as_of: dt.date
    """Last day of the actuals that it knew."""
    plan_sha256: str
    """Of the plans.json that it changed."""
    carried_on: Decimal
    """Profit of the whole campaign had the plan been carried on."""
    planned_again: Decimal
    """Profit with the new plan."""
    broke: tuple[str, ...] = ()
    """Ids of limits and rules that the plan would have broken, carried on."""

    @property
    def change(self) -> Decimal:
        """What the re-planning was forecast to bring."""
        return self.planned_again - self.carried_on


def total(periods: Sequence[Promised]) -> Promised:
    """Add up what was promised of some periods."""

    def summed(name: str) -> Decimal:
        return sum((getattr(each, name) for each in periods), Decimal(0))

    return Promised(
        profit=summed("profit"),
        gained=summed("gained"),
        revenue=summed("revenue"),
        units=summed("units"),
        spend=summed("spend"),
    )


def promised_periods(account: Account, empty: Account) -> tuple[PromisedPeriod, ...]:
    """Return what a plan's account holds of each period; sums over all are the totals of its outcome.

    Parameters
    ----------
    empty
        The account of no promotion.
    """
    horizon = account.grid.scenario.horizon
    money = [_profit(account), _profit(account) - _profit(empty), _revenue(account), _by_row(account, "spend")]
    counts = _by_cell(account, "units")
    return tuple(
        PromisedPeriod(
            date=horizon.date_of(t),
            profit=to_decimal(int(money[0][t]), account.digits),
            gained=to_decimal(int(money[1][t]), account.digits),
            revenue=to_decimal(int(money[2][t]), account.digits),
            units=to_decimal(int(counts[t]), UNIT_DIGITS),
            spend=to_decimal(int(money[3][t]), account.digits),
        )
        for t in range(horizon.periods)
    )


def _by_cell(account: Account, name: str) -> Int:
    """[T] a column of the cells by period."""
    return np.asarray(getattr(account.cells, name).sum(axis=(0, 1)))


def _by_row(account: Account, name: str) -> Int:
    """[T] a column of the lines by period, exactly."""
    found = np.zeros(account.grid.shape[2], dtype=np.int64)
    np.add.at(found, account.rows.period, getattr(account.rows, name))
    return found


def _revenue(account: Account) -> Int:
    return _by_cell(account, "sales") - _by_row(account, "discount")


def _profit(account: Account) -> Int:
    """[T] revenue less costs, fees and charges, and less what lines cost beside their discounts (docs/files.md)."""
    spent = sum(_by_cell(account, name) for name in ("cost", "fees", "borrowed", "left_fatigue", "ahead"))
    paid = sum(_by_row(account, name) for name in ("gift_cost", "contact_cost", "fixed_cost"))
    found: Int = _revenue(account) - spent - paid + _by_row(account, "fee_spared") + _by_row(account, "funding")
    return found
