"""The peer: plain DEAP with drop-ratio repair, on the same evaluator and the same rules."""

from __future__ import annotations

import random
import time

import numpy as np
from deap import algorithms, base, tools
from numpy.typing import NDArray

from planner.evolution.workspace import Candidate, Workspace

Plan = NDArray[np.int8]


class Fitness(base.Fitness):
    """The true objective."""

    weights = (1.0,)


class Individual(np.ndarray):
    """A plan vector with a fitness, as DEAP's examples make it."""

    fitness: Fitness


def _individual(plan: Plan) -> Individual:
    individual = plan.copy().view(Individual)
    individual.fitness = Fitness()
    return individual


def _repaired(space: Workspace, plan: Plan, ratio: NDArray[np.float64]) -> Candidate:
    """Keep the rules, then drop lines of the least gain per share of the limits until all hold (Chu and Beasley)."""
    plan = space.rules.repair(plan)
    whole = space.score(plan)
    if whole.feasible:
        return whole
    lines = np.flatnonzero((plan > 0) & ~space.rules.fixed)
    lines = lines[np.argsort(-ratio[lines, plan[lines]], kind="stable")]
    low, high, best = 0, len(lines), space.score(space.rules.locked_plan())
    while high - low > 1:
        middle = (low + high) // 2
        shorter = plan.copy()
        shorter[lines[middle:]] = 0
        candidate = space.score(space.rules.repair(shorter))
        if candidate.feasible:
            low, best = middle, candidate
        else:
            high = middle
    return best


def run(space: Workspace, seconds: float, seed: int, population: int = 40) -> Candidate:
    """Evolve with one-point crossover, uniform mutation and tournament selection for some seconds."""
    random.seed(seed)
    rng = np.random.Generator(np.random.Philox(seed))
    free = space.no_prices()
    start = space.rules.locked_plan()
    gain = space.gains_everywhere(start, free)
    pressing = free._replace(scalar=1.0 / space.limits.scale)
    pressure = np.maximum(-space.gains_everywhere(start, pressing, objective_weight=0.0), 0.0)
    ratio = np.where(np.isfinite(gain), gain, -np.inf) / (np.where(np.isfinite(pressure), pressure, 0.0) + 1e-9)
    counts = space.rules.base.sum(axis=1)
    best = space.score(start)
    end = time.monotonic() + seconds

    def random_plan() -> Individual:
        plan = start.copy()
        for slot in np.flatnonzero(rng.random(len(plan)) < 0.05):
            plan[slot] = rng.choice(np.flatnonzero(space.rules.base[slot]))
        return _individual(plan)

    def evaluate(individual: Individual) -> tuple[float]:
        nonlocal best
        if time.monotonic() > end:
            return (best.objective if individual.fitness.valid else -1e18,)
        candidate = _repaired(space, np.asarray(individual), ratio)
        individual[:] = candidate.plan
        if candidate.feasible and candidate.objective > best.objective:
            best = candidate
        return (candidate.objective,)

    def mutate(individual: Individual) -> tuple[Individual]:
        for slot in np.flatnonzero(rng.random(len(individual)) < 2.0 / len(individual)):
            if counts[slot] > 1:
                individual[slot] = rng.choice(np.flatnonzero(space.rules.base[slot]))
        return (individual,)

    def mate(one: Individual, other: Individual) -> tuple[Individual, Individual]:
        cut = int(rng.integers(1, len(one)))
        one[cut:], other[cut:] = other[cut:].copy(), one[cut:].copy()
        return one, other

    def clone(individual: Individual) -> Individual:
        copy = _individual(np.asarray(individual))
        copy.fitness.values = individual.fitness.values
        return copy

    toolbox = base.Toolbox()
    toolbox.register("clone", clone)
    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", mate)
    toolbox.register("mutate", mutate)
    toolbox.register("select", tools.selTournament, tournsize=3)
    members = [random_plan() for _ in range(population)]
    for member in members:
        member.fitness.values = evaluate(member)
    while time.monotonic() < end:
        members = toolbox.select(members, k=len(members))
        members = algorithms.varAnd(members, toolbox, cxpb=0.6, mutpb=0.8)
        for member in members:
            if not member.fitness.valid:
                member.fitness.values = toolbox.evaluate(member)
    return best
