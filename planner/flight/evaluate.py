"""The evaluation: what a campaign has brought, beside what was foreseen, and what of it its offers have caused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.flight.as_planned import AsPlanned
from planner.flight.by_lot import besides_lots
from planner.flight.comparable import empty_shelves
from planner.flight.counted import counted_pieces, running_model, with_counted
from planner.flight.less_reach import less_reach
from planner.flight.lessons import lesson_of, lessons
from planner.flight.measured import (
    Effect,
    Switch,
    from_customers,
    from_holdout_rows,
    from_switchback,
    in_words,
)
from planner.flight.messages_sent import messages_sent
from planner.flight.needs_a_look import needs_a_look
from planner.flight.outcomes_so_far import Accuracy, BridgeStep, Total, profit_bridge, totals_and_accuracy
from planner.flight.pieces_read import pieces_sentences, read_pieces, served_everybody
from planner.flight.real_lines import counted_as_it_ran
from planner.flight.sums_by_customer import sums_by_customer
from planner.flight.unmeasured import unmeasured
from planner.flight.unplanned import what_ran
from planner.flight.untold import untold
from scenarios.answer.archive import Frozen
from scenarios.flight.actuals import Actuals
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.flight.experience import Experience, experiences
from scenarios.flight.kept_out import kept_out_shares
from scenarios.flight.net_of_tax import with_what_is_missing
from scenarios.flight.pieces import counts_pieces
from scenarios.flight.realised import Realised
from scenarios.flight.sent import really_reached, reckoned_so_far, sent_shares
from scenarios.response.coefficients import build_coefficients
from surrogate.flight.chance import ChanceParams
from surrogate.flight.evidence import run_out
from surrogate.flight.taught import LEAST_SALES, taught


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
    attention: tuple[str, ...] = ()
    """What makes the money wrong, and what of customers' experience needs a look."""


def evaluate_campaign(
    frozen: Frozen,
    plan: NDArray[np.int8],
    actuals: Actuals,
    *,
    folder: str,
    rank: int,
    customers: Sequence[CustomerGroup] = (),
    switches: Sequence[Switch] = (),
    params: EvaluateParams | None = None,
) -> OutcomeReport:
    """Evaluate a campaign, finished or not, over the periods that were observed.

    Parameters
    ----------
    customers
        Units of single customers, where they are told.
    switches
        Periods of public prices that a lot switched off.
    """
    told, actuals = actuals, besides_lots(actuals, plan, switches)
    settings = EvaluateParams() if params is None else params
    kept_out = kept_out_shares(actuals)
    effects = reckoned_so_far(frozen, plan, actuals)
    there = counted_pieces(frozen, actuals.grid, plan)
    model = running_model(frozen, actuals.grid, plan, actuals)
    realised = Realised(model, plan, actuals, there)
    silent, chance = empty_shelves(model, effects, plan, actuals, seed=frozen.seed, chance=settings.chance)
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
    # Of a re-planned campaign, what was believed before it: its effects have learned from these very sales.
    believed = frozen.believed
    tables = build_coefficients(actuals.grid, believed, frozen.baskets)
    if counts_pieces(actuals.grid, plan):
        # So many pieces for fewer who were contacted: of each of them, more found one.
        reached = really_reached(believed, plan, actuals)
        tables = with_counted(frozen, actuals.grid, reached, plan, there)
    sure = what_ran(frozen.flight, plan, actuals, switches).sure
    planned = AsPlanned(tables, sure, actuals.last, kept_out, sent_shares(actuals, sure))
    measured = (
        *from_customers(customers, planned, actuals.grid, kept_out),
        *from_holdout_rows(planned, sure, actuals, chance.lot),
        *from_switchback(planned, told, switches),
    )

    def whole(effect: Effect) -> bool:
        offer, product, segment = effect.offer, effect.product, effect.segment
        return offer is None or served_everybody(actuals, realised.ran, realised.pieces, offer, product, segment)

    return OutcomeReport(
        folder=folder,
        plan=rank,
        actuals=actuals.name,
        as_of=actuals.as_of,
        periods=actuals.last + 1,
        horizon=actuals.grid.shape[2],
        currency=frozen.scenario.currency,
        totals=totals,
        known_until=None if frozen.flight is None else frozen.flight.as_of,
        accuracy=accuracy,
        kept_out=less_reach(frozen, plan, realised, kept_out),
        bridge=profit_bridge(realised, plan),
        effects=measured,
        attention=(
            *with_what_is_missing(actuals),
            *sums_by_customer(customers, planned, sure, actuals),
            *needs_a_look(actuals, plan),
        ),
        experiences=experiences(actuals, plan),
        lessons=lessons(measured, actuals.grid, whole),
        notes=(
            *actuals.warnings,
            *counted_as_it_ran(actuals, plan, realised.ran),
            *messages_sent(actuals, plan),
            *pieces_sentences(read_pieces(actuals, realised.ran, there, realised.pieces)),
            *_no_lessons(measured, whole),
            *unmeasured(told, sure, measured, switches, customers),
            *_notes(actuals, chance.lot),
        ),
    )


def _no_lessons(effects: Sequence[Effect], whole: Callable[[Effect], bool]) -> Iterator[str]:
    """Say of which offers nothing is written to the lessons, though something was measured; where for some, of whom."""
    short = [each for each in effects if each.offer is not None and not whole(each)]
    taught_some = {each.offer for each in effects if each.offer is not None and whole(each)}
    names: dict[str, list[str]] = {}
    for each in short:
        alone = each.offer not in taught_some
        name = str(each.offer) if alone else in_words(each.offer, each.product, None)
        names.setdefault(name, []).extend([] if alone or each.segment is None else [each.segment])
    if names:
        of = [name + (f" to {' and '.join(dict.fromkeys(who))}" if who else "") for name, who in names.items()]
        yield (
            f"no lessons of {', '.join(of)}: not everybody who wanted one is known to have found a piece, so that "
            "the lifts above are those of whoever came in time and too late together"
        )
    # What customers tell one by one and rows tell again is one experiment: either of them may be its lesson.
    lesson = {each.name for each in effects if lesson_of(each) is not None and whole(each)}
    open_ = [each for each in effects if each.offer is not None and each.name not in lesson]
    without = [each for each in open_ if lesson_of(each) is None]
    few = {each.name for each in without if taught(each.measured, each.planned) is None}
    wide = dict.fromkeys(each.name for each in without if each.name not in few)
    if wide:
        yield f"no lesson of {', '.join(wide)}: the lift or its error is beyond what a data file reads"
    none = dict.fromkeys(each.name for each in without if each.name in few)
    if none:
        yield (
            f"no lesson of {', '.join(none)}: too little is sold to those who were kept out, less than "
            f"{LEAST_SALES:g} purchases expected of them all, for a lift that can be weighed"
        )


def _notes(actuals: Actuals, lot: float) -> list[str]:
    notes = list(untold(actuals))
    notes.append(
        "assumed: discounts, gifts and funding of real units as planned per unit, messages and fixed costs as planned "
        "of the lines that ran, returns and fees at the scenario's rates"
    )
    if actuals.has_holdout:
        notes.append(
            "assumed: customers' own rates of buying scatter by 100% where only sums of a holdout are told, and "
            f"units come in lots of {lot:.1f}, by how sales scatter; units of single customers (--customers) need no "
            "assumption"
        )
    return notes
