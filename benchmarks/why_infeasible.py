"""Tiny scenarios against brute force over all plans: "feasible" and "infeasible" must be true, reasons the smallest.

The first part plans random scenarios: whether a plan is found exactly where one exists, and whether the bound lies
above the best of all plans. The second part plans scenarios that no plan keeps, hand-made and random: whether each
conflict is minimal (no plan keeps all its members; without any one of them some plan keeps the rest), whether no
conflict of fewer members exists, and whether every remedy, the cheapest first of all, lets a plan pass.

``PYTHONPATH=tests python benchmarks/why_infeasible.py --scenarios 300 --infeasible 100``
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import Oracle, problem, relaxed_problem

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.ledger import Ledger
from planner.count_plans import count_plans
from planner.problem import Problem
from planner.search import SearchParams, plan_campaign
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.rule_schema import AtMostOne, Blackout, Locked, MaxConcurrent, MaxRun, MinGap
from scenarios.language.schema import Limit, Scenario
from scenarios.language.scope import Scope

SHAPES: tuple[dict[str, Any], ...] = (
    {"segments": 1, "products": 2, "periods": 2, "public_offers": 2, "targeted_offers": 1, "baskets": False},
    {"segments": 2, "products": 1, "periods": 2, "public_offers": 2, "targeted_offers": 1, "baskets": False},
    {"segments": 1, "products": 1, "periods": 2, "public_offers": 2, "targeted_offers": 2, "baskets": True},
    {"segments": 1, "products": 1, "periods": 4, "public_offers": 1, "targeted_offers": 1, "baskets": False},
)
MOST = 6_000
"""Plans of a scenario at most."""
SMALLER = 2_000
"""Sets of fewer members that are tried at most, to see whether a conflict is the smallest."""


LOOSE: dict[str, dict[str, Any]] = {
    "budget": {"measure": "spend", "max": 1_000_000},
    "cap": {"measure": "gross_spend", "max": 1_000_000},
    "coupons": {"measure": "gross_spend", "max": 1_000_000, "where": {"layer": "targeted"}},
    "messages": {"measure": "contacts", "max": 1_000_000},
    "volume": {"measure": "units", "min": 0},
    "margin": {"measure": "margin_rate", "min": -1},
    "risky": {"measure": "discount", "max": 1_000_000, "at_risk": "90%"},
}
"""The limits of every scenario, far out of reach unless a scenario tightens them: of one shape, they compile once."""


def limits_of(**bounds: float) -> tuple[Limit, ...]:
    """All limits, some with other bounds."""
    made = []
    for name, keys in LOOSE.items():
        sense = "max" if "max" in keys else "min"
        made.append(Limit.model_validate({"id": name, **keys, sense: bounds.get(name, keys[sense])}))
    return tuple(made)


def tiny(rng: np.random.Generator, shape: dict[str, Any], **options: Any) -> tuple[Scenario, Any, Any]:
    """A tiny scenario without limits whose response has one shape."""
    scenario, effects, baskets = tiny_scenario(rng, members=1, weeks=False, limits=False, **shape, **options)
    pull = scenario.response.pull_forward.model_copy(update={"periods": 2})
    response = scenario.response.model_copy(update={"pull_forward": pull})
    return scenario.model_copy(update={"response": response}), effects, baskets


def tight(seed: int) -> Problem | None:
    """Draw a tiny scenario with locked lines and limits near what plans reach; None where it has too many plans."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny(rng, SHAPES[seed % len(SHAPES)])
    grid = build_grid(scenario)
    if grid.allowed_flat.sum(axis=1).astype(float).prod() > MOST:
        return None
    rules = list(scenario.rules)
    if rng.random() < 0.5:
        rules.append(locked(rng, scenario, int(rng.integers(1, 3))))
    base = effects.base_units.mean(axis=0)
    turnover = float((base.sum(axis=(0, 2)) * [float(product.price) for product in scenario.products]).sum())
    draws = {
        "budget": (0.3, turnover, 0.0, 0.2),
        "cap": (0.2, turnover, 0.0, 0.1),
        "coupons": (0.2, turnover, 0.0, 0.1),
        "messages": (0.2, 1000.0, 0.0, 1.0),
        "volume": (0.3, float(base.sum()), 0.8, 2.2),
        "margin": (0.3, 1.0, 0.3, 0.9),
        "risky": (0.15, turnover, 0.02, 0.3),
    }
    bounds = {
        name: round(size * float(rng.uniform(low, high)), 4 if name == "margin" else 2)
        for name, (chance, size, low, high) in draws.items()
        if rng.random() < chance
    }
    made = scenario.model_copy(update={"limits": limits_of(**bounds), "rules": tuple(rules)})
    return problem(made, effects, baskets)


def locked(rng: np.random.Generator, scenario: Scenario, count: int) -> Locked:
    """Lock some random lines."""
    grid = build_grid(scenario)
    busy = np.flatnonzero(grid.allowed_flat[:, 1:].any(axis=1))
    plan = grid.empty()
    for slot in rng.choice(busy, size=min(count, len(busy)), replace=False):
        plan[slot] = rng.choice(np.flatnonzero(grid.allowed_flat[slot])[1:])
    return Locked(id="keep", rule="locked", lines=grid.lines(plan))


def bare(seed: int) -> tuple[np.random.Generator, Any]:
    """A tiny scenario without limits and rules."""
    rng = rng_of(seed)
    while True:
        made = tiny(rng, SHAPES[seed % len(SHAPES)], stock=False, history=False, rules=False)
        grid = build_grid(made[0])
        if grid.allowed_flat.sum(axis=1).astype(float).prod() <= MOST and grid.allowed_flat[:, 1:].any():
            return rng, made


def _made(made: Any, rules: tuple[Any, ...], bounds: dict[str, float], **more: Any) -> Problem:
    scenario, effects, baskets = made
    return problem(
        scenario.model_copy(update={"limits": limits_of(**bounds), "rules": rules, **more}), effects, baskets
    )


def over_budget(seed: int) -> Problem:
    """Locked lines that cost more than the budget."""
    rng, made = bare(seed)
    return _made(made, (locked(rng, made[0], 2),), {"cap": 1})


def margin_floor(seed: int) -> Problem:
    """A margin that no plan reaches."""
    return _made(bare(seed)[1], (), {"margin": 0.95})


def activity(seed: int) -> Problem:
    """More units than sell by themselves, on a budget that buys none."""
    _, made = bare(seed)
    volume = float(made[1].base_units.mean(axis=0).sum())
    return _made(made, (), {"volume": round(1.3 * volume, 1), "cap": 1})


def contradictory(seed: int) -> Problem:
    """Locked lines against a rule: a blackout, no line at all, a gap that may not be filled."""
    rng, made = bare(seed)
    kind = seed // len(SHAPES) % 3
    lock = locked(rng, made[0], 3)
    rules: tuple[Any, ...] = (Blackout(id="dark", rule="blackout", where=Scope(offers=(lock.lines[0].offer,))),)
    if kind == 1:
        rules = (MaxConcurrent(id="few", rule="max_concurrent", max=0), AtMostOne(id="one", rule="at_most_one", per=()))
    if kind == 2:
        rules = (
            MinGap(id="calm", rule="min_gap", periods=3, per=()),
            MaxRun(id="short", rule="max_run", periods=1, per=()),
        )
    return _made(made, (lock, *rules), {})


def short_stock(seed: int) -> Problem:
    """Locked lines sell what is not there."""
    rng, made = bare(seed)
    products = tuple(product.model_copy(update={"stock": 1}) for product in made[0].products)
    return _made(made, (locked(rng, made[0], 2),), {}, products=products)


def two_conflicts(seed: int) -> Problem:
    """Locked lines over a budget, and beside it a margin that no plan reaches."""
    rng, made = bare(seed)
    return _made(made, (locked(rng, made[0], 2),), {"cap": 1, "margin": 0.95})


KINDS: dict[str, Callable[[int], Problem]] = {
    "locked lines over budget": over_budget,
    "margin floor out of reach": margin_floor,
    "minimum activity against a budget": activity,
    "contradictory rules": contradictory,
    "stock that cannot serve locked lines": short_stock,
    "two disjoint conflicts": two_conflicts,
}


SECONDS = 1.0
"""Time of one search; how good plans are is for `tiny_optimum`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a run says: a bound and perhaps a plan, or why there is none."""

    found: bool
    bound: float | None
    conflict: Conflict | None


Answering = Callable[[Problem, int], Answer]


def planned(asked: Problem, seed: int) -> Answer:
    """Plan as the command does, with one plan and little time."""
    result = plan_campaign(asked, SearchParams(seed=seed, seconds=SECONDS, plans=1))
    bound = None if result.plan_set is None or result.plan_set.bound is None else float(result.plan_set.bound)
    return Answer(found=result.plan_set is not None, bound=bound, conflict=result.conflict)


def counted(asked: Problem, seed: int) -> Answer:
    """Answer from counting alone, which is all that a search without a plan does; much faster."""
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, seed))
    found = count_plans(asked, ledger)
    if found is not None and found.feasible is not None:
        return Answer(found=True, bound=None, conflict=None)
    why = why_infeasible(asked.model, asked.limits, asked.rulebook, counted=found)
    return Answer(found=False, bound=None, conflict=why)


def first_part(count: int, first: int, tally: Counter[str], answer: Answering) -> None:
    """Plan random scenarios and compare the answer with brute force."""
    done, seed = 0, first - 1
    while done < count:
        seed += 1
        asked = tight(seed)
        if asked is None:
            continue
        done += 1
        oracle = Oracle(asked, seed)
        best = oracle.keeps(None)
        result = answer(asked, seed)
        if result.found:
            tally["feasible"] += 1
            wrong = best is None
            bound = result.bound
            below = best is not None and bound is not None and bound < best - 1e-6 * max(1.0, abs(best))
            tally["bound below the optimum"] += below
        else:
            proven = result.conflict is not None and result.conflict.proven
            tally["infeasible" if proven else "none found"] += 1
            wrong = best is not None and proven
        tally["wrong"] += wrong
        if wrong or not (result.found or proven):
            print(f"scenario {seed}: {'WRONG' if wrong else 'none found'}", flush=True)
        if done % 10 == 0:
            print(f"{done} scenarios: {dict(tally)}", flush=True)


def infeasible_cases(count: int) -> Iterator[tuple[str, int, Problem, Oracle]]:
    """Half hand-made, half random, none of which any plan keeps."""
    made = 0
    for seed in itertools.count():
        for kind, make in KINDS.items():
            asked = make(seed)
            oracle = Oracle(asked, seed)
            if made < count // 2 and oracle.keeps(None) is None:
                made += 1
                yield kind, seed, asked, oracle
        if made >= count // 2:
            break
    for seed in itertools.count(50_000):
        if made >= count:
            break
        drawn = tight(seed)
        if drawn is None:
            continue
        oracle = Oracle(drawn, seed)
        if oracle.keeps(None) is None:
            made += 1
            yield "random", seed, drawn, oracle


def second_part(count: int, tally: Counter[str], answer: Answering) -> None:
    """Compare conflicts and remedies with brute force."""
    for kind, seed, asked, oracle in infeasible_cases(count):
        tally[kind] += 1
        faults = faults_of(asked, oracle, seed, answer)
        tally["conflicts"] += faults.pop("conflicts")
        tally["remedies"] += faults.pop("remedies")
        tally.update(faults)
        if sum(tally[each] for each in (*KINDS, "random")) % 10 == 0:
            print(f"so far: {dict(tally)}", flush=True)
        if any(faults.values()):
            print(f"{kind} {seed}: { ({name: n for name, n in faults.items() if n}) }", flush=True)


def faults_of(asked: Problem, oracle: Oracle, seed: int, answer: Answering) -> dict[str, int]:
    """Count what is wrong with the explanation of one infeasible scenario."""
    found: Counter[str] = Counter({"not proven": 0, "not in conflict": 0, "not minimal": 0, "not smallest": 0})
    found.update({"conflicts that overlap": 0, "cheapest does not mend": 0, "remedy does not mend": 0})
    found.update({"no remedy": 0, "conflicts": 0, "remedies": 0})
    conflict = answer(asked, seed).conflict
    if conflict is None or not conflict.proven:
        found["not proven"] += 1
        return dict(found)
    seen: set[str] = set()
    for clash in conflict.clashes:
        members = set(clash.members)
        found["conflicts"] += 1
        found["conflicts that overlap"] += bool(members & seen)
        seen |= members
        found["not in conflict"] += oracle.keeps(members) is not None
        found["not minimal"] += any(oracle.keeps(members - {member}) is None for member in members)
    smallest = min(len(clash.members) for clash in conflict.clashes)
    fewer = itertools.combinations(sorted(oracle.members), smallest - 1)
    found["not smallest"] += any(oracle.keeps(set(some)) is None for some in itertools.islice(fewer, SMALLER))
    found["no remedy"] += not conflict.ways
    for number, way in enumerate(conflict.ways):
        found["remedies"] += 1
        eased = relaxed_problem(asked, way.changes)
        mended = Oracle(eased, seed).keeps(None) is not None
        if number == 0:
            found["cheapest does not mend"] += not mended or not answer(eased, seed).found
        else:
            found["remedy does not mend"] += not mended
    return dict(found)


def main() -> None:
    """Run both parts and print the tallies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=300)
    parser.add_argument("--infeasible", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="first seed of the random scenarios")
    parser.add_argument("--count-only", action="store_true", help="answer from counting alone, without a search")
    options = parser.parse_args()
    answer = counted if options.count_only else planned
    for name, run in (
        ("feasible or not", lambda tally: first_part(options.scenarios, options.first, tally, answer)),
        ("why not", lambda tally: second_part(options.infeasible, tally, answer)),
    ):
        begun, tally = time.monotonic(), Counter[str]()
        run(tally)
        rows = ", ".join(f"{key} {value}" for key, value in tally.items())
        print(f"{name}: {rows}; {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
