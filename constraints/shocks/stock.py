"""Stock under a shock: where no more is wanted of a product than as planned, the shock has not broken its stock.

The account cuts a baseline at stock, and of goods that sell out by themselves it counts nothing that other lines
bring: that is no fault of the plan. Under a fall of demand the same goods last longer, what is brought counts, and
the account may stand above the stock, though fewer customers ask for the goods than ever. So a stock limit that was
kept as planned breaks only where more is wanted than as planned, or where there is less: both read from tables on
which no baseline is cut and everything that lines bring counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from constraints.shocks.pieces import Pieces, with_pieces
from scenarios.answer.archive import Frozen
from scenarios.answer.outcome import account
from scenarios.answer.sums import stock_used
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float, Int, Plan
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import at_risk, outcomes
from scenarios.grid import build_grid
from scenarios.language.implied_ids import STOCK
from scenarios.language.read_in import products_of
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, available_units
from scenarios.response.measures import measure_functional
from scenarios.supply import without_stock

DUST = 1e-6
"""Units below this are noise of float64 sums."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Wanted:
    """What a plan's customers want of every product, whether it is there or not, beside what is there."""

    frozen: Frozen
    plan: Plan
    pieces: Pieces

    @cached_property
    def there(self) -> Float:
        """[K, T] stock and arrivals up to each period, cumulative; inf without a stock limit."""
        return available_units(build_grid(self.frozen.scenario, self.frozen.custom))

    @cached_property
    def units(self) -> Int:
        """[K, T] units in 1/1000 that are wanted up to each period, as expected."""
        return stock_used(account(self._uncut, self.plan))

    def lacking(self, product: int, share: float) -> float:
        """Units that a product lacks at worst in all but the futures that a service level leaves out."""
        model, frozen = self._uncut, self.frozen
        grid = model.grid
        draws = draw(grid, frozen.effects, frozen.seed, name=frozen.draws)
        own = Scope(products=(grid.products[product].id,))
        sold = measure_functional(grid, model.economics, Measure.UNITS, own)
        found = outcomes(model, frozen.effects, self.plan, draws, (sold,), (sold,)).periods[:, 0]
        return at_risk((np.cumsum(found, axis=-1) - self.there[product]).max(axis=-1), "max", share)

    @cached_property
    def _uncut(self) -> Coefficients:
        return with_pieces(_unlimited(self.frozen), self.plan, self.pieces)


def broken_by_shock(
    broken: Sequence[LimitResult], kept_before: frozenset[str], before: Wanted, after: Wanted
) -> tuple[LimitResult, ...]:
    """Return the limits that a shock breaks: without stock that was kept and of which no more is wanted.

    Parameters
    ----------
    broken
        Limits that the account says are broken under the shock.
    kept_before
        Ids of the limits that are kept as planned.
    """
    return tuple(
        limit
        for limit in broken
        if not (limit.id.startswith(STOCK) and limit.id in kept_before and _no_worse(limit, before, after))
    )


def _no_worse(limit: LimitResult, before: Wanted, after: Wanted) -> bool:
    """Whether at no time more is wanted, or less is there; in the futures, too, where a service level counts."""
    products = build_grid(before.frozen.scenario, before.frozen.custom).products
    product = next(k for k, each in enumerate(products) if f"{STOCK}{each.id}" == limit.id)
    if (after.there[product] < before.there[product]).any():
        return False
    if (after.units[product] > before.units[product]).any():
        return False
    share = limit.at_risk
    return share is None or after.lacking(product, share) <= before.lacking(product, share) + DUST


def _unlimited(frozen: Frozen) -> Frozen:
    """The same question with goods for everybody."""
    products = without_stock(products_of(frozen.scenario))
    return replace(frozen, scenario=frozen.scenario.model_copy(update={"products": products}))
