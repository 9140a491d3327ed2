"""An offer that is sent once and valid for some days: ledger, evaluator, search and bound against sums by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from scenario_factory import rng_of
from search_case import Case, search
from sent_once import (
    BASE,
    BY_HAND,
    CONTACT,
    COST,
    CUSTOMERS,
    DOCUMENT,
    FIXED,
    HALF_LIFE,
    LIFT,
    PHI,
    PRICE,
    SAVES,
    SENDINGS,
    START,
    TAKE_UP,
    coupon,
    effects,
)
from tiny_problem import Oracle, problem

from planner.bound.problem import BoundProblem
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.plan_order import gains_by_plan
from planner.evolution.finish import Finish
from planner.evolution.whole_sendings import sendings_moved
from planner.evolution.workspace import Prices, Workspace
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional
from scenarios.response.totals import evaluate


@dataclass(frozen=True)
class Hand:
    """What one plan does, by plain arithmetic on its lines."""

    sums: dict[Measure, float]
    keeps: bool


def by_hand(lines: tuple[PlanLine, ...]) -> Hand:
    """Walk through the days with a pencil: who gets a message, who buys, what it costs, which promise is broken."""
    day_of = {(line.date - START).days: line for line in lines}
    profit = contacts = cash = owed = 0.0
    spared, fresh_after, messages = 1.0, [], []
    for day in range(6):
        line, units = day_of.get(day), BASE
        rested = 1.0
        for sent_on, share in fresh_after:
            rested *= 1.0 - share * PHI * 0.5 ** ((day - sent_on) / HALF_LIFE)
        if line is not None:
            share, kind = line.coverage, line.offer
            if kind == "day" or day in SENDINGS:
                fresh_after.append((day, share))
                messages.append(day)
                spared *= 1.0 - share
                contacts += share * CUSTOMERS
                cash += share * CUSTOMERS * CONTACT + (FIXED if kind == "week" else 0.0)
                owed += share * CUSTOMERS * SAVES[kind]
            bump = BASE * share * LIFT[kind] * rested
            units += bump
            profit -= SAVES[kind] * (BASE * share * TAKE_UP[kind] + bump)
        profit += units * (PRICE - COST)
    keeps = all(second - first >= 4 for first, second in pairwise(messages))
    for days in SENDINGS.values():
        levels = [day_of[day].coverage if day in day_of and day_of[day].offer == "week" else None for day in days]
        keeps &= len(set(levels)) == 1
    sums = (profit - cash, contacts, cash, CUSTOMERS * (1.0 - spared), owed)
    return Hand(sums=dict(zip(BY_HAND, sums, strict=True)), keeps=keeps)


@pytest.fixture(scope="module")
def tiny() -> Oracle:
    """Six days, two sendings of three days each at two levels, beside a coupon that is sent for its day."""
    return Oracle(problem(Scenario.model_validate(DOCUMENT), effects(), None), seed=1)


@pytest.fixture(scope="module")
def space(tiny: Oracle) -> Workspace:
    """What a search of it works with."""
    asked = tiny.problem
    return Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)


def test_rules_and_sums_of_every_plan_are_those_by_hand(tiny: Oracle) -> None:
    """4,096 plans: one message a validity, paid, tiring, reaching and owing once; all of its days, or none."""
    grid, model = tiny.problem.grid, tiny.problem.model
    weights = [measure_functional(grid, model.economics, measure, Scope()) for measure in BY_HAND]
    kept = 0
    for number, plan in enumerate(tiny.plans):
        hand = by_hand(grid.lines(plan))
        assert hand.keeps == (not tiny.broken[number])
        kept += hand.keeps
        if hand.keeps or number % 37 == 0:
            book = account(model, plan)
            for measure, weight in zip(BY_HAND, weights, strict=True):
                exact = hand.sums[measure]
                assert evaluate(weight, model, plan, np) == pytest.approx(exact, abs=1e-9)
                scale = 1000 if measure in (Measure.CONTACTS, Measure.CUSTOMERS_REACHED) else 100
                assert measured(book, measure, Scope()) / scale == pytest.approx(exact, abs=0.07)
    assert kept == 18


def test_contacts_of_a_day_after_the_sending_are_none(tiny: Oracle) -> None:
    """A limit on Tuesday's messages counts nothing of the coupon that was sent on Monday."""
    grid, model = tiny.problem.grid, tiny.problem.model
    plan = grid.plan_of(coupon(0, 1, 2))
    tuesday = Scope.model_validate({"periods": [START + dt.timedelta(days=1)]})
    for measure in (Measure.CONTACTS, Measure.CUSTOMERS_REACHED, Measure.MAX_LIABILITY):
        assert measured(account(model, plan), measure, tuesday) == 0
        assert evaluate(measure_functional(grid, model.economics, measure, tuesday), model, plan, np) == 0.0


def test_compiled_values_and_gains_are_those_of_plain_evaluation(tiny: Oracle, space: Workspace) -> None:
    """The search's evaluator values plans as the ledger's response does, and the gain of each single change."""
    empty = tiny.objective[0]
    for plan in (tiny.plans[-1], tiny.plans[tiny.objective.argmax()], tiny.plans[1234]):
        at = (tiny.plans == plan).all(axis=1).argmax()
        assert space.evaluator.value(plan[None]).objective[0] == pytest.approx(tiny.objective[at] - empty, rel=1e-5)
        stock = np.zeros(tiny.problem.grid.shape[1:])
        gains = gains_by_plan(space.evaluator.gains(plan, 1.0, np.zeros(0), stock), tiny.problem.grid)
        for slot, choice in zip(*np.nonzero(tiny.problem.grid.allowed_flat), strict=True):
            changed = plan.copy()
            changed[slot] = choice
            there = (tiny.plans == changed).all(axis=1).argmax()
            assert gains[slot, choice] == pytest.approx(tiny.objective[there] - tiny.objective[at], abs=1e-3)


def test_whole_sendings_come_and_go_where_no_single_day_would(space: Workspace) -> None:
    """Monday alone does not pay for its message, and no rule lets it stand alone; all three days together do."""
    grid, nothing = space.grid, Prices(np.zeros(0), np.zeros(space.grid.shape[1:]))
    empty, rng = grid.empty(), rng_of(1)
    monday = grid.locate(coupon(0)[0])
    gain = space.gains_everywhere(empty, nothing)
    assert gain[grid.slot_number(monday[0]), monday[1]] < 0
    came = sendings_moved(space, empty, nothing, gain, 1.0, rng, loosely=False)
    assert not space.rules.violations(came) and {line.offer for line in grid.lines(came)} == {"week"}
    assert space.evaluator.value(came[None]).objective[0] > 0
    gain = space.gains_everywhere(came, nothing)
    assert (sendings_moved(space, came, nothing, gain, 1.0, rng, loosely=False) == came).all()
    dear = np.where(gain == 0, 0.0, gain - 100.0 * (np.arange(grid.width) > 0) + 100.0 * (came > 0)[:, None])
    assert not sendings_moved(space, came, nothing, dear, 1.0, rng, loosely=False).any()


def test_the_search_finds_the_best_plan_and_the_bound_lies_above_it(tiny: Oracle, space: Workspace) -> None:
    """Coupons whose days do not pay one by one are found, because the message that carries all of them does."""
    best = tiny.keeps(None)
    asked = tiny.problem
    case = Case(model=asked.model, space=space, finish=Finish(space), allowed=asked.rulebook.base)
    found = search(case, 3, work=60)
    assert found is not None and best is not None
    assert found.best.objective == pytest.approx(best, abs=1e-4)
    assert {line.offer for line in asked.grid.lines(found.best.plan)} >= {"week"}
    bound = BoundProblem(asked.model, asked.limits, asked.rulebook.base, None, 6, asked.rulebook.rules)
    for naive in (True, False):
        assert bound.evaluate(bound.start, naive=naive)[0] >= best - 1e-6
