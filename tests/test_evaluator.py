"""The compiled evaluator against plain evaluation: values, and gains of all single changes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario
from search_case import coefficients

from constraints.limits.book import Limits, build_limits
from planner.evaluation import alternatives
from planner.evaluation import evaluator as evaluator_module
from planner.evaluation.columns import of_choices
from planner.evaluation.evaluator import BATCH, Evaluator
from planner.evaluation.lagrangian import build_lagrangian
from planner.evaluation.lines import lengths
from planner.evaluation.plan_order import gains_by_plan
from planner.evaluation.stack import build_stack
from planner.evolution.neighbourhood import everywhere, gains_by_slot, over_columns
from planner.runtime import start_jax
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import RATIOS, Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.measures import measure_functional, objective_functional
from scenarios.response.totals import evaluate
from surrogate.quick_compile import ONCE

RICH = {"segments": 2, "products": 3, "periods": 4, "baskets": True, "history": True, "stock": True}


def rich_model(seed: int) -> Coefficients:
    """A tiny scenario with both layers, basket offers, history and every interaction."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), **RICH)
    return build_coefficients(build_grid(scenario), effects, baskets)


def all_measures(model: Coefficients) -> Limits:
    """Limits on every measure that is a sum, so that the evaluator weighs each of them."""
    limits = build_limits(model)
    measures = [measure for measure in Measure if measure not in RATIOS]
    functionals = tuple(measure_functional(model.grid, model.economics, measure, Scope()) for measure in measures)
    count = len(measures)
    return replace(
        limits,
        functionals=functionals,
        sign=np.where(np.arange(count) % 2, -1.0, 1.0),
        bound=np.ones(count),
        scale=np.ones(count),
        at_risk=np.full(count, np.nan),
        rate=np.full(count, np.nan),
    )


def random_plan(model: Coefficients, rng: np.random.Generator) -> np.ndarray:
    """About half of the slots hold a random choice that applies there."""
    plan = model.grid.empty()
    for slot in np.flatnonzero(rng.random(model.grid.slots) < 0.5):
        plan[slot] = rng.choice(np.flatnonzero(model.grid.allowed_flat[slot]))
    return plan


@pytest.fixture(scope="module")
def rich() -> tuple[Coefficients, Limits, Evaluator]:
    """One rich model with its evaluator over every measure."""
    model = rich_model(7)
    limits = all_measures(model)
    return model, limits, Evaluator(model, limits)


def test_values_are_those_of_plain_evaluation(rich: tuple[Coefficients, Limits, Evaluator]) -> None:
    """Objective, every measure and cumulative units equal the plain functions' to float64 rounding."""
    model, limits, evaluator = rich
    rng = rng_of(1)
    plans = np.stack([random_plan(model, rng) for _ in range(6)])
    found = evaluator.value(plans)
    objective = objective_functional(model)
    empty = evaluate(objective, model, model.grid.empty(), np)
    for number, plan in enumerate(plans):
        assert found.objective[number] == pytest.approx(
            evaluate(objective, model, plan, np) - empty, rel=1e-9, abs=1e-7
        )
        wanted = [evaluate(functional, model, plan, np) for functional in limits.functionals]
        np.testing.assert_allclose(found.uses[number], wanted, rtol=1e-9, atol=1e-7)
    units = measure_functional(model.grid, model.economics, Measure.UNITS, Scope())
    np.testing.assert_allclose(found.stock[:, :, -1].sum(axis=1), [evaluate(units, model, p, np) for p in plans])


def test_gains_are_exact_for_every_single_change(rich: tuple[Coefficients, Limits, Evaluator]) -> None:
    """The gain of each alternative in each slot equals re-evaluation, at random prices of all limits and of stock."""
    model, limits, evaluator = rich
    rng = rng_of(2)
    plan = random_plan(model, rng)
    prices = rng.uniform(0, 0.2, size=len(limits.functionals))
    stock_prices = rng.uniform(0, 0.5, size=model.grid.shape[1:])

    def priced(values: np.ndarray, uses: np.ndarray, stock: np.ndarray) -> np.ndarray:
        return values - uses @ (prices * limits.sign) - (stock * stock_prices).sum(axis=(1, 2))

    gains = gains_by_plan(evaluator.gains(plan, 1.0, prices, stock_prices), model.grid)
    before = priced(*evaluator.value(plan[None]))[0]
    changes = [(n, c) for n in range(model.grid.slots) for c in np.flatnonzero(model.grid.allowed_flat[n])]
    changed = np.repeat(plan[None], len(changes), axis=0)
    for row, (slot, choice) in enumerate(changes):
        changed[row, slot] = choice
    after = priced(*evaluator.value(changed))
    found = np.array([gains[slot, choice] for slot, choice in changes])
    scale = np.abs(after - before).max()
    np.testing.assert_allclose(found, after - before, atol=2e-5 * scale)


@pytest.mark.parametrize("many_slots", [0, 10**6], ids=["code of its own", "taken from all"])
def test_gains_of_some_columns_are_those_of_all(
    rich: tuple[Coefficients, Limits, Evaluator], monkeypatch: pytest.MonkeyPatch, many_slots: int
) -> None:
    """A neighbourhood's gains are the same numbers, in the order of its slots, on large and on small questions.

    One of all columns is tried where their gains are taken from all: large questions compile one of every size.
    """
    model, limits, small = rich
    monkeypatch.setattr("planner.evaluation.evaluator.MANY_SLOTS", many_slots)
    evaluator = Evaluator(model, limits)
    plan = random_plan(model, rng_of(3))
    none, no_stock = np.zeros(len(limits.functionals)), np.zeros(model.grid.shape[1:])
    full = gains_by_plan(small.gains(plan, 1.0, none, no_stock), model.grid)
    some = over_columns(model.grid, np.array([7, 2, 5]))
    for hood in (everywhere(model.grid), some) if many_slots else (some,):
        part = gains_by_slot(evaluator.gains(plan, 1.0, none, no_stock, hood.columns), model.grid.width)
        np.testing.assert_allclose(part, full[hood.slots], rtol=1e-4, atol=1e-3)


def test_gains_block_by_block_are_those_of_all_at_once(
    rich: tuple[Coefficients, Limits, Evaluator], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many columns are weighed a few products at a time: to the bit or to rounding the same gains."""
    model, limits, evaluator = rich
    other = Evaluator(model, limits)  # it has answered nothing yet that it might remember
    rng = rng_of(8)
    plan, prices = random_plan(model, rng), rng.normal(size=len(limits.functionals))
    stock_prices = rng.random(model.grid.shape[1:])
    whole = evaluator.gains(plan, 1.0, prices, stock_prices)
    monkeypatch.setattr(alternatives, "BLOCK_CELLS", 0)
    assert alternatives.in_blocks(model.grid.shape)
    # What is compiled for all at once stays: only a function of its own is traced anew.
    anew = start_jax().jit(lambda lagrangian, *given: lagrangian.gains(*given), compiler_options=ONCE)
    monkeypatch.setattr(evaluator_module, "compiled", lambda: SimpleNamespace(quick_gains=anew))
    in_blocks = other.gains(plan, 1.0, prices, stock_prices)
    for found, expected in zip(in_blocks, whole, strict=True):
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-3)


def test_values_do_not_hang_on_the_batch(rich: tuple[Coefficients, Limits, Evaluator]) -> None:
    """A plan's values are the same to the bit alone, among others, and in a list longer than one call takes."""
    model, _, evaluator = rich
    rng = rng_of(9)
    plans = np.stack([random_plan(model, rng) for _ in range(2 * BATCH + 3)])
    together = evaluator.value(plans)
    for number in (0, BATCH - 1, BATCH, len(plans) - 1):
        alone = evaluator.value(plans[number : number + 1])
        for one, all_of_them in zip(alone, together, strict=True):
            assert (one[0] == all_of_them[number]).all()


def test_values_line_by_line_are_those_of_all_cells(
    rich: tuple[Coefficients, Limits, Evaluator], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large questions look at lines alone: the same values for plans of none, of few, and of more than a list holds.

    To the bit they are the same alone and among others.
    """
    model, limits, evaluator = rich
    monkeypatch.setattr("planner.evaluation.evaluator.MANY_CELLS", 0)
    monkeypatch.setattr("planner.evaluation.lines.SHORT", 2)
    monkeypatch.setattr("planner.evaluation.lines.LONGER", 2)
    monkeypatch.setattr("planner.evaluation.lines.FULL", 1)
    by_lines = Evaluator(model, limits)
    rng = rng_of(11)
    full = np.where(model.grid.allowed_flat[:, 1], 1, 0).astype(np.int8)
    plans = np.stack([np.where(rng.random(len(full)) < share, full, 0) for share in (0.0, 0.1, 0.25, 1.0, 0.1)])
    assert np.unique(lengths(model.grid.split(plans))).tolist() == [0, 2, 4, 8]
    together = by_lines.value(plans)
    for found, expected in zip(together, evaluator.value(plans), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)
    for number in range(len(plans)):
        alone = by_lines.value(plans[number : number + 1])
        assert all((one[0] == every[number]).all() for one, every in zip(alone, together, strict=True))


def test_scenarios_of_one_shape_share_what_is_compiled() -> None:
    """A second scenario of the same shape compiles nothing: numbers are arguments, not constants."""
    import jax

    from planner.evaluation.evaluator import compiled

    alike: dict[tuple[tuple[int, ...], ...], list[tuple[Coefficients, Limits]]] = {}
    for seed in range(12):
        model = coefficients(seed)
        limits = build_limits(model)
        lagrangian = build_lagrangian(model, (objective_functional(model), *limits.atoms))
        shapes = tuple(leaf.shape for leaf in jax.tree_util.tree_leaves(lagrangian))
        alike.setdefault(shapes, []).append((model, limits))
    group = max(alike.values(), key=len)
    assert len(group) > 2
    sizes = set()
    for model, limits in group:
        evaluator, grid = Evaluator(model, limits), model.grid
        evaluator.value(grid.empty()[None])
        evaluator.gains(grid.empty(), 1.0, np.zeros(len(limits.bound)), np.zeros(grid.shape[1:]))
        sizes.add((compiled().quick_gains._cache_size(), compiled().values._cache_size()))
    assert len(sizes) == 1


def test_a_limit_more_or_less_compiles_nothing() -> None:
    """Ten limits, reach among them, make tables of the shapes of none: people add limits, and plan again."""
    import jax

    model, shapes = coefficients(0), set()
    limits = [Limit(id=f"limit-{number}", measure="spend", max=number + 1) for number in range(9)]
    limits.append(Limit(id="reach", measure="customers_reached", max=10))
    for count in (0, 1, 10):
        scenario = model.grid.scenario.model_copy(update={"limits": tuple(limits[10 - count :])})
        asked = replace(model, grid=build_grid(scenario))
        stack = build_stack(asked, (objective_functional(asked), *build_limits(asked).atoms), np.float64)
        shapes.add(tuple(leaf.shape for leaf in jax.tree_util.tree_leaves(stack)))
    assert len(shapes) == 1


def test_one_choice_in_one_column_of_one_segment_is_gathered_as_one() -> None:
    """Where a layer has a single choice, [1, 1, 1] means that choice and all of them: the row is the same."""
    table = start_jax().numpy.arange(3.0)[:, None]
    every, one = np.arange(3)[None, None, :], np.zeros((1, 1, 1), dtype=np.int32)
    np.testing.assert_array_equal(of_choices(table, (), every, one), [[[0.0, 1.0, 2.0]]])
    np.testing.assert_array_equal(of_choices(table[1:2], (), one, one), [[[1.0]]])


def test_answers_that_are_remembered_are_those_of_their_questions(
    rich: tuple[Coefficients, Limits, Evaluator],
) -> None:
    """Plans in turn, prices changed one at a time, and asked for again: to the bit what evaluators say that know none.

    Whoever writes into values that were handed out changes nobody else's.
    """
    model, limits, evaluator = rich
    rng = rng_of(12)
    plans = [random_plan(model, rng) for _ in range(3)]
    no_price, no_stock = np.zeros(len(limits.functionals)), np.zeros(model.grid.shape[1:])
    asked = [(1.0, no_price, no_stock), (0.0, no_price, no_stock), (1.0, no_price + 0.1, no_stock)]
    asked.append((1.0, no_price, no_stock + 0.5))
    every = [*itertools.product(plans, asked)]
    wanted = [Evaluator(model, limits).gains(plan, *given) for plan, given in every]
    for (plan, given), gains in [*zip(every, wanted, strict=True)] * 2:
        for found, expected in zip(evaluator.gains(plan, *given), gains, strict=True):
            assert (found == expected).all()
    for plan in plans * 2:
        found, expected = (each.value(plan[None]) for each in (evaluator, Evaluator(model, limits)))
        assert all((one == other).all() for one, other in zip(found, expected, strict=True))
        found.uses[:] = found.stock[:] = -1.0
