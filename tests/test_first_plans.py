"""First plans: how many starts there are, which of them comes first, when another is not made; and the push."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scenario_factory import rng_of

from planner.evolution.guided import GuidedParams, moved_prices
from planner.evolution.joining import crossed
from planner.evolution.start import first
from planner.evolution.start.first import FILLED, MENDED, FirstParams, first_plans
from planner.evolution.workspace import Candidate, Prices

SPACE = SimpleNamespace(
    whole=None, grid=SimpleNamespace(slots=3), no_prices=lambda: Prices(np.zeros(1), np.zeros((1, 1)))
)
START = np.zeros(3, dtype=np.int8)


def outcome(objective: float, *, feasible: bool = True) -> Candidate:
    """A finished plan of some worth."""
    return Candidate(plan=START, objective=objective, uses=np.zeros(1), stock=np.zeros((1, 1)), feasible=feasible)


@pytest.fixture(autouse=True)
def nothing_is_sent_once(monkeypatch):
    """No grid stands behind these plans, so none of its offers is sent once."""
    monkeypatch.setattr(first, "with_sendings", lambda space, best, over: best)


class Scripted:
    """Guided steps that end with the prices 1, 2, 3 ..., and finishing that makes what a list says of them."""

    def __init__(self, patch: pytest.MonkeyPatch, *outcomes: Candidate) -> None:
        self.outcomes, self.luck = outcomes, []
        patch.setattr(first, "guided", self.guided)

    def guided(self, space, plan, prices, hood, params, rng):  # noqa: D102
        assert plan is START and not prices.scalar.any()
        self.luck.append(float(rng.random()))
        return START, Prices(np.full(1, float(len(self.luck))), np.zeros((1, 1)))

    def __call__(self, plan, prices, params) -> Candidate:  # noqa: D102
        assert params is MENDED
        return self.outcomes[int(prices.scalar[0]) - 1]


def test_what_keeps_the_limits_comes_first_then_what_is_worth_more(monkeypatch):
    """Of three starts the best that keeps everything leads, with its own prices, however good the others look."""
    finish = Scripted(monkeypatch, outcome(9.0, feasible=False), outcome(3.0), outcome(5.0))
    found, prices = first_plans(SPACE, finish, START, FirstParams(starts=3, relaxes=False, crossings=0), rng_of(1))
    assert [each.objective for each in found] == [5.0, 3.0, 9.0]
    assert prices.scalar[0] == 3.0
    assert len(set(finish.luck)) == 3  # every start has luck of its own


def test_where_no_start_keeps_the_limits_the_best_of_them_is_still_given(monkeypatch):
    """What breaks limits is returned too, the best first: rescue begins from it."""
    finish = Scripted(monkeypatch, outcome(1.0, feasible=False), outcome(4.0, feasible=False))
    found, prices = first_plans(SPACE, finish, START, FirstParams(relaxes=False, crossings=0), rng_of(1))
    assert [each.objective for each in found] == [4.0, 1.0] and prices.scalar[0] == 2.0


@pytest.mark.parametrize(("stop_after", "starts"), [(1, 1), (2, 2), (9, 3)])
def test_no_start_is_made_after_enough(monkeypatch, stop_after, starts):
    """Whoever has the clock is told every start's plan and prices; what is there when it says enough is the answer."""
    finish = Scripted(monkeypatch, *(outcome(float(number)) for number in range(3)))
    found, _ = first_plans(
        SPACE,
        finish,
        START,
        FirstParams(starts=3, relaxes=False, crossings=0),
        rng_of(1),
        lambda candidate, prices: bool(prices.scalar[0] >= stop_after),  # starts end with the prices 1, 2, 3
    )
    assert len(found) == len(finish.luck) == starts


def test_the_best_is_crossed_with_all_others_while_that_gains(monkeypatch):
    """Every way goes on while it leads to plans that are worth more; a round without one is the last."""
    made = [outcome(9.0, feasible=False), outcome(6.0), outcome(4.0), outcome(6.0), outcome(6.0)]
    asked = []

    def cross(space, parents, rng):
        asked.append(parents.others)
        return START

    monkeypatch.setattr(crossed, "MIXERS", (cross, cross))
    best, mates, none = outcome(5.0), (outcome(3.0), outcome(2.0)), SPACE.no_prices()
    children = iter(made)
    told: list[Candidate] = []
    found = crossed.crossed(
        SPACE, lambda plan, prices: next(children), best, mates, none, 3, rng_of(1), better=told.append
    )
    assert found is made[1]
    assert [len(others) for others in asked] == [3, 3, 4, 4, 4], "the plans that it came by are parents, too"
    assert told == [made[1]], "at once, not only when all is crossed"
    assert crossed.crossed(SPACE, lambda plan, prices: made[4], best, mates, none, 0, rng_of(1)) is best
    assert crossed.crossed(SPACE, lambda plan, prices: made[4], best, (), none, 3, rng_of(1)) is best
    assert len(asked) == 5


@pytest.mark.parametrize(("late", "ends"), [(False, [100.0, 110.0, 110.01, 120.01]), (True, [100.0])])
def test_on_very_many_slots_one_start_is_filled_and_stepped_on_from_while_that_gains(monkeypatch, late, ends):
    """Filling ends with a round that gains next to nothing; steps go on from what came of it until one does not gain.

    What is mended is told before it is filled, then each better plan as it comes. The first step begins at the plan's
    own prices, each other at those that the one before ended with; and where the time is over, none of it begins.
    """
    made = iter([100.0, 110.0, 110.01, 120.0, 120.01, 119.0, 119.01, 999.0])
    begun, told = [], []

    def step(space, plan, prices, *_):
        begun.append(float(prices.scalar[0]))
        return plan, Prices(prices.scalar + 1.0, prices.stock)

    monkeypatch.setattr(first, "guided", step)
    monkeypatch.setattr(first, "prices_at", lambda space, best: Prices(np.full(1, 5.0), np.zeros((1, 1))))

    def finish(plan, prices, params) -> Candidate:
        assert params.stops == FILLED.stops, "what stops a filling is looked at before"
        return outcome(90.0 if params.fill_passes == 0 else next(made))

    few = FirstParams(starts=3, slots=SPACE.grid.slots - 1, relaxes=False, crossings=0)
    found, prices = first_plans(
        SPACE,
        finish,
        START,
        few,
        rng_of(1),
        over=lambda: late,
        better=lambda candidate, prices: told.append(candidate.objective),
    )
    assert [each.objective for each in found] == ends[-1:]
    assert told == [90.0, *ends[1:]]
    assert begun == ([0.0] if late else [0.0, 5.0, 6.0])
    assert prices.scalar[0] == (1.0 if late else 6.0)


def test_a_step_that_ends_too_late_is_not_mended(monkeypatch):
    """Time that is over while a step goes on ends it: mending would take as long again."""
    now = iter([False, False, False, True, True])
    made = iter([100.0, 110.0, 110.01, 999.0])
    monkeypatch.setattr(first, "prices_at", lambda space, best: space.no_prices())
    monkeypatch.setattr(first, "guided", lambda space, plan, prices, *_: (plan, prices))
    few = FirstParams(starts=1, slots=SPACE.grid.slots - 1, relaxes=False, crossings=0)
    mended = []

    def finish(plan, prices, params) -> Candidate:
        mended.append(params.fill_passes)
        return outcome(90.0 if params.fill_passes == 0 else next(made))

    found, _ = first_plans(SPACE, finish, START, few, rng_of(1), over=lambda: next(now))
    assert [each.objective for each in found] == [110.01]
    assert mended == [0, few.mended.fill_passes, FILLED.fill_passes, FILLED.fill_passes]


def test_on_very_many_slots_the_relaxations_plan_is_filled_too(monkeypatch):
    """Where what lines do adds up, the one plan is that of the linear relaxation: no step from nothing is made."""
    monkeypatch.setattr(first, "adds_up", lambda model: True)
    monkeypatch.setattr(first, "relaxed", lambda space, start: (START, Prices(np.full(1, 7.0), np.zeros((1, 1)))))
    monkeypatch.setattr(first, "prices_at", lambda space, best: space.no_prices())
    monkeypatch.setattr(first, "guided", lambda space, plan, prices, *_: (plan, prices))
    space = SimpleNamespace(**vars(SPACE), evaluator=SimpleNamespace(model=None))
    made = iter([100.0, 110.0, 110.01, 105.0, 105.01, 999.0])
    few = FirstParams(slots=SPACE.grid.slots - 1, crossings=0)
    found, prices = first_plans(space, lambda *_: outcome(next(made)), START, few, rng_of(1))
    assert [each.objective for each in found] == [110.01]
    assert prices.scalar[0] == 7.0, "a step that does not gain leaves the plan and its prices"


def test_two_starts_are_usual_and_none_is_refused():
    """The shipped setting begins twice; fewer than one start is no search."""
    assert FirstParams().starts == 2
    with pytest.raises(ValueError, match="at least one start, got 0"):
        FirstParams(starts=0)


def pushed(push: float) -> tuple[Prices, Prices]:
    """Prices of 1 of a limit used half too much, one used as allowed and one half used, learned and felt."""
    limits = SimpleNamespace(sign=np.ones(3), scale=np.full(3, 10.0))
    space = SimpleNamespace(
        limits=limits,
        bound=np.full(3, 10.0),
        available=np.array([[np.inf, 100.0]]),
        unit=Prices(np.full(3, 2.0), np.full((1, 2), 2.0)),
        score=lambda plan: SimpleNamespace(uses=np.array([15.0, 10.0, 5.0]), stock=np.array([[7.0, 120.0]])),
    )
    return moved_prices(space, Prices(np.ones(3), np.ones((1, 2))), space.score(START), 0.1, push, np.ones(3))


def test_prices_are_felt_dearer_by_the_push_where_a_limit_is_broken_and_cheaper_where_it_has_room():
    """By hand: prices learn 0.1 x unit x excess; under a push of 0.5 they are felt by half of the excess dearer."""
    learned, felt = pushed(0.5)
    np.testing.assert_allclose(learned.scalar, [1.1, 1.0, 0.9])
    np.testing.assert_allclose(learned.stock, [[0.0, 1.04]])  # what is not limited costs nothing
    np.testing.assert_allclose(felt.scalar, [1.1 * 1.25, 1.0, 0.9 * 0.75])
    np.testing.assert_allclose(felt.stock, [[0.0, 1.04 * 1.1]])


def test_without_a_push_prices_are_felt_as_learned_and_none_is_ever_negative():
    """0 changes nothing; the largest push makes a half used limit free, and more is refused."""
    learned, felt = pushed(0.0)
    np.testing.assert_array_equal(felt.scalar, learned.scalar)
    np.testing.assert_array_equal(felt.stock, learned.stock)
    assert (pushed(2.0)[1].scalar >= 0).all()
    for wrong in (-0.1, 2.1, float("nan")):
        with pytest.raises(ValueError, match="push"):
            GuidedParams(push=wrong)


def test_large_problems_have_fewer_iterations_in_a_first_step():
    """All of them up to a size, then as many fewer as each is dearer, and never fewer than the least."""
    params = FirstParams(step=GuidedParams(iterations=200), slots=1_000, least=40)
    assert [params.step_for(slots).iterations for slots in (10, 1_000, 2_000, 100_000)] == [200, 200, 100, 40]
    assert FirstParams(step=GuidedParams(iterations=12)).step_for(10**6).iterations == 12


@pytest.mark.parametrize("late", [False, True])
def test_where_the_time_is_over_first_plans_are_not_crossed(monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    """No crossing is begun then: the best of the starts is returned as it is."""
    finish, crossings = Scripted(monkeypatch, outcome(1.0), outcome(2.0)), []

    def no_better(space: object, parents: object, rng: object) -> np.ndarray:
        crossings.append(parents)
        return START

    monkeypatch.setattr(crossed, "MIXERS", (no_better,))
    finished = SimpleNamespace(feasible=True, objective=0.0)

    def finishing(plan: np.ndarray, prices: Prices, params: object = None) -> object:
        return finished if params is None else finish(plan, prices, params)

    found, _ = first_plans(SPACE, finishing, START, FirstParams(relaxes=False), rng_of(1), over=lambda: late)
    assert [each.objective for each in found] == [2.0, 1.0]
    assert len(crossings) == (0 if late else 1)
