"""Values and gains for a careful objective: the objective on tilted effects, limits on the expected account."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from planner.evaluation.evaluator import Evaluator, Value
from planner.evaluation.lagrangian import Gains
from scenarios.arrays import Float, Plan
from scenarios.response.coefficients import Coefficients


class TiltedEvaluator(Evaluator):
    """An evaluator whose objective can be moved to other effects of the same shape; nothing is compiled for it.

    Parameters
    ----------
    model
        Coefficients of the expected account, which limits and stock stay on.
    limits
        Scalar limit rows; stock is read off them too.
    """

    def __init__(self, model: Coefficients, limits: Limits) -> None:
        super().__init__(model, limits)
        self._tilted: Evaluator | None = None

    def tilt(self, model: Coefficients) -> None:
        """Take the objective from other tables from now on."""
        self._tilted = Evaluator(model, self.limits)

    def value(self, plans: Plan) -> Value:
        """Objective on the tilted effects, uses and stock on the expected ones, in float64."""
        expected = super().value(plans)
        if self._tilted is None:
            return expected
        return expected._replace(objective=self._tilted.value(plans).objective)

    def gains(
        self,
        plan: Plan,
        objective_weight: float,
        prices: Float,
        stock_prices: Float,
        columns: NDArray[np.int32] | None = None,
    ) -> Gains:
        """Exact change per single change: of the tilted objective, less priced uses of the expected account."""
        priced = bool(prices.any() or stock_prices.any())
        if self._tilted is None or objective_weight == 0.0:
            return super().gains(plan, objective_weight, prices, stock_prices, columns)
        free, no_stock = np.zeros_like(prices), np.zeros_like(stock_prices)
        tilted = self._tilted.gains(plan, objective_weight, free, no_stock, columns)
        if not priced:
            return tilted
        paid = super().gains(plan, 0.0, prices, stock_prices, columns)
        return Gains(*(worth + cost for worth, cost in zip(tilted, paid, strict=True)))
