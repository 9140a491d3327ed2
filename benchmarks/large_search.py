"""Planning 10^5 slots with 12 offers and every interaction: ``python benchmarks/large_search.py``.

The scenario is a random one of `families.py`, planned on the command line's own path. Printed are the first feasible
plan's time, the gain over time, the largest memory, and, with ``--sizes``, what a pass over all columns and a child of
the evolution cost against the number of slots.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

from families import STRENGTHS, Size, write_family

from planner.evaluation.evaluator import Evaluator
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from planner.progress import Progress
from planner.run.search import SearchParams, plan_campaign
from scenarios.streams import stream

LARGE = Size(segments=10, products=100, days=91, public=6, targeted=6)
"""101,101 slots, 12 offers."""
SMALLER = (7, 14, 28, 56)
"""Days of the sizes that costs are told for, beside the largest."""
MEGABYTES = 4096.0


def peak() -> float:
    """Largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def large_problem(strength: str, seed: int, size: Size) -> Problem:
    """One large problem, and what making it took."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        problem = build_problem(str(write_family(Path(folder), seed, strength, size)))
    print(
        f"{problem.grid.slots:,} slots, {size.public + size.targeted} offers, {len(problem.limits.bound)} limit rows: "
        f"made in {time.process_time() - begun:.1f} processor seconds, {peak():,.0f} MiB",
        flush=True,
    )
    return problem


def planned(problem: Problem, seconds: float | None, seed: int) -> None:
    """Plan as the command line does, and print how the best plan grew."""
    seen: list[tuple[float, float, float]] = []
    stages: list[str] = []
    processor = time.process_time()

    def watch(moment: Progress) -> None:
        if moment.stage not in stages:
            stages.append(moment.stage)
            used = time.process_time() - processor
            print(f"  {moment.seconds:7.1f} s ({used:.1f} processor): {moment.stage}, {peak():,.0f} MiB", flush=True)
        if moment.best is not None and (not seen or moment.best > seen[-1][1]):
            seen.append((moment.seconds, moment.best, time.process_time() - processor))

    begun = time.monotonic()
    result = plan_campaign(problem, SearchParams(seed=seed, seconds=seconds, plans=1), watch)
    took = time.monotonic() - begun
    if result.plan_set is None or not seen:
        print(f"no plan in {took:.1f} s")
        return
    print(f"first feasible plan after {seen[0][0]:.1f} s ({seen[0][2]:.1f} processor): {seen[0][1]:,.0f}")
    for share in (0.25, 0.5, 0.75, 1.0):
        best = max((value for at, value, _ in seen if at <= share * took), default=float("nan"))
        print(f"  after {share * took:6.1f} s {best:,.0f}")
    quarter = max((value for at, value, _ in seen if at <= 0.75 * took), default=float("nan"))
    print(
        f"plan {float(result.plan_set.plans[0].objective):,.0f} in {took:.1f} s "
        f"({time.process_time() - processor:.1f} processor); last quarter {100 * (seen[-1][1] / quarter - 1):+.3f} %; "
        f"largest memory {peak():,.0f} MiB of {MEGABYTES:,.0f}"
    )


def costs(strength: str, seed: int, sizes: list[Size], children: int) -> None:
    """Print processor seconds of a pass and of a child for each size, and what they come to per 10^5 slots."""
    for size in sizes:
        problem = large_problem(strength, seed, size)
        space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
        finish, rng = Finish(space), stream(seed, "large")
        few = FirstParams(starts=1, step=GuidedParams(iterations=20))
        plans, prices = first_plans(space, finish, space.rules.locked_plan(), few, rng)
        best = plans[0] if plans[0].feasible else space.score(space.rules.locked_plan())
        begun = time.process_time()
        for _ in range(5):
            space.gains_everywhere(best.plan, prices)
        one = (time.process_time() - begun) / 5
        taken: list[float] = []
        last = time.process_time()
        for number, state in enumerate(evolve(space, finish, begin(best, prices), EvolveParams(work=1e18), rng)):
            now = time.process_time()
            if number:
                taken.append(now - last)
            last = now
            if number == children or state.best.objective < 0:
                break
        child, per = statistics.median(taken), 1e5 / problem.grid.slots
        print(
            f"  {problem.grid.slots:8,} slots: pass {one:.3f} s ({one * per:.3f} per 10^5 slots), "
            f"child {child:.2f} s ({child * per:.2f}), {peak():,.0f} MiB",
            flush=True,
        )


def main() -> None:
    """Plan the large scenario, or tell what sizes cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--strength", choices=tuple(STRENGTHS), default="medium")
    parser.add_argument("--days", type=int, default=LARGE.days, help="a shorter horizon, for a smaller scenario")
    parser.add_argument("--sizes", action="store_true", help="tell what a pass and a child cost at several sizes")
    parser.add_argument("--children", type=int, default=12, help="children that costs are taken over")
    options = parser.parse_args()

    def of(days: int) -> Size:
        return Size(
            segments=LARGE.segments,
            products=LARGE.products,
            days=days,
            public=LARGE.public,
            targeted=LARGE.targeted,
        )

    if options.sizes:
        costs(options.strength, options.seed, [of(d) for d in (*SMALLER, LARGE.days)], options.children)
    else:
        planned(large_problem(options.strength, options.seed, of(options.days)), options.seconds, options.seed)


if __name__ == "__main__":
    main()
