"""The small shop some days into its campaign: what was sold, as actuals, and the rest planned again."""

from __future__ import annotations

import numpy as np
from flight_case import Running
from plan_directory import plans_of

from planner.flight.past.settle import settle
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from scenarios.flight.actuals import Actuals
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.evidence import Forecast

LAST = 3


def sold(case: Running, *, lift: dict[str, float] | None = None, base: float = 1.0) -> np.ndarray:
    """Units [S, K, T] that the response model gives where lifts and baselines are multiplied."""
    s, k, _ = case.grid.shape
    logs = np.zeros((s, k + 1, len(case.grid.scenario.offers)))
    for offer, factor in (lift or {}).items():
        logs[..., case.grid.offer_index[offer]] = np.log(factor)
    return Forecast(case.model, case.frozen.effects, case.plan)(np.full((s, k), np.log(base)), logs).units


def happened(case: Running, units: np.ndarray, last: int = LAST, stock_end: np.ndarray | None = None) -> Actuals:
    """Actuals of the first days, split by segment."""
    s, k, t = case.grid.shape

    def table(values: np.ndarray) -> np.ndarray:
        full = np.full((2, s + 1, k + 1, t), np.nan)
        full[0, :s, :k, : last + 1] = values[..., : last + 1]
        return full

    tables = {"units": table(np.rint(units)), "revenue": table(np.rint(units))}
    if stock_end is not None:
        left = np.full((2, s + 1, k + 1, t), np.nan)
        left[0, s, :k, : last + 1] = stock_end[:, : last + 1]
        tables["stock_end"] = left
    return Actuals(grid=case.grid, name="actuals.csv", last=last, tables=tables, ran=None)


def settled_past(case: Running, effects: Effects, actuals: Actuals) -> tuple[Effects, tuple[str, ...]]:
    """Effects whose past is what the actuals tell, and what is said of it."""
    booked, baskets = sold_by(case.model, case.plan, np), case.frozen.baskets
    return settle(case.model, effects, case.plan, actuals, None, booked=booked, baskets=baskets)


def again(case: Running, actuals: Actuals, **params: object) -> Replanned:
    """Re-plan the case."""
    plan_set, _ = plans_of(case.frozen, [case.plan])
    settings = ReplanParams(**{"notice": 1, **params})  # type: ignore[arg-type]
    return replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", settings)
