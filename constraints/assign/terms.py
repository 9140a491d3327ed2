"""What a scenario says of single customers: which offers may go out, what is counted, and which limits hold.

Only upper bounds on sums over customers, and where offers may lie, can be checked customer by customer. Everything
else of the scenario (least amounts, shares of another measure, stock, other rules about lines) is listed with the
reason, so that nobody takes it as kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from constraints.assign.counted import COUNTED, EVERYBODY, OF_LINES, Quotas, ReadLimit, Unchecked, counted_limits
from constraints.assign.goods import periods_of
from constraints.assign.places import names_segments, open_places, place_rules
from constraints.assign.question import MOST_OFFERS, MOST_SUM, AssignLimit, AssignQuestion
from constraints.assign.sendings import Sending, assigned_sendings, held_in, said_of_sendings, sendings_within
from scenarios.answer.sums import MONEY
from scenarios.arrays import Flag
from scenarios.currency import minor_digits
from scenarios.first_few import first_few
from scenarios.language.date_ranges import DateRange
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Offer, Scenario
from scenarios.language.words import Layer, Measure
from scenarios.problems import InvalidInput, Problem

_DATES_TOLD = 5
"""Dates that a refusal names; more are counted."""

FINE_MONEY, FINE_COUNT = 10**4, 10**6
"""Fine units in the currency's smallest unit, and in a use or a gift.

A day's uses of one customer are often a thousandth: rounded up to coarse units they would hold back much of a limit.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Terms:
    """What may be assigned, and under which limits."""

    offers: tuple[Offer, ...]
    """[C] targeted offers that may go out."""
    segments: tuple[str, ...]
    """[S]"""
    measures: tuple[Measure, ...]
    """[M] that limits count."""
    question: AssignQuestion
    limits: tuple[ReadLimit, ...]
    """[L]"""
    closed: Flag
    """[S, C] where an offer may not go."""
    unplanned: Flag
    """[S, C] where that is because the plan of the quotas sends none."""
    unchecked: tuple[Unchecked, ...]
    assumed: tuple[str, ...]
    digits: int
    """Of the currency's smallest unit."""
    sendings: tuple[Sending | None, ...]
    """[C] what customers get of each offer with ``valid``; None of the others."""
    held: tuple[tuple[int, ...], ...]
    """[C] periods of the horizon in which customers have each offer."""

    @property
    def sent_once(self) -> tuple[Sending, ...]:
        """The sendings of offers with ``valid``."""
        return tuple(sending for sending in self.sendings if sending is not None)

    @property
    def needs_segments(self) -> bool:
        """Whether it matters in which segment a customer is."""
        return len(self.segments) > 1

    def fine(self, measure: Measure) -> int:
        """Fine units in one unit of a measure, money in major units."""
        return fine_units(measure, self.digits)


def fine_units(measure: Measure, digits: int) -> int:
    """Return the fine units in one unit of a measure."""
    if measure in COUNTED:
        return 1
    return FINE_MONEY * 10**digits if measure in MONEY else FINE_COUNT


def read_terms(
    scenario: Scenario, segments: Sequence[str], span: DateRange | None = None, quotas: Quotas | None = None
) -> Terms:
    """Read what of a scenario is about single customers.

    Parameters
    ----------
    segments
        Ids of the segments that customers are in; empty where nothing asks for them.
    span
        Dates on which the offers go out; any date of the horizon where none is given.
    quotas
        What a plan leaves to assign.

    Raises
    ------
    InvalidInput
        Where no targeted offer may go out.
    """
    offers = tuple(offer for offer in _targeted(scenario) if _open(scenario, offer, span))
    if quotas is not None:
        planned = {offer.id for offer, some in zip(scenario.offers, quotas.customers.T, strict=True) if some.any()}
        offers = tuple(offer for offer in offers if offer.id in planned)
    names = tuple(segments) or (EVERYBODY,)
    unplanned = _unplanned(scenario, offers, names, quotas)
    sendings = assigned_sendings(scenario, offers, span, {} if quotas is None else quotas.sends)
    held = tuple(held_in(scenario, *one) for one in zip(offers, [span] * len(offers), sendings, strict=True))
    places = open_places(scenario, offers, names, _elsewhere(offers, names) | unplanned, held)
    somewhere = np.flatnonzero(~places.closed.all(axis=0)).tolist()
    closed = places.closed[:, somewhere]
    offers, sendings = tuple(offers[c] for c in somewhere), tuple(sendings[c] for c in somewhere)
    held = tuple(held[c] for c in somewhere)
    if not offers:
        raise InvalidInput([_no_offer(scenario, span, quotas)])
    if len(offers) > MOST_OFFERS:
        raise InvalidInput([_too_many(scenario, offers)])
    found, unchecked = counted_limits(scenario, offers, names, span, quotas, held)
    digits = minor_digits(scenario.currency)
    measures = tuple(dict.fromkeys(measure for measure, _, _ in found))
    read = [limit for _, limit, _ in found]
    made = [
        AssignLimit(
            id=limit.id,
            measure=measures.index(measure),
            cells=cells,
            bound=_whole(max(limit.bound - limit.taken, Decimal(0)), fine_units(measure, digits)),
        )
        for measure, limit, cells in found
    ]
    question = AssignQuestion(
        offers=tuple(offer.id for offer in offers), segments=names, measures=tuple(measures), limits=tuple(made)
    )
    return Terms(
        offers=offers,
        segments=names,
        measures=measures,
        question=question,
        limits=tuple(read),
        closed=closed,
        unplanned=unplanned[:, somewhere],
        unchecked=(*unchecked, *_other_checks(scenario)),
        assumed=(
            *taken_for_granted(scenario, offers, quotas),
            *said_of_sendings(scenario, offers, sendings, span),
            *places.told,
        ),
        digits=digits,
        sendings=sendings,
        held=held,
    )


def _targeted(scenario: Scenario) -> tuple[Offer, ...]:
    return tuple(offer for offer in scenario.offers if offer.layer is Layer.TARGETED)


def _open(scenario: Scenario, offer: Offer, span: DateRange | None) -> bool:
    """Whether an offer may go out on some date of a span, over a channel that lets a message through."""
    silent = any(
        channel.id == offer.channel
        and channel.contacts_per_customer is not None
        and not channel.contacts_per_customer.max
        for channel in scenario.channels
    )
    return not silent and bool(sendings_within(scenario, offer, span))


def _no_offer(scenario: Scenario, span: DateRange | None, quotas: Quotas | None) -> Problem:
    horizon = scenario.horizon
    if span is not None and not periods_of(None, scenario, span):
        last = horizon.last_day
        return Problem(
            where="--date", what="dates", expected=f"dates from {horizon.start} to {last}, the campaign's",
            got=str(span),
        )  # fmt: skip
    expected = "a targeted offer that may go out" + (" on these dates" if span is not None else "")
    if quotas is not None:
        return Problem(
            where="--quotas",
            what="plan",
            expected=expected,
            got="a plan that sends none",
            remedy=_another(quotas, span),
        )
    names = [offer.id if offer.valid is None else f"{offer.id} ({offer.valid.words})" for offer in _targeted(scenario)]
    got = f"{', '.join(names)}: at other dates, silent or closed by rules" if names else "public offers only"
    remedy = (
        "choose other dates with --date, or change the rules that close them"
        if names
        else "write layer: targeted for what customers get one by one"
    )
    return Problem(where=scenario.scenario, what="offers", expected=expected, got=got, remedy=remedy)


def _too_many(scenario: Scenario, offers: tuple[Offer, ...]) -> Problem:
    return Problem(
        where=scenario.scenario,
        what="offers",
        expected=f"at most {MOST_OFFERS} targeted offers that may go out",
        got=f"{len(offers)}",
        remedy="choose dates for which fewer are open with --date, or leave some out of the scenario",
    )


def _another(quotas: Quotas, span: DateRange | None) -> str:
    if not quotas.sends_on:
        return "its lines are for everybody; choose another plan with --plan"
    if span is None:
        return "change the rules or channels that close its offers, or choose another plan with --plan"
    first = first_few([*map(str, quotas.sends_on)], _DATES_TOLD)
    return f"choose dates for which it sends some with --date ({first}), or another plan with --plan"


def _elsewhere(offers: tuple[Offer, ...], segments: tuple[str, ...]) -> Flag:
    """Where offers apply to other segments only [S, C]."""
    only = [offer.applies_to.segments for offer in offers]
    rows = [[some is not None and one not in some and one != EVERYBODY for some in only] for one in segments]
    return np.array(rows, dtype=bool).reshape(len(segments), len(offers))


def _unplanned(scenario: Scenario, offers: tuple[Offer, ...], segments: tuple[str, ...], quotas: Quotas | None) -> Flag:
    """Where a plan sends no offer [S, C]; nowhere without a plan."""
    if quotas is None:
        return np.zeros((len(segments), len(offers)), dtype=bool)
    at = {offer.id: number for number, offer in enumerate(scenario.offers)}
    return np.asarray(quotas.customers[:, [at[offer.id] for offer in offers]] == 0)


def wants_segments(scenario: Scenario) -> bool:
    """Whether an offer, a limit or a rule about places tells segments apart."""
    targeted, products = _targeted(scenario), listed_products(scenario)
    return (
        any(offer.applies_to.segments is not None for offer in targeted)
        or any(limit.where.segments is not None for limit in scenario.limits)
        or any(names_segments(rule, targeted, products) for rule in place_rules(scenario))
    )


def _other_checks(scenario: Scenario) -> list[Unchecked]:
    """List what the scenario holds beside limits on sums."""
    out = []
    products = listed_products(scenario)
    stocked = [product.id for product in products if product.stock is not None]
    if stocked:
        reason = f"stock of {first_few(stocked)}: who is not assigned anything buys, too"
        out.append(Unchecked(id="stock", reason=reason))
    out += [
        Unchecked(id=rule.id, reason=f"{rule.rule}: {OF_LINES}")
        for rule in scenario.rules
        if rule not in place_rules(scenario)
    ]
    return out


def taken_for_granted(scenario: Scenario, offers: tuple[Offer, ...], quotas: Quotas | None) -> tuple[str, ...]:
    """Say what an assignment takes for granted of limits and costs, a sentence each.

    Parameters
    ----------
    offers
        Those that are assigned.
    quotas
        What a plan leaves of the limits; None where all of each is there to assign.
    """
    out = []
    if quotas is None and any(offer.layer is Layer.PUBLIC for offer in scenario.offers):
        out.append("limits: all of each is there to assign (--quotas DIR takes off what a plan's other lines use)")
    fixed = [offer.id for offer in offers if offer.fixed_cost > 0]
    if fixed:
        out.append(f"fixed costs of {', '.join(fixed)}: paid already, whoever gets the offer")
    if any(limit.window is not None or limit.each is not None for limit in scenario.limits):
        off = "what the plan's other lines use of the same ones is taken off"
        others = "nothing else falls into the same ones" if quotas is None else off
        out.append(f"limits in windows, weeks or months: {others}")
    return tuple(out)


def _whole(amount: Decimal, fine: int) -> int:
    """Return a bound in whole fine units, rounded down; of one that nobody reaches, what nobody reaches."""
    return min(int((amount * fine).to_integral_value(ROUND_FLOOR)), MOST_SUM)
