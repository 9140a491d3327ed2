"""Shadow prices hold in the range that is said, confirmed by planning again at its ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from one_budget import SHAPE, one_budget
from shop import load_shop

from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.linearise import linearise
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.problem import problem_of
from planner.reasons.standing.explain import counted_in
from planner.run.baseline_first import baseline_first, came_at, lacking, left_to_lines, spare
from planner.run.notes.price_notes import price_notes
from planner.run.shadow import STEPS, furthest_step, shadow_prices
from scenarios.streams import stream


def _planned(
    budget: float, closed: str | None = None, at_risk: float | None = None, left: float = 1.0
) -> tuple[Workspace, Candidate, Prices]:
    """Plan once; ``left`` is the share of the budget that expected use may take, the rest being for bad futures."""
    asked = one_budget(budget, closed, at_risk)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    space.bound[asked.limits.rows_of["total-budget"]] *= left
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(), stream(0, "first"))
    return space, Finish(space)(plan, prices, FULL), prices


def test_the_price_of_a_budget_holds_between_the_bounds_that_are_named() -> None:
    """Planning again at either end of the range gains, per unit of budget, what the price says to within a quarter."""
    budget = 1800.0
    space, best, prices = _planned(budget)
    assert best.feasible
    found = shadow_prices(space, best, prices).prices
    price, holds = found["total-budget"].price, found["total-budget"].holds
    assert price > 0.1 and holds is not None
    assert float(holds.low) < budget < float(holds.high)
    for end in (float(holds.low), float(holds.high)):
        other = _planned(end)[1]
        assert (other.objective - best.objective) / (end - budget) == pytest.approx(price, rel=0.25)
    assert found["roomy"].price == 0.0 and found["roomy"].holds is None


def test_where_time_is_over_prices_are_left_out_and_that_is_said() -> None:
    """Nothing is priced where it is late at once; where it gets late after, prices stand without their range."""
    space, best, prices = _planned(1800.0)
    none = shadow_prices(space, best, prices, late=lambda: True)
    assert none.prices == {} and none.ended
    asked = iter([False])
    some = shadow_prices(space, best, prices, late=lambda: next(asked, True))
    whole = shadow_prices(space, best, prices)
    assert {name: each.price for name, each in some.prices.items()} == {
        name: each.price for name, each in whole.prices.items()
    }
    assert some.ended and some.prices["total-budget"].holds is None and not whole.ended
    counted = counted_in("profit")
    assert "the time was over before it was found what limits are worth" in price_notes(none, 1.0, counted, "EUR")[0]
    told = price_notes(some, 1.0, counted, "EUR")[0]
    assert "before it was found over which bounds prices of limits hold" in told


def test_of_a_budget_at_risk_a_unit_more_buys_only_the_part_that_expected_use_may_take() -> None:
    """Where futures ask for three tenths of a budget, a unit more is worth seven tenths of one that is all spent."""
    spent, best, prices = _planned(0.7 * 1800.0)
    space, *_ = _planned(1800.0, at_risk=0.9, left=0.7)
    whole = shadow_prices(spent, best, prices).prices["total-budget"]
    found = shadow_prices(space, space.score(best.plan), prices).prices["total-budget"]
    assert whole.price > 0.1
    assert found.price == pytest.approx(0.7 * whole.price, rel=1e-5)
    assert found.holds is not None and whole.holds is not None
    assert float(found.holds.high) == pytest.approx(float(whole.holds.high) / 0.7, rel=1e-4)


@pytest.mark.parametrize("product", [0, SHAPE[1] - 1])
def test_the_price_of_a_bound_of_0_is_what_its_first_lines_gain(product: int) -> None:
    """Any price up to the cost of slack solves the programme at a bound of 0: told is what the next unit brings.

    That is what the product's best line gains by each unit spent, less what the unit was worth in the budget.
    """
    space, best, prices = _planned(1800.0, closed=f"k{product}")
    assert best.feasible
    found = shadow_prices(space, best, prices).prices
    here = space.rules.base[:, 1] & [slot.product == product for slot in map(space.grid.slot, range(space.grid.slots))]
    gains = space.gains_everywhere(best.plan, space.no_prices())[here, 1]
    spent = -space.gains_everywhere(best.plan, _priced(space, "nothing"), objective_weight=0.0)[here, 1]
    wanted = max((gains / spent).max() - found["total-budget"].price, 0.0)
    assert found["nothing"].price == pytest.approx(wanted, rel=0.01, abs=0.01)


def _with_stock(share: float, more: int = 0) -> tuple[Workspace, Candidate, Prices, np.ndarray, int]:
    """Plan with a large budget and stock of the first product: a share of its baseline, and some units more."""
    baseline = one_budget(9000.0).effects.base_units.mean(axis=0).sum(axis=0)
    stock = int(share * baseline[0].sum()) + more
    asked = one_budget(9000.0, stock=stock)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(), stream(0, "first"))
    return space, Finish(space)(plan, prices, FULL), prices, baseline, stock


def test_a_unit_of_stock_that_the_baseline_takes_is_worth_nothing_to_the_objective() -> None:
    """Where the baseline lacks a fifth, 40 units more sell without promotion, and no plan gains by them."""
    space, best, prices, baseline, stock = _with_stock(0.8)
    found = shadow_prices(space, best, prices, baseline).prices["stock:k0"]
    assert (found.price, found.holds) == (0.0, None)
    more = _with_stock(0.8, 40)[1]
    assert more.objective == pytest.approx(best.objective, abs=0.01 * abs(best.objective))
    lacks = [lacking(space.evaluator.model, baseline, product, 0) for product in range(len(baseline))]
    assert lacks[0][-1] == pytest.approx(baseline[0].sum() - stock, abs=0.1)
    assert not np.array(lacks[1:]).any()


def test_the_price_of_stock_that_lines_get_holds_down_to_the_baseline() -> None:
    """A tenth above the baseline a unit has a price, and none is told of bounds that would cut the empty plan, too."""
    space, best, prices, baseline, _ = _with_stock(1.1)
    found = shadow_prices(space, best, prices, baseline).prices["stock:k0"]
    assert found.price > 0.1 and found.holds is not None
    assert float(found.holds.low) >= baseline[0].sum()


def test_goods_that_come_after_a_shortage_are_left_to_lines() -> None:
    """Units that the baseline lacks before an arrival say nothing of those that arrive; what it takes stays taken."""
    model = SimpleNamespace(base_units=np.array([[[5.0, 0.0, 5.0, 2.0]]]), available=np.array([[5.0, 5.0, 20.0, 20.0]]))
    wanted = np.array([[5.0, 4.0, 5.0, 2.5]])
    assert (came_at(model, 0, 1), came_at(model, 0, 3)) == (0, 2)
    assert lacking(model, wanted, 0, 0).tolist() == [0.0, 4.0, 4.0, 4.5]
    assert lacking(model, wanted, 0, 2).tolist() == [0.0, 0.0, 0.0, 0.5]
    assert left_to_lines(model, wanted, 0, 1).tolist() == [1.0, 0.0, 0.0, 0.0], "not to lines on what arrives later"
    assert left_to_lines(model, wanted, 0, 3).tolist() == [0.0, 0.0, 1.0, 0.5]
    assert spare(model, 0, 1) == 0.0 and spare(model, 0, 3) == 8.0


def test_the_note_says_how_many_lack_of_the_goods_that_are_used_up() -> None:
    """Of the first goods, though later ones are enough; of later ones apart from what lacked before them."""
    days = SimpleNamespace(date_of=lambda period: f"day {period}")
    grid = SimpleNamespace(products=[SimpleNamespace(id="k0")], scenario=SimpleNamespace(horizon=days))
    shape = {"grid": grid, "unit_margin": np.array([3.69])}
    base, there = np.array([[[5.0, 0.0, 5.0, 2.0]]]), np.array([[5.0, 5.0, 20.0, 20.0]])
    limit = SimpleNamespace(id="stock:k0", binding=True)

    def said(wanted: list[float], there: np.ndarray) -> str:
        model = SimpleNamespace(base_units=base, available=there, **shape)
        (note,) = baseline_first(model, np.array([wanted]), [limit], base.sum(axis=0).cumsum(axis=1), "EUR")
        return note

    assert "of which 4 are lacking: a unit earns 3.69 there" in said([5.0, 4.0, 5.0, 2.0], there)
    late = np.array([[5.0, 5.0, 12.0, 12.0]])
    told = said([5.0, 0.4, 5.0, 9.0], late)
    assert "of which 7 are lacking" in told
    both = np.array([[6.0, 6.0, 12.0, 12.0]])
    assert "of which 7 are lacking of what is there from day 2 on, 11 in all" in said([5.0, 4.0, 5.0, 9.0], both)


def test_prices_that_were_found_far_from_the_plan_are_called_rough() -> None:
    """At the empty plan the programme gains the whole plan that it would make: its prices are not of where one stands.

    At a plan that is near to its own programme nothing is said, nor where no limit is worth anything.
    """
    space, best, prices = _planned(1800.0)
    near, counted = shadow_prices(space, best, prices), counted_in("profit")
    assert 0.0 <= near.beyond < 0.1 * best.objective
    assert not price_notes(near, best.objective, counted, "CNY")
    start = space.score(space.rules.locked_plan())
    far = shadow_prices(space, start, prices)
    assert far.beyond == pytest.approx(best.objective, rel=0.1)
    (said,) = price_notes(far, 0.5 * best.objective, counted, "CNY")
    assert f"gains {far.beyond:,.2f} ({far.beyond / best.objective / 0.5:.0%}) over the best plan" in said
    (said,) = price_notes(far, start.objective, counted, "CNY")
    assert "%" not in said, "a gain over nothing is no share of it"
    assert not price_notes(replace(far, beyond=1e-9), 0.0, counted, "CNY"), "the empty plan is its own programme's"
    idle = replace(far, prices={name: replace(each, price=0.0) for name, each in far.prices.items()})
    assert not price_notes(idle, start.objective, counted, "CNY")
    assert "not known" in price_notes(replace(far, prices={}), 1.0, counted, "CNY")[0]


def _priced(space: Workspace, name: str) -> Prices:
    """A price of 1 on one limit."""
    prices = space.no_prices()
    prices.scalar[space.limits.rows_of[name]] = 1.0
    return prices


def test_the_furthest_step_that_holds_is_found_by_halving() -> None:
    """All, none and some of the steps; few are asked."""
    asked: list[float] = []

    def up_to(end: float) -> float:
        return furthest_step(lambda share: asked.append(share) is None and share <= end)

    assert up_to(2.0) == 0.5 and up_to(0.0) == 0.0 and up_to(0.07) == 0.02
    assert len(asked) <= 3 * (len(STEPS).bit_length() + 1)


def test_goods_of_which_there_are_none_have_rows_like_others(tmp_path: Path) -> None:
    """Nothing times any share of the limits is nothing: no warning of the arithmetic runs into what people read."""
    problem = problem_of(load_shop(tmp_path, shop={"stock: 500, arrivals: {2026-11-03: 100}": "stock: 0"}))
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    linear = linearise(space, space.score(problem.grid.empty()), space.whole)
    assert set(linear.stock.product.tolist()) == {0}
    assert not linear.stock.headroom.any()
