"""Warm against cold starts after a small change: ``python benchmarks/warm_start.py SCENARIO``.

A scenario is planned cold. Then one thing changes (a price, a budget), and the changed question is planned twice: cold,
and warm from the first plan in a fifth of the time that the cold run took. Told are the objectives by the ledger, and
what the old plan is worth after mending alone. Seconds count from when tables are made to when the answer is checked.
"""

from __future__ import annotations

import argparse
import time

from planner.problem import build_problem
from planner.run.effort import Effort
from planner.run.search import SearchResult, plan_campaign
from planner.run.search_params import SearchParams

CHANGES = {
    "phone-flash-sale": ("limits.total-budget.max=760000", "products.nova-12.price=2649"),
    "singles-day": ("limits.total-budget.max=13300000", "offers.huaxing-cut-20.depth=19%"),
}
"""Changes by scenario: the budget less 5 %, and a price."""
SHARE = 0.2
"""Share of the cold run's time that the warm run gets."""


def timed(name: str, change: tuple[str, ...], params: SearchParams) -> tuple[SearchResult, float]:
    """Plan a changed scenario; also how long the search took."""
    problem = build_problem(name, change)
    begun = time.monotonic()
    return plan_campaign(problem, params), time.monotonic() - begun


def main() -> None:
    """Run the changes of one scenario and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--change", nargs="*", help="--set options, one run each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plans", type=int, default=1)
    options = parser.parse_args()
    base = SearchParams(seed=options.seed, effort=Effort.NORMAL, plans=options.plans)
    old, seconds = timed(options.scenario, (), base)
    print(f"{options.scenario}: cold {float(old.plan_set.plans[0].objective):,.0f} in {seconds:.1f} s", flush=True)
    for change in options.change or CHANGES[options.scenario]:
        cold, took = timed(options.scenario, (change,), base)
        limited = SearchParams(
            seed=options.seed, plans=options.plans, seconds=SHARE * took, start=old.plans[0], cross_fit=False
        )
        warm, needed = timed(options.scenario, (change,), limited)
        values = [None if each.plan_set is None else float(each.plan_set.plans[0].objective) for each in (cold, warm)]
        told = "no plan" if None in values else f"warm / cold {100 * values[1] / values[0]:.2f} %"
        print(
            f"  {change:36s} cold {values[0] or 0:,.0f} in {took:.1f} s, warm {values[1] or 0:,.0f} in {needed:.1f} s "
            f"({needed / took:.0%}): {told}",
            flush=True,
        )


if __name__ == "__main__":
    main()
