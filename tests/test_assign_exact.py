"""Few customers: the best choices there are, proven, whatever the order of the file; and said to the cent."""

from __future__ import annotations

import numpy as np
import pytest
from assign_case import customers, limits
from scenario_factory import rng_of
from scipy.optimize import Bounds, LinearConstraint, milp

from constraints.assign.exact import ExactParams, Try, exact
from constraints.assign.many_limits import solve_many
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, RowsInMemory, limit_uses, use_table, value_of
from constraints.assign.solve import assign
from planner.assign.cautious import rounded
from planner.assign.record import gap_of
from planner.assign.why import OptionScore, sentence_of


def best_by_another_solver(rows: Rows, question: AssignQuestion) -> float:
    """Return the best value by HiGHS, one Boolean for each customer and offer."""
    offer, row = np.nonzero(np.isfinite(rows.value) & (rows.value > 0))
    use = limit_uses(rows, question)[:, offer, row]
    mine = (row == np.arange(rows.count)[:, None]).astype(float)
    most = np.concatenate([question.bounds, np.ones(rows.count)])
    found = milp(
        -rows.value[offer, row], constraints=LinearConstraint(np.vstack([use, mine]), -np.inf, most),
        integrality=np.ones(row.size), bounds=Bounds(0, 1), options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return float(-found.fun)


@pytest.mark.parametrize("alike", [None, 6])
@pytest.mark.parametrize("seed", range(4))
def test_tight_limits_on_few_customers_leave_nothing_on_the_table(seed: int, alike: int | None) -> None:
    """Where prices alone miss up to a fifth, another solver finds no better choices, and the bound says so."""
    rows = customers(seed, 10 + 10 * seed, offers=4, alike=alike)
    question = limits(seed, rows, 8)
    found = assign(RowsInMemory(rows=rows), question)
    uses = question.uses(use_table(rows, found.choice, question))
    assert (uses == found.uses).all()
    assert (uses <= question.bounds).all()
    best = best_by_another_solver(rows, question)
    assert np.isclose(found.value, best, rtol=1e-9)
    assert np.isclose(found.bound, best, rtol=1e-9)


@pytest.mark.parametrize("number", [1, 3])
def test_the_order_of_few_customers_changes_nothing(number: int) -> None:
    """The same customers in another order get the same, each of them, to the last digit of the prices."""
    rows = customers(11, 300)
    question = limits(11, rows, number, whole=True)
    turned = rng_of(3).permutation(rows.count)
    straight = assign(RowsInMemory(rows=rows), question)
    mixed = assign(RowsInMemory(rows=rows.take(turned)), question)
    assert (straight.choice[turned] == mixed.choice).all()
    assert (straight.prices == mixed.prices).all()
    assert (straight.value, straight.bound) == (mixed.value, mixed.bound)


def test_a_part_of_the_options_betters_choices_and_proves_nothing() -> None:
    """With the likeliest options only the choices are better, keep all limits, and the bound stays as it was."""
    rows = customers(10, 60, offers=4)
    question = limits(10, rows, 8)
    found = solve_many(RowsInMemory(rows=rows), question, rows)
    few = exact(rows, question, found, ExactParams(likely=Try(options=12), all=Try(options=0)))
    assert found.value < few.value < few.bound == found.bound
    assert np.isclose(few.value, value_of(rows, few.choice), rtol=1e-12)
    assert (question.uses(use_table(rows, few.choice, question)) <= question.bounds).all()
    whole = exact(rows, question, found, ExactParams())
    assert whole.value >= few.value
    assert whole.bound < found.bound
    assert np.isclose(whole.value, whole.bound, rtol=1e-9)


def test_what_sums_err_by_is_no_cent() -> None:
    """0.1 + 0.2 + 1.1 is 1.40, at most 1.40, and the gap is none; a real thousandth is still rounded away."""
    total = 0.1 + 0.2 + 1.1
    assert total != 1.4
    assert [str(rounded(total, 2, up=up)) for up in (False, True)] == ["1.40", "1.40"]
    assert [str(rounded(1.401, 2, up=up)) for up in (False, True)] == ["1.40", "1.41"]
    assert str(rounded(0.3 - 2**-54, 2, up=False)) == "0.30"
    assert gap_of(1.4, total) == 0
    assert gap_of(1.4, 1.401) > 0


def test_a_customer_whom_prices_alone_would_give_something_else_reads_why() -> None:
    """Neither is nothing called a better offer, nor is an offer that did not fit called worth less than its uses."""

    def option(offer: str, worth: float) -> OptionScore:
        return OptionScore(offer=offer, open=True, value=2.0, paid=(), worth=worth, why="")

    worths = [-0.5, -0.2]
    both = [option("a", -0.5), option("b", -0.2)]
    assert "it would be nothing, but whole offers left room" in sentence_of(1, -0.5, worths, both)
    assert "it would be b, but the limits hold whole offers" in sentence_of(1, -0.5, [-0.5, 0.2], both)
    assert "it would be b, but the limits hold whole offers" in sentence_of(0, 0.0, [-0.5, 0.2], both)
    assert "no offer is worth more" in sentence_of(0, 0.0, worths, both)
    assert "it is worth 0.0000" in sentence_of(1, -1e-16, [-1e-16, -0.2], both)
