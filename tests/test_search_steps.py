"""Steps of the search, each alone: guided step, operators, finish, elites, yardsticks, risk, linear model."""

from __future__ import annotations

import numpy as np
import pytest
from lifted_workspace import SHAPE, space_of
from scenario_factory import rng_of, tiny_scenario

from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from constraints.solver.polish import Polished, PolishParams
from planner.evaluation.evaluator import Evaluator
from planner.evolution.elites import Elites, difference
from planner.evolution.evolve import CROSSOVERS, MUTATIONS, EvolveParams, evolve
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.linearise import linearise
from planner.evolution.neighbourhood import over_columns
from planner.evolution.operators import children
from planner.evolution.operators.children import Parents
from planner.evolution.operators.restart import restart
from planner.evolution.shown.baselines import baselines
from planner.evolution.shown.choice import kept_baselines
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate, Workspace
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schemas.limit import Limit
from scenarios.response.coefficients import build_coefficients


def workspace(seed: int) -> Workspace:
    """A tiny workspace with rules, limits and stock."""
    return space_of(*tiny_scenario(rng_of(seed), **SHAPE, history=True, stock=True))


@pytest.fixture(scope="module")
def space() -> Workspace:
    """One workspace for all steps: what is compiled is shared."""
    return workspace(11)


@pytest.fixture(scope="module")
def first(space: Workspace) -> Candidate:
    """A finished guided plan."""
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(iterations=40), rng_of(0))
    return Finish(space)(plan, prices, FULL)


def test_guided_step_keeps_rules_and_beats_the_empty_plan(space: Workspace, first: Candidate) -> None:
    """After mending, the first plan keeps every rule and limit and is worth more than no promotion."""
    assert first.feasible
    assert space.rules.violations(first.plan) == 0
    assert first.objective > 0


def test_finish_values_truly(space: Workspace, first: Candidate) -> None:
    """What finish reports is what an evaluation of the plan gives."""
    again = space.score(first.plan)
    assert again.objective == pytest.approx(first.objective)
    assert again.feasible


@pytest.mark.parametrize("operator", [*MUTATIONS, *CROSSOVERS, restart])
def test_every_operator_keeps_the_rules(space: Workspace, first: Candidate, operator: children.Operator) -> None:
    """A child of any operator keeps every business rule and repeats for the same stream."""
    mate = space.rules.locked_plan()
    parents = Parents(plan=first.plan, mate=mate, prices=space.no_prices(), size=0.3)
    child = operator(space, parents, rng_of(5))
    assert space.rules.violations(child) == 0
    assert np.array_equal(child, operator(space, parents, rng_of(5)))


def test_a_polish_ends_with_its_search(space: Workspace, first: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    """CP-SAT gets less time where less work is left, and never none."""
    given: list[float] = []

    def noted(*arguments: object) -> Polished:
        params = next(each for each in arguments if isinstance(each, PolishParams))
        given.append(params.deterministic_seconds)
        return Polished(plan=first.plan, gain=0.0, seconds=0.0)

    monkeypatch.setattr(children, "polish", noted)
    parents = Parents(plan=first.plan, mate=first.plan, prices=space.no_prices(), size=0.5)
    begun = space.end
    try:
        for left in (float("inf"), 60.0, -1.0):
            space.end = space.work + left
            children.polish_columns(space, parents, rng_of(1))
    finally:
        space.end = begun
    assert given[0] > given[1] > given[2] > 0


def test_mutations_change_their_neighbourhood_only(space: Workspace, first: Candidate) -> None:
    """A guided step on one column leaves all other products and periods as they are."""
    hood = over_columns(space.grid, np.array([2]))
    plan, _ = guided(space, first.plan, space.no_prices(), hood, children.STEP, rng_of(3))
    assert set(np.flatnonzero(plan != first.plan)) <= set(hood.slots[hood.free])


def test_evolution_never_loses_its_best(space: Workspace, first: Candidate) -> None:
    """The best plan's objective never falls, and every elite is feasible and apart from the others."""
    best = first.objective
    for state in evolve(space, Finish(space), begin(first, space.no_prices()), EvolveParams(work=150), rng_of(1)):
        assert state.best.objective >= best
        best = state.best.objective
    plans = [member.plan for member in state.elites.members]
    assert all(space.score(plan).feasible for plan in plans)
    assert all(difference(a, b) >= 0.1 for i, a in enumerate(plans) for b in plans[:i])


def test_only_the_operators_that_are_asked_for_make_children(space: Workspace, first: Candidate) -> None:
    """With one mutation, no crossover and no restart, nothing else earns, and the population stays one plan."""
    params = EvolveParams(work=60, mutations=(children.mutate_random,), crossovers=(), restarts=False, patience=1)
    *_, last = evolve(space, Finish(space), begin(first, space.no_prices()), params, rng_of(1))
    assert set(last.earned) == {"mutate_random"}
    assert len(last.population) == 1
    with pytest.raises(ValueError, match="at least one mutation"):
        EvolveParams(work=60, mutations=())


def test_no_plan_is_crossed_with_itself(space: Workspace, first: Candidate) -> None:
    """A crossover always gets another plan as mate: with itself a plan could only become itself again."""
    crossed = []

    def cross_watched(space: Workspace, parents: Parents, rng: np.random.Generator) -> np.ndarray:
        crossed.append(bool(np.array_equal(parents.plan, parents.mate)))
        return children.mutate_random(space, parents, rng)

    other = space.score(space.rules.locked_plan())
    params = EvolveParams(work=60, mutations=(children.mutate_random,), crossovers=(cross_watched,), descents=0.0)
    for _ in evolve(space, Finish(space), begin(first, space.no_prices(), (other,)), params, rng_of(1)):
        pass
    assert crossed and not any(crossed)


def test_children_may_go_without_mending(space: Workspace, first: Candidate) -> None:
    """Where children are not mended, one that breaks a limit is no plan; the best plan stays what it was or better."""
    full = space.rules.repair(space.gains_everywhere(first.plan, space.no_prices()).argmax(axis=1).astype(np.int8))
    assert not space.score(full).feasible
    assert not Finish(space, mends=False)(full, space.no_prices()).feasible
    assert Finish(space)(full, space.no_prices()).feasible


def test_evolution_leaves_global_generators_alone(space: Workspace, first: Candidate) -> None:
    """DEAP's draws on the global generators leave no trace."""
    import random

    random.seed(4)
    np.random.seed(4)  # noqa: NPY002
    expected = (random.random(), np.random.random())  # noqa: NPY002
    random.seed(4)
    np.random.seed(4)  # noqa: NPY002
    for _ in evolve(space, Finish(space), begin(first, space.no_prices()), EvolveParams(work=30), rng_of(1)):
        pass
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002


def test_elites_keep_only_plans_that_differ(first: Candidate) -> None:
    """A close plan replaces the one it beats; a worse close one stays out; an infeasible one never enters."""
    from dataclasses import replace

    better = replace(first, objective=first.objective + 1)
    elites = Elites().with_plan(first).with_plan(better)
    assert [member.objective for member in elites.members] == [better.objective]
    assert elites.with_plan(first) is elites
    assert elites.with_plan(replace(first, objective=first.objective + 9, feasible=False)) is elites
    assert elites.with_plan(replace(first, objective=float("nan"))) is elites


def test_yardsticks_keep_everything(space: Workspace) -> None:
    """Uniform, greedy and last campaign are feasible plans, so that comparing with them is fair."""
    found = baselines(space, Finish(space))
    for candidate in (found.uniform, found.greedy, found.last_campaign):
        assert candidate is not None
        assert candidate.feasible
        assert space.rules.violations(candidate.plan) == 0


def test_yardsticks_are_made_where_doing_nothing_breaks_a_floor() -> None:
    """A least number of customers is no reason to have no yardsticks: lines come in until it is reached."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(11), segments=2, products=3, periods=4, baskets=True, order_gifts=False
    )
    most = sum(segment.customers for segment in scenario.segments)
    floor = Limit(id="reach", measure="customers_reached", min=round(0.2 * most))
    scenario = scenario.model_copy(update={"limits": (floor,)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    made = Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))
    assert not made.score(made.rules.locked_plan()).feasible
    found = baselines(made, Finish(made))
    assert found.greedy is not None and found.greedy.feasible
    assert found.uniform is None or found.uniform.feasible


def test_yardsticks_keep_limits_in_the_futures_too() -> None:
    """A habit that breaks a limit at risk is mended like any plan, or is no yardstick: nothing unfair stands ahead."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(11), segments=2, products=3, periods=4, baskets=True, order_gifts=False
    )
    budget = Limit.model_validate({"id": "budget", "measure": "discount", "max": 70, "at_risk": "95%"})
    scenario = scenario.model_copy(update={"limits": (budget,)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    made = Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))
    ledger = Ledger(model, effects, draw(model.grid, effects, 0))
    found = baselines(made, Finish(made))
    assert found.greedy is not None and not ledger.verdict(found.greedy.plan).ok
    bound = made.bound.copy()
    kept = kept_baselines(made, Finish(made), ledger, found)
    assert kept.greedy is not None and ledger.verdict(kept.greedy.plan).ok
    assert np.array_equal(made.bound, bound)
    assert kept_baselines(made, Finish(made), ledger, found, mend=False).greedy is None


def test_linear_model_is_exact_for_single_changes(space: Workspace, first: Candidate) -> None:
    """Gain and limit use of each change in the linear model are those of a true evaluation."""
    hood = over_columns(space.grid, np.array([1, 6]))
    linear = linearise(space, first, hood, every_window=True)
    rng = rng_of(8)
    scale = max(np.abs(linear.gain[np.isfinite(linear.gain)]).max(), 1.0)
    for _ in range(20):
        row = int(rng.integers(len(linear.slots)))
        choice = int(rng.choice(np.flatnonzero(np.isfinite(linear.gain[row]))))
        changed = first.plan.copy()
        changed[linear.slots[row]] = choice
        after = space.score(changed)
        assert linear.gain[row, choice] == pytest.approx(after.objective - first.objective, abs=1e-4 * scale)
        used = space.limits.sign * (after.uses - first.uses)
        np.testing.assert_allclose(linear.use[:, row, choice], used, rtol=1e-3, atol=1e-3 * (1 + np.abs(used).max()))
