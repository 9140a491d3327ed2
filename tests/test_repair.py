"""Repair ends inside every limit at little loss, on additive and on true problems; fill only ever gains."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from additive_problem import additive, best_choices, tiny_model
from all_plans import sold_by_all
from counted_view import CountedView
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constraints.limits.book import Limits
from constraints.repairing.filling import fitting
from constraints.repairing.repair import Repair, RepairParams, repair
from constraints.rulebook import RuleBook
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate, value

SEEDS = st.integers(0, 2**31)


class TrueView:
    """The real response in NumPy; gains by changing one slot at a time."""

    def __init__(self, model: Coefficients, limits: Limits) -> None:
        self.model, self.limits = model, limits
        self.functionals = (objective_functional(model), *limits.functionals)
        self.empty = float(evaluate(self.functionals[0], model, model.grid.empty(), np))

    def value(self, plans):  # noqa: D102
        what = sold_by_all(self.model, plans)
        table = np.stack([value(functional, self.model, what, np) for functional in self.functionals], axis=-1)
        return table[:, 0] - self.empty, table[:, 1:], np.cumsum(what.units.sum(axis=-3), axis=-1)

    def gains(self, plan, objective_weight, limit_prices, stock_prices):  # noqa: D102
        grid = self.model.grid
        slots, choices = np.nonzero(grid.allowed_flat)
        plans = np.repeat(plan[None], len(slots) + 1, axis=0)
        plans[np.arange(len(slots)), slots] = choices
        objective, uses, stock = self.value(plans)
        priced = objective_weight * objective - (uses * self.limits.sign) @ limit_prices
        priced = priced - (stock * stock_prices).sum(axis=(1, 2))
        table = np.full(grid.allowed_flat.shape, -np.inf)
        table[slots, choices] = priced[:-1] - priced[-1]
        return table

    def dropped(self, plan, droppable, objective_weight, limit_prices, stock_prices):  # noqa: D102
        return []  # no whole messages are offered


def test_additive_repair_is_near_the_optimum():
    """On small knapsacks, repair and fill keep the limits and average 85 % of full enumeration, never below a third."""
    shares = []
    for seed in range(30):
        _, view, limits, book = additive(
            seed, [1.2, 1.5], segments=1, products=2, periods=2, public_offers=2, targeted_offers=1, baskets=False
        )
        found = repair(best_choices(view, book), view, book, limits)
        assert found.feasible and (found.uses <= limits.bound + 1e-6).all() and book.violations(found.plan) == 0
        plans = np.array(list(itertools.product(*(np.flatnonzero(row) for row in book.base))), dtype=np.int8)
        objective, uses, _ = view.value(plans)
        order = np.argsort(-np.where((uses <= limits.bound).all(axis=1), objective, -np.inf))
        best = next(number for number in order if book.violations(plans[number]) == 0)
        shares.append(found.objective / objective[best] if objective[best] > 0 else 1.0)
    assert np.mean(shares) >= 0.85 and min(shares) >= 0.33


def test_repair_drops_the_line_that_loses_least_per_relief():
    """With one limit broken by a little, the one cheapest sufficient change is made and nothing else."""
    _, view, limits, book = additive(7, [1.0], segments=1, products=2, periods=2, baskets=False)
    plan = book.locked_plan()
    slots = [n for n in range(len(plan)) if book.base[n, 1:].any()][:2]
    for slot in slots:
        plan[slot] = np.flatnonzero(book.base[slot])[1]
    if book.violations(plan):
        pytest.fail("the two lines should not meet in a rule")
    view.worth[:] = 0.0
    view.use[:] = 0.0
    view.worth[slots, plan[slots]] = [5.0, 1.0]
    view.use[0, slots, plan[slots]] = [0.6, 0.6]
    done = Repair(view, book, limits).repair(plan, np.zeros(1), np.zeros(limits.available.shape))
    assert done.feasible and done.objective == 5.0 and (done.plan > 0).sum() == 1


@settings(derandomize=True, deadline=None, max_examples=10)
@given(SEEDS)
@example(36119983)  # two lines of a segment, each of which reaches all of its customers
def test_true_repair_keeps_limits_stock_and_rules(seed):
    """On the real response, a busy plan ends inside every limit whenever the start plan is inside, rules kept."""
    rng, model, limits, book = tiny_model(
        seed, segments=2, products=2, periods=2, public_offers=1, targeted_offers=1, stock=True, members=1
    )
    view = TrueView(model, limits)
    start = book.locked_plan()
    objective, uses, stock = view.value(start[None])
    if (limits.excess(uses[0]) > 0).any() or (stock[0] > limits.available + 1e-6).any():
        return
    plan = book.repair(np.where(book.base, rng.random(book.base.shape), -1.0).argmax(axis=1).astype(np.int8))
    found = repair(plan, view, book, limits)
    assert book.violations(found.plan) == 0
    again_objective, again_uses, again_stock = view.value(found.plan[None])
    assert again_objective[0] == found.objective and np.array_equal(again_uses[0], found.uses)
    assert found.feasible
    assert (limits.excess(found.uses) <= 1e-6 * limits.scale).all()
    assert (again_stock[0] <= limits.available + 1e-5).all()
    assert found.objective >= -1e-9 or not (objective[0] <= 0)


def test_fill_never_loses_and_only_touches_free_slots():
    """Fill gains or stays, keeps every limit, and leaves other slots alone."""
    for seed in range(8):
        _, view, limits, book = additive(seed, [2.0], segments=2, products=2, periods=2)
        start = book.locked_plan()
        free = np.zeros(len(start), dtype=bool)
        free[::2] = True
        done = Repair(view, book, limits).fill(start, np.zeros(1), np.zeros(limits.available.shape), free)
        assert done.feasible and done.objective >= 0 and (done.uses <= 2.0 + 1e-6).all()
        assert np.array_equal(done.plan[~free], start[~free])


def test_what_stops_a_filling_hides_no_change_that_still_fits():
    """Once a limit refuses changes, those that fit are told beforehand: never less is gained, and sometimes more."""
    ahead = []
    for seed in range(12):
        _, view, limits, book = additive(seed, [2.0], segments=2, products=3, periods=3)
        start, none = book.locked_plan(), np.zeros(limits.available.shape)
        hasty = RepairParams(candidates=1, refusals=1, probes=2)
        plain, knowing = (
            Repair(view, book, limits, params=replace(hasty, stops=stops)).fill(start, np.zeros(1), none)
            for stops in (0, 2)
        )
        for done in (plain, knowing):
            assert done.feasible and (done.uses <= 2.0 + 1e-6).all() and not book.violations(done.plan)
        ahead.append(knowing.objective - plain.objective)
    assert min(ahead) >= -1e-9 and max(ahead) > 0


def test_of_an_ordered_list_what_still_fits_is_taken():
    """By hand: the second takes too much of the first row, the third of the second, the last gives some back."""
    taken = np.array([[2.0, 2.0, 0.5, 0.5, -1.0], [0.0, 0.0, 2.0, 1.0, 0.0]])
    np.testing.assert_array_equal(fitting(taken, np.array([3.0, 1.5])), [True, False, False, True, True])


def messages(blocks: Blocks) -> int:
    """Count the segments and periods that get any targeted line."""
    return (blocks.targeted.any(axis=1) | (blocks.basket_targeted > 0)).sum()


def test_whole_messages_are_dropped_where_no_single_line_relieves_contacts():
    """Every message carries two lines and half of the messages are too many: repair drops messages, not lines."""
    _, model, limits, book = tiny_model(
        4, limits=False, rules=False, stock=False, history=False, baskets=True, segments=2, products=2, periods=2
    )
    limits = replace(
        limits,
        functionals=(objective_functional(model),),
        sign=np.ones(1),
        bound=np.array([2.0]),
        scale=np.array([2.0]),
    )
    plan = book.locked_plan()
    for slot in range(*model.grid.offsets[1:3]):
        plan[slot] = np.flatnonzero(book.base[slot])[-1]
    for slot in range(*model.grid.offsets[3:5]):
        plan[slot] = np.flatnonzero(book.base[slot])[-1]
    free = replace(limits, contacts=())
    view = CountedView(model.grid, messages)
    assert view.value(plan[None])[1][0, 0] == 4
    done = Repair(view, RuleBook(model.grid, ()), free).repair(plan, np.zeros(1), np.zeros(limits.available.shape))
    assert done.feasible and done.uses[0] == 2 and done.objective >= 4


def test_an_impossible_limit_is_reported_not_hidden():
    """Where nothing relieves a limit, the outcome says so."""
    _, view, limits, book = additive(3, [1.0], segments=1, products=1, periods=2)
    view.use[:] = 0.0
    limits = replace(limits, sign=-np.ones(1))
    assert not repair(book.locked_plan(), view, book, limits).feasible


def test_without_swaps_lines_only_go():
    """With swaps off, what is mended holds the plan's own lines and no other offer."""
    _, view, limits, book = additive(5, [6.0])
    plan = book.repair(best_choices(view, book))
    settings = RepairParams(swaps=False)
    done = Repair(view, book, limits, params=settings).repair(plan, np.zeros(1), np.zeros(limits.available.shape))
    assert done.feasible
    assert ((done.plan == plan) | (done.plan == 0)).all()
    assert (done.plan != plan).any()


def test_settings_are_checked():
    """Settings out of range are refused, nan too."""
    with pytest.raises(ValueError, match="margin"):
        RepairParams(margin=float("nan"))
    with pytest.raises(ValueError, match="probes"):
        RepairParams(probes=1)
