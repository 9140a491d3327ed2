"""Tiny scenarios at the edge of what is possible: random ones, and six kinds that no plan keeps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import Oracle, problem

from planner.problem import Problem
from scenarios.grid import build_grid
from scenarios.language.schema import Limit, Scenario
from scenarios.language.schemas.rule import AtMostOne, Blackout, Locked, MaxConcurrent, MaxRun, MinGap
from scenarios.language.scope import Scope

SHAPES: tuple[dict[str, Any], ...] = (
    {"segments": 1, "products": 2, "periods": 2, "public_offers": 2, "targeted_offers": 1, "baskets": False},
    {"segments": 2, "products": 1, "periods": 2, "public_offers": 2, "targeted_offers": 1, "baskets": False},
    {"segments": 1, "products": 1, "periods": 2, "public_offers": 2, "targeted_offers": 2, "baskets": True},
    {"segments": 1, "products": 1, "periods": 4, "public_offers": 1, "targeted_offers": 1, "baskets": False},
)
MOST = 6_000
"""Plans of a scenario at most."""

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
    options = {"members": 1, "weeks": False, "limits": False, "own_rates": False, "order_gifts": False, **options}
    scenario, effects, baskets = tiny_scenario(rng, **shape, **options)
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
