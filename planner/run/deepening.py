"""From the first plan to plans to choose from: evolution beside the bound, joining, distinct plans, yardsticks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.bound.lowering.beside import BoundBeside
from planner.bound.lowering.bound import Bound
from planner.evolution.apart import ApartParams, evolved_apart
from planner.evolution.careful import LAST, PLAIN, TILTED, Careful
from planner.evolution.evolve import EvolveParams, evolve, left_of
from planner.evolution.joining.joined import joined
from planner.evolution.risk import set_bounds
from planner.evolution.shown.baselines import Baselines, baselines
from planner.evolution.shown.distinct import distinct_plans
from planner.evolution.shown.leading import led
from planner.evolution.shown.topped import TOPPED_SLOTS, last_changes
from planner.evolution.shown.topped_over_futures import topped_over_futures
from planner.evolution.start.priced import prices_at
from planner.evolution.state import State
from planner.evolution.workspace import Candidate
from planner.run.begun import Tools
from planner.run.closing import Closing
from planner.run.cross_fit import cross_fit
from planner.run.effort import Effort, work_of
from scenarios.arrays import Plan
from scenarios.futures.optimism import HalfPlan
from scenarios.streams import stream

RETUNED = (0.1, 0.4, 0.75)
"""Shares of the work after which the bounds of limits at risk are set anew by the best plan's own futures."""
JOINED = (0.7,)
"""Shares of the work after which the best plan is joined with others; what is left polishes what came of it."""
JOINED_OFTEN = (0.25, 0.5, 0.75)
"""The same where there is much time."""
REPRICED_SLOTS = 25_000
"""Slots up to which prices of limits are found anew where the evolution begins; for more that takes too long."""
APART = {Effort.QUICK: ApartParams(plans=1), Effort.NORMAL: ApartParams(), Effort.THOROUGH: ApartParams()}
"""How plans are evolved apart, to be joined with the best one when that is joined for the first time."""
SPARE = 2
"""Distinct plans that are made beyond those asked for: mending by the ledger may bring two closer."""


@dataclass(kw_only=True, eq=False)
class Run:
    """What a run has so far; grows step by step, so that Ctrl-C at any moment leaves an answer."""

    state: State
    bound: Bound | None = None
    chosen: tuple[Candidate, ...] = ()
    careful: Careful | None = None
    """Where the objective is careful: the tilt in force, and the best plan over the futures."""
    baselines: Baselines | None = None
    halves: tuple[HalfPlan, ...] | None = None
    """What planning on each half of the futures gave; None before that."""
    interrupted: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Means(Tools):
    """What a run works with once its first plan is there."""

    beside: BoundBeside
    ending: Closing

    @property
    def timed(self) -> bool:
        """Whether time is limited, so that the run does not repeat."""
        return self.params.seconds is not None

    @property
    def work(self) -> float:
        """Work of the evolution, in passes over all columns; infinite where time decides."""
        slots = self.space.grid.slots
        return float("inf") if self.timed else work_of(self.params.effort, slots, coupled=self.problem.coupled)

    def say(self, stage: str, share: float, run: Run) -> None:
        """Tell whoever watches what is done now."""
        self.watch.say(stage, share, run.state, self.beside.now)

    def proven(self, state: State) -> bool:
        """Whether the best plan is proven to be as near the best possible one as was asked for."""
        gap = self.params.gap
        return gap is not None and self.beside.proves(state.best.objective, gap)


def deepen(means: Means, run: Run) -> None:
    """Evolve while the bound is lowered beside it, join plans, choose distinct ones, and make the yardsticks.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C; ``run`` holds what there is by then.
    """
    beside = means.beside
    if not (means.timed and means.watch.over):  # a bound would only take room and cores that checking needs
        beside.go_on(run.state.best.objective, run.state.prices)
    try:
        _evolve(means, run)
        _halves(means, run, 1.0)  # where a proven gap ended it early
        if means.timed:
            means.say("bounding what is possible", 0.84, run)
            run.bound = beside.stop_within(means.watch.left - means.ending.seconds)
        _choose(means, run)
        if not means.timed:  # as late as may be: the last steps of the bound cost no waiting
            means.say("bounding what is possible", 0.95, run)
            run.bound = beside.stop() if means.proven(run.state) else beside.wait()
    except KeyboardInterrupt:
        run.bound = beside.stop()
        raise


def _halves(means: Means, run: Run, share: float) -> tuple[Plan, ...]:
    """Plans made on each half of the futures, which tell optimism; none where it is known or there is no time."""
    if not means.params.cross_fit or means.timed or run.halves is not None:
        return ()
    means.say("planning on half of the futures", _done(share), run)
    found = cross_fit(means.problem, means.space, means.ledger, run.state.prices, means.params.seed)
    run.halves = found.halves
    return found.plans


def _join(means: Means, run: Run, share: float, apart: tuple[Plan, ...]) -> None:
    """Join the best plan with others after a share of the work, with those made on half of the futures among them."""
    mates = (*_halves(means, run, share), *apart, *_habits(means, run, share))
    means.say("joining plans", _done(share), run)
    rng = stream(means.params.seed, "join", str(share))
    run.state = joined(means.space, means.finish, run.state, mates, rng, over=lambda: means.watch.over)
    means.watch.skip()


def _habits(means: Means, run: Run, share: float) -> tuple[Plan, ...]:
    """The yardsticks' plans; none where they are known, or time is limited, or the tilt of an objective still moves.

    With budgets in many windows what greedy holds is better here and there than what guided steps come to.
    """
    if means.timed or run.careful is not None or run.baselines is not None:
        return ()
    means.say("comparing with habits", _done(share), run)
    made = run.baselines = baselines(means.space, means.finish)
    return tuple(each.plan for each in (made.greedy, made.uniform, made.last_campaign) if each is not None)


def _evolve_apart(means: Means, run: Run, work: float, share: float) -> tuple[Plan, ...]:
    """Plans that know nothing of the best one; none where time is limited, or on many slots."""
    params = APART[means.params.effort]
    if means.timed or means.space.grid.slots > params.slots:
        return ()
    means.say("evolving other plans", _done(share), run)
    rng = stream(means.params.seed, "apart")
    return evolved_apart(means.space, means.finish, work, params, rng, over=lambda: means.proven(run.state))


def _choose(means: Means, run: Run) -> None:
    """Choose distinct plans, and make the yardsticks where there is time."""
    params, watch, ending = means.params, means.watch, means.ending
    means.say("choosing distinct plans", 0.85, run)
    spare = SPARE if params.plans > 1 else 0
    wanted = ending.plans if means.timed else params.plans + spare
    rng = stream(params.seed, "distinct")
    # Gains of a careful objective are those of one tilt alone; on many slots each pass over all changes takes long.
    few = means.space.grid.slots <= TOPPED_SLOTS
    tops = run.careful is None and few
    if run.careful is not None:
        if few:
            run.careful.consider(run.state)
            topped_over_futures(means.space, run.careful, means.ledger, LAST * means.work, lambda: watch.over)
        run.state = run.careful.settled(means.space, run.state)
    if tops:
        run.state = replace(run.state, elites=run.state.elites.led_by(_topped(means, run.state.best, moves=True)))
    run.chosen = distinct_plans(means.space, means.finish, run.state, wanted, rng, lambda: watch.over, means.work)
    if tops:
        topped = tuple(_topped(means, plan, moves=False) for plan in run.chosen)
        run.chosen = led(
            means.space,
            means.finish,
            run.state.best,
            topped,
            lambda plan: _topped(means, plan, moves=True),
            stream(params.seed, "lead"),
            lambda: watch.over,
        )
    if run.baselines is None and (not means.timed or watch.left - ending.seconds > 0.5 * ending.yardsticks > 0):
        means.say("comparing with habits", 0.9, run)
        run.baselines = baselines(means.space, means.finish, over=lambda: watch.left < ending.seconds)


def _topped(means: Means, plan: Candidate, *, moves: bool) -> Candidate:
    """A plan after its last changes; as it is where there is no time for them: it is mended where it is checked."""
    if means.timed and means.watch.over:
        return plan
    return last_changes(means.space, means.finish, means.ledger, plan, lambda: means.watch.over, moves=moves)


def _done(share: float) -> float:
    """How much of a run is done where a share of the evolution is."""
    return 0.08 + 0.76 * min(share, 1.0)


def joins_of(effort: Effort, seconds: float | None) -> tuple[float, ...]:
    """When a search with some effort, or some seconds, joins its best plan with others, as shares of its work."""
    return JOINED_OFTEN if effort is Effort.THOROUGH or seconds is not None else JOINED


def _evolve_plainly(means: Means, run: Run, careful: Careful) -> None:
    """Evolve for expected profit before a careful objective is followed, so that no such search ends below its plan."""
    params, watch = means.params, means.watch
    kept, started = run.state, watch.seconds
    until = started + PLAIN * (watch.left - watch.reserve)
    means.say("evolving plans for expected profit", _done(0.0), run)
    plain = EvolveParams(work=means.work if means.timed else max(PLAIN * means.work, 1.0))
    for state in evolve(means.space, means.finish, run.state, plain, stream(params.seed, "plain")):
        run.state = state
        watch.step()
        if watch.over or watch.seconds >= until:
            break
    run.state = careful.beside(kept, run.state)


def _evolve(means: Means, run: Run) -> None:
    """Evolve, join plans, and set bounds of limits at risk and the tilt of a careful objective anew now and then."""
    problem, space, params, watch = means.problem, means.space, means.params, means.watch
    work = means.work
    if space.grid.slots <= REPRICED_SLOTS and not watch.over:
        # The bound goes on from prices that were learned on the way to the first plan; where that plan is, others hold.
        run.state = replace(run.state, prices=prices_at(space, run.state.best))
    if run.careful is not None:
        _evolve_plainly(means, run, run.careful)
    begun, started, share = space.work, watch.seconds, 0.0
    risky = bool(np.isfinite(problem.limits.at_risk).any())
    due = list(RETUNED) if risky else []
    tilts = list(TILTED) if run.careful is not None else []
    joins, joined_yet = list(joins_of(params.effort, params.seconds)), False
    rng, ended, joining = stream(params.seed, "evolve"), False, 0.0

    def far() -> bool:
        return watch.left - watch.reserve > watch.first

    means.say("evolving plans", _done(0.0), run)
    while not ended and not watch.over:
        if run.careful is not None and tilts and share >= tilts[0]:
            tilts.pop(0)
            run.state = run.careful.moved(space, run.state)
            if means.timed and not tilts:  # later there is no time left
                topped_over_futures(space, run.careful, means.ledger, over=lambda: watch.over)
        if watch.left - watch.reserve < joining:
            joins.clear()
        if joins and share >= joins[0]:
            at = watch.seconds
            before, apart = space.work, () if joined_yet else _evolve_apart(means, run, work, share)
            _join(means, run, joins.pop(0), apart)
            joined_yet, joining = True, max(joining, watch.seconds - at)
            begun += space.work - before
            if risky:
                set_bounds(space, means.ledger.verdict(run.state.best.plan))
        left, ended = replace(left_of(work, work - (space.work - begun)), far=far), True
        for state in evolve(space, means.finish, run.state, left, rng):
            run.state = state
            share = (space.work - begun) / work
            if params.seconds is not None:
                share = (watch.seconds - started) / max(params.seconds - watch.reserve - started, 1e-9)
                means.beside.hurry_within(watch.left - watch.reserve)
            means.say("evolving plans", _done(share), run)
            watch.step()
            if watch.over or means.proven(state):
                break
            if due and share >= due[0]:
                due.pop(0)
                set_bounds(space, means.ledger.verdict(state.best.plan))
            if any(dates and share >= dates[0] for dates in (tilts, joins)):
                ended = False
                break
    if run.careful is not None:
        run.careful.consider(run.state)
