"""Whether 90 % intervals of what a learned model expects of all goods together hold what is really sold.

Each seed is a town of the simulated market: 44 weeks of purchases are learned from, and the weeks of the campaign are
lived without promotion. Beside the intervals as they are stand those of baselines that err one by one, as if nothing
were common to them.

``PYTHONPATH=benchmarks python benchmarks/total_coverage.py [--seeds 10] [--customers 12000]``
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from market_learning import PAST_WEEKS, TEST_WEEKS, learned_segments, market_name

from planner.learning import train_model
from planner.problem import Problem, build_problem
from scenarios.arrays import Float
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.market.past import PastParams, past_calendar
from scenarios.market.purchases import record_past, write_purchases
from scenarios.market.town import CAMPAIGN_START, regrouped, town_market
from scenarios.market.town_files import write_learned
from scenarios.response.effects import Effects

FUTURES = 2000
PLAYS = 4
"""Times that the weeks of the campaign are lived in each town."""


def drawn(problem: Problem, effects: Effects) -> tuple[Float, Float]:
    """Units without promotion in futures: of all goods [D], and of each product [D, K]."""
    draws = draw(problem.grid, effects, 0, name="total coverage", count=FUTURES)
    units = np.concatenate([each.units.sum(axis=(1, 3)) for each in sales(
        problem.model, effects, problem.grid.empty(), draws
    )])  # fmt: skip
    return units.sum(axis=1), units


def run_town(seed: int, folder: Path, customers: int) -> list[list[float]]:
    """Return for each of `PLAYS` and both kinds of futures whether intervals held, and how wide they are."""
    past = town_market(seed, past_weeks=PAST_WEEKS, customers=customers)
    data = record_past(past, past_calendar(past, PastParams(seed=seed)), seed)
    sundays = [str(CAMPAIGN_START - dt.timedelta(days=1 + 7 * weeks)) for weeks in (TEST_WEEKS, 0)]
    path = write_purchases(data, folder, train_until=sundays[0], test_until=sundays[1])
    model = train_model(path, folder / "model", seed=seed)
    town = town_market(seed, customers=customers)
    learned = build_problem(write_learned(folder, town))
    label = learned_segments(path, model, data.customers["customer"])
    segments = [
        segment.model_copy(update={"id": market_name(segment.id), "customers": int((label == s).sum()), "profile": {}})
        for s, segment in enumerate(learned.grid.segments)
    ]
    market = regrouped(town, segments, label, data.memory)
    alone = replace(learned.effects, base_common=None)
    futures = [drawn(learned, effects) for effects in (alone, learned.effects)]
    rows = []
    for play in range(PLAYS):
        real = market.play((), 1000 + play).units.sum(axis=(0, 2))
        row = [float(real.sum() / futures[1][0].mean() - 1)]
        for total, products in futures:
            low, high = np.quantile(total, [0.05, 0.95])
            ends = np.quantile(products, [0.05, 0.95], axis=0)
            row += [
                float(low <= real.sum() <= high),
                float((high - low) / 2 / total.mean()),
                float(((ends[0] <= real) & (real <= ends[1])).mean()),
            ]
        rows.append(row)
    common = learned.effects.base_common
    said = ", ".join(f"{row[0]:+.1%}" for row in rows)
    assert common is not None
    print(
        f"town {seed}: sold beyond what was expected {said}; common {common.everywhere:.1%}, product "
        f"{common.product:.1%}; total held one by one {sum(r[1] for r in rows):.0f} of {PLAYS} (+-{rows[0][2]:.1%}), "
        f"as it is {sum(r[4] for r in rows):.0f} (+-{rows[0][5]:.1%})",
        flush=True,
    )
    return rows


def main() -> None:
    """Run the towns and print after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=12_000)
    options = parser.parse_args()
    rows: list[list[float]] = []
    with tempfile.TemporaryDirectory(prefix="total-coverage-") as scratch:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            rows += run_town(seed, Path(scratch) / f"town-{seed}", options.customers)
    found = np.array(rows)
    for name, first in (("one by one", 1), ("as it is", 4)):
        held, width, products = found[:, first : first + 3].mean(axis=0)
        print(f"{name}: totals held in {held:.0%}, +-{width:.1%} wide; products held in {products:.0%}")


if __name__ == "__main__":
    main()
