"""One offer or none each: every limit is kept exactly, nothing beats the bound, the order of the file is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from assign_case import best_of_all, customers, limits
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.assign import many_limits
from constraints.assign.many_limits import ManyParams
from constraints.assign.one_limit import PricedChoices, solve_one
from constraints.assign.question import AssignLimit, AssignQuestion
from constraints.assign.rounds import RoundParams
from constraints.assign.rows import Rows, RowsInMemory, choose, use_table, value_of
from constraints.assign.smoothed import soft_dual
from constraints.assign.solve import SolveParams, assign

SMALL = SolveParams(sample=300, many=ManyParams(torn_rows=400, each=RoundParams(linear_rows=60, entries=20_000)))
"""So little that a few thousand customers already stream, and few of them are torn."""


def solved(rows: Rows, question: AssignQuestion, params: SolveParams = SMALL) -> PricedChoices:
    """Choose, and see that what is said of the choices is true."""
    found = assign(RowsInMemory(rows=rows), question, params)
    uses = question.uses(use_table(rows, found.choice, question))
    assert (uses == found.uses).all()
    assert (uses <= question.bounds).all()
    assert np.isclose(found.value, value_of(rows, found.choice), rtol=1e-12)
    assert found.bound >= found.value
    assert (found.prices >= 0).all()
    _, worth = choose(rows, question.price_table(found.prices))
    assert found.bound <= float(worth.sum() + found.prices @ question.bounds) * (1 + 1e-9) + 1e-9
    return found


@given(seed=st.integers(0, 10**6), number=st.integers(0, 4), count=st.integers(1, 5))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_no_choices_beat_the_bound_and_none_break_a_limit(seed: int, number: int, count: int) -> None:
    """On a few customers all choices can be tried: ours keep every limit, are the best, and the bound says so."""
    rows = customers(seed, count)
    question = limits(seed, rows, number)
    best = best_of_all(rows, question)
    found = solved(rows, question)
    assert np.isclose(found.value, best, rtol=1e-9)
    assert np.isclose(found.bound, best, rtol=1e-9)


@pytest.mark.parametrize("alike", [None, 7])
@pytest.mark.parametrize("number", [1, 2, 6])
def test_little_is_wasted(number: int, alike: int | None) -> None:
    """With some thousand customers the choices are next to the bound, whether all differ or thousands are alike."""
    rows = customers(number, 4_000, alike=alike)
    found = solved(rows, limits(number, rows, number, whole=True))
    assert found.bound - found.value <= 1e-3 * found.bound


def test_one_limit_wastes_less_than_a_customer() -> None:
    """With one limit the linear programme is solved exactly, so the gap is less than one customer's best offer."""
    rows = customers(5, 30_000)
    question = limits(5, rows, 1, whole=True)
    found = solved(rows, question)
    assert found.bound - found.value < rows.value[np.isfinite(rows.value)].max()
    assert 1 - found.uses[0] / question.bounds[0] < 1e-3


@pytest.mark.parametrize(("number", "alike"), [(1, None), (1, 5), (3, None), (3, 5)])
def test_the_order_of_customers_does_not_matter(number: int, alike: int | None) -> None:
    """Who gets what hangs on scores and hashes of ids, never on the place in the file: ties included."""
    rows = customers(11, 3_000, alike=alike)
    question = limits(11, rows, number, whole=True)
    turned = np.random.Generator(np.random.Philox(3)).permutation(rows.count)
    straight, mixed = solved(rows, question), solved(rows.take(turned), question)
    if number == 1 or alike is not None:
        assert (straight.choice[turned] == mixed.choice).all()
    else:
        # sums over another order differ in the last digit; a torn customer may fall to the other side
        assert (straight.choice[turned] != mixed.choice).mean() < 0.002


def test_a_limit_that_nobody_reaches_costs_nothing() -> None:
    """Where everybody's best offer keeps all limits it is the answer, prices are 0, and nothing is lost."""
    rows = customers(2, 500)
    question = limits(2, rows, 2)
    wide = replace(question, limits=tuple(replace(limit, bound=10**9) for limit in question.limits))
    found = solved(rows, wide)
    assert found.value == found.bound
    assert (found.prices == 0).all()


@pytest.mark.parametrize("number", [1, 3])
def test_a_limit_of_nothing_leaves_the_others(number: int) -> None:
    """A bound of 0 stops what it counts, and only that."""
    rows = customers(4, 2_000)
    question = limits(4, rows, number, whole=False)
    cells = np.zeros_like(question.limits[0].cells)
    cells[:, 0] = True
    none = (*question.limits[1:], AssignLimit(id="none", measure=1, cells=cells, bound=0))
    found = solved(rows, replace(question, limits=none))
    assert not (found.choice == 1).any()
    assert (found.choice > 1).any()


def test_the_smoothed_dual_lies_above_the_dual_and_its_gradient_is_its_slope() -> None:
    """The soft maximum is an upper bound that closes as the temperature falls; finite differences see its gradient."""
    rows = customers(8, 200)
    question = limits(8, rows, 3)
    prices = np.array([1e-3, 2e-3, 0.5])
    bounds = question.bounds.astype(float)
    _, worth = choose(rows, question.price_table(prices))
    hard = float(worth.sum() + prices @ bounds)
    values = [soft_dual(rows, question, bounds, prices, temperature)[0] for temperature in (1.0, 0.1, 1e-3)]
    assert values[0] > values[1] > values[2] >= hard
    assert np.isclose(values[2], hard, rtol=1e-4)
    _, gradient = soft_dual(rows, question, bounds, prices, 0.5)
    for place, step in enumerate((1e-7, 1e-7, 1e-5)):
        moved = prices + step * (np.arange(3) == place)
        back = prices - step * (np.arange(3) == place)
        slope = soft_dual(rows, question, bounds, moved, 0.5)[0] - soft_dual(rows, question, bounds, back, 0.5)[0]
        assert np.isclose(slope / (2 * step), gradient[place], rtol=1e-4, atol=1e-3 * bounds[place])


def test_a_bracket_beside_the_price_is_widened() -> None:
    """A sample that misleads costs a pass, never the answer."""
    rows = customers(21, 5_000)
    question = limits(21, rows, 1, whole=True)
    right = solve_one(RowsInMemory(rows=rows), question, rows)
    for pick in (rows.value.max(axis=0) > 8.0, rows.value.max(axis=0) < 2.0):
        wrong = solve_one(RowsInMemory(rows=rows), question, rows.take(pick))
        assert (wrong.uses <= question.bounds).all()
        assert np.isclose(wrong.bound, right.bound, rtol=1e-12)
        assert np.isclose(wrong.value, right.value, rtol=1e-5)


def test_where_no_round_keeps_the_limits_prices_rise_until_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any whole choices from the rounds the limits are still kept, and the bound still stands."""
    real = many_limits.refine
    monkeypatch.setattr(many_limits, "refine", lambda *given: replace(real(*given), choice=None))
    rows = customers(6, 3_000)
    question = limits(6, rows, 4, whole=True)
    found = solved(rows, question)
    assert (found.choice > 0).any()


def test_a_sample_without_anybody_whom_the_limit_counts_costs_few_passes() -> None:
    """A limit that binds on a rare group, of whom the sample holds nobody: the next bracket holds every price."""
    rows = customers(22, 20_000)
    rare = np.arange(rows.count) < 40
    narrow = replace(rows, value=np.where(rare, rows.value, 0.0))
    question = limits(22, rows, 1, whole=True)
    wanted, _ = choose(narrow, question.price_table(np.zeros(1)))
    free = int(question.uses(use_table(narrow, wanted, question))[0])
    question = replace(question, limits=(replace(question.limits[0], bound=free // 2),))
    found = solve_one(RowsInMemory(rows=narrow), question, narrow.take(~rare))
    assert 0 < found.uses[0] <= free // 2
    assert found.passes <= 3
