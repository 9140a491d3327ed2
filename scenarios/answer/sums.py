"""Sums: every measure over any scope, added up from the integer rows of an account. What finance can follow by hand.

An offer scope means what is sold under the lines (units, revenue, orders, uses ...). A message counts in a scope where
it carries at least one line of the scope; so does its cost.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from scenarios.answer.cells import Account
from scenarios.answer.people import customers_reached, messages
from scenarios.arrays import Flag, Int
from scenarios.grid import Grid
from scenarios.language.aim import senses_of, weights_of
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import COUNTS, RATIOS, Measure
from scenarios.rounding import UNIT_DIGITS, scaled, units
from scenarios.scope_mask import in_scope, narrows, with_basket

MONEY = frozenset(Measure) - COUNTS - RATIOS
"""Measures in money; a word that is no measure names a custom one, whose unit is its own."""


def digits_of(measure: Measure | str, money_digits: int) -> int:
    """Digits that a measure's integer sums are kept with."""
    return money_digits if measure in MONEY else UNIT_DIGITS


class Places:
    """Which segments, products, periods and rows of an account lie in a scope."""

    def __init__(self, account: Account, scope: Scope) -> None:
        grid = account.grid
        self.segments, self.products, self.periods = admitted(
            scope, grid.segments, grid.products, grid.scenario.horizon
        )
        self.basket = with_basket(scope)
        self.everything = not narrows(scope)
        self.rows = self._rows(account, scope)

    def _rows(self, account: Account, scope: Scope) -> Flag:
        rows = account.rows
        grid, products = account.grid, np.append(self.products, self.basket)
        suppliers = [*(product.vendor for product in grid.products), None]
        admits = {
            supplier: [in_scope(scope, offer, supplier) for offer in grid.scenario.offers] or [False]
            for supplier in set(suppliers)
        }
        offers = np.array([admits[supplier] for supplier in suppliers])
        return np.asarray(
            self.segments[rows.segment]
            & self.periods[rows.period]
            & products[rows.product]
            & offers[rows.product, rows.offer]
        )

    def cells(self, values: Int) -> int:
        """Sum of a cell column [S, K, T] over the scope."""
        return int(values[np.ix_(self.segments, self.products, self.periods)].sum())

    def all_products(self, values: Int) -> int:
        """Sum of a cell column over the scope's segments and periods, whatever the product."""
        return int(values[np.ix_(self.segments, np.ones_like(self.products), self.periods)].sum())

    def lines(self, values: Int, where: Flag | None = None) -> int:
        """Sum of a row column over the scope."""
        chosen = self.rows if where is None else self.rows & where
        return int(values[chosen].sum())


def measured(account: Account, measure: Measure | str, scope: Scope) -> int:
    """Sum of a measure over a scope: 1/1000 of a unit for counts and custom measures, minor units for money.

    Raises
    ------
    ValueError
        For margin_rate and roi, which are no sums. For a word that is no measure.
    """
    places = Places(account, scope)
    if measure in account.grid.custom:
        return _custom(account, measure, places)
    if not isinstance(measure, Measure) or measure not in _SUMS:
        raise ValueError(f"{measure} is no sum")
    return _SUMS[measure](account, places)


def margin_rate(account: Account, scope: Scope) -> Fraction:
    """Margin over revenue, exactly; 0 without revenue."""
    revenue = measured(account, Measure.REVENUE, scope)
    return Fraction(measured(account, Measure.MARGIN, scope), revenue) if revenue else Fraction(0)


def lines_held(account: Account, places: Places) -> int:
    """Return the lines (1/1000) of a scope; public lines are for everybody, so none of a part of the segments."""
    rows = account.rows
    own = places.rows if places.segments.all() else places.rows & ((rows.block == 1) | (rows.block == 3))
    return int(units(float(len(np.unique(rows.line[own])))))


def _units(account: Account, places: Places) -> int:
    if places.everything:
        return places.cells(account.cells.units)
    on_products = account.rows.product >= 0
    return places.lines(account.rows.units, on_products) - int(
        account.rows.shared_units[_second(account, places)].sum()
    )


def _second(account: Account, places: Places) -> Flag:
    """Targeted rows of the scope that share their cell with a public row of the scope."""
    return np.asarray(_partner(account, places.rows) & places.rows & (account.rows.block == 1))


def _partner(account: Account, where: Flag) -> Flag:
    """Rows on products whose cell holds one of the rows ``where`` in the other layer."""
    rows = account.rows
    key = np.ravel_multi_index((rows.segment, np.maximum(rows.product, 0), rows.period), account.grid.shape)
    result: Flag = np.zeros(len(key), dtype=bool)
    for block in (0, 1):
        mine, other = rows.block == block, where & (rows.block == 1 - block)
        result |= mine & np.isin(key, key[other])
    return result


def _orders(account: Account, places: Places) -> int:
    if places.everything:
        return places.all_products(account.cells.orders)
    return places.lines(account.rows.units, account.rows.product < 0)


def _revenue(account: Account, places: Places) -> int:
    rows = account.rows
    if places.everything:
        return places.cells(account.cells.sales) - places.lines(rows.discount)
    beside = _partner(account, places.rows) & ~places.rows
    shared = int(rows.shared_sales[_second(account, places)].sum()) + int(rows.shared_discount[beside].sum())
    return places.lines(rows.sales) - places.lines(rows.discount) - shared


def _margin(account: Account, places: Places) -> int:
    cells, rows = account.cells, account.rows
    sold = places.cells(cells.sales) - places.cells(cells.cost) - places.cells(cells.fees)
    return sold - places.lines(rows.discount) + places.lines(rows.fee_spared) + places.lines(rows.funding)


def _charges(account: Account, places: Places) -> int:
    cells = account.cells
    return places.cells(cells.borrowed) + places.cells(cells.left_fatigue) + places.cells(cells.ahead)


def _cash_cost(account: Account, places: Places) -> int:
    sent_cost = messages(account, places.rows)[1]
    return places.lines(account.rows.gift_cost) + places.lines(account.rows.fixed_cost) + sent_cost


def _gross_spend(account: Account, places: Places) -> int:
    return places.lines(account.rows.discount) + _cash_cost(account, places)


def _custom(account: Account, name: str, places: Places) -> int:
    """Amount per use times uses, row by row, each rounded once; the basket's amounts are the last row."""
    rows, amounts = account.rows, account.grid.custom[name]
    each = scaled(amounts[rows.product, rows.offer] * rows.uses, 0)
    return places.lines(each)


_SUMS: dict[Measure, Callable[[Account, Places], int]] = {
    Measure.UNITS: _units,
    Measure.ORDERS: _orders,
    Measure.REVENUE: _revenue,
    Measure.MARGIN: _margin,
    Measure.PROFIT: lambda a, p: _margin(a, p) - _cash_cost(a, p) - _charges(a, p),
    Measure.DISCOUNT: lambda a, p: p.lines(a.rows.discount),
    Measure.DISCOUNT_ON_BASE: lambda a, p: p.lines(a.rows.discount_on_base),
    Measure.VENDOR_FUNDING: lambda a, p: p.lines(a.rows.funding),
    Measure.CASH_COST: _cash_cost,
    Measure.GROSS_SPEND: _gross_spend,
    Measure.MAX_LIABILITY: lambda a, p: p.lines(a.rows.liability),
    Measure.SPEND: lambda a, p: _gross_spend(a, p) - p.lines(a.rows.funding),
    Measure.CONTACTS: lambda a, p: messages(a, p.rows)[0],
    Measure.USES: lambda a, p: p.lines(a.rows.uses),
    Measure.GIFTS: lambda a, p: p.lines(a.rows.gifts),
    Measure.CUSTOMERS_REACHED: lambda a, p: customers_reached(a, p.rows),
    Measure.LINES: lines_held,
}


def charged(account: Account, scope: Scope) -> int:
    """Charges beyond the horizon over a scope, minor units."""
    return _charges(account, Places(account, scope))


def stock_used(account: Account) -> Int:
    """[K, T] units (1/1000) sold of each product up to each period, over all segments and layers."""
    return np.cumsum(account.cells.units.sum(axis=0), axis=-1)


def objective(account: Account, empty: Account) -> Fraction:
    """Return the scenario's objective, a change against the empty plan, in major units, exactly.

    A careful objective is a matter of futures, which the ledger adds; here it is expected profit.
    """
    grid: Grid = account.grid
    total = Fraction(0)
    for measure, weight in weights_of(grid.scenario.objective).items():
        change = measured(account, measure, Scope()) - measured(empty, measure, Scope())
        total += Fraction(weight) * Fraction(change, 10 ** digits_of(measure, account.digits))
    return total


def objectives(account: Account, empty: Account) -> dict[str, Fraction] | None:
    """Return the change against the empty plan of every measure that a front trades off, in major units, exactly.

    None where the objective is a single one.
    """
    wanted = senses_of(account.grid.scenario.objective)
    if wanted is None:
        return None
    return {
        measure.value: Fraction(
            measured(account, measure, Scope()) - measured(empty, measure, Scope()),
            10 ** digits_of(measure, account.digits),
        )
        for measure in wanted
    }
