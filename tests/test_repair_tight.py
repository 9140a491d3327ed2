"""Repair where many tight limits are broken at once: which it looks at, what a refusal changes, when it gives up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from additive_problem import additive, best_choices, tiny_model
from counted_view import CountedView
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.repairing.repair import Repair, RepairOutcome, RepairParams
from constraints.rulebook import RuleBook
from planner.evolution.start.first import MENDED
from scenarios.grid import Blocks
from scenarios.response.measures import objective_functional

ONE = {"segments": 1, "products": 2, "periods": 2, "public_offers": 2, "targeted_offers": 1, "baskets": False}


def repaired(view, book, limits, plan, **params) -> RepairOutcome:
    """Repair without prices."""
    rows = len(limits.bound)
    work = Repair(view, book, limits, params=RepairParams(**params))
    return work.repair(plan, np.zeros(rows), np.zeros(limits.available.shape))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 2**31), st.sampled_from([1, 4, 16]))
def test_a_dozen_tight_limits_are_all_kept_in_the_end(seed, rows):
    """However few limits a pass looks at: a full plan that breaks twelve ends inside all of them, rules kept."""
    rng, view, limits, book = additive(seed, [1.0] * 12, segments=2, products=2, periods=3)
    bound = rng.uniform(0.3, 1.5, size=12)
    limits = replace(limits, bound=bound, scale=bound)
    plan = best_choices(view, book)
    done = repaired(view, book, limits, plan, rows_per_pass=rows)
    assert done.feasible and (done.uses <= bound + 1e-6).all()
    assert book.violations(done.plan) == 0
    assert done.passes <= RepairParams().passes


def test_looking_at_all_broken_limits_needs_fewer_passes_than_at_the_worst_alone():
    """Eight limits, each broken by a line of its own: one pass mends all that it looks at, and no others."""
    _, view, limits, book = additive(5, [1.0] * 8, **{**ONE, "periods": 8})
    slots = np.array([slot for slot in range(len(book.base)) if book.base[slot, 1:].any()][:8])
    plan = book.locked_plan()
    plan[slots] = book.base[slots, 1:].argmax(axis=1) + 1
    assert len(slots) == 8 and book.violations(plan) == 0
    view.worth[:], view.use[:] = 0.0, 0.0
    view.worth[slots, plan[slots]] = 1.0
    view.use[np.arange(8), slots, plan[slots]] = 2.0
    passes = {rows: repaired(view, book, limits, plan, rows_per_pass=rows) for rows in (1, 4, 8)}
    assert all(done.feasible and not done.plan.any() for done in passes.values())
    assert [done.passes for done in passes.values()] == [8, 2, 1]


def tempting(seed: int = 7):
    """One line breaks the first limit; a swap that costs nothing would break the second as much instead."""
    _, view, limits, book = additive(seed, [1.0, 1.0], **ONE)
    slot = next(slot for slot in range(len(book.base)) if book.base[slot, 1:].sum() >= 2)
    held, other = np.flatnonzero(book.base[slot, 1:])[:2] + 1
    view.worth[:], view.use[:] = 0.0, 0.0
    view.worth[slot, [held, other]] = 5.0
    view.use[0, slot, held] = view.use[1, slot, other] = 2.0
    plan = book.locked_plan()
    plan[slot] = held
    assert book.violations(plan) == 0
    return view, limits, book, plan


def test_after_a_refusal_dropping_lines_has_its_turn():
    """The swap that loses least is refused, because it only moves the excess; the next pass drops the line."""
    view, limits, book, plan = tempting()
    done = repaired(view, book, limits, plan)
    assert done.feasible and not done.plan.any() and done.objective == 0.0
    assert done.passes == 2


def test_so_many_refusals_in_a_row_end_the_work():
    """With one refusal allowed the tempting swap is the end: the plan comes back as it was, and is said to break."""
    view, limits, book, plan = tempting()
    done = repaired(view, book, limits, plan, refusals=1)
    assert not done.feasible and np.array_equal(done.plan, plan) and done.passes == 1


def reached(blocks: Blocks) -> float:
    """Count the customers that any line of their segment reaches, 100 a segment."""
    return 100.0 * (blocks.targeted.any(axis=(1, 2)) | (blocks.basket_targeted > 0).any(axis=1)).sum()


def test_a_segment_is_left_alone_where_too_many_customers_are_reached():
    """Both segments get a line on two days and one may be reached: no line and no message relieves that alone."""
    _, model, limits, book = tiny_model(
        4, limits=False, rules=False, stock=False, history=False, baskets=False, segments=2, products=2, periods=2
    )
    bound = np.array([100.0])
    functional = objective_functional(model)
    limits = replace(limits, functionals=(functional,), sign=np.ones(1), bound=bound, scale=bound, contacts=())
    plan = book.locked_plan()
    first, last = model.grid.offsets[1], model.grid.offsets[2]
    for slot in range(first, last):
        plan[slot] = np.flatnonzero(book.base[slot])[-1]
    view = CountedView(model.grid, reached)
    assert view.value(plan[None])[1][0, 0] == 200
    done = repaired(view, RuleBook(model.grid, ()), limits, plan)
    assert done.feasible and done.uses[0] == 100
    assert done.objective == (plan > 0).sum() / 2  # the other segment keeps its lines


def test_a_first_plan_is_mended_with_more_limits_in_view_and_more_patience():
    """Settings of first plans: all limits in view, as many refusals, and hardly any filling."""
    assert MENDED.rows_per_pass == MENDED.refusals == 16
    assert MENDED.fill_passes < RepairParams().fill_passes


@pytest.mark.parametrize("wrong", [{"rows_per_pass": 0}, {"refusals": 0}, {"passes": 0}, {"candidates": 0}])
def test_settings_below_one_are_refused(wrong):
    """A repair that looks at nothing, or gives up at once, is no repair."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RepairParams(**wrong)
