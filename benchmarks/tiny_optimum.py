"""Tiny scenarios against enumeration: whether the search finds the best plan and the bound lies above it.

Every case has all interactions, the basket layer included, and a limit that binds: where the best of all plans keeps
every limit, a ceiling is lowered until it no longer does.

``PYTHONPATH=tests python benchmarks/tiny_optimum.py --cases 200``
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

import numpy as np
from all_plans import gains_and_feasible, plans_of, thin
from scenario_factory import rng_of
from search_case import Case, coefficients, search

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import build_rulebook
from planner.bound.lowering.tight import tight_bound
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.run.effort import Effort, work_of
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import evaluate

WIDTHS = (3, 3, 2, 2)
LEAST = 10_000
LEFT = 0.6
"""Where a ceiling is lowered: this share of the way from what no plan uses to what the best of all plans uses."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One tiny search, and what enumeration says of it."""

    case: Case
    plans: int
    best: float | None
    """Objective of the best plan that keeps every limit; None where there is none."""


def question(seed: int, most: int) -> Question | None:
    """Make a tiny search with a limit that binds; None for a draw that is left out.

    Left out is what has fewer than `LEAST` plans that keep the rules, and where no limit can bind, because the best of
    all plans uses nothing of any (the empty plan). ``most`` bounds the plans before empty slots are allowed everywhere.
    """
    model = coefficients(seed, WIDTHS)
    limits, rulebook = build_limits(model), build_rulebook(model.grid, model.economics)
    allowed = thin(rng_of(seed), rulebook.base, most)
    allowed[:, 0] = True  # a search may always leave a slot empty
    plans = plans_of(allowed)
    plans = plans[[not rulebook.violations(plan) for plan in plans]]
    if len(plans) < LEAST:
        return None
    gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    top = int(gains.argmax())
    if kept[top]:
        lower = _lowered(model, limits, plans[top])
        if lower is None:
            return None
        limits = lower
        gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    space = Workspace(Evaluator(model, limits), rulebook)
    return Question(
        case=Case(model=model, space=space, finish=Finish(space), allowed=allowed),
        plans=len(plans),
        best=float(gains[kept].max()) if kept.any() else None,
    )


def _lowered(model: Coefficients, limits: Limits, plan: np.ndarray) -> Limits | None:
    """Lower the ceiling that a plan comes closest to, so that it breaks it; None where it uses nothing of any."""
    use = np.array([float(evaluate(each, model, plan, np)) for each in limits.functionals])
    free = np.array([float(evaluate(each, model, model.grid.empty(), np)) for each in limits.functionals])
    more = limits.sign * (use - free)
    if not (more > 1e-9).any():
        return None
    share = np.where(more > 0, more / np.maximum(np.abs(limits.bound - free), 1e-9), -np.inf)
    row = int(share.argmax())
    bound = limits.bound.copy()
    bound[row] = free[row] + LEFT * (use[row] - free[row])
    return replace(limits, bound=bound)


def main() -> None:
    """Run and print hits, misses, and how often the bound lies below the optimum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--most", type=int, default=50_000, help="plans of a case at most")
    parser.add_argument("--effort", type=Effort, default=Effort.NORMAL)
    options = parser.parse_args()
    found = solvable = infeasible = wrong = below = skipped = 0
    sizes: list[int] = []
    begun = time.monotonic()
    seed = options.first - 1
    while len(sizes) < options.cases:
        seed += 1
        asked = question(seed, options.most)
        if asked is None:
            skipped += 1
            continue
        tiny, best = asked.case, asked.best
        sizes.append(asked.plans)
        state = search(tiny, seed, work_of(options.effort, tiny.model.grid.slots, coupled=tiny.space.rules.coupled))
        if best is None:
            infeasible += 1
            wrong += state is not None
            continue
        solvable += 1
        hit = state is not None and state.best.objective >= best - 1e-6 * max(1.0, abs(best))
        found += hit
        bound = tight_bound(tiny.model, tiny.space.limits, tiny.allowed, rules=tiny.space.rules.rules).value
        below += bound < best - 1e-6 * max(1.0, abs(best))
        if not hit:
            value = float("nan") if state is None else state.best.objective
            print(f"case {seed}: found {value:.3f}, best {best:.3f}", flush=True)
        if len(sizes) % 20 == 0:
            print(f"{len(sizes)} cases, {solvable - found} missed", flush=True)
    print(
        f"{found} of {solvable} best plans found ({100 * found / max(solvable, 1):.1f} %), "
        f"{infeasible} cases without a feasible plan ({wrong} answered otherwise), "
        f"bound below the optimum {below} times, {skipped} draws left out; "
        f"{min(sizes):,} to {max(sizes):,} plans a case, median {np.median(sizes):,.0f}; "
        f"{time.monotonic() - begun:.0f} s"
    )


if __name__ == "__main__":
    main()
