"""Values and gains with a price on every change of the plan that runs.

A change costs more than its lines: people are told anew, labels are printed again, customers lose trust. Each slot that
holds something else than the running plan takes a fixed amount off the objective, in values as in gains, so that the
search makes a change only where it earns more. Where a line that runs only seems to earn something, what it seems to
earn is given back to the slot that loses it. Both are linear in the slots' choices, so gains stay exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from planner.evaluation.evaluator import Evaluator, Value
from planner.evaluation.lagrangian import Gains
from scenarios.arrays import Float, Plan
from scenarios.response.coefficients import Coefficients


class ChangeCostEvaluator(Evaluator):
    """An evaluator that charges for changes.

    Parameters
    ----------
    model, limits
        As for `Evaluator`.
    running : int8 [N]
        The plan that runs.
    cost : float or [N]
        Objective that each changed slot must earn.
    freed : [N], optional
        Objective that a line which runs only seems to earn: a slot that loses its line has it back.
    """

    def __init__(
        self, model: Coefficients, limits: Limits, running: Plan, cost: Float | float, freed: Float | None = None
    ) -> None:
        self._running, self._cost = running, np.broadcast_to(np.asarray(cost, dtype=np.float64), running.shape)
        self._freed = np.zeros(running.shape) if freed is None else np.where(running > 0, freed, 0.0)
        for each in (self._cost, self._freed):
            if not ((each >= 0) & np.isfinite(each)).all():
                raise ValueError(f"expected an amount of at least 0 for each slot, got {each}")
        super().__init__(model, limits)

    def value(self, plans: Plan) -> Value:
        """Objective less what the changes cost; uses and stock as ever."""
        found = super().value(plans)
        paid = (plans != self._running) * self._cost - (plans == 0) * self._freed
        return found._replace(objective=found.objective - paid.sum(axis=1))

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
        if not (objective_weight and (self._cost.any() or self._freed.any())):
            return found
        at = self.columns if columns is None else columns
        tables = [self.grid.split(each) for each in (plan, self._running, self._cost, self._freed)]
        charged = []
        for block, gains in enumerate(found):
            current, running, cost, freed = (_at(each[block], block, at)[..., None] for each in tables)
            choice = np.arange(gains.shape[-1])
            paid = (choice != running) * cost - (choice == 0) * freed
            now = (current != running) * cost - (current == 0) * freed
            charged.append(gains + ((now - paid) * objective_weight).astype(gains.dtype))
        return Gains(*charged)


def _at(table: NDArray[Any], block: int, columns: NDArray[np.int32]) -> NDArray[Any]:
    """Slots of a block as gains hold them: by column [M] or [M, S], those of baskets as they are."""
    if block == 0:
        return table.reshape(-1)[columns]
    return table.reshape(len(table), -1)[:, columns].T if block == 1 else table
