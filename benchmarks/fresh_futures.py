"""Limits at risk in futures that no search has seen: how often a limit, all its rows jointly, is broken.

Every shipped scenario is planned as it stands, and once more with `at_risk` on every limit that it writes and a service
level on its stock; then random scenarios whose limits bind. Each best plan is judged on 500 fresh futures.

``PYTHONPATH=tests python benchmarks/fresh_futures.py --random 50``
"""

from __future__ import annotations

import argparse
import time
from decimal import Decimal

import numpy as np
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from constraints.ledger import Ledger
from planner.effort import Effort
from planner.problem import Problem, build_problem
from planner.search import SearchParams, plan_campaign
from scenarios.draws import draw
from scenarios.grid import build_grid
from scenarios.schema import Limit, Scenario
from scenarios.words import Measure

SHIPPED = ("phone-flash-sale", "grocery-journey", "singles-day", "template-basic")
UNSEEN = "benchmark"
"""Name of the stream of futures; neither the search nor the optimism of a run draws from it."""
FRESH = 500
LEVEL = "95%"
WIDTHS = (3, 3, 1, 1)
"""Choices a slot of the random scenarios: one shape, so that little is compiled."""
RANDOM_MEASURES = (
    (Measure.SPEND, "max"),
    (Measure.DISCOUNT, "max"),
    (Measure.GROSS_SPEND, "max"),
    (Measure.USES, "max"),
    (Measure.UNITS, "max"),
    (Measure.REVENUE, "min"),
)


def with_risk(name: str) -> list[str]:
    """Options that put every limit of a scenario that is written at risk, and its stock under a service level."""
    scenario = build_problem(name).loaded.scenario
    options = [f"limits.{limit.id}.at_risk={LEVEL}" for limit in scenario.limits]
    stocked = isinstance(scenario.products, tuple) and any(each.stock is not None for each in scenario.products)
    return [*options, f"risk={{service: {LEVEL}}}"] if stocked else options


def judged(name: str, asked: Problem, effort: Effort, seed: int) -> dict[str, float] | None:
    """Plan, and print and return how often fresh futures break each limit at risk; None without a plan."""
    begun = time.monotonic()
    found = plan_campaign(asked, SearchParams(seed=seed, effort=effort, plans=1, cross_fit=False))
    if found.plan_set is None:
        print(f"{name}: no feasible plan", flush=True)
        return None
    fresh = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, seed, name=UNSEEN, count=FRESH))
    overruns = fresh.overruns(found.plans[0])
    limits = {limit.id: limit for limit in found.plan_set.plans[0].limits}
    near = [id_ for id_ in overruns if abs(limits[id_].headroom) <= Decimal("0.05") * abs(limits[id_].limit)]
    worst = max(overruns, key=lambda id_: overruns[id_], default=None)
    told = "no limit at risk" if worst is None else f"worst {worst} {overruns[worst]:.1%}"
    print(
        f"{name}: {len(overruns)} limits at risk, {len(near)} used to 95 % and more; {told}; "
        f"{found.plan_set.plans[0].objective:,} gained; {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    return overruns


def random_problem(seed: int) -> Problem:
    """A random scenario of one shape whose limits, all at risk, lie below what a dense plan uses."""
    for attempt in range(10_000):
        rng = rng_of(7_000_000 + 10_000 * seed + attempt)
        scenario, effects, baskets = tiny_scenario(
            rng, segments=2, products=3, periods=4, baskets=False, rules=False, limits=False, stock=True
        )
        grid = build_grid(scenario)
        if tuple(grid.widths) != WIDTHS:
            continue
        bare = problem(scenario, effects, baskets)
        scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
        dense = np.where(rng.random(grid.slots) < 0.8, scores.argmax(axis=1), 0).astype(np.int8)
        picked = rng.choice(len(RANDOM_MEASURES), size=3, replace=False)
        limits = [_limit(rng, bare, dense, *RANDOM_MEASURES[int(place)]) for place in picked]
        risk = scenario.risk.model_copy(update={"service": 0.95})
        asked = scenario.model_copy(update={"limits": tuple(limits), "risk": risk})
        return problem(Scenario.model_validate(asked.model_dump(by_alias=True)), effects, baskets)
    raise AssertionError("no random scenario of the common shape")


def _limit(rng: np.random.Generator, bare: Problem, dense: np.ndarray, measure: Measure, sense: str) -> Limit:
    """A limit at risk between what no promotion and what a dense plan come to, in windows now and then."""
    ledger = Ledger(bare.model, bare.effects, draw(bare.grid, bare.effects, 0, count=200))
    part, none = (float(getattr(ledger.audit(plan).outcome, measure.value)) for plan in (dense, bare.grid.empty()))
    if sense == "min":
        return Limit(id=f"{measure}-min", measure=measure, min=Decimal(round(0.8 * none, 2)), at_risk=0.95)
    bound = none + rng.uniform(0.2, 0.7) * max(part - none, 1.0) if measure is not Measure.UNITS else 1.4 * none
    spans = {"window": "2 days"} if measure is not Measure.UNITS and rng.random() < 0.3 else {}
    return Limit.model_validate(
        {"id": f"{measure}-max", "measure": measure.value, "max": str(round(bound, 2)), "at_risk": LEVEL, **spans}
    )


def main() -> None:
    """Run and print one line a scenario, and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=50)
    parser.add_argument("--shipped", nargs="*", default=list(SHIPPED))
    parser.add_argument("--effort", type=Effort, default=Effort.QUICK)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=float, default=0.07, help="share of the fresh futures that may break a limit")
    options = parser.parse_args()
    everything: list[tuple[str, str, float]] = []
    none = 0
    for name in options.shipped:
        for title, sets in ((name, []), (f"{name}, every limit at risk", with_risk(name))):
            found = judged(title, build_problem(name, sets), options.effort, options.seed)
            none += found is None
            everything += [(title, id_, share) for id_, share in (found or {}).items()]
    for seed in range(options.random):
        found = judged(f"random {seed}", random_problem(seed), options.effort, options.seed)
        none += found is None
        everything += [(f"random {seed}", id_, share) for id_, share in (found or {}).items()]
    shares = np.array([share for _, _, share in everything])
    over = [(name, id_, share) for name, id_, share in everything if share > options.most]
    print(
        f"{len(shares)} limits at {LEVEL}: mean {shares.mean():.2%} of the fresh futures break one, worst "
        f"{shares.max():.2%}; {(shares > 0).sum()} are broken at all, {len(over)} in more than {options.most:.0%}; "
        f"{none} questions without a plan"
    )
    for name, id_, share in over:
        print(f"  {name}: {id_} {share:.1%}")


if __name__ == "__main__":
    main()
