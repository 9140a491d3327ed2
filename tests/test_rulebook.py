"""The rule book says the same as the ledger's plain checks, on random tiny scenarios with every kind of rule."""

import numpy as np
import pytest
from agreement import random_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from scenario_factory import rng_of, tiny_scenario

from constraints.enforce.complete import choice_literals
from constraints.enforce.merged import enforce
from constraints.rulebook import RuleBook, build_rulebook
from constraints.rules.forms import Fixed, Masks
from constraints.rules.registry import check_rules
from planner.evolution.bans import Banned
from planner.evolution.kept import Kept
from scenarios.grid import Grid, build_grid
from scenarios.language.schemas.rule import Forbidden, Locked, MinGap
from scenarios.response.priced_choices import build_economics

SEEDS = st.integers(0, 2**31)


def _case(seed: int, **options) -> tuple[np.random.Generator, Grid, RuleBook]:
    rng = rng_of(seed)
    scenario, _, _ = tiny_scenario(rng, limits=False, further=bool(rng.random() < 0.7), **options)
    grid = build_grid(scenario)
    rules = list(scenario.rules)
    if rng.random() < 0.4:
        lines = grid.lines(random_plan(rng, grid, 0.2))
        rules += [
            Locked(id="keep", rule="locked", lines=lines[:2]),
            Forbidden(id="no", rule="forbidden", lines=lines[2:4]),
        ]
        grid = build_grid(scenario.model_copy(update={"rules": tuple(rules)}))
    return rng, grid, build_rulebook(grid, build_economics(grid))


def kept_by_ledger(grid: Grid, plan: np.ndarray) -> bool:
    """Whether the plain checks find nothing."""
    return all(result.satisfied for result in check_rules(grid, grid.lines(plan)))


def valid_plan(rng: np.random.Generator, grid: Grid, book: RuleBook) -> np.ndarray | None:
    """Draw a plan that keeps the rules: a repaired random one."""
    plan = book.repair(random_plan(rng, grid, rng.uniform(0.1, 0.9)))
    return None if book.violations(plan) else plan


@settings(derandomize=True, deadline=None, max_examples=75)
@given(SEEDS)
def test_violations_agree_with_the_ledger(seed):
    """A plan breaks a compiled rule exactly where the plain check finds that rule broken."""
    rng, grid, book = _case(seed)
    for busy in (0.0, 0.1, 0.3, 0.8):
        plan = random_plan(rng, grid, busy)
        broken = set(book.violations_by_rule(plan))
        plain = {r.id for r in check_rules(grid, grid.lines(plan)) if not r.satisfied}
        in_slots = {rule.id for rule in book.rules if any(isinstance(form, Masks | Fixed) for form in rule.forms)}
        assert broken - {"slots"} <= plain
        assert plain - in_slots <= broken
        assert bool(broken) == bool(plain)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(SEEDS)
def test_many_plans_are_checked_as_one_by_one(seed):
    """Which of many plans keep every rule, and rules with some lines kept or banned, is what each says by itself."""
    rng, grid, book = _case(seed)
    plans = np.stack([grid.empty(), *(random_plan(rng, grid, busy) for busy in (0.05, 0.05, 0.1, 0.1, 0.3, 0.8))])
    plans[-1] = book.locked_plan()
    lines = np.flatnonzero(plans[1] > 0)
    kept = Kept(book, plans[1], int(rng.integers(len(lines) + 1)))
    slots = rng.integers(0, grid.slots, size=3)
    for rules in (book, kept, Banned(book, slots, plans[2][slots])):
        assert rules.keeps(plans).tolist() == [rules.violations(plan) == 0 for plan in plans]
    assert book.keeps(plans[:0]).shape == (0,)


@settings(derandomize=True, deadline=None, max_examples=35)
@given(SEEDS)
def test_allowed_is_exact(seed):
    """A single change of a valid plan is allowed exactly if the ledger accepts the plan after it."""
    rng, grid, book = _case(seed, segments=2, products=2)
    plan = valid_plan(rng, grid, book)
    if plan is None:
        return
    assert kept_by_ledger(grid, plan)
    table = book.allowed(plan)
    for slot in range(grid.slots):
        for choice in np.flatnonzero(grid.allowed_flat[slot]):
            after = plan.copy()
            after[slot] = choice
            assert table[slot, choice] == kept_by_ledger(grid, after), (slot, choice)
    assert not (table & ~grid.allowed_flat).any()


@settings(derandomize=True, deadline=None, max_examples=75)
@given(SEEDS)
def test_compatible_changes_never_break_a_rule(seed):
    """All kept changes together, and any random subset of them, leave a plan that the ledger accepts."""
    rng, grid, book = _case(seed)
    plan = valid_plan(rng, grid, book)
    if plan is None:
        return
    slots = rng.integers(0, grid.slots, size=60)
    choices = rng.integers(0, grid.width, size=60)
    kept = book.compatible(plan, slots, choices, rng.random(60))
    allowed = book.allowed(plan)
    assert kept.any() or not (allowed[slots, choices] & (choices != plan[slots])).any()
    assert len(set(slots[kept])) == kept.sum()
    for share in (1.0, 0.7, 0.5, 0.3):
        some = kept & (rng.random(60) < share)
        after = plan.copy()
        after[slots[some]] = choices[some]
        assert kept_by_ledger(grid, after)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(SEEDS)
def test_repair_ends_without_violations_and_leaves_valid_plans_alone(seed):
    """Repair mends any plan where the start plan is valid, repeats exactly, and changes nothing that is in order."""
    rng, grid, book = _case(seed)
    if book.violations(book.locked_plan()):
        return
    plan = random_plan(rng, grid, 0.8)
    loss = rng.random((grid.slots, grid.width))
    loss[np.arange(grid.slots), plan] = 0
    mended = book.repair(plan, loss)
    assert kept_by_ledger(grid, mended) and book.violations(mended) == 0
    assert np.array_equal(mended, book.repair(plan, loss))
    assert np.array_equal(book.repair(mended), mended)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(SEEDS)
def test_cp_sat_rows_agree_with_the_ledger(seed):
    """With the free slots set to a random plan, the CP-SAT rows are satisfiable exactly if the ledger accepts it."""
    rng, grid, book = _case(seed, segments=2, products=2)
    start = valid_plan(rng, grid, book)
    if start is None:
        return
    free = np.flatnonzero(rng.random(grid.slots) < 0.6)
    if not len(free):
        return
    model = cp_model.CpModel()
    literals = choice_literals(model, book, free)
    book.add_to_model(model, start, literals)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    for busy in (0.2, 0.5):
        wanted = random_plan(rng, grid, busy)
        after = start.copy()
        after[free] = wanted[free]
        if not book.base[free, after[free]].all():
            assert not kept_by_ledger(grid, after)
            continue
        trial = model.clone()
        for slot in free:
            trial.add(trial.get_bool_var_from_proto_index(literals[int(slot)][int(after[slot])].index) == 1)
        found = solver.solve(trial) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        assert found == kept_by_ledger(grid, after)


def test_two_locked_runs_too_close_are_joined():
    """Where min_gap asks for it, the start plan holds further lines, and as few as possible."""
    rng = rng_of(5)
    scenario, _, _ = tiny_scenario(
        rng, limits=False, rules=False, baskets=False, history=False, segments=1, products=1, periods=4
    )
    grid = build_grid(scenario)
    slots = [n for n in range(grid.slots) if grid.slot(n).block == 0]
    choice = int(np.flatnonzero(grid.allowed_flat[slots].all(axis=0))[1])
    plan = grid.empty()
    plan[[slots[0], slots[2]]] = choice
    rules = (
        Locked(id="keep", rule="locked", lines=grid.lines(plan)),
        MinGap(id="calm", rule="min_gap", periods=3, per=("product",)),
    )
    offers = tuple(offer.model_copy(update={"max_run": None}) for offer in scenario.offers)
    grid = build_grid(scenario.model_copy(update={"rules": rules, "offers": offers}))
    book = build_rulebook(grid, build_economics(grid))
    start = book.locked_plan()
    assert book.violations(book.locked_lines()) == 1 and book.violations(start) == 0
    assert (start > 0).sum() == 3 and kept_by_ledger(grid, start)


def test_a_form_that_nothing_enforces_is_an_error():
    """A rule compiled to it would be kept by nobody: whoever adds a form and forgets to enforce it hears of it."""

    class Novel:
        """A form of tomorrow."""

    grid = build_grid(tiny_scenario(rng_of(1))[0])
    for form in (Novel(), Masks(forbidden=np.zeros((grid.slots, grid.width), dtype=bool))):
        with pytest.raises(TypeError, match=f"rule calm: no form that can be enforced, {type(form).__name__}"):
            enforce([("calm", form)], grid)
