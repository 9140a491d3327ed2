"""The evolution: DEAP's toolbox and selection over one int8 population, with the guided step inside (docs/search.md).

It starts as a population of one, the first guided plan, so that its mutation alone is the guided ascent; it widens when
the search stalls. Operators are chosen by what they have earned per work done. Accepting is always by true evaluation
of a plan that keeps all limits. This is the only file that touches DEAP's global generators: it seeds them from the
run's own stream and puts them back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from deap import base, tools

from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams
from planner.evolution.operators import children
from planner.evolution.operators.children import STEP, Operator, Parents
from planner.evolution.operators.earnings import chosen, credited
from planner.evolution.operators.moves import DESCENT_SLOTS, best_move
from planner.evolution.operators.restart import FEW_SLOTS, restart
from planner.evolution.operators.schedules import MIXERS
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Plan

MUTATIONS: tuple[Operator, ...] = (
    children.mutate_random,
    children.mutate_block,
    children.mutate_product,
    children.mutate_window,
    children.mutate_rivals,
    children.mutate_segment,
    children.polish_columns,
    children.polish_products,
    children.polish_window,
    children.swap_pairs,
    children.shift_lines,
    children.stretch_runs,
    children.exchange_periods,
)
EXCHANGED_SLOTS = 500
"""Slots up to which exchanges of periods are an operator: on more they are found in descents, and drawn at random they
earn less than what they keep from being drawn (docs/search.md)."""
CROSSOVERS: tuple[Operator, ...] = (children.cross_blocks, *MIXERS)


class Fitness(base.Fitness):  # type: ignore[misc]
    """The true objective, to be maximised."""

    weights = (1.0,)


class Individual:
    """A thin individual: a row of the population array and its fitness."""

    __slots__ = ("fitness", "row")

    def __init__(self, row: int, objective: float) -> None:
        self.row = row
        self.fitness = Fitness()
        self.fitness.values = (objective,)


@dataclass(frozen=True, kw_only=True)
class EvolveParams:
    """Settings of the evolution.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    work: float
    """Work to do, in passes over all columns."""
    capacity: int = 8
    """Largest population."""
    patience: int = 4
    """Children without an improvement of the best, per plan in the population, after which it widens; few slots: 1."""
    floor: float = 0.25
    """Share of the choices of operators that is spread evenly, whatever they earned."""
    smallest: float = 0.02
    largest: float = 0.5
    """Neighbourhood sizes are drawn between these shares of the columns, evenly on a log scale."""
    mutations: tuple[Operator, ...] = MUTATIONS
    """Operators that make a child of one plan; at least one."""
    crossovers: tuple[Operator, ...] = CROSSOVERS
    """Operators that need a second plan; there may be none."""
    step: GuidedParams = STEP
    """The guided step inside the mutations."""
    descents: float = 0.25
    """Share of the work, the last, in which the best plans descend by moves of several lines, on few slots."""
    restarts: bool = True
    """Whether a search that stalls widens by a new guided plan."""
    far: Callable[[], bool] = lambda: True
    """Whether there is time for one, which takes about as long as a first plan."""
    screens: bool = True
    """Whether a child is mended only where it could still beat its parent."""

    def __post_init__(self) -> None:
        if not self.mutations:
            raise ValueError("expected at least one mutation")
        if not (self.work > 0 and self.capacity >= 1 and self.patience >= 1 and 0 < self.floor <= 1):
            raise ValueError("expected work > 0, capacity >= 1, patience >= 1 and 0 < floor <= 1")
        if not (0 <= self.descents < 1):
            raise ValueError(f"expected a share of the work for descents from 0 to below 1, got {self.descents}")
        if not (0 < self.smallest <= self.largest <= 1):
            raise ValueError("expected 0 < smallest <= largest <= 1")


def left_of(work: float, left: float) -> EvolveParams:
    """How to go on with what is left of some work: its last part, wherever the rest began, goes into descents."""
    plain = EvolveParams(work=max(left, 1.0))
    return plain if np.isinf(work) else replace(plain, descents=min(plain.descents * work / plain.work, 0.99))


def evolve(
    space: Workspace, finish: Finish, state: State, params: EvolveParams, rng: np.random.Generator
) -> Iterator[State]:
    """Yield generation after generation, and step after step of descents, until the work is done.

    Parameters
    ----------
    finish
        Mends and fills a child, and values it truly.
    state
        Where to go on from.

    Yields
    ------
    State
        After every generation and step; ``state.best`` is the best plan so far, feasible under the bounds in force.
    """
    if space.grid.slots > EXCHANGED_SLOTS:
        others = tuple(each for each in params.mutations if each is not children.exchange_periods)
        params = replace(params, mutations=others or params.mutations)
    toolbox = _toolbox(space, params)
    space.end = space.work + params.work
    late = space.end - params.descents * params.work if np.isfinite(params.work) else np.inf
    seed = int(rng.integers(2**32))
    while space.work < space.end:
        start = _to_descend(space, state, params, late=space.work >= late)
        if start is not None:
            state = _descent_step(space, finish, state, start, rng)
        else:
            with _global_generators(seed + state.generation):
                state = _generation(space, finish, toolbox, state, params, rng)
        yield state


def _to_descend(space: Workspace, state: State, params: EvolveParams, *, late: bool) -> Candidate | None:
    """The plan to descend from now by moves of several lines: the one begun with, else the best that was none yet.

    Descents cost much and end near where they began: their time is the end of a search or, where nobody knows when
    that is, whenever it stalls.
    """
    if not params.descents or space.grid.slots > DESCENT_SLOTS:
        return None
    if state.descending is not None:
        return state.descending
    if not (late or (np.isinf(params.work) and _stalled(space, state, params))):
        return None
    known = [(each.objective, each.plan) for each in state.elites.members]
    known += zip(state.objectives, state.population, strict=True)
    left = [pair for pair in known if pair[1].tobytes() not in state.descended]
    return space.score(max(left, key=lambda pair: pair[0])[1]) if left else None


def _descent_step(space: Workspace, finish: Finish, state: State, now: Candidate, rng: np.random.Generator) -> State:
    """Better a plan by a move of several lines; what is found takes its place, and is bettered in the next step."""
    descended = state.descended | {now.plan.tobytes()}
    state = replace(state, generation=state.generation + 1, descending=None, descended=descended)
    # The bounds of limits at risk may have been tightened since the plan was found.
    found = best_move(space, finish, now, state.prices, rng) if now.feasible else None
    if found is None or found.plan.tobytes() in descended:
        return state
    rows = [row for row, plan in enumerate(state.population) if np.array_equal(plan, now.plan)]
    if rows and not _held(state, found.plan):
        population, objectives = state.population.copy(), list(state.objectives)
        population[rows[0]], objectives[rows[0]] = found.plan, found.objective
        state = replace(state, population=population, objectives=tuple(objectives))
    return replace(state, elites=state.elites.with_plan(found), descending=found)


def _toolbox(space: Workspace, params: EvolveParams) -> base.Toolbox:
    toolbox = base.Toolbox()
    for operator in (*params.mutations, *params.crossovers, restart):
        toolbox.register(operator.__name__, operator, space)
    toolbox.register("select", tools.selTournament, tournsize=2)
    return toolbox


def _generation(
    space: Workspace,
    finish: Finish,
    toolbox: base.Toolbox,
    state: State,
    params: EvolveParams,
    rng: np.random.Generator,
) -> State:
    individuals = [Individual(row, objective) for row, objective in enumerate(state.objectives)]
    (parent,) = toolbox.select(individuals, k=1)
    # A plan that is crossed with itself is only itself again.
    others = [individual for individual in individuals if individual is not parent]
    mate = toolbox.select(others, k=1)[0] if others else parent
    widen = params.restarts and _stalled(space, state, params) and params.far()
    name = "restart" if widen else _operator(state, params, rng)
    size = float(np.exp(rng.uniform(np.log(params.smallest), np.log(params.largest))))
    parents = Parents(
        plan=state.population[parent.row],
        mate=state.population[mate.row],
        prices=state.prices,
        size=size,
        step=params.step,
        others=(*state.population, *(member.plan for member in state.elites.members)),
    )
    begun = space.work
    raw = space.score(getattr(toolbox, name)(parents, rng))
    # Mending costs several times what making the child did, and most children are no better than their parent.
    hopeful = widen or not params.screens or space.worth(raw, state.prices) > state.objectives[parent.row]
    child = finish(raw.plan, state.prices) if hopeful else replace(raw, feasible=False)
    gain = max(child.objective - state.objectives[parent.row], 0.0) if child.feasible else 0.0
    earned = state.earned if widen else credited(state.earned, [name], gain, space.work - begun)
    improved = child.feasible and child.objective > state.best.objective
    state = _take(state, child, parent.row, widen, params) if child.feasible else state
    return replace(
        state,
        elites=state.elites.with_plan(child),
        earned=earned,
        generation=state.generation + 1,
        stalled=0 if improved or widen else state.stalled + 1,
        feasible=0.9 * state.feasible + 0.1 * float(child.feasible) if hopeful else state.feasible,
    )


def _stalled(space: Workspace, state: State, params: EvolveParams) -> bool:
    """Whether the best plan has stood for so long that the population widens; few slots: at once."""
    patience = params.patience if space.grid.slots > FEW_SLOTS else 1
    return state.stalled >= patience * len(state.objectives)


def _held(state: State, plan: Plan) -> bool:
    """Whether the population holds a plan."""
    return any(np.array_equal(plan, member) for member in state.population)


def _operator(state: State, params: EvolveParams, rng: np.random.Generator) -> str:
    """Choose an operator by what it earned per work; crossover needs two plans."""
    several = len(state.objectives) > 1
    names = [operator.__name__ for operator in (*params.mutations, *(params.crossovers if several else ()))]
    return chosen(state.earned, names, params.floor, rng)


def _take(state: State, child: Candidate, row: int, widen: bool, params: EvolveParams) -> State:
    """Put a feasible child into the population: in its parent's place if better, beside it to widen."""
    if _held(state, child.plan):
        return state
    objectives = list(state.objectives)
    if widen and len(objectives) < params.capacity:
        return replace(
            state,
            population=np.concatenate([state.population, child.plan[None]]),
            objectives=(*objectives, child.objective),
        )
    place = int(np.argmin(objectives)) if widen and row == int(np.argmax(objectives)) else row
    if not widen and child.objective <= objectives[place]:
        return state
    population = state.population.copy()
    population[place] = child.plan
    objectives[place] = child.objective
    return replace(state, population=population, objectives=tuple(objectives))


@contextmanager
def _global_generators(seed: int) -> Iterator[None]:
    """DEAP draws on two global generators: seed both from the run's stream, restore both afterwards."""
    kept, kept_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(kept)
        np.random.set_state(kept_numpy)  # noqa: NPY002
