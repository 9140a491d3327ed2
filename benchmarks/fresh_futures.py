"""Limits at risk in futures that no search has seen: how often a limit, all its rows jointly, is broken.

Every shipped scenario is planned as it stands, and once more with `at_risk` on every limit that it writes and a service
level on its stock; then random scenarios whose limits bind. Each best plan is judged on 500 fresh futures.

``PYTHONPATH=tests python benchmarks/fresh_futures.py --random 50``
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from decimal import Decimal

import numpy as np
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from planner.run import search
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Limit, Scenario
from scenarios.language.words import Measure

SHIPPED = ("phone-flash-sale", "grocery-journey", "singles-day", "template-basic")
UNSEEN = "benchmark"
"""Name of the stream of futures; neither the search nor the optimism of a run draws from it."""
FRESH = 500
LEVEL = "95%"
WIDTHS = (3, 3, 1, 1)
"""Choices a slot of the random scenarios: one shape, so that little is compiled."""
BOUNDED = (
    (Measure.SPEND, "max"),
    (Measure.DISCOUNT, "max"),
    (Measure.GROSS_SPEND, "max"),
    (Measure.VENDOR_FUNDING, "max"),
    (Measure.USES, "max"),
    (Measure.REVENUE, "min"),
    (Measure.MARGIN, "min"),
)
"""What the random limits bound, in which sense; from below only where a good plan lowers it."""
LIMITS = 3


def with_risk(name: str) -> list[str]:
    """Options that put every limit of a scenario that is written at risk, and its stock under a service level."""
    scenario = build_problem(name).loaded.scenario
    options = [f"limits.{limit.id}.at_risk={LEVEL}" for limit in scenario.limits]
    stocked = isinstance(scenario.products, tuple) and any(each.stock is not None for each in scenario.products)
    return [*options, f"risk={{service: {LEVEL}}}"] if stocked else options


class NoBound:
    """Stands in for the bound, which has no part in choosing plans and would take most of the time."""

    now = None

    def __init__(self, *_: object) -> None:
        pass

    def stop(self) -> None:
        """Nothing to stop."""

    wait = begin = stop

    def go_on(self, *_: object) -> None:
        """Nothing to go on to."""

    def __enter__(self) -> NoBound:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def judged(name: str, asked: Problem, params: SearchParams) -> dict[str, float] | None:
    """Plan, and print and return how often fresh futures break each limit at risk; None without a plan."""
    begun = time.monotonic()
    found = plan_campaign(asked, params)
    if found.plan_set is None:
        print(f"{name}: no feasible plan", flush=True)
        return None
    fresh = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, params.seed, name=UNSEEN, count=FRESH))
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
    """A random scenario of one shape with three limits at risk that a good plan without them breaks, and stock."""
    for attempt in range(10_000):
        rng = rng_of(7_000_000 + 10_000 * seed + attempt)
        scenario, effects, baskets = tiny_scenario(
            rng,
            segments=2,
            products=3,
            periods=4,
            baskets=False,
            rules=False,
            limits=False,
            stock=True,
            own_rates=False,
            order_gifts=False,
        )
        products = tuple(product.model_copy(update={"category": "soft"}) for product in scenario.products)
        pull = scenario.response.pull_forward.model_copy(update={"periods": 2})
        response = scenario.response.model_copy(update={"pull_forward": pull, "fatigue_half_life": 2.0})
        risk = scenario.risk.model_copy(update={"service": 0.95 if rng.random() < 0.5 else None})
        scenario = scenario.model_copy(update={"products": products, "response": response, "risk": risk})
        if tuple(build_grid(scenario).widths) != WIDTHS:
            continue
        free = problem(scenario, effects, baskets)
        none, good = _uses(free, free.grid.empty(), good_plan(free, rng))
        more = {key: good[key] - none[key] for key in good}
        wanted = [key for key in BOUNDED if more[key] * (1 if key[1] == "max" else -1) > 0.02 * abs(good[key])]
        if len(wanted) < LIMITS:
            continue
        picked = [wanted[int(place)] for place in rng.permutation(len(wanted))[:LIMITS]]
        limits = tuple(_limit(rng, *key, none[key], more[key]) for key in picked)
        asked = scenario.model_copy(update={"limits": limits})
        return problem(Scenario.model_validate(asked.model_dump(by_alias=True)), effects, baskets)
    raise AssertionError("no random scenario of the common shape")


def good_plan(asked: Problem, rng: np.random.Generator) -> np.ndarray:
    """The first plan of a search: one guided step, mended and filled."""
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(iterations=80), rng)
    return Finish(space)(plan, prices).plan


def _uses(asked: Problem, *plans: np.ndarray) -> list[dict[tuple[Measure, str], float]]:
    """What plans use at risk of everything that may be bounded."""
    probes = tuple(Limit(id=f"{m}-{sense}", measure=m, at_risk=0.95, **{sense: 0}) for m, sense in BOUNDED)
    scenario = asked.loaded.scenario.model_copy(update={"limits": probes})
    probing = problem(scenario, asked.effects, asked.baskets)
    ledger = Ledger(probing.model, probing.effects, draw(probing.grid, probing.effects, 0))
    found = [{limit.id: limit.used_at_risk for limit in ledger.audit(plan).limits} for plan in plans]
    return [{key: float(uses[f"{key[0]}-{key[1]}"] or 0) for key in BOUNDED} for uses in found]


def _limit(rng: np.random.Generator, measure: Measure, sense: str, none: float, more: float) -> Limit:
    """A limit at risk part of the way from no promotion to a good plan."""
    bound = none + float(rng.uniform(0.3, 0.8)) * more
    return Limit.model_validate(
        {"id": f"{measure}-{sense}", "measure": measure.value, sense: f"{bound:.2f}", "at_risk": LEVEL}
    )


def main() -> None:
    """Run and print one line a scenario, and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=50, help="random scenarios")
    parser.add_argument("--first", type=int, default=0, help="number of the first of them")
    parser.add_argument("--shipped", nargs="*", default=list(SHIPPED))
    parser.add_argument("--effort", type=Effort, default=Effort.QUICK)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=float, default=0.07, help="share of the fresh futures that may break a limit")
    parser.add_argument("--seconds", type=float, help="search each random scenario for so long, not by effort")
    options = parser.parse_args()
    params = SearchParams(seed=options.seed, effort=options.effort, plans=1, cross_fit=False)
    search.BoundBeside = NoBound
    everything: list[tuple[str, str, float]] = []
    none = 0
    for name in options.shipped:
        for title, sets in ((name, []), (f"{name}, every limit at risk", with_risk(name))):
            found = judged(title, build_problem(name, sets), params)
            none += found is None
            everything += [(title, id_, share) for id_, share in (found or {}).items()]
    for seed in range(options.first, options.first + options.random):
        found = judged(f"random {seed}", random_problem(seed), replace(params, seconds=options.seconds))
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
