"""The peer: plain DEAP as its own examples write it, with a penalty or with drop-ratio repair.

Default: DEAP's textbook probabilities (0.5 and 0.2), uniform mutation of 5 % of the genes and 300 individuals that
begin evenly random. Tuned: a sparse start, two mutated genes a child, probabilities of 0.6 and 0.8, 40 individuals.
"""

from __future__ import annotations

import random

import numpy as np
from deap import algorithms, base, tools

from peers.plans import SPARSE, Clock, Found, Plans
from planner.evolution.workspace import Workspace

PENALTY = 10.0
"""What an excess of a whole limit costs, in multiples of the gain of the best line in every slot."""


class Fitness(base.Fitness):
    """The true objective, penalised or of the mended plan."""

    weights = (1.0,)


class Individual(np.ndarray):
    """A vector with a fitness, as DEAP's examples make it."""

    fitness: Fitness


def penalty(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Evolve with limits as a penalty."""
    return _run(Plans(space, clock), seed, tuned=tuned, mends=False)


def repair(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Evolve mended plans; what was mended is written back."""
    return _run(Plans(space, clock), seed, tuned=tuned, mends=True)


def _individual(numbers: np.ndarray) -> Individual:
    individual = numbers.copy().view(Individual)
    individual.fitness = Fitness()
    return individual


def _run(plans: Plans, seed: int, *, tuned: bool, mends: bool) -> Found:
    random.seed(seed)
    rng = np.random.Generator(np.random.Philox(seed))
    size, crossing, mutating = (40, 0.6, 0.8) if tuned else (300, 0.5, 0.2)
    free = plans.space.gains_everywhere(plans.start, plans.space.no_prices())
    unit = PENALTY * float(np.where(np.isfinite(free), free, 0.0).max(axis=1).clip(min=0.0).sum())

    def evaluate(individual: Individual) -> tuple[float]:
        if plans.clock.over:
            return (-1e18,)
        plan = plans.plan(np.asarray(individual))
        if not mends:
            scored = plans.score(plan)
            return (scored.objective - unit * plans.excess(scored),)
        scored = plans.dropped(plan)
        individual[:] = plans.numbers(scored.plan)
        return (scored.objective,)

    def mutate(individual: Individual) -> tuple[Individual]:
        share = 2.0 / len(individual) if tuned else 0.05
        hit = np.flatnonzero(rng.random(len(individual)) < share)
        individual[hit] = (rng.random(len(hit)) * plans.counts[hit]).astype(np.int64)
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
    members = [_individual(plans.random(rng, SPARSE if tuned else 1.0)) for _ in range(size)]
    for member in members:
        member.fitness.values = evaluate(member)
    while not plans.clock.over:
        members = toolbox.select(members, k=len(members))
        members = algorithms.varAnd(members, toolbox, cxpb=crossing, mutpb=mutating)
        for member in members:
            if not member.fitness.valid:
                member.fitness.values = toolbox.evaluate(member)
    return plans.found
