"""Re-planning on one page: recalibrate, settle and lock the past, search on from the running plan, tell the changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

import numpy as np

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Plan, Prices, Workspace
from planner.figures import plural
from planner.flight.by_lot import off_by_lot, on_again
from planner.flight.comparable import told_empty
from planner.flight.counted import lines_with_pieces
from planner.flight.empty_before import shelves_to_keep
from planner.flight.measured import Switch
from planner.flight.messages_sent import messages_sent
from planner.flight.needs_a_look import returns_beyond
from planner.flight.pieces_read import beyond_pieces
from planner.flight.rollout_lots import lots_to_keep
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.replan.agreed import told_agreed
from planner.replan.asked_now import AskedNow
from planner.replan.charges import charges, freed, usual_cost
from planner.replan.differences import differences
from planner.replan.giving_way import gave_way_before, plan_rest
from planner.replan.kept_pieces import pieces_anew, with_kept_pieces
from planner.replan.learning import learn
from planner.replan.past import settle, told_short, up_to
from planner.replan.question import judged_in_flight, problem_in_flight, with_real_stock
from planner.replan.real_past import real_past
from planner.replan.replanned import Replanned, told_in_flight
from planner.replan.standing import by_ledger, standing
from planner.run.answer import answer
from planner.run.effort import Effort
from planner.run.findings import Findings
from planner.run.search_params import SearchParams
from scenarios.answer.archive import Frozen
from scenarios.answer.in_flight import InFlight
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.answer.rounding import to_decimal
from scenarios.currency import minor_digits
from scenarios.flight.actuals import Actuals
from scenarios.flight.pieces import of_lines_that_stay, pieces_so_far
from scenarios.flight.settled import within_stock
from scenarios.grid import build_grid
from scenarios.language.values import DateRange
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Mistake
from scenarios.response.coefficients import available_units, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.recalibrate import RecalibrateParams, Recalibration

NOT_OF_REVENUE = "the new plan rests on units and uses, not on revenue; monitor and report do"
"""Said beside revenue that cannot be right."""


@dataclass(frozen=True, kw_only=True)
class ReplanParams:
    """How a running campaign is planned again."""

    notice: int = 1
    """Periods after the actuals that cannot be changed any more."""
    change_cost: Decimal | None = None
    """What every changed line must gain, in major units; by default `planner.replan.charges.usual_cost`."""
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
    planned = problem_in_flight(frozen)
    running: Plan = actuals.grid.plan_of(ranked.plan_lines)
    learned = learn(frozen, planned, running, actuals, params.recalibration, switches)
    actuals, ran, model = learned.actuals, learned.ran, learned.model
    there, pieces, effects = learned.there, learned.pieces, learned.effects
    by_lot = (*ran.said, *off_by_lot(actuals, switches), *on_again(actuals.grid, running, switches, locked))
    booked = sold_by(planned.model, running, np)
    until, free = horizon.date_of(locked + 1) - dt.timedelta(days=1), horizon.date_of(locked + 1)
    scenario, said = with_real_stock(frozen.scenario if asked is None else asked.scenario, actuals)
    past = real_past(frozen, scenario, ranked.plan_lines, actuals, until, planned, there, switches)
    if past.otherwise:  # from here on the running plan is what ran, and what is to run
        there, running = of_lines_that_stay(actuals.grid, there, running, past.plan), past.plan
        booked = sold_by(planned.model, running, np)
        pieces = pieces_so_far(model, running, sold_by(model, running, np), actuals, there)
    scenario, said = past.scenario, (*said, *past.said)
    settled = partial(
        settle, model, plan=running, actuals=actuals, pieces=pieces, booked=booked, baskets=frozen.baskets
    )
    effects, of_past = settled(effects)
    effects = replace(effects, source=_source(frozen, actuals), evidence=_evidence(frozen, learned.recalibration))
    older, floors, ceilings = gave_way_before(frozen.flight, asked_otherwise=asked is not None)
    changed = () if frozen.flight is None else frozen.flight.asked
    if asked is not None:
        changed = (*changed, *(f"as of {actuals.as_of}, {said}" for said in asked.said))
    flight = InFlight(
        as_of=actuals.as_of,
        locked_until=until,
        known_periods=actuals.last + 1,
        actuals=actuals.name,
        plan_sha256=hashlib.sha256(plan_set.to_json().encode()).hexdigest(),
        moved=(),
        floors=floors,
        ceilings=ceilings,
        asked=changed,
        pieces=lines_with_pieces(actuals.grid, running, there, locked),
        otherwise=ran.lines,
        empty=shelves_to_keep(frozen.flight, actuals),
        lots=lots_to_keep(switches, actuals.grid, locked),
    )
    stocked = replace(model, available=available_units(build_grid(scenario)))
    within = actuals.last + 1, locked + 1

    def kept(effects: Effects) -> Effects:
        return with_kept_pieces(effects, actuals.grid, frozen.baskets, running, there, within)

    wanted = kept(effects)
    cut = within_stock(stocked, wanted, up_to(model.grid, running, locked), frozen.baskets)
    short = told_short(wanted, cut.effects, actuals)
    # Fewer come where stock ends: who comes is then asked anew for how many pieces of the notice there are.
    effects = kept(replace(effects, base_units=cut.effects.base_units))
    if model.halo.any():
        # Halo goes where baselines are: with those that stock cuts it brings the past a little otherwise.
        effects, of_past = settled(effects)
    frozen = replace(frozen, scenario=scenario, effects=effects, flight=flight, actuals=raw, believed=learned.believed)
    frozen = frozen if asked is None else asked.kept_in(frozen)
    rest = DateRange(first=free, last=horizon.date_of(horizon.periods) - dt.timedelta(days=1))
    digits = minor_digits(scenario.currency)
    cost = params.change_cost if params.change_cost is not None else usual_cost(ranked, free, digits)
    asks = charges(model, running, float(cost), cut.kept_back)
    of_rest = partial(build_coefficients, actuals.grid, effects, planned.baskets)
    idle = freed(actuals.grid, of_rest, running, cut.kept_back, locked)
    found_rest = plan_rest(frozen, running, rest, cost=asks, freed=idle, effort=params.effort, progress=progress)
    problem, ledger, warm = found_rest.problem, found_rest.ledger, found_rest.warm
    gave_way = (*(sentence for _, sentence in found_rest.moved), *(floor.said for floor in found_rest.floors))
    moved = tuple(dict.fromkeys((*older, *said, *gave_way)))
    flight = replace(flight, moved=moved, floors=found_rest.floors, ceilings=found_rest.ceilings)
    frozen = replace(found_rest.frozen, flight=flight)
    printed = with_kept_pieces(
        effects, actuals.grid, frozen.baskets, running, there, (actuals.last + 1, horizon.periods)
    )
    own = ledger if printed is effects else judged_in_flight(replace(frozen, effects=printed))[1]
    stays = own.audit(running)
    told = Replanned(
        frozen=frozen,
        plan_set=None,
        accounts=(),
        before=standing(own, stays),
        after=None,
        changes=(),
        recalibration=learned.recalibration,
        used=learned.used,
        as_of=actuals.as_of,
        until=until,
        cost=cost,
        attention=(*(f"{text} ({NOT_OF_REVENUE})" for text in actuals.attention), *returns_beyond(actuals)),
        otherwise=past.otherwise,
        asked=changed,
        moved=moved,
        warnings=(
            *actuals.warnings,
            *by_lot,
            *messages_sent(actuals, running),
            *beyond_pieces(actuals, running, there, pieces),
            *told_empty(actuals, learned.silent),
            *of_past,
            *short,
            *told_agreed(problem, running),
        ),
        interrupted=warm is not None and warm.interrupted,
        pressed=warm is not None and warm.pressed,
    )
    if warm is None:
        return told
    progress(Progress(stage="checking by the ledger", share_done=0.95))
    changes = differences(
        problem,
        warm.space,
        running,
        warm.candidate.plan,
        stays,
        learned.recalibration,
        lambda: _as_planned(planned),
        freed=idle,
        judged=by_ledger(ledger) if frozen.scenario.objective == "profit" else None,
    )
    findings = Findings(
        checked=((warm.candidate, warm.report),),
        bound=None,
        baselines=None,
        halves=None,
        prices=warm.prices,
        asked=SearchParams(seed=frozen.seed, effort=params.effort, plans=1),
        effort=f"replan, {params.effort.value}",
        ledger=ledger,
        interrupted=warm.interrupted,
    )
    found = answer(problem, warm.space, findings)
    gone = float(idle[warm.candidate.plan == 0].sum())
    anew = pieces_anew(ranked.lines, found.plans[0].lines, until)
    told = replace(told, idle=to_decimal(round(gone * 10**digits), digits), printed=anew)
    return replace(
        told,
        plan_set=told_in_flight(found, plan_set, told, changes),
        accounts=(warm.report.account,),
        after=standing(ledger, warm.report),
        changes=changes,
    )


def _as_planned(problem: Problem) -> Workspace:
    """Values by what was expected when the running plan was made."""
    nothing = Prices(np.zeros(len(problem.limits.bound)), np.zeros(problem.grid.shape[1:]))
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook, unit=nothing)


def _source(frozen: Frozen, actuals: Actuals) -> str:
    plain = frozen.effects.source.partition("; recalibrated")[0]
    return f"{plain}; recalibrated with the actuals up to {actuals.as_of}"


def _evidence(frozen: Frozen, learned: Recalibration) -> tuple[str, ...]:
    """Grades of the effects: what ran is calibrated now, unless it was measured at random."""
    pairs = zip(frozen.scenario.offers, frozen.effects.evidence, strict=True)
    return tuple(
        "calibrated" if offer.id in learned.offers and grade in ("assumed", "observed") else grade
        for offer, grade in pairs
    )


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
