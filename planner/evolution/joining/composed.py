"""Plans composed of whole schedules: what all products do is chosen together, under limits, floors and rules.

Where floors ask for lines that lose money, few changes lead nowhere: what keeps a floor cannot go before something else
comes, which wears off the offer beside it, fills a fund, and pushes a third line out of its place. So every group of
rivals offers schedules: its own, those of known plans, and what comes of them by one line (`variants.py`). What each
does alone in the plan, to the objective and to every limit, is valued truly. A linear programme over them
(`constraints.solver.master`) says near which of its schedules each group should look further. Then CP-SAT chooses one
for each group (`constraints.solver.mixing`), limits and rules exact on these values: first so that as little as may be
is broken, then for the most. What is chosen is valued truly, and the next round begins there. Where that leads nowhere,
the best one or two schedules are tried truly, and schedules that hold two changes of one group at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from constraints.alone import has_floors
from constraints.own_rules import OwnRules
from constraints.solver.mixing import best_mix
from constraints.solver.polish import PolishParams
from planner.evolution.finish import Finish
from planner.evolution.joining.both_at_once import Key
from planner.evolution.joining.parts import groups_of, runs_apart
from planner.evolution.joining.schedule_pairs import best_exchange
from planner.evolution.joining.schedule_pool import STEPS, SchedulePool
from planner.evolution.operators.children import passes_of
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Int, Plan

Over = Callable[[], bool]
Heed = Callable[[Candidate], Candidate]

COMPOSED_SLOTS = 5_000
"""Slots that may hold a line up to which plans are composed: with more, schedules near one are too many to value."""
NEARLY = 0.05
"""Of a floor's bound: what a plan keeps with less to spare may be shaped by it."""
LOSING = 1e-6
"""Share of what the plan is worth from which on a line that loses so much counts."""
STARTS = 3
"""Plans at most that are begun from, those that break least first, until one leads to a plan that breaks nothing."""
ROUNDS = 10
"""Rounds at most ..."""
WORTH = 1e-3
"""... while each gains such a share of what the plan is worth, or mends."""
SECONDS = 0.4
"""Work of one choice, in CP-SAT's deterministic seconds."""
CHOICES = 3
"""Choices of a round: where the plan uses more than its schedules do alone, so much is left free in the next."""


def worth_mending(space: Workspace) -> bool:
    """Whether composing may mend what single changes do not: where floors ask for lines, or rules tie some."""
    return worth_composing(space) or (space.written.coupled and _few(space))


def worth_composing(space: Workspace) -> bool:
    """Whether floors are in force, of limits or of rules, on few enough slots."""
    floored = bool((space.limits.sign < 0).any()) or has_floors(space.written)
    return floored and _few(space)


def worth_composing_runs(space: Workspace) -> bool:
    """Whether floors are in force where rules tie lines to whole runs: guided steps then seldom keep the floors."""
    return space.written.coupled and worth_composing(space) and len(runs_apart(space)) > len(groups_of(space))


def _few(space: Workspace) -> bool:
    """Whether few enough slots may hold a line."""
    return int(space.written.possible[:, 1:].any(axis=1).sum()) <= COMPOSED_SLOTS


def floors_bind(space: Workspace, best: Candidate) -> bool:
    """Whether floors shape a plan: one is nearly missed, or a line stands that the objective could do without."""
    limits = space.limits
    spare = (best.uses - limits.bound) / limits.scale
    if bool(((limits.sign < 0) & (spare < NEARLY)).any()):
        return True
    lines = np.flatnonzero((best.plan > 0) & ~space.rules.fixed)
    without = space.gains_everywhere(best.plan, space.no_prices())[lines, 0]
    return bool((without > LOSING * abs(best.objective)).any())


def composed(
    space: Workspace,
    finish: Finish,
    plans: Sequence[Plan],
    prices: Prices,
    rng: np.random.Generator,
    over: Over = lambda: False,
    heed: Heed = lambda made: made,
    *,
    rounds: int = ROUNDS,
    steps: int = STEPS,
    apart: bool = False,
) -> Candidate:
    """Compose a plan of schedules of some plans and of others near them.

    Parameters
    ----------
    plans
        int8 [N] each, at least one; they keep the rules, and may break limits.
    over
        Whether the time is over: nothing more is begun then.
    heed
        Sets the bounds in force by a plan's own futures, and values it under them: a plan that promotes less spreads
        less, so that bounds set by another one would ask for too much.
    rounds, steps
        Rounds at most from each plan, and linear programmes in each. Who asks for one only wants a plan mended: what
        keeps everything is then looked at no wider.
    apart
        Whether tied runs have schedules of their own, apart from their rivals': so begins a plan that holds few yet.

    Returns
    -------
    Candidate
        A plan that breaks less than all given ones, or breaks nothing and is worth more; else the best of them.
    """
    given = sorted(space.scores(np.stack(plans)), key=lambda each: _rank(space, each))
    slots = runs_apart(space) if apart else groups_of(space)
    known: set[Key] = {(group, plan[at].tobytes()) for plan in plans for group, at in enumerate(slots)}
    own_rules = OwnRules(space.written, slots)
    found: list[Candidate] = []
    for begun in given[:STARTS]:
        if over() or (found and found[-1].feasible):
            break
        found.append(_climbed(space, finish, begun, slots, known, own_rules, prices, rng, over, heed, rounds, steps))
    return min(found or given, key=lambda each: _rank(space, each))


def _climbed(
    space: Workspace,
    finish: Finish,
    best: Candidate,
    slots: list[Int],
    known: set[Key],
    own_rules: OwnRules,
    prices: Prices,
    rng: np.random.Generator,
    over: Over,
    heed: Heed,
    rounds: int,
    steps: int,
) -> Candidate:
    """Go on from a plan round by round; schedules that prove useful are known from then on."""
    best = heed(best)
    for _ in range(rounds):
        if over():
            break
        pool = SchedulePool(space, best, slots, known, own_rules)
        near = pool.gather(rng, over, steps)
        made = None if over() else _chosen(space, finish, pool, near, prices, rng)
        if made is None and not over() and (steps > 1 or not best.feasible):
            made = _chosen(space, finish, pool, pool.widen(near), prices, rng)
        if made is None:
            break
        before, best = best, heed(made)
        if before.feasible and not best.feasible:
            return heed(before)  # its own futures ask for more than it has left
        enough = before.feasible and best.objective - before.objective < WORTH * abs(before.objective)
        if enough:
            break
        known |= near | {(group, best.plan[at].tobytes()) for group, at in enumerate(slots)}
    return best


def _chosen(
    space: Workspace, finish: Finish, pool: SchedulePool, near: set[Key], prices: Prices, rng: np.random.Generator
) -> Candidate | None:
    """The first of a few choices that leads to a better plan; None where none does."""
    error, last = np.zeros(len(space.bound) + space.available.size), pool.plan.plan
    seed = int(rng.integers(2**31))
    cheapest = None if pool.plan.feasible else best_exchange(pool)
    exchanged = [] if cheapest is None else [cheapest]
    for _ in range(CHOICES):
        each, unit = pool.alternatives(near, error)
        mix = best_mix(space.rules, pool.plan.plan, each, PolishParams(seed=seed, deterministic_seconds=SECONDS), unit)
        space.work += passes_of(space, mix.seconds)
        if np.array_equal(mix.plan, pool.plan.plan) or np.array_equal(mix.plan, last):
            break
        last = mix.plan
        raw = space.score(mix.plan)
        made = [] if space.rules.violations(mix.plan) else [raw, finish(mix.plan, prices)]
        made += exchanged
        better = [each for each in made if _rank(space, each) < _rank(space, pool.plan)]
        if better:
            return min(better, key=lambda each: _rank(space, each))
        error += pool.beyond(raw, each, mix.taken)
    return best_exchange(pool) if pool.plan.feasible else cheapest


def _rank(space: Workspace, scored: Candidate) -> tuple[float, float]:
    """What comes first of plans: those that break least, in shares of the bounds; of these what is worth most."""
    if scored.feasible:
        return 0.0, -scored.objective
    excess = space.evaluator.excess(scored.uses, scored.stock, space.bound, space.available)
    short = excess.stock / np.maximum(np.where(np.isfinite(space.available), space.available, 1.0), 1.0)
    return float(excess.scalar.sum() + short.sum()), -scored.objective
