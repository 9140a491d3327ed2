"""Multiple-choice knapsacks with many limits, without interactions: ``python benchmarks/knapsack.py``.

Groups are products, items are offers with an effect table of their own, limits are custom measures. The search goes
through the public path: a scenario file, `build_problem`, `plan_campaign` for some seconds. Beside it stands the bound
of the linear relaxation (HiGHS), and CP-SAT on the same numbers for the same seconds.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from planner.problem import build_problem
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams

Float = NDArray[np.float64]
PRICE, COST, DEPTH, UNITS = 100.0, 50.0, 0.01, 1000.0


def instance(
    rng: np.random.Generator, groups: int, items: int, limits: int, tight: float
) -> tuple[Float, Float, Float]:
    """Profits [G, J], weights [L, G, J] and bounds [L]; profits follow the mean weight, which makes choices hard.

    ``tight`` is the bounds' share of what the dearest item of every group would use.
    """
    weight = rng.uniform(1.0, 100.0, (limits, groups, items))
    profit = weight.mean(axis=0) + rng.uniform(0.0, 50.0, (groups, items))
    return 1000.0 * profit, weight, tight * weight.max(axis=2).sum(axis=1)


def write(folder: Path, profit: Float, weight: Float, bound: Float) -> Path:
    """Write the scenario and its tables; profits and weights come out exactly as given, but for rounding."""
    groups, items = profit.shape
    lift = (profit / UNITS + PRICE - COST) / (PRICE * (1 - DEPTH) - COST) - 1.0
    products = [f"g{number:03d}" for number in range(groups)]
    offers = [f"o{number:02d}" for number in range(items)]
    measures = [f"w{number:02d}" for number in range(len(bound))]
    with (folder / "effects.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["product", "offer", "lift", *measures])
        for g, product in enumerate(products):
            for j, offer in enumerate(offers):
                per_use = weight[:, g, j] / (UNITS * (1.0 + lift[g, j]))
                table.writerow([product, offer, repr(float(lift[g, j])), *(repr(float(each)) for each in per_use)])
    with (folder / "baseline.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["segment", "product", "period", "units"])
        table.writerows(["all", product, "*", UNITS] for product in products)
    scenario = {
        "scenario": "knapsack",
        "title": "Multiple-choice knapsack",
        "currency": "EUR",
        "horizon": {"start": "2026-01-05", "periods": 1, "unit": "week"},
        "objective": "profit",
        "segments": [{"id": "all", "customers": 100000}],
        "products": [{"id": name, "category": name, "price": PRICE, "unit_cost": COST} for name in products],
        "offers": [{"id": name, "mechanic": "price_discount", "depth": DEPTH, "layer": "public"} for name in offers],
        "limits": [
            {"id": f"limit-{name}", "measure": name, "max": float(most)}
            for name, most in zip(measures, bound, strict=True)
        ],
        "baseline": {"table": "baseline.csv"},
        "effects": {"table": "effects.csv", "lift_is": "net"},
        "response": {"fatigue": 0, "pull_forward": {"share": 0, "periods": 1}, "cannibalisation": 0, "halo": 0},
    }
    path = folder / "knapsack.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False))
    return path


def relaxed(profit: Float, weight: Float, bound: Float) -> float:
    """The bound of the linear relaxation."""
    groups, items = profit.shape
    one = coo_matrix((np.ones(groups * items), (np.repeat(np.arange(groups), items), np.arange(groups * items))))
    rows = np.concatenate([one.toarray(), weight.reshape(len(bound), -1)])
    found = linprog(-profit.ravel(), A_ub=rows, b_ub=np.concatenate([np.ones(groups), bound]), bounds=(0, 1))
    return float(-found.fun)


def by_cp_sat(profit: Float, weight: Float, bound: Float, seconds: float) -> float:
    """What CP-SAT finds with two workers in some seconds; -inf where it finds nothing."""
    model = cp_model.CpModel()
    groups, items = profit.shape
    picked = [[model.new_bool_var("") for _ in range(items)] for _ in range(groups)]
    for row in picked:
        model.add_at_most_one(row)
    flat = [each for row in picked for each in row]
    for use, most in zip(weight, bound, strict=True):
        scaled = np.ceil(1e3 * use.ravel()).astype(int).tolist()
        model.add(cp_model.LinearExpr.weighted_sum(flat, scaled) <= int(1e3 * most))
    model.maximize(cp_model.LinearExpr.weighted_sum(flat, np.round(profit.ravel()).astype(int).tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    status = solver.solve(model)
    return solver.objective_value if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else -np.inf


def main() -> None:
    """Print, for each instance, how far the search and CP-SAT end below the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=500)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--limits", type=int, default=25)
    parser.add_argument("--tight", type=float, nargs="*", default=[0.25, 0.5, 0.75])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    for tight in options.tight:
        for seed in range(options.seeds):
            rng = np.random.Generator(np.random.Philox(seed))
            numbers = instance(rng, options.groups, options.items, options.limits, tight)
            best = relaxed(*numbers)
            with tempfile.TemporaryDirectory() as folder:
                problem = build_problem(str(write(Path(folder), *numbers)))
                plan_campaign(problem, SearchParams(seconds=1.0, plans=1))  # compiles
                begun = time.monotonic()
                result = plan_campaign(problem, SearchParams(seed=seed, seconds=options.seconds, plans=1))
                took = time.monotonic() - begun
            ours = float(result.plan_set.plans[0].objective) if result.plan_set else float("nan")
            theirs = by_cp_sat(*numbers, options.seconds)
            print(
                f"tight {tight:.2f} seed {seed}: LP bound {best:,.0f}; ours {100 * (1 - ours / best):.3f} % below "
                f"in {took:.1f} s; CP-SAT {100 * (1 - theirs / best):.3f} % below in {options.seconds:g} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
