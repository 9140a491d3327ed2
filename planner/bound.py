"""A valid upper bound on the objective of every plan that keeps the limits, under the expected account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.limits import Limits
from planner.bound_dual import Data, Layout, Prices, dual, layout
from planner.bound_tables import allowed_blocks, basket_columns, cell_columns, people_of, weights_of
from planner.runtime import start_jax
from scenarios.coefficients import Coefficients
from scenarios.measures import objective_functional
from scenarios.totals import evaluate

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Array = Any


@dataclass(frozen=True, kw_only=True)
class BoundParams:
    """How much work the bound may cost."""

    naive_iterations: int = 60
    iterations: int = 150
    states: int = 12
    """States of fatigue in the dynamic programs."""
    step: float = 0.05
    limit_step: float = 0.02

    def __post_init__(self) -> None:
        if not (self.iterations >= 1 and self.naive_iterations >= 1 and self.states >= 2):
            raise ValueError("BoundParams: expected at least 1 iteration and 2 states")


@dataclass(frozen=True, kw_only=True, eq=False)
class Bound:
    """An upper bound, and what it was reached with."""

    value: float
    naive: float
    prices: Float
    """[L] objective per unit of each limit's own use, 0 for limits at risk."""
    stock_prices: Float
    """[K, T] objective per unit of stock up to a period."""
    parts: dict[str, float] = field(default_factory=dict)


class _Problem:
    """Arrays of one question and its compiled functions."""

    def __init__(self, model: Coefficients, limits: Limits, allowed: Bool, states: int) -> None:
        blocks = allowed_blocks(model.grid, allowed)
        columns, cells = cell_columns(model, blocks)
        orders, baskets = basket_columns(model, blocks, cells)
        self.priced = np.isnan(limits.at_risk)
        self.model, self.limits = model, limits
        objective = objective_functional(model)
        functionals = (objective, *(f for f, keep in zip(limits.functionals, self.priced, strict=True) if keep))
        weights = weights_of(functionals, columns, orders)
        self.empty = [float(evaluate(f, model, model.grid.empty(), np)) for f in functionals]
        available = model.available.T
        self.stocked = np.isfinite(available)
        self.data = Data(
            cells=cells,
            baskets=baskets,
            weights=weights,
            halo=model.halo,
            carry_value=model.carry_value * float(model.strengths.charges_carry_over),
            unit_margin=model.economics.unit_margin,
            people=people_of(model),
            sign=limits.sign[self.priced],
            bound=limits.bound[self.priced],
            available=np.where(self.stocked, available, 0.0),
        )
        self.layouts = {
            naive: layout(columns, orders, cells, model, states=states, naive=naive) for naive in (True, False)
        }
        t, s, k, _ = cells.lift.shape
        tight = self.layouts[False]
        self.start = Prices(
            limit=np.zeros(int(self.priced.sum())),
            stock=np.zeros((t, k)),
            theft=np.ones((t, s, k)),
            dip=np.ones((t, s, k)),
            basket=np.ones((t, s, k)),
            public=np.zeros((t, s, k, int(tight.public.max()) + 1)),
            basket_public=np.zeros((t, s, int(tight.basket_public.max()) + 1)),
            message=np.zeros((weights.message.shape[1], t, s, k + 1)),
            reached=np.ones(weights.reached.shape),
        )
        jax = start_jax()
        self.arrays = jax.tree.map(jax.numpy.asarray, self.data)
        self.slope = {
            naive: jax.jit(jax.value_and_grad(lambda x, d, shape=shape: dual(x, d, shape), has_aux=True))
            for naive, shape in self.layouts.items()
        }
