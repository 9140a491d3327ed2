"""The evaluation: what a campaign has brought, beside what was foreseen, and what of it its offers have caused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.flight.claims_so_far import ClaimSoFar, claims_so_far
from planner.flight.counted import believed_before, counted_pieces, running_model, with_counted
from planner.flight.estimate_error import EstimateError
from planner.flight.gained import Gained
from planner.flight.limits_kept import LimitKept, limits_kept
from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.by_lot import besides_lots
from planner.flight.measure.comparable import empty_shelves
from planner.flight.measure.customers_alone import from_customers
from planner.flight.measure.customers_together import customers_together
from planner.flight.measure.less_reach import less_reach
from planner.flight.measure.lesson_parts import lesson_parts
from planner.flight.measure.lessons import lessons
from planner.flight.measure.measured import Effect, Switch, from_holdout_rows, from_switchback
from planner.flight.measure.measured_days import measured_days
from planner.flight.measure.measured_together import measured_together, pools_of
from planner.flight.measure.no_lessons import no_lessons
from planner.flight.measure.shadowed import in_the_open, shadowed_lines
from planner.flight.measure.sums_by_customer import sums_by_customer
from planner.flight.measure.unmeasured import unmeasured
from planner.flight.measure.unplanned import what_ran
from planner.flight.messages_sent import messages_sent
from planner.flight.outcomes_so_far import Accuracy, BridgeStep, Total, profit_bridge, totals_and_accuracy
from planner.flight.past.account import PastAccount, past_account
from planner.flight.past.untold_uses import UntoldUses, untold_uses
from planner.flight.pieces_read import pieces_sentences, read_pieces, served_everybody
from planner.flight.promises_so_far import PromisesSoFar, promises_so_far
from planner.flight.real_lines import counted_as_it_ran
from planner.flight.watch.gains import read_gains
from planner.flight.watch.needs_a_look import needs_a_look
from planner.flight.watch.untold import untold
from scenarios.answer.archive import Frozen
from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.flight.experience import Experience, experiences
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import NOBODY
from scenarios.flight.messages.kept_out import kept_out_shares
from scenarios.flight.pieces import counts_pieces
from scenarios.flight.reading.net_of_tax import with_what_is_missing
from scenarios.flight.realised import Realised
from scenarios.flight.sent import really_reached, reckoned_so_far, sent_shares
from scenarios.language.horizon_words import so_far_words
from scenarios.response.coefficients import build_coefficients
from surrogate.flight.chance import ChanceParams
from surrogate.flight.evidence import run_out


@dataclass(frozen=True, kw_only=True)
class EvaluateParams:
    """Settings of the evaluation.

    Raises
    ------
    ValueError
        For too few futures.
    """

    chance: ChanceParams = field(default_factory=ChanceParams)
    futures: int = 400

    def __post_init__(self) -> None:
        if not (self.futures >= 50):
            raise ValueError(f"futures: expected at least 50, got {self.futures}")


@dataclass(frozen=True, kw_only=True)
class OutcomeReport:
    """A campaign, evaluated."""

    folder: str
    plan: int
    actuals: str
    as_of: dt.date
    periods: int
    horizon: int
    so_far: str
    """How much of the horizon that is, in words."""
    currency: str
    totals: tuple[Total, ...]
    known_until: dt.date | None
    """Day up to which the plan's account holds the real sales, where the campaign was planned again; else None."""
    accuracy: Accuracy | None
    """Over later periods; None where there are none."""
    bridge: tuple[BridgeStep, ...]
    """Parts of the profit; the last one is the profit."""
    effects: tuple[Effect, ...]
    experiences: tuple[Experience, ...]
    lessons: tuple[tuple[str, ...], ...]
    """Rows for ``experiments:`` of a data file."""
    notes: tuple[str, ...]
    """What could not be measured, and what is assumed."""
    kept_out: str = ""
    """What customers who were kept out, and messages not sent, take off what was expected; empty where nothing."""
    together: tuple[Effect, ...] = ()
    """What customers with a past tell of offers in all segments, and rows of a holdout of all targeted offers, and of
    each on all its products and segments, together."""
    limits: tuple[LimitKept, ...] = ()
    """What was really used of the plan's limits, and which of them are kept."""
    claims: tuple[ClaimSoFar, ...] = ()
    """What vendors pay for the observed periods, by vendor, period, product and offer."""
    untold: tuple[UntoldUses, ...] = ()
    """Uses that no row tells, as they are reckoned."""
    attention: tuple[str, ...] = ()
    """What makes the money wrong, and what of customers' experience needs a look."""
    promised: PromisesSoFar | None = None
    """What the plan of before the campaign and this one promised; None where it was not planned again."""
    gained: Gained | None = None
    """Against no promotion, where it was asked for (`planner.replan.until_now.gained_so_far`)."""


def evaluate_campaign(
    frozen: Frozen,
    plan: NDArray[np.int8],
    actuals: Actuals,
    *,
    folder: str,
    rank: int,
    customers: Sequence[CustomerGroup] = (),
    switches: Sequence[Switch] = (),
    audiences: Audiences = NOBODY,
    past: PastAccount | None = None,
    params: EvaluateParams | None = None,
) -> OutcomeReport:
    """Evaluate a campaign, finished or not, over the periods that were observed.

    Parameters
    ----------
    customers
        Units of single customers, where they are told.
    switches
        Periods of public prices that a lot switched off.
    audiences
        Whom its rollouts' lines are for.
    past
        The account of what is over, where it is kept already.
    """
    told, actuals = actuals, besides_lots(actuals, plan, switches)
    settings = EvaluateParams() if params is None else params
    kept_out = kept_out_shares(actuals)
    effects = reckoned_so_far(frozen, plan, actuals)
    there = counted_pieces(frozen, actuals.grid, plan)
    model = running_model(frozen, actuals.grid, plan, actuals)
    past = past_account(frozen, plan, told, switches) if past is None else past
    realised = Realised(model, past.tables, plan, actuals, there, audiences)
    weather = settings.chance.by(frozen.effects.weather, [product.category for product in actuals.grid.products])
    silent, chance = empty_shelves(
        model, effects, plan, actuals, seed=frozen.seed, chance=weather,
        before=believed_before(frozen, actuals.grid, plan, actuals),
    )  # fmt: skip
    known = 0 if frozen.flight is None else min(frozen.flight.known_periods, actuals.last + 1)
    totals, accuracy = totals_and_accuracy(
        realised,
        effects,
        plan,
        seed=frozen.seed,
        count=settings.futures,
        chance=chance,
        empty=run_out(actuals) | silent,
        known=known,
    )
    errors = EstimateError(realised, frozen.effects)
    sure = what_ran(frozen.flight, plan, actuals, switches).sure
    planned = _as_planned(frozen, plan, sure, actuals, there, kept_out)
    by_customer = tuple(from_customers(customers, planned, actuals.grid, kept_out))
    switched = tuple(from_switchback(planned, told, switches))
    measured = (*by_customer, *from_holdout_rows(planned, sure, actuals, chance.lot), *switched)
    together = (
        *customers_together(customers, planned, actuals.grid, kept_out),
        *measured_together(planned, sure, actuals, chance.lot),
    )
    teaching = (
        *in_the_open(by_customer, planned, actuals.grid),
        *from_holdout_rows(planned, sure, actuals, chance.lot, apart=True),
        *switched,
    )

    def whole(effect: Effect) -> bool:
        offer, product, segment = effect.offer, effect.product, effect.segment
        return offer is None or served_everybody(actuals, realised.ran, realised.pieces, offer, product, segment)

    parts = lesson_parts(teaching, pools_of(planned, sure, actuals, chance.lot, apart=True), whole)

    def days(effect: Effect) -> tuple[dt.date, dt.date] | None:
        return measured_days(effect, planned, actuals.grid, actuals.last)

    return OutcomeReport(
        folder=folder,
        plan=rank,
        actuals=actuals.name,
        as_of=actuals.as_of,
        periods=actuals.last + 1,
        horizon=actuals.grid.shape[2],
        so_far=so_far_words(frozen.scenario.horizon, actuals.last + 1),
        currency=frozen.scenario.currency,
        totals=totals,
        known_until=None if frozen.flight is None else frozen.flight.as_of,
        accuracy=accuracy,
        kept_out=less_reach(frozen, plan, realised, kept_out),
        bridge=profit_bridge(realised, plan),
        limits=limits_kept(
            realised, errors, read_gains(realised, effects, errors, seed=frozen.seed, chance=chance, silent=silent)
        ),
        claims=claims_so_far(realised),
        untold=untold_uses(past, model, actuals, realised.pieces),
        promised=promises_so_far(frozen, actuals.grid, plan, actuals.last + 1),
        effects=measured,
        together=together,
        attention=(
            *with_what_is_missing(actuals),
            *sums_by_customer(customers, planned, sure, actuals),
            *needs_a_look(actuals, plan),
        ),
        experiences=experiences(actuals, plan),
        lessons=lessons(parts, actuals.grid, actuals.as_of, days),
        notes=(
            *actuals.warnings,
            *counted_as_it_ran(actuals, plan, realised.ran),
            *messages_sent(actuals, plan),
            *pieces_sentences(read_pieces(actuals, realised.ran, there, realised.pieces)),
            *no_lessons(teaching, whole, parts),
            *(shadowed_lines(planned, actuals.grid, sure) if actuals.has_holdout or customers else ()),
            *unmeasured(told, sure, measured, switches, customers),
            *untold(actuals),
            *_assumed(actuals, chance.lot),
        ),
    )


def _as_planned(frozen: Frozen, plan: Plan, sure: Plan, actuals: Actuals, there: Layers, kept_out: Float) -> AsPlanned:
    """The offers that surely ran, by what was believed before the campaign: its effects learn from these very sales.

    Parameters
    ----------
    plan, sure
        The flat plan [N], and what of it surely ran.
    there
        Units that the pieces of each line come to.
    kept_out : [S]
        Share of each segment that was kept out.
    """
    believed = frozen.believed
    if counts_pieces(actuals.grid, plan):
        # So many pieces for fewer who were contacted: of each of them, more found one.
        reached = really_reached(believed, plan, actuals)
        tables = with_counted(frozen, actuals.grid, reached, plan, there)
    else:
        tables = build_coefficients(actuals.grid, believed, frozen.baskets)
    return AsPlanned(tables, sure, actuals.last, kept_out, sent_shares(actuals, sure))


def _assumed(actuals: Actuals, lot: float) -> Iterator[str]:
    """Say what money and errors of lifts take for granted."""
    yield (
        "assumed: discounts, gifts and funding at the plan's terms for all uses, told and reckoned, fixed costs, and "
        "messages that are not told, as planned of the lines that ran, returns and fees at the scenario's rates"
    )
    if actuals.has_holdout:
        yield (
            "assumed: customers' own rates of buying scatter by 100% where only sums of a holdout are told, and "
            f"units come in lots of {lot:.1f}, by how sales scatter; units of single customers (--customers) need no "
            "assumption"
        )
