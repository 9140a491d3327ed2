"""Values and gains with a price on every change of the plan that runs.

A change costs more than its lines: people are told anew, labels are printed again, customers lose trust. Each slot that
holds something else than the running plan takes a fixed amount off the objective, in values as in gains, so that the
search makes a change only where it earns more. The amount is linear in the slots' choices, so gains stay exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from planner.evaluation.evaluator import Evaluator, Float, Plan, Value
from planner.evaluation.lagrangian import Gains
from scenarios.response.coefficients import Coefficients


class ChangeCostEvaluator(Evaluator):
    """An evaluator that charges for changes.

    Parameters
    ----------
    model, limits
        As for `Evaluator`.
    running : int8 [N]
        The plan that runs.
    cost
        Objective that each changed slot must earn.
    """

    def __init__(self, model: Coefficients, limits: Limits, running: Plan, cost: float) -> None:
        if not (0 <= cost < float("inf")):
            raise ValueError(f"expected a cost of at least 0 for each change, got {cost}")
        self._running, self._cost = running, cost
        super().__init__(model, limits)

    def value(self, plans: Plan) -> Value:
        """Objective less what the changes cost; uses and stock as ever."""
        found = super().value(plans)
        return found._replace(objective=found.objective - self._cost * (plans != self._running).sum(axis=1))

    def gains(
        self,
        plan: Plan,
        objective_weight: float,
        prices: Float,
        stock_prices: Float,
        columns: NDArray[np.int32] | None = None,
    ) -> Gains:
        """Exact change per single change, that of the cost of changes among it."""
        found = super().gains(plan, objective_weight, prices, stock_prices, columns)
        if not self._cost * objective_weight:
            return found
        at = self.columns if columns is None else columns
        now, kept = self.grid.split(plan), self.grid.split(self._running)
        charged = []
        for block, gains in enumerate(found):
            current, running = now[block], kept[block]
            if block == 0:
                current, running = current.reshape(-1)[at], running.reshape(-1)[at]
            elif block == 1:
                current, running = (each.reshape(len(each), -1)[:, at].T for each in (current, running))
            saved = (current != running).astype(gains.dtype)[..., None]
            paid = np.arange(gains.shape[-1]) != running[..., None]
            charged.append(gains + np.float32(self._cost * objective_weight) * (saved - paid))
        return Gains(*charged)
