"""The evolution of a front: NSGA-II's selection around the same operators that climb towards a single objective.

Three ways lead from a plan to a better front. *Along*: the plan climbs in the direction in which it is nearly the best
of all, and the front moves outwards. *Between*: the plan is asked for a floor under one measure, part of the way to
its neighbour on the front, and climbs in the others; that fills gaps, also where the front is not convex and no
direction leads there. *Beside*: the single changes that lie farthest beyond the front are made, one plan each.
Operators and ways are chosen by the hypervolume that they earned per work done; only plans that keep every limit and
rule enter, by true evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.evolution.evolve import CROSSOVERS, MUTATIONS
from planner.evolution.finish import Finish
from planner.evolution.operators.children import Parents
from planner.evolution.operators.earnings import chosen, credited
from planner.evolution.operators.restart import restart
from planner.evolution.workspace import Prices
from planner.pareto.atlas import Atlas
from planner.pareto.neighbours import neighbours
from planner.pareto.population import Member, Population
from planner.pareto.space import AimedSpace
from scenarios.arrays import Float, Plan

OPERATORS = {operator.__name__: operator for operator in (*MUTATIONS, *CROSSOVERS, restart)}
WAYS = ("along", "between", "beside")
DIRECTIONS = 64
"""Directions that are tried to find one in which a plan is nearly the best."""
NEARLY = 0.005
"""Regret, as a share of the range, up to which a plan counts as the best in a direction."""
SIDE = 0.02
"""Share of the measure with a floor in the direction that is climbed above it."""
LEAST_CLIMBED = 0.05
"""Share of the slope that what is climbed has at least, so that prices stay within reason."""
MARGIN = 0.1
"""How far below the worst values of the front hypervolume counts from, in shares of its ranges, when children earn."""


@dataclass(frozen=True, kw_only=True)
class FrontParams:
    """Settings of the evolution of a front.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    work: float
    """Work to do, in passes over all columns."""
    floor: float = 0.25
    """Share of the choices of operators and ways that is spread evenly, whatever they earned."""
    smallest: float = 0.02
    largest: float = 0.5
    """Neighbourhood sizes are drawn between these shares of the columns, evenly on a log scale."""
    nearest: float = 0.05
    furthest: float = 0.95
    """How far a floor lies between two neighbours of the front, drawn between these shares of the way."""

    def __post_init__(self) -> None:
        if not (self.work > 0 and 0 < self.floor <= 1):
            raise ValueError("expected work > 0 and 0 < floor <= 1")
        if not (0 < self.smallest <= self.largest <= 1 and 0 < self.nearest <= self.furthest < 1):
            raise ValueError("expected 0 < smallest <= largest <= 1 and 0 < nearest <= furthest < 1")


@dataclass(frozen=True, kw_only=True, eq=False)
class FrontState:
    """The evolution between two generations."""

    population: Population
    atlas: Atlas
    earned: dict[str, float]
    """Hypervolume gained per work done, by operator and by way, fading."""
    generation: int = 0
    feasible: float = 1.0
    """Share of recent finished children that keep every limit, fading."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What one child is asked for."""

    shares: Float
    """[M] direction to climb in, in shares of the measures' ranges."""
    least: Float
    """[M] floors under the turned measures; -inf without."""
    slope: Float
    """[M] the direction that the front has there, floors counted as what they are worth; adds up to 1."""
    base: int
    """Place of the member that the child begins as."""
    mate: int
    rival: int
    """Place of a member that keeps the floors: the child must promise more than it."""


def evolve_front(
    space: AimedSpace, finish: Finish, state: FrontState, params: FrontParams, rng: np.random.Generator
) -> Iterator[FrontState]:
    """Yield generation after generation until the work is done.

    Parameters
    ----------
    finish
        Mends and fills a child above its floors, and values it truly.
    state
        Where to go on from.
    """
    end = space.work + params.work
    while space.work < end:
        state = _generation(space, finish, state, params, rng)
        yield state


def _generation(
    space: AimedSpace, finish: Finish, state: FrontState, params: FrontParams, rng: np.random.Generator
) -> FrontState:
    population = state.population
    low, span = population.low, np.maximum(population.high - population.low, 1e-9)
    space.set_span(span)
    parent, mate = _tournament(population, rng), _tournament(population, rng)
    several = len(population.members) > 1
    way = chosen(state.earned, WAYS if several else ("along", "beside"), params.floor, rng)
    begun, reference = space.work, low - MARGIN * span
    if way == "beside":
        after = population.with_members(neighbours(space, population, parent))
        return _earned(state, after, (way,), space.work - begun, reference, span)
    names = [name for name in OPERATORS if several or OPERATORS[name] not in CROSSOVERS]
    name = chosen(state.earned, names, params.floor, rng)
    task = (along if way == "along" else between)(population, parent, mate, params, rng)
    size = float(np.exp(rng.uniform(np.log(params.smallest), np.log(params.largest))))
    plan, other = (population.members[place].candidate.plan for place in (task.base, task.mate))
    child, finished = _child(
        space,
        finish,
        population.members[task.rival],
        task,
        state.atlas.prices(task.slope),
        lambda prices: OPERATORS[name](space, Parents(plan=plan, mate=other, prices=prices, size=size), rng),
    )
    after = population if child is None else population.with_members([child])
    state = _earned(state, after, (way, name), space.work - begun, reference, span)
    return replace(state, feasible=0.9 * state.feasible + 0.1 * float(child is not None)) if finished else state


def _earned(
    state: FrontState, after: Population, keys: tuple[str, ...], work: float, reference: Float, span: Float
) -> FrontState:
    """Take the population after a generation over, and credit what its work has earned to operator and way."""
    gain = 0.0
    if after is not state.population:
        gain = max(after.volume(reference, span) - state.population.volume(reference, span), 0.0)
    earned = credited(state.earned, keys, gain, work)
    return replace(state, population=after, earned=earned, generation=state.generation + 1)


def _child(
    space: AimedSpace, finish: Finish, rival: Member, task: Task, known: Prices, make: Callable[[Prices], Plan]
) -> tuple[Member | None, bool]:
    """Make a child for a task; None where it breaks a limit or is not worth finishing, and whether it was finished."""
    space.turn(task.shares)
    prices = _priced(space, known, task)
    with space.floors(task.least):
        raw = space.score(make(prices))
        if not space.worth(raw, prices) > space.worth(space.revalued(rival.candidate), prices):
            return None, False
        found = finish(raw.plan, prices)
    if not space.keeps(found):
        return None, True
    return Member(candidate=found, point=space.point(found)), True


def _priced(space: AimedSpace, prices: Prices, task: Task) -> Prices:
    """Known prices for a task: floors are worth what the front's slope says, all in units of what is climbed."""
    asked = np.isfinite(task.least)
    scale = 1.0 / max(float(task.slope[~asked].sum()), LEAST_CLIMBED)
    scalar = prices.scalar * scale
    scalar[space.aims.rows] = np.where(asked, scale * task.slope * space.span[0] / space.span, 0.0)
    return Prices(scalar, prices.stock * scale)


def along(population: Population, parent: int, mate: int, _params: FrontParams, rng: np.random.Generator) -> Task:
    """Climb in a direction in which the parent is the best of the population, or nearly so."""
    points = _on_ranges(population)
    directions = rng.dirichlet(np.ones(points.shape[1]), size=DIRECTIONS)
    worth = points @ directions.T
    regret = worth.max(axis=0) - worth[parent]
    near = np.flatnonzero(regret <= regret.min() + NEARLY)
    shares = directions[int(rng.choice(near))]
    none = np.full(points.shape[1], -np.inf)
    return Task(shares=shares, least=none, slope=shares, base=parent, mate=mate, rival=parent)


def between(population: Population, parent: int, mate: int, params: FrontParams, rng: np.random.Generator) -> Task:
    """Ask for a floor under one measure, part of the way to the parent's next better plan in it; climb in the others.

    The child begins as either of the two, with the other one for a mate. With three measures, a second one has a floor
    below what the parent has of it, mostly not far, so that the third one climbs.
    """
    points, count = _on_ranges(population), population.points.shape[1]
    measure = int(rng.integers(count))
    higher = population.best[points[population.best, measure] > points[parent, measure]]
    if not higher.size:
        return along(population, parent, mate, params, rng)
    nearest = int(higher[int(np.argmin(points[higher, measure]))])
    others = np.array([other for other in range(count) if other != measure])
    rise = points[nearest, measure] - points[parent, measure]
    given_up = max(float((points[parent] - points[nearest])[others].max()), 0.0)
    least, shares = np.full(count, -np.inf), np.full(count, SIDE)
    least[measure] = points[parent, measure] + rise * float(rng.uniform(params.nearest, params.furthest))
    shares[others] = rng.dirichlet(np.ones(len(others)))
    if len(others) > 1:
        held = int(rng.choice(others))
        least[held] = points[parent, held] - float(rng.random()) ** 2
        shares[held] = SIDE
    slope = shares.copy()
    slope[measure] = given_up / (given_up + rise)
    slope[others] *= (1.0 - slope[measure]) / slope[others].sum()
    low, span = population.low, population.high - population.low
    floors, asked = np.full(count, -np.inf), np.isfinite(least)
    floors[asked] = low[asked] + span[asked] * least[asked]
    base, other = (parent, nearest) if rng.random() < 0.5 else (nearest, parent)
    return Task(shares=shares / shares.sum(), least=floors, slope=slope, base=base, mate=other, rival=nearest)


def _on_ranges(population: Population) -> Float:
    low, high = population.low, population.high
    return np.asarray((population.points - low) / np.maximum(high - low, 1e-9))


def _tournament(population: Population, rng: np.random.Generator) -> int:
    """The lonelier of two members; those of the front before all others."""
    distance = population.crowding()
    one, other = rng.integers(len(distance), size=2)
    return int(one if distance[one] >= distance[other] else other)
