"""How a run begins: what it works with, and its first plan, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from constraints.infeasible.counted_floors import short_floors
from constraints.infeasible.opposite import opposite
from constraints.ledger import Ledger
from planner.bound.lowering.beside import BoundBeside
from planner.evaluation.evaluator import MANY_SLOTS, Evaluator
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.finish import Finish
from planner.evolution.interrupt import Interrupt
from planner.evolution.kept import kept_rules
from planner.evolution.start.first import VERY_MANY
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.problem import Problem
from planner.run.no_plan.none_found import NoneFound, why_none
from planner.run.opening import first_state, found_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.arrays import Plan
from scenarios.futures.draws import draw
from scenarios.language.aim import caution_of, senses_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Tools:
    """What a run works with."""

    problem: Problem
    space: Workspace
    finish: Finish
    ledger: Ledger
    params: SearchParams
    watch: Watch

    @property
    def ends(self) -> int:
        """Measures that the objective names; a front is looked for where it is a matter of several."""
        return len(senses_of(self.problem.grid.scenario.objective) or (1,))

    @property
    def front(self) -> bool:
        """Whether a front of plans is looked for."""
        return senses_of(self.problem.grid.scenario.objective) is not None

    def why_none(self, seen: list[Plan]) -> NoneFound:
        """Say why no plan was found; the plans ``seen`` each break something."""
        return why_none(self.problem, self.space, self.finish, self.ledger, seen, self.params, self.watch)


@dataclass(kw_only=True, eq=False)
class Begun:
    """Where a run stands before it goes deeper."""

    first: State | None = None
    """None where nothing was found."""
    none: NoneFound | None = None
    """Why not, where that was asked."""
    interrupted: bool = False
    seen: list[Plan] = field(default_factory=list)
    """Plans that starts came to, feasible or not."""


def tools_of(problem: Problem, params: SearchParams, watch: Watch, interrupt: Interrupt) -> Tools | None:
    """Make a run's tools; None where no plan keeps the rules and as much of the start as was asked for."""
    kept = None
    if params.start is not None and params.keep is not None:
        kept = kept_rules(problem.rulebook, params.start, params.keep)
        if kept is None:
            return None
    careful = caution_of(problem.grid.scenario.objective) is not None
    evaluator = (TiltedEvaluator if careful else Evaluator)(problem.model, problem.limits)
    space = Workspace(evaluator, problem.rulebook, interrupt)
    space.keep(kept)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, params.seed))
    return Tools(problem=problem, space=space, finish=Finish(space), ledger=ledger, params=params, watch=watch)


def begun(tools: Tools, beside: BoundBeside, fallback: Plan | None) -> Begun:
    """Return the first plan, or why there is none.

    Parameters
    ----------
    beside
        Begins where the first plan leaves it a core, and goes on where it is there.
    fallback
        Found since the ledger refused all that a search came to; the start where nothing else is.

    Raises
    ------
    KeyboardInterrupt
        Where Ctrl-C was pressed before any start ended in a plan.
    """
    space, params, watch = tools.space, tools.params, tools.watch
    found, opened = Begun(), list[State]()
    timed, slots = params.seconds is not None, space.grid.slots
    hopeless = bool(opposite(tools.problem.limits)[0] or short_floors(tools.problem.rulebook))

    def better(candidate: Candidate, prices: Prices) -> None:
        if candidate.feasible and not (opened and candidate.objective <= opened[-1].best.objective):
            opened.append(begin(candidate, prices))
            watch.say("other first plans", 0.04, opened[-1])

    def started(candidate: Candidate, prices: Prices) -> None:
        found.seen.append(candidate.plan)
        better(candidate, prices)
        if timed and not tools.front and slots <= VERY_MANY:
            # Further starts take time that the bound needs, too; where slots are very many, neither has enough.
            beside.go_on(float("-inf"), prices)

    if slots > MANY_SLOTS and not timed and not tools.front and not hopeless:
        beside.begin()  # the first plan takes long, and leaves a core idle
    if not hopeless:
        try:
            parts = tools.space, tools.finish, tools.ledger, params, watch
            found.first = first_state(*parts, started, tools.ends, better=better)
        except KeyboardInterrupt:
            if not opened:
                raise
            found.first, found.interrupted = opened[-1], True
    if found.first is None and (params.keep is None or hopeless):
        _without_first(tools, found, fallback)
    return found


def _without_first(tools: Tools, found: Begun, fallback: Plan | None) -> None:
    """Go on from a plan found otherwise, or say why there is none."""
    space = tools.space
    if fallback is not None:  # in the search's sums it may be a hair beyond a limit
        found.first = begin(replace(space.score(fallback), feasible=True), space.no_prices())
        return
    found.none = none = tools.why_none(found.seen)
    if none.plan is None:
        return
    if none.interrupted:
        space.interrupt.shield()
    going_on = None if none.interrupted else found.seen
    parts = space, tools.finish, tools.ledger, none.plan, going_on, tools.params, tools.watch
    found.first, found.interrupted = found_state(*parts)
