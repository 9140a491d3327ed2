"""A shelf that was empty for weeks is told with the last day of the last week, as tables name periods."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
from flight_case import Running
from little_watch import LIGHT
from replan_case import happened
from shop import load_shop

from planner.flight.watch.monitor import monitor
from planner.problem import problem_of
from planner.report.flight.monitor import monitor_json
from scenarios.answer.archive import freeze


def test_an_empty_shelf_of_weeks_lasts_until_their_last_day(tmp_path: Path) -> None:
    """Two weeks without a case: up to the Saturday of the second one, not up to its Sunday."""
    weeks = {"periods: 7, unit: day": "periods: 4, unit: week", "max_run: 2, ": ""}
    loaded = load_shop(tmp_path, shop={**weeks, "unit_cost: 20}": "unit_cost: 20, stock: 100}"})
    problem = problem_of(loaded)
    plan = np.zeros_like(problem.grid.plan_of(()))
    case = Running(problem=problem, frozen=freeze(loaded, 1), grid=problem.grid, model=problem.model, plan=plan)
    units = np.rint(case.frozen.effects.base_units.mean(axis=0))
    k = case.grid.product_index["case"]
    units[:, k] = 0.0
    units[0, k, 0] = 100.0
    left = np.full(case.grid.shape[1:], np.nan)
    left[k] = [0.0, 0.0, 0.0, 0.0]
    report = monitor(case.frozen, plan, happened(case, units, last=1, stock_end=left), folder="p", rank=1, params=LIGHT)
    (out,) = report.stock_outs
    assert (out.first, out.last, out.periods) == (dt.date(2026, 11, 1), dt.date(2026, 11, 14), 2)
    told = monitor_json(report)
    assert any("between 2026-11-01 and 2026-11-14 (2 periods" in one for one in told["findings"] + told["as_planned"])
