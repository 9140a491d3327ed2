"""Small questions are counted out: feasible, conflicting, mended: each is true by brute force over all plans."""

import itertools
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import Oracle, problem, relaxed_problem
from two_locked import two_locked

from constraints.infeasible.census import CensusParams
from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.counted_conflict import Counted, hitting_set, minimal_rows
from constraints.infeasible.easing import eased
from constraints.infeasible.many_plans import count_plans as number_of_plans
from constraints.infeasible.many_plans import every_plan
from constraints.infeasible.reasons import reason_of
from constraints.ledger import Ledger
from planner.problem import Problem
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.eased_problem import after, with_scenario
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.schemas.limit import ShareOf
from scenarios.language.schemas.rule import Locked

SHAPES = (
    {"segments": 1, "products": 2, "periods": 2, "baskets": False},
    {"segments": 1, "products": 1, "periods": 3, "baskets": False},
    {"segments": 1, "products": 1, "periods": 2, "baskets": True},
)


@cache
def _asked(seed: int) -> Problem:
    """A tiny scenario with a few locked lines and limits near what plans reach."""
    for attempt in itertools.count():
        rng = rng_of(1000 * seed + attempt)
        shape = SHAPES[seed % len(SHAPES)] | {"public_offers": 1, "targeted_offers": 1}
        scenario, effects, baskets = tiny_scenario(rng, members=1, weeks=False, limits=False, **shape)
        grid = build_grid(scenario)
        if number_of_plans(grid.allowed_flat) <= 300 and grid.allowed_flat[:, 1:].any():
            break
    plan = grid.empty()
    busy = np.flatnonzero(grid.allowed_flat[:, 1:].any(axis=1))
    for slot in rng.choice(busy, size=min(2, len(busy)), replace=False):
        plan[slot] = rng.choice(np.flatnonzero(grid.allowed_flat[slot])[1:])
    locked = Locked(id="keep", rule="locked", lines=grid.lines(plan))
    volume = float(effects.base_units.sum())
    limits = (
        Limit(id="cap", measure="gross_spend", max=round(float(rng.uniform(0, 400)), 2)),
        Limit(id="volume", measure="units", min=round(volume * float(rng.uniform(0.5, 1.3)), 1)),
        Limit(id="margin", measure="margin_rate", min=round(float(rng.uniform(-0.3, 0.6)), 4)),
        Limit(id="risky", measure="discount", max=round(float(rng.uniform(5, 200)), 2), at_risk=0.9),
    )
    changed = scenario.model_copy(update={"limits": limits, "rules": (*scenario.rules, locked)})
    return problem(changed, effects, baskets)


@cache
def counted_out(asked: Problem, seed: int, **params: int) -> Counted | None:
    """Count all plans of a small question; None where there are too many."""
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, seed))
    return count_plans(asked, ledger, CensusParams(**params))


@pytest.mark.parametrize("seed", [*range(8), 52])
def test_counting_agrees_with_brute_force(seed):
    """Feasible where a plan exists; else minimal conflicts that share no member, remedies that all work, none cheaper.

    Of question 52 two changes are cheaper than three whose shares add up to less.
    """
    asked = _asked(seed)
    oracle = Oracle(asked, seed)
    found = counted_out(asked, seed)
    best = oracle.keeps(None)
    if best is not None:
        assert found.feasible is not None and not found.conflicts
        assert not oracle.broken[int((oracle.plans == found.feasible).all(axis=1).argmax())]
        return
    assert found.feasible is None and found.conflicts and found.remedies
    seen = set()
    for members in found.conflicts:
        names = {member.id for member in members}
        assert not names & seen
        seen |= names
        assert oracle.keeps(names) is None
        for name in names:
            assert oracle.keeps(names - {name}) is not None
    for some in itertools.combinations(sorted(oracle.members), len(found.conflicts[0]) - 1):
        assert oracle.keeps(set(some)) is not None
    for way in found.remedies:
        assert Oracle(relaxed_problem(asked, way.changes), seed).keeps(None) is not None
        assert eased(asked.grid, way.changes).scenario == "tiny"
    burdens = [way.burden for way in found.remedies]
    assert burdens == sorted(burdens)
    assert burdens[0] <= oracle.least_burden() + 1e-9
    conflict = why_infeasible(asked.model, asked.limits, asked.rulebook, counted=found)
    broken = {name for name in asked.limits.ids if any(said.startswith(f"{name}: ") for said in conflict.nearest)}
    assert broken == {change.id for change in conflict.ways[0].changes if change.kind == "bound"}


def test_some_of_the_scenarios_are_feasible_and_some_are_not():
    """The comparison above is about both answers."""
    answers = [counted_out(_asked(seed), seed).feasible is None for seed in range(8)]
    assert 3 <= sum(answers) <= 6


def test_the_cheapest_way_out_of_a_margin_floor_is_the_best_margin_of_all_plans():
    """A floor out of reach is lowered to the best rate that any plan reaches, not to that of the first plan at hand."""
    asked = _asked(0)
    scenario = asked.grid.scenario.model_copy(
        update={"limits": (Limit(id="margin", measure="margin_rate", min=Decimal("0.95")),), "rules": ()}
    )
    floor = problem(scenario, asked.effects, asked.baskets)
    found = counted_out(floor, 0)
    conflict = why_infeasible(floor.model, floor.limits, floor.rulebook, counted=found)
    assert conflict.proven and conflict.members == ("margin",) and conflict.clashes[0].smallest
    ledger = Ledger(floor.model, floor.effects, draw(floor.grid, floor.effects, 0))
    plans = every_plan(floor.grid.allowed_flat)
    best = max(
        report.limits[0].used
        for report in map(ledger.audit, plans)
        if all(rule.satisfied for rule in report.rules) and all(limit.ok for limit in report.limits[1:])
    )
    assert conflict.ways[0].changes[0].after == best.quantize(Decimal("0.0001"), "ROUND_FLOOR")
    assert counted_out(after(floor, conflict.ways[0].changes), 0).feasible is not None


def test_stock_that_is_added_is_enough_for_what_it_sells_more():
    """Where the baseline was cut at stock, more stock sells more: the remedy says what the plan needs after that."""
    asked = _asked(3)
    products = tuple(product.model_copy(update={"stock": 2, "arrivals": {}}) for product in asked.grid.products)
    changed = asked.grid.scenario.model_copy(update={"limits": (), "products": products})
    short = problem(changed, asked.effects, asked.baskets)
    found = counted_out(short, 3)
    stock = [way for way in found.remedies if all(change.kind == "stock" for change in way.changes)]
    assert found.conflicts and stock
    assert counted_out(after(short, stock[0].changes), 3).feasible is not None


def test_a_question_with_too_many_plans_or_audits_is_not_counted():
    """Beyond its effort the census says nothing, instead of guessing."""
    asked = _asked(1)
    assert counted_out(asked, 1, plans=3) is None
    assert counted_out(asked, 1, audits=0) is None


def test_the_smallest_hitting_set_is_found():
    """Four sets of which no single column and only one pair meets all; a row without columns has none."""
    sets = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1], [1, 1, 1, 1]], dtype=bool)
    assert hitting_set(sets).tolist() == [True, True, False, False]
    assert len(minimal_rows(sets)) == 3
    assert hitting_set(np.zeros((1, 4), dtype=bool)) is None


def test_counting_offers_no_bound_where_a_ratio_has_nothing_to_divide_by():
    """Plans without spend break a share of it under any bound: what mends is read off plans that spend, and works."""
    dear = Limit(id="dear", measure="revenue", max=1, share_of=ShareOf(measure="gross_spend"))
    asked = two_locked(dear, Limit(id="cap", measure="gross_spend", max=0.01))
    asked = with_scenario(asked, asked.grid.scenario.model_copy(update={"rules": ()}))
    found = counted_out(asked, 1)
    assert found.feasible is None and found.remedies
    for way in found.remedies:
        assert {change.id for change in way.changes} == {"dear", "cap"}
        assert Oracle(relaxed_problem(asked, way.changes), 1).keeps(None) is not None


def test_counting_leaves_a_locked_past_as_it_is():
    """A floor that only lines in the past would reach: no plan is found that changes it, and what conflicts is told."""
    asked = two_locked()
    scenario, base = asked.grid.scenario, float(asked.model.base_units.sum())
    past = Locked(id="past", rule="locked", lines=(), until=scenario.horizon.date_of(1))
    floor = Limit(id="floor", measure="units", min=round(base * 1.1, 2))
    asked = with_scenario(asked, scenario.model_copy(update={"rules": (past,), "limits": (floor,)}))
    found = counted_out(asked, 1)
    assert found.feasible is None
    assert [tuple(member.id for member in members) for members in found.conflicts] == [("floor", "past")]
    assert {way.text.partition(",")[0] for way in found.remedies} == {
        f"lower floor from {base * 1.1:.2f} to {base:.0f}",
        "drop until of past",
    }
    for way in found.remedies:
        mended = after(asked, way.changes)
        found = counted_out(mended, 1)
        assert found.feasible is not None and mended.rulebook.violations(found.feasible) == 0
        assert (found.feasible > 0).any() == (way.changes[0].kind == "rule")
    locked = next(iter(asked.grid.lines(two_locked().rulebook.locked_plan())))
    both = scenario.model_copy(update={"rules": (past, Locked(id="keep", rule="locked", lines=(locked,)))})
    found = counted_out(with_scenario(asked, both.model_copy(update={"limits": ()})), 1)
    (members,) = found.conflicts
    assert members[0].id == "past"
    told = reason_of(asked.grid, members)
    assert told.startswith(members[1].id) and "is excluded by past" in told


def test_counting_sees_a_row_without_anything_to_divide_by_beside_one_that_divides():
    """Day by day: a plan that spends on one day only has a day that no bound mends, however little is sold on it."""
    rng = rng_of(72)
    shape = {"segments": 1, "products": int(rng.integers(1, 3)), "periods": 2, "public_offers": 1, "targeted_offers": 1}
    plain = {"weeks": False, "limits": False, "baskets": False, "per_unit": False}
    scenario, effects, baskets = tiny_scenario(rng, members=1, **plain, **shape)
    dear = Limit(id="dear", measure="spend", max=0.01, each="period", share_of=ShareOf(measure="contacts"))
    grid, seen = build_grid(scenario), 0
    for slot, choice in np.argwhere(grid.allowed_flat[:, 1:]):
        plan = grid.empty()
        plan[slot] = choice + 1
        keep = Locked(id="keep", rule="locked", lines=grid.lines(plan))
        rules = (*scenario.rules, keep)
        asked = problem(scenario.model_copy(update={"limits": (dear,), "rules": rules}), effects, baskets)
        found = counted_out(asked, 1)
        for way in found.remedies:
            seen += way.changes[0].kind == "bound"
            assert Oracle(relaxed_problem(asked, way.changes), 1).keeps(None) is not None
    assert seen


def test_counting_leaves_what_is_firm_and_finds_what_mends_beside_it():
    """A firm floor stays, and the lock gives way; where both are firm nothing else could, so both are told."""
    asked = two_locked()
    scenario, base = asked.grid.scenario, float(asked.model.base_units.sum())
    past = Locked(id="past", rule="locked", lines=(), until=scenario.horizon.date_of(1))
    floor = Limit(id="floor", measure="units", min=round(base * 1.1, 2))

    def changed(**firm: bool) -> set[str]:
        rules = (past.model_copy(update={"firm": firm.get("past", False)}),)
        limits = (floor.model_copy(update={"firm": firm.get("floor", False)}),)
        found = counted_out(with_scenario(asked, scenario.model_copy(update={"rules": rules, "limits": limits})), 1)
        return {change.id for way in found.remedies for change in way.changes}

    assert changed(floor=True) == {"past"}
    assert changed(past=True) == {"floor"}
    assert changed(floor=True, past=True) == {"floor", "past"}
