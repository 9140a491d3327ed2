"""One evaluator for the whole search: exact values in float64, exact gains of all single changes in float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.limits import Limits
from planner.columns import Columns, Layers, along
from planner.lagrangian import Gains, Lagrangian
from planner.runtime import start_jax
from planner.stack import Stack
from scenarios import totals
from scenarios.coefficients import Coefficients
from scenarios.measures import objective_functional
from scenarios.response import Chosen, flows, pair_indices, setting

Float = NDArray[np.float64]
Plan = NDArray[np.int8]

_CELL_FIELDS = (
    "lift",
    "base_public",
    "base_targeted",
    "base_both",
    "bump_public",
    "bump_targeted",
    "bump_both",
    "beyond",
    "theft",
    "spill",
    "reach",
)
_BASKET_FIELDS = ("lift", "reach", "base_public", "base_targeted", "bump_public", "bump_targeted")


class Value(NamedTuple):
    """True values of some plans."""

    objective: Float
    """[P] change against the empty plan."""
    uses: Float
    """[P, L] uses of the scalar limits, in their own units."""
    stock: Float
    """[P, K, T] units sold, cumulative."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Excess:
    """By how much a plan breaks the limits."""

    scalar: Float
    """[L] relative excess over each bound, 0 where kept."""
    stock: Float
    """[K, T] units above what is available."""

    @property
    def kept(self) -> bool:
        """Whether every limit holds."""
        return not (self.scalar.any() or self.stock.any())


class Evaluator:
    """Values and gains of plans under one model and its limits.

    Parameters
    ----------
    model
        Coefficient tables of the expected account.
    limits
        Scalar limit rows; stock is read off ``model.available``.
    """

    def __init__(self, model: Coefficients, limits: Limits) -> None:
        self._jax = start_jax()
        jnp = self._jax.numpy
        self.model, self.limits, self.grid = model, limits, model.grid
        functionals = (objective_functional(model), *limits.functionals)
        self.lagrangian = Lagrangian(model, functionals)
        self._view = Columns(model, jnp.float64)
        self._stack = Stack(model, functionals, jnp.float64)
        self._values = self._jax.jit(self._value_of)
        self.columns = np.arange(model.grid.shape[1] * model.grid.shape[2], dtype=np.int32)
        empty = self._raw(model.grid.empty()[None])
        self.empty_objective = float(empty[0][0, 0])
        self.evaluations = 0

    def _raw(self, plans: Plan) -> tuple[Float, Float]:
        """Values [P, 1 + L] and cumulative units [P, K, T]; plan by plan, so that one compilation serves any number."""
        found = [self._values(plan, self._view.layers) for plan in plans]
        return np.stack([np.asarray(values) for values, _ in found]), np.stack([np.asarray(u) for _, u in found])

    def _value_of(self, plan: Any, layers: Layers) -> tuple[Any, Any]:
        """Values of all functionals and cumulative units of one plan."""
        jnp, model = self._jax.numpy, self.model
        blocks = self.grid.split(plan.astype(jnp.int32))
        entries = self._view.chosen_entries(layers, self._view.choices(blocks))
        cells = {name: self._view.spread(getattr(entries, name)) for name in _CELL_FIELDS}
        _, basket = pair_indices(blocks, self.grid.widths, jnp)
        orders = {
            name: along(jnp.asarray(getattr(model.basket, name)), basket[..., None])[..., 0] for name in _BASKET_FIELDS
        }
        chosen = Chosen(
            theft=cells["theft"],
            spill=cells["spill"],
            reach=cells["reach"],
            dips=tuple(self._view.spread(dip) for dip in entries.dips),
            basket_lift=orders["lift"],
            basket_reach=orders["reach"],
        )
        shares = totals.Shares(
            **{name: cells[name] for name in totals.Shares._fields if name in cells},
            **{f"basket_{name}": field for name, field in orders.items() if name != "reach"},
        )
        where = setting(model)
        what = totals.sold(model, shares, flows(chosen, where, model, jnp), where, blocks, jnp)
        return self._stack.values(what, blocks), jnp.cumsum(what.units.sum(axis=0), axis=-1)

    def value(self, plans: Plan) -> Value:
        """True values of plans [P, N] in float64."""
        self.evaluations += len(plans)
        values, stock = self._raw(plans)
        return Value(values[:, 0] - self.empty_objective, values[:, 1:], stock)

    def excess(self, uses: Float, stock: Float, bound: Float, available: Float) -> Excess:
        """Excess of one plan's uses [L] over ``bound`` [L] and of its cumulative units [K, T] over ``available``."""
        over = self.limits.sign * (uses - bound)
        tolerance = 1e-9 * (self.limits.scale + np.abs(uses))
        units = stock - available
        return Excess(
            scalar=np.where(over > tolerance, over / self.limits.scale, 0.0),
            stock=np.where(units > 1e-6 + 1e-9 * stock, units, 0.0),
        )

    def gains(
        self,
        plan: Plan,
        objective_weight: float,
        prices: Float,
        stock_prices: Float,
        columns: NDArray[np.int32] | None = None,
    ) -> Gains:
        """Exact change of ``objective_weight * objective - prices . sign * use - stock prices . units`` per change."""
        coefficients = np.concatenate([[objective_weight], -prices * self.limits.sign])
        return self.lagrangian.gains(plan, coefficients, stock_prices, self.columns if columns is None else columns)
