"""What stands when the rest of a campaign is planned: what was learned, what ran and is locked, what is left."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.flight.counted import lines_with_pieces
from planner.flight.measure.by_lot import off_by_lot, on_again
from planner.flight.measure.comparable import told_empty
from planner.flight.measure.measured import Switch
from planner.flight.messages_sent import messages_sent
from planner.flight.past.account import in_account, pieces_of, settled_as
from planner.flight.past.learning import Learned, learn
from planner.flight.past.settle import told_short, up_to
from planner.flight.past.untold_uses import said_of_untold, untold_uses
from planner.flight.pieces_read import beyond_pieces
from planner.flight.rollout.lots import lots_to_keep
from planner.flight.watch.empty_before import shelves_to_keep
from planner.problem import Problem
from planner.replan.asked_now import AskedNow
from planner.replan.question import problem_in_flight, with_real_stock
from planner.replan.real_past import real_past
from planner.replan.rest.giving_way import gave_way_before
from planner.replan.until_now.first_promise import first_promise
from planner.replan.until_now.funds_so_far import BeyondFund, funds_so_far
from planner.replan.until_now.kept_pieces import with_kept_pieces
from planner.replan.until_now.sent_so_far import sent_so_far
from scenarios.answer.archive import Flown, Frozen
from scenarios.answer.in_flight import InFlight
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.pieces import Pieces
from scenarios.flight.realised import Realised
from scenarios.flight.settled import within_stock
from scenarios.grid import build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import Coefficients, available_units
from scenarios.response.effects import Effects
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, Recalibration


@dataclass(frozen=True, kw_only=True, eq=False)
class SoFar:
    """What stands when the rest is planned."""

    frozen: Frozen
    """The question of the rest: the past locked and settled, stock and effects as they are known now."""
    flown: Flown
    """The question's own record of what happened; what gives way is not known yet."""
    planned: Problem
    """The question that was planned, and its tables."""
    learned: Learned
    running: Plan
    """The flat plan [N]: what ran, and what was planned after it."""
    there: Layers
    """Units that the pieces of each line came to."""
    kept_back: Float
    """[K, T] units that quiet sales would sell, see `scenarios.flight.settled.WithinStock`."""
    realised: Realised
    """What was really used so far, told or estimated."""
    beyond_funds: tuple[BeyondFund, ...]
    """What vendors do not pay of what is locked."""
    otherwise: bool
    """Whether what ran is not what was planned."""
    rest: DateRange
    """Days that may still change."""
    locked: int
    """Last period that cannot be changed any more."""
    gave_way: tuple[str, ...]
    """What bounds and stocks that follow reality come to, as sentences."""
    warnings: tuple[str, ...]

    def printed(self) -> Effects:
        """Effects under which all lines that stay keep the pieces that were printed for them."""
        frozen, actuals = self.frozen, self.learned.actuals
        span = actuals.last + 1, frozen.scenario.horizon.periods
        return with_kept_pieces(frozen.effects, actuals.grid, frozen.baskets, self.running, self.there, span)


def so_far(
    frozen: Frozen,
    plan_set: PlanSet,
    ranked: RankedPlan,
    actuals: Actuals,
    raw: bytes,
    locked: int,
    params: RecalibrateParams,
    asked: AskedNow | None,
    switches: Sequence[Switch],
    audiences: Audiences,
) -> SoFar:
    """Learn from what happened, lock and settle it, and ask the question of the rest.

    Parameters
    ----------
    frozen, plan_set, ranked
        The problem that was planned, its answer, and the plan that runs.
    actuals, raw
        What happened so far, and the bytes of its file.
    locked
        Last period that cannot be changed any more.
    asked
        What is asked otherwise from now on; None for nothing.
    switches
        Periods of public prices in the lots of its rollouts, as far as they are told.
    audiences
        Whom the lines of its rollouts are for.
    """
    planned = problem_in_flight(frozen)
    as_planned: Plan = actuals.grid.plan_of(ranked.plan_lines)
    learned = learn(frozen, planned.model, as_planned, actuals, params, switches)
    actuals = learned.actuals
    by_lot = (
        *learned.ran.said,
        *off_by_lot(actuals, switches),
        *on_again(actuals.grid, as_planned, switches, locked),
    )
    horizon = frozen.scenario.horizon
    free = horizon.date_of(locked + 1)
    until = free - dt.timedelta(days=1)
    scenario, of_stock = with_real_stock(frozen.scenario if asked is None else asked.scenario, actuals)
    sold_under = partial(_sold_under, frozen, planned, learned, as_planned)
    past = real_past(frozen, scenario, ranked.plan_lines, actuals, until, planned, sold_under, switches)
    running = past.plan
    there, pieces = pieces_of(learned, as_planned, running)
    ahead = _ahead(frozen, learned, planned, past.scenario, running, there, pieces, locked)
    changed = () if frozen.flight is None else frozen.flight.asked
    if asked is not None:
        changed = (*changed, *(f"as of {actuals.as_of}, {said}" for said in asked.said))
    older, floors, ceilings = gave_way_before(frozen.flight, asked_otherwise=asked is not None)
    as_sent, of_messages = sent_so_far(past.scenario, frozen.scenario, running, actuals, audiences)
    paid, beyond = funds_so_far(as_sent, frozen, ahead.effects, running, actuals, ceilings)
    sha256 = hashlib.sha256(plan_set.to_json().encode()).hexdigest()
    record = InFlight(
        as_of=actuals.as_of,
        locked_until=until,
        known_periods=actuals.last + 1,
        actuals=actuals.name,
        plan_sha256=sha256,
        moved=(),
        floors=floors,
        ceilings=ceilings,
        asked=changed,
        pieces=lines_with_pieces(actuals.grid, running, there, locked),
        otherwise=learned.ran.lines,
        empty=shelves_to_keep(frozen.flight, actuals),
        lots=lots_to_keep(switches, actuals.grid, locked),
        replannings=() if frozen.flight is None else frozen.flight.replannings,
        first=first_promise(frozen.flight, planned.model, as_planned, sha256, ranked.rank),
    )
    flown = Flown(record=record, actuals=raw, believed=learned.believed)
    frozen = replace(frozen, scenario=paid, effects=ahead.effects, flown=flown)
    return SoFar(
        frozen=frozen if asked is None else asked.kept_in(frozen),
        flown=flown,
        planned=planned,
        learned=learned,
        running=running,
        there=there,
        kept_back=ahead.kept_back,
        realised=Realised(planned.model, ahead.tables, as_planned, actuals, there, audiences),
        beyond_funds=beyond,
        otherwise=past.otherwise,
        rest=DateRange(first=free, last=horizon.last_day),
        locked=locked,
        gave_way=(*older, *of_stock, *past.said),
        warnings=(
            *actuals.warnings,
            *by_lot,
            *messages_sent(actuals, running),
            *of_messages,
            *beyond_pieces(actuals, running, there, pieces),
            *told_empty(actuals, learned.silent),
            *ahead.of_past,
            *ahead.untold,
            *ahead.short,
        ),
    )


def _sold_under(frozen: Frozen, planned: Problem, learned: Learned, as_planned: Plan, ran: Plan) -> Coefficients:
    """Tables under which a plan [N] sells what was sold."""
    _, pieces = pieces_of(learned, as_planned, ran)
    effects, _ = settled_as(frozen, planned.model, learned, learned.effects, ran, pieces)
    return in_account(frozen, learned, effects, ran).tables


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ahead:
    """Effects of the whole campaign as they are known now, and what is said of them."""

    effects: Effects
    kept_back: Float
    tables: Coefficients
    """Under which what ran sells what was sold."""
    of_past: tuple[str, ...]
    untold: tuple[str, ...]
    short: tuple[str, ...]


def _ahead(
    frozen: Frozen,
    learned: Learned,
    planned: Problem,
    scenario: Scenario,
    running: Plan,
    there: Layers,
    pieces: Pieces,
    locked: int,
) -> _Ahead:
    """Settle what is over, and cut what is to come at the stock that is left."""
    model, actuals, baskets = learned.model, learned.actuals, frozen.baskets
    settled = partial(settled_as, frozen, planned.model, learned, ran=running, pieces=pieces)
    effects, of_past = settled(effects=learned.effects)
    effects = replace(effects, source=_source(frozen, actuals), evidence=_evidence(frozen, learned.recalibration))
    stocked = replace(model, available=available_units(build_grid(scenario)))
    within = actuals.last + 1, locked + 1

    def kept(effects: Effects) -> Effects:
        return with_kept_pieces(effects, actuals.grid, baskets, running, there, within)

    wanted = kept(effects)
    cut = within_stock(stocked, wanted, up_to(model.grid, running, locked), baskets)
    # Fewer come where stock ends: who comes is then asked anew for how many pieces of the notice there are.
    effects = kept(replace(effects, base_units=cut.effects.base_units))
    if model.halo.any() and not isinstance(scenario.response.halo, tuple):
        # A share goes where baselines are: with those that stock cuts it brings the past a little otherwise.
        effects, of_past = settled(effects=effects)
    short = told_short(wanted, cut.effects, actuals)
    past = in_account(frozen, learned, effects, running)
    untold = tuple(said_of_untold(untold_uses(past, planned.model, actuals, pieces), actuals.name))
    return _Ahead(
        effects=effects,
        kept_back=cut.kept_back,
        tables=past.tables,
        of_past=of_past,
        untold=untold,
        short=short,
    )


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
