"""Re-planning on one page: recalibrate, settle and lock the past, search on from the running plan, tell the changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Prices, Workspace
from planner.figures import plural
from planner.flight.estimate_error import EstimateError
from planner.flight.measure.measured import Switch
from planner.flight.watch.returns_told import returns_beyond
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.replan.asked_now import AskedNow
from planner.replan.changes.charges import charges, freed, usual_cost
from planner.replan.changes.differences import differences
from planner.replan.changes.together import together
from planner.replan.contact_limits import MissedContacts, missed_contacts, said_of_missed, with_missed
from planner.replan.more_contacts import with_more_contacts
from planner.replan.question import judged_in_flight
from planner.replan.replanned import Replanned, told_in_flight
from planner.replan.rest.agreed import told_agreed
from planner.replan.rest.giving_way import Rest, plan_rest
from planner.replan.rest.warm import Warm
from planner.replan.standing import by_ledger, standing
from planner.replan.until_now.coupons_out import said_of_validities
from planner.replan.until_now.first_promise import with_this_replanning
from planner.replan.until_now.funds_so_far import said_of_funds
from planner.replan.until_now.kept_pieces import pieces_anew
from planner.replan.until_now.so_far import SoFar, so_far
from planner.replan.until_now.tied import said_of_tied
from planner.replan.within_error import kept_within_error
from planner.run.answer import answer
from planner.run.effort import Effort
from planner.run.findings import Findings
from planner.run.search_params import SearchParams
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.answer.changed_bounds import changed_bounds
from scenarios.answer.in_flight import InFlight
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.arrays import Plan
from scenarios.currency import minor_digits
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import NOBODY
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Mistake
from scenarios.response.coefficients import build_coefficients
from scenarios.rounding import to_decimal
from surrogate.flight.recalibration.recalibrate import RecalibrateParams

NOT_OF_REVENUE = "the new plan rests on units and uses, not on revenue; monitor and report do"
"""Said beside revenue that cannot be right."""


@dataclass(frozen=True, kw_only=True)
class ReplanParams:
    """How a running campaign is planned again.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    notice: int = 1
    """Periods after the actuals that cannot be changed any more."""
    change_cost: Decimal | None = None
    """What every changed line must gain, in major units; by default `planner.replan.changes.charges.usual_cost`."""
    effort: Effort = Effort.QUICK
    recalibration: RecalibrateParams = field(default_factory=RecalibrateParams)

    def __post_init__(self) -> None:
        if not (self.notice >= 0):
            raise ValueError(f"expected a notice of at least 0 periods, got {self.notice}")
        if self.change_cost is not None and not (self.change_cost >= 0):
            raise ValueError(f"expected a change cost of at least 0, got {self.change_cost}")


def replan(
    frozen: Frozen,
    plan_set: PlanSet,
    ranked: RankedPlan,
    actuals: Actuals,
    raw: bytes,
    params: ReplanParams,
    progress: Callable[[Progress], None] = ignore,
    *,
    asked: AskedNow | None = None,
    switches: Sequence[Switch] = (),
    audiences: Audiences = NOBODY,
) -> Replanned:
    """Plan the rest of a running campaign again.

    Parameters
    ----------
    frozen, plan_set, ranked
        The problem that was planned, its answer, and the plan that runs.
    actuals
        What happened so far.
    raw
        Bytes of the actuals' file, kept beside the new plan.
    params
        Notice, cost of changes, effort.
    asked
        What is asked otherwise from now on: limits, rules, stock, arrivals, funds; nothing by default.
    switches
        Periods of public prices in the lots of its rollouts, as far as they are told.
    audiences
        Whom the lines of its rollouts are for.

    Raises
    ------
    InvalidInput
        Where nothing of the horizon is left to plan.
    """
    progress(Progress(stage="learning from the actuals", share_done=0.01))
    horizon = frozen.scenario.horizon
    locked = actuals.last + params.notice
    if not (locked + 1 < horizon.periods):
        raise InvalidInput([_nothing_left(actuals, params, horizon.last_day)])
    known = so_far(frozen, plan_set, ranked, actuals, raw, locked, params.recalibration, asked, switches, audiences)
    learned, running = known.learned, known.running
    grid, digits = learned.actuals.grid, minor_digits(known.frozen.scenario.currency)
    cost = params.change_cost if params.change_cost is not None else usual_cost(ranked, known.rest.first, digits)
    asks = charges(learned.model, running, float(cost), known.kept_back)
    of_rest = partial(build_coefficients, grid, known.frozen.effects, known.planned.baskets)
    idle = freed(grid, of_rest, running, known.kept_back, locked)
    search = partial(
        plan_rest, running=running, rest=known.rest, cost=asks, freed=idle, effort=params.effort, progress=progress
    )
    rest = search(known.frozen)
    missed = partial(_missed, rest=rest, actuals=learned.actuals, audiences=audiences)
    rest, reached = with_more_contacts(rest, known.frozen, search, missed)
    flight = _what_gave_way(known, rest)
    asked_for = replace(rest.frozen, flown=replace(known.flown, record=flight))
    stays = _carried_on(known, rest, asked_for)
    told = _told(known, rest, asked_for, flight, stays, cost, missed(stays[1].account, running))
    told = replace(told, warnings=(*reached, *told.warnings))
    if rest.warm is None:
        return told
    progress(Progress(stage="checking by the ledger", share_done=0.95))
    space, new = rest.warm.space, rest.warm.candidate.plan
    judged = by_ledger(rest.ledger) if asked_for.scenario.objective == "profit" else None
    changes = differences(
        rest.problem,
        space,
        running,
        new,
        stays[1],
        learned.recalibration,
        lambda: _as_planned(known.planned),
        freed=idle,
        judged=judged,
    )
    found = _answer(rest, rest.warm, asked_for.seed, params.effort)
    gone = float(idle[rest.warm.candidate.plan == 0].sum())
    anew = pieces_anew(ranked.lines, found.plans[0].lines, flight.locked_until)
    still = missed(rest.warm.report.account, rest.warm.candidate.plan)
    told = replace(
        told,
        idle=to_decimal(round(gone * 10**digits), digits),
        printed=anew,
        attention=(*said_of_missed(still), *told.attention),
    )
    after = with_missed(standing(rest.ledger, rest.warm.report), still)
    flight = with_this_replanning(flight, told.before, after)
    return replace(
        told,
        frozen=replace(asked_for, flown=replace(known.flown, record=flight)),
        flight=flight,
        plan_set=told_in_flight(found, plan_set, told, changes),
        accounts=(rest.warm.report.account,),
        after=after,
        changes=changes,
        rows=together(space, running, new, changes, freed=idle, judged=judged),
        within_error=kept_within_error(
            rest.problem.grid,
            rest.problem.limits,
            rest.warm.candidate.uses,
            known.realised,
            EstimateError(known.realised, frozen.effects),
            [each.id for each in (*flight.floors, *flight.ceilings)],
        ),
    )


def _missed(
    account: Account, plan: Plan, rest: Rest, actuals: Actuals, audiences: Audiences
) -> tuple[MissedContacts, ...]:
    """Limits on contacts that a plan breaks by its messages, under the bounds that a rest was found under."""
    return missed_contacts(rest.problem.grid, account, plan, actuals, audiences)


def _what_gave_way(known: SoFar, rest: Rest) -> InFlight:
    """Return the record of what happened, with the bounds that gave way for the rest to be found."""
    gave_way = (*(sentence for _, sentence in rest.moved), *(floor.said for floor in rest.floors))
    moved = tuple(dict.fromkeys((*known.gave_way, *gave_way)))
    return replace(known.flown.record, moved=moved, floors=rest.floors, ceilings=rest.ceilings)


def _carried_on(known: SoFar, rest: Rest, asked_for: Frozen) -> tuple[Ledger, LedgerReport]:
    """Judge the running plan, with the pieces printed for it, under the bounds that the rest was found under."""
    printed = known.printed()
    own = rest.ledger
    if printed is not known.frozen.effects:
        own = judged_in_flight(replace(asked_for, effects=printed))[1]
    return own, own.audit(known.running)


def _told(
    known: SoFar,
    rest: Rest,
    asked_for: Frozen,
    flight: InFlight,
    stays: tuple[Ledger, LedgerReport],
    cost: Decimal,
    missed: Sequence[MissedContacts],
) -> Replanned:
    """Tell what is known before the new plan's own figures."""
    learned, warm = known.learned, rest.warm
    actuals = learned.actuals
    return Replanned(
        frozen=asked_for,
        flight=flight,
        plan_set=None,
        accounts=(),
        before=with_missed(standing(*stays), missed),
        after=None,
        changes=(),
        rows=(),
        recalibration=learned.recalibration,
        used=learned.used,
        cost=cost,
        attention=(
            *said_of_funds(known.beyond_funds, flight.as_of, flight.locked_until),
            *(f"{text} ({NOT_OF_REVENUE})" for text in actuals.attention),
            *returns_beyond(actuals),
        ),
        beyond_funds=known.beyond_funds,
        otherwise=known.otherwise,
        tied=said_of_tied(rest.problem.grid, known.running, actuals.last, known.locked),
        warnings=(
            *known.warnings,
            *told_agreed(rest.problem, known.running),
            *said_of_validities(rest.problem.grid, known.running, known.locked),
        ),
        interrupted=rest.interrupted or (warm is not None and warm.interrupted),
        gave_way=changed_bounds(flight, stays[1].limits),
        conflict=None if warm is not None else rest.conflict,
        pressed=rest.interrupted or (warm is not None and warm.pressed),
    )


def _answer(rest: Rest, warm: Warm, seed: int, effort: Effort) -> PlanSet:
    findings = Findings(
        checked=((warm.candidate, warm.report),),
        bound=None,
        baselines=None,
        halves=None,
        prices=warm.prices,
        asked=SearchParams(seed=seed, effort=effort, plans=1),
        effort=f"replan, {effort.value}",
        ledger=rest.ledger,
        interrupted=warm.interrupted,
    )
    return answer(rest.problem, warm.space, findings)


def _as_planned(problem: Problem) -> Workspace:
    """Values by what was expected when the running plan was made."""
    nothing = Prices(np.zeros(len(problem.limits.bound)), np.zeros(problem.grid.shape[1:]))
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook, unit=nothing)


def _nothing_left(actuals: Actuals, params: ReplanParams, last: dt.date) -> Mistake:
    unit = actuals.grid.scenario.horizon.unit.value
    got = f"actuals up to {actuals.as_of} and a notice of {plural(params.notice, unit)}"
    return Mistake(
        where=actuals.name,
        what="rest of the campaign",
        expected=f"at least one {unit} that can still change before the end on {last}",
        got=got,
        remedy="shorten --notice, or see campaign report for how it went" if params.notice else "see campaign report",
    )
