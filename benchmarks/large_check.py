"""Check of a large plan directory: a made-up scenario of 100,000 slots and plans that no search made.

Each plan takes the lines that gain most by themselves while the budget lasts, on another day of the week; its account
and verdict are written as a run writes them. Then ``campaign check`` runs on the folder in a process of its own, and
its time and its largest memory are printed. Answers 1 above 20 s or 2 GB.

``PYTHONPATH=tests python benchmarks/large_check.py``
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from plan_folders import write_folder

from planner.problem import Problem, build_problem
from scenarios.answer.outcome import account
from scenarios.language.plan_lines import PlanLine
from scenarios.response.changes import Changes
from scenarios.response.measures import objective_functional

SECONDS, MEGABYTES = 20.0, 2048.0
SEGMENTS, PRODUCTS, DAYS = 10, 100, 91
BUDGET = 1_500_000
OFFERS = """
  - {id: off-10, mechanic: price_discount, depth: 10%, funding: {vendor: maker, share: 60%}}
  - {id: off-20, mechanic: price_discount, depth: 20%, funding: {vendor: maker, share: 70%}}
  - {id: flash-30, mechanic: flash_sale, depth: 30%, max_run: 3, funding: {vendor: maker, share: 80%}}
  - {id: show, mechanic: feature, fixed_cost: 40}
  - {id: coupon-3, mechanic: coupon, value: 3, layer: targeted, channel: app, coverage: [50%, 100%]}
  - {id: coupon-6, mechanic: coupon, value: 6, layer: targeted, channel: app, funding: {vendor: maker, share: 50%}}
  - {id: cart-10, mechanic: threshold, spend: 100, save: 10, layer: targeted, channel: app}
"""


def write_scenario(folder: Path) -> Path:
    """Write the scenario and its tables; returns the scenario's file."""
    rng = np.random.Generator(np.random.Philox(1))
    segments = "\n".join(f"  - {{id: s{number}, customers: {20_000 + 3_000 * number}}}" for number in range(SEGMENTS))
    products = "\n".join(
        f"  - {{id: p{number}, category: c{number // 5}, price: {20 + number}, unit_cost: {11 + number // 2}, "
        f"vendor: maker, stock: {2_000_000}}}"
        for number in range(PRODUCTS)
    )
    path = folder / "large.yaml"
    path.write_text(
        f"""scenario: large
currency: EUR
horizon: {{start: 2027-01-04, periods: {DAYS}, unit: day}}
objective: profit
segments:
{segments}
products:
{products}
offers:{OFFERS}
channels: [{{id: app, cost_per_contact: 0.001}}]
vendors: [{{id: maker, fund: 300000000}}]
limits:
  - {{id: budget, measure: spend, max: {BUDGET}}}
  - {{id: coupons, measure: spend, max: {BUDGET}, where: {{mechanics: [coupon, threshold]}}, at_risk: 95%}}
  - {{id: margin, measure: margin_rate, min: 5%}}
rules:
  - {{id: rest, rule: min_gap, periods: 2, per: [product], where: {{mechanics: [flash_sale]}}}}
baskets: {{table: baskets.csv}}
baseline: {{table: baseline.csv}}
effects: {{table: effects.csv}}
response: {{fatigue: 0.2, fatigue_half_life: 4, pull_forward: {{share: 10%, periods: 4}}, cannibalisation: 0.2}}
""",
        "utf-8",
    )
    rows = [
        f"s{segment},p{product},,{3 + 40 * rng.random():.2f}"
        for segment in range(SEGMENTS)
        for product in range(PRODUCTS)
    ]
    (folder / "baseline.csv").write_text("segment,product,period,units\n" + "\n".join(rows) + "\n")
    bins = [f"s{s},{value},{orders}" for s in range(SEGMENTS) for value, orders in ((25, 300), (70, 120), (140, 60))]
    (folder / "baskets.csv").write_text("segment,order_value,orders\n" + "\n".join(bins) + "\n")
    effects = [
        f"s{segment},{product},,{offer},{lift * (0.6 + 0.8 * rng.random()):.4f},{take_up}"
        for segment in range(SEGMENTS)
        for offer, lift, take_up, product in (
            ("off-10", 0.5, "", ""),
            ("off-20", 1.2, "", ""),
            ("flash-30", 2.2, "", ""),
            ("show", 0.1, "", ""),
            ("coupon-3", 0.25, 0.2, ""),
            ("coupon-6", 0.4, 0.3, ""),
            ("cart-10", 0.04, "", "basket"),
        )
    ]
    header = "segment,product,period,offer,lift,take_up\n"
    (folder / "effects.csv").write_text(header + "\n".join(effects) + "\n")
    return path


def greedy_plan(problem: Problem, weekday: int) -> tuple[PlanLine, ...]:
    """Return the lines that gain most alone on one day of the week, while the budget lasts."""
    grid, model = problem.grid, problem.model
    changes = Changes(model, objective_functional(model), grid.empty())
    gains = np.zeros((grid.slots, max(grid.widths)))
    for block, width in enumerate(grid.widths):
        first = grid.offsets[block]
        for choice in range(1, width):
            found = changes.to(block, choice).ravel()
            gains[first : first + len(found), choice] = found
    gains[:, 1:][~grid.allowed_flat[:, 1 : gains.shape[1]]] = 0.0
    best, choice = gains.max(axis=1), gains.argmax(axis=1)
    periods = np.array([grid.slot(number).period for number in range(grid.slots)])
    wanted = np.flatnonzero((best > 0) & (periods % 7 == weekday))
    plan = grid.empty()
    low, high = 0, len(wanted)
    order = wanted[np.argsort(-best[wanted], kind="stable")]
    while low < high:
        middle = (low + high + 1) // 2
        trial = grid.empty()
        trial[order[:middle]] = choice[order[:middle]]
        rows = account(model, trial).rows
        if rows.spend.sum() <= 0.6 * BUDGET * 100:
            low, plan = middle, trial
        else:
            high = middle - 1
    return grid.lines(plan)


def main() -> None:
    """Make the folder, check it in a process of its own, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None, help="keep the folder here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) if options.folder is None else options.folder
        work.mkdir(parents=True, exist_ok=True)
        problem = build_problem(str(write_scenario(work)))
        plans = [greedy_plan(problem, weekday % 7) for weekday in range(options.plans)]
        write_folder(problem, work / "plans", *plans)
        print(f"{problem.grid.slots:,} slots, plans of {', '.join(f'{len(plan):,}' for plan in plans)} lines")
        before = time.perf_counter()
        command = [sys.executable, "-m", "planner", "check", str(work / "plans")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - before
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        megabytes = usage.ru_maxrss / 1024
        print(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip())
        print(f"check: {seconds:.1f} s ({usage.ru_utime + usage.ru_stime:.1f} s of CPU), {megabytes:,.0f} MB")
    raise SystemExit(0 if done.returncode == 0 and seconds < SECONDS and megabytes < MEGABYTES else 1)


if __name__ == "__main__":
    main()
