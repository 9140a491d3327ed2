"""Figures over the futures of one stored plan, under many draws: how far each moves by the luck of the draw alone.

``python benchmarks/moved_quantiles.py DIR``: a folder that ``campaign plan --out`` wrote; its best plan is valued.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from planner.frozen_tables import problem_tables
from scenarios.answer.plan_files import read_plans
from scenarios.answer.summary import quantiles
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional
from scenarios.sampling import HALF_90

UNSEEN = "benchmark"
"""Name of the stream of futures; no run draws from it."""


def main() -> None:
    """Print a row a figure: of all futures, its spread over the draws, its ends; then how often ranges hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--futures", type=int, default=200)
    given = parser.parse_args()
    directory = read_plans(given.folder)
    frozen = directory.problem()
    model, _ = problem_tables(frozen)
    plan = model.grid.plan_of(directory.plan_set.plans[0].plan_lines)
    profit = [measure_functional(model.grid, model.economics, Measure.PROFIT, Scope())]
    gains = []
    for seed in range(given.draws):
        draws = draw(model.grid, frozen.effects, seed, name=UNSEEN, count=given.futures)
        with_plan, without = (
            outcomes(model, frozen.effects, each, draws, profit).values[:, 0] for each in (plan, model.grid.empty())
        )
        gains.append(with_plan - without)
    everything = np.concatenate(gains)
    found = [quantiles(each, 2) for each in gains]
    truth = {"p05": np.quantile(everything, 0.05), "p50": np.median(everything), "p95": np.quantile(everything, 0.95)}
    for name, value in truth.items():
        moved = np.array([float(getattr(each, name)) for each in found])
        print(f"{name}: {value:,.0f}, sd {moved.std():,.0f}, {moved.min():,.0f} to {moved.max():,.0f}")
    means = np.array([each.mean() for each in gains])
    print(f"mean: {everything.mean():,.0f}, sd {means.std():,.0f}, {means.min():,.0f} to {means.max():,.0f}")
    losses = np.array([(each < 0).mean() for each in gains])
    print(f"loses: {(everything < 0).mean():.1%}, sd {losses.std():.1%}, {losses.min():.1%} to {losses.max():.1%}")
    for name in ("p05", "p95"):
        held = [getattr(q, f"{name}_low") <= truth[name] <= getattr(q, f"{name}_high") for q in found]
        print(f"the 90 % range of {name} holds it in {np.mean(held):.0%}")
    errors = np.array([each.std(ddof=1) for each in gains]) / np.sqrt(given.futures)
    print(f"that of the mean in {(np.abs(means - everything.mean()) < HALF_90 * errors).mean():.0%}")


if __name__ == "__main__":
    main()
