"""Tiny scenarios against enumeration: whether the search finds the best plan and the bound lies above it.

``PYTHONPATH=tests python benchmarks/tiny_optimum.py --cases 200``
"""

from __future__ import annotations

import argparse
import time

from search_case import case, optimum, search

from planner.bound import tight_bound
from planner.effort import Effort, work_of


def main() -> None:
    """Run and print hits, misses, and the smallest distance of the bound above the optimum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--most", type=int, default=20_000, help="plans of a case at most")
    parser.add_argument("--effort", type=Effort, default=Effort.NORMAL)
    options = parser.parse_args()
    found = solvable = infeasible = wrong = below = 0
    sizes = []
    begun = time.monotonic()
    for seed in range(options.cases):
        tiny = case(seed, options.most)
        sizes.append(int(tiny.allowed.sum(axis=1).astype(float).prod()))
        work = work_of(options.effort, tiny.model.grid.slots)
        best, state = optimum(tiny), search(tiny, seed, work)
        if best is None:
            infeasible += 1
            wrong += state is not None
            continue
        solvable += 1
        hit = state is not None and state.best.objective >= best - 1e-6 * max(1.0, abs(best))
        found += hit
        bound = tight_bound(tiny.model, tiny.space.limits, tiny.allowed).value
        below += bound < best - 1e-6 * max(1.0, abs(best))
        if not hit:
            value = float("nan") if state is None else state.best.objective
            print(f"case {seed}: found {value:.3f}, best {best:.3f}", flush=True)
    print(
        f"{found} of {solvable} best plans found ({100 * found / max(solvable, 1):.1f} %), "
        f"{infeasible} cases without a feasible plan ({wrong} answered otherwise), "
        f"bound below the optimum {below} times; "
        f"{min(sizes):,} to {max(sizes):,} plans a case; {time.monotonic() - begun:.0f} s"
    )


if __name__ == "__main__":
    main()
