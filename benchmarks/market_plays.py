"""The market plays plans: forecast against what is really sold, over paired seeds.

Best, greedy, uniform and empty plan of singles-day meet the same customers, the same luck and the same competitor.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from planner.evaluation.evaluator import Evaluator
from planner.evolution.shown.baselines import greedy, uniform
from planner.evolution.workspace import Workspace
from planner.problem import build_problem
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.market.play import Market
from scenarios.shipped.singles_day_truth import truth

ROWS = {
    "units": Measure.UNITS,
    "revenue": Measure.REVENUE,
    "discount": Measure.DISCOUNT,
    "vendor_funding": Measure.VENDOR_FUNDING,
    "margin": Measure.MARGIN,
    "cash_cost": Measure.CASH_COST,
    "spend": Measure.SPEND,
    "profit": Measure.PROFIT,
}


def main() -> None:
    """Plan, play, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--effort", type=Effort, default=Effort.NORMAL)
    options = parser.parse_args()
    problem = build_problem("singles-day")
    result = plan_campaign(problem, SearchParams(effort=options.effort))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    plans = {"best": result.plans[0], "empty": problem.grid.empty()}
    for name, found in (("greedy", greedy(space)), ("uniform", uniform(space))):
        assert found is not None
        plans[name] = found.plan
    market = Market(scenario=problem.loaded.scenario, truth=truth())
    lines = [problem.grid.lines(plan) for plan in plans.values()]
    begun = time.monotonic()
    played = [market.play_all(lines, seed) for seed in range(options.seeds)]
    print(f"{options.seeds} seeds x {len(plans)} plans in {time.monotonic() - begun:.0f} s")
    profit = np.array([[sold.totals["profit"] for sold in round_] for round_ in played])
    names = list(plans)
    for name in names[1:]:
        ahead = profit[:, 0] - profit[:, names.index(name)]
        error = ahead.std(ddof=1) / np.sqrt(len(ahead))
        sure = f"standard error {error:10,.0f}, {ahead.mean() / error:.1f} of them"
        print(f"best earns {ahead.mean():14,.0f} more than {name:8s} ({sure})")
    nothing = account(problem.model, problem.grid.empty())
    base = [round_[names.index("empty")] for round_ in played]
    for name in ("best", "greedy", "uniform"):
        book = account(problem.model, plans[name])
        print(f"{name}: change against the empty plan, forecast and realised")
        for row, measure in ROWS.items():
            scale = 1000 if measure is Measure.UNITS else 100
            forecast = float(measured(book, measure, Scope()) - measured(nothing, measure, Scope())) / scale
            real = [
                round_[names.index(name)].totals[row] - start.totals[row]
                for round_, start in zip(played, base, strict=True)
            ]
            error = np.std(real, ddof=1) / np.sqrt(len(real))
            off = 100 * (np.mean(real) / forecast - 1) if forecast else float("nan")
            print(f"  {row:16s} {forecast:16,.0f} {np.mean(real):16,.0f} +-{error:12,.0f}  {off:+7.1f} %")


if __name__ == "__main__":
    main()
