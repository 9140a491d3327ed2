"""Why nothing was measured of an offer that ran: nobody was kept out, or what the file lacks to compare the groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from planner.flight.measure.as_planned import Reached, lines_reach, reached_by
from planner.flight.measure.measured import Effect, Switch, compared_periods, in_words, measured_on
from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.flight.actuals import GROUPS, HOLDOUT, TREATED, Actuals
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.flight.experience import where_ran
from scenarios.flight.sent import Place, unsent_places
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.words import Layer
from surrogate.flight.measure.effects_measured import FEWEST
from surrogate.flight.measure.switchback import FEWEST as FEWEST_BLOCKS


def unmeasured(
    actuals: Actuals,
    plan: NDArray[np.int8],
    effects: Sequence[Effect],
    switches: Sequence[Switch] = (),
    customers: Sequence[CustomerGroup] = (),
) -> Iterator[str]:
    """Say of every offer that ran, and of customers one by one, why nothing was measured of them.

    Parameters
    ----------
    switches
        Periods of public prices that a lot switched off.
    """
    grid = actuals.grid
    measured = {each.offer for each in effects}
    whole = any(each.offer is None for each in effects)
    ran = {line.offer for line in grid.lines(plan) if grid.scenario.horizon.period_of(line.date) <= actuals.last}
    ran |= {grid.scenario.offers[each.offer].id for each in actuals.ran or ()}
    for offer in grid.scenario.offers:
        if offer.id not in ran or offer.id in measured:
            continue
        if offer.layer is Layer.PUBLIC:
            yield f"{offer.id}: not measurable, {_why_public(actuals, offer, switches)}"
        elif whole:
            yield f"{offer.id}: measured together with the other targeted offers only"
        else:
            yield f"{offer.id}: not measurable, {_why(actuals, plan, offer)}"
    unsent = unsent_places(actuals, plan)
    yield from _in_part(actuals, plan, effects, unsent)
    yield from _against_the_lot(actuals, switches)
    yield from _without_effect(customers, effects, grid, reached_by(grid, plan, actuals.last), unsent)


def _in_part(
    actuals: Actuals, plan: NDArray[np.int8], effects: Sequence[Effect], unsent: Sequence[Place]
) -> Iterator[str]:
    """Name the places of offers that were measured in others only: a lift of some segments is none of all."""
    if not actuals.has_holdout:
        return
    grid = actuals.grid
    lines = [line for line in grid.lines(plan) if grid.scenario.horizon.period_of(line.date) <= actuals.last]
    known = {(each.offer, each.product, each.segment) for each in effects}
    for offer in grid.scenario.offers:
        told = [place for place in known if place[0] == offer.id]
        if offer.layer is Layer.PUBLIC or not told:
            continue
        places = dict.fromkeys((line.product, line.segment) for line in lines if line.offer == offer.id)
        left = [
            f"on {product} to {segment}"
            for product, segment in places
            if not any(place[1] in (None, product) and place[2] in (None, segment) for place in told)
            and (offer.id, product, segment) not in unsent
        ]
        none = [f"on {product} to {segment}" for name, product, segment in unsent if name == offer.id]
        if none:
            yield f"{offer.id}: not measured {_named(none)}; no messages were sent"
        if left:
            yield (
                f"{offer.id}: not measured {_named(left)}; of treated and kept out {FEWEST} each are needed, and the "
                "latter must have bought something"
            )


def _against_the_lot(actuals: Actuals, switches: Sequence[Switch]) -> Iterator[str]:
    """Name days on which a price ran though the lot had switched it off, or the other way round."""
    horizon = actuals.grid.scenario.horizon
    for each in compared_periods(actuals, switches):
        if each.otherwise:
            days = _named([str(horizon.date_of(period)) for period in each.otherwise])
            yield (
                f"{each.offer} on {each.product}: ran otherwise than the lot said on {days}; the blocks of these "
                "periods are left out of the comparison"
            )


def _without_effect(
    customers: Sequence[CustomerGroup],
    effects: Sequence[Effect],
    grid: Grid,
    known: Reached,
    unsent: Sequence[Place],
) -> Iterator[str]:
    """Name groups of customers that were not compared, by the reason."""
    told = {(each.offer, each.product, each.segment) for each in effects}
    strange, none, few = [], [], []
    for each in customers:
        name = in_words(each.offer, each.product, each.segment)
        if (each.offer, each.product, each.segment) in told:
            continue
        if each.offer is not None and not lines_reach(known, grid, each.offer, each.product, each.segment):
            strange.append(name)
        elif (each.offer, each.product, each.segment) in unsent:
            none.append(name)
        else:
            few.append(f"{name} ({len(each.treated):,} and {len(each.held):,})")
    if strange:
        yield (
            f"customers one by one: not measurable is {_named(strange)}, because the plan has no such line and nobody "
            "knows whom it reached"
        )
    if none:
        yield f"customers one by one: not measurable is {_named(none)}, because no messages were sent"
    if few:
        yield (
            f"customers one by one: not measurable is {_named(few)}; of treated and held out {FEWEST} each are needed, "
            "and the latter must have bought something"
        )


def _named(names: Sequence[str]) -> str:
    return first_few(names)


def _why_public(actuals: Actuals, offer: Offer, switches: Sequence[Switch]) -> str:
    """Say why a public offer was not measured: no lot, or too few blocks of a product in it so far."""
    own = [each for each in switches if each.offer == offer.id]
    if not own:
        return "it was public and no lot switched it off (export --switchback)"
    most = max((len(set(each.block.tolist())) for each in compared_periods(actuals, own)), default=0)
    needed = f"{FEWEST_BLOCKS} are needed, with sales"
    return f"a product has at most {plural(most, 'block')} of the lot so far with a period off and one on: {needed}"


def _why(actuals: Actuals, plan: NDArray[np.int8], offer: Offer) -> str:
    if not actuals.has_holdout:
        return "no customers were kept out: the actuals have no rows of the group holdout"
    grid, units = actuals.grid, actuals.tables["units"]
    axis = [k for k, _ in measured_on(grid, offer)]
    rows = "rows"
    if offer.is_basket:
        rows = "rows of product basket, whose units are orders,"
        if not np.isfinite(units[:, :, axis]).any():
            return f"customers were kept out, but an offer on baskets is measured by {rows} and the actuals have none"
    where = where_ran(actuals, plan).get(offer.id)
    if where is None or not where[:-1, axis].any():
        return "the actuals do not say that it ran (column offer)"
    here = where[:-1, axis]
    told = np.isfinite(units[:, :-1, axis])
    both = here & told.all(axis=0)
    if not both.any():
        return f"the actuals have no {rows} of the {_lacking(here, told)} by segment where it ran"
    return _too_few(actuals, plan, offer, both)


def _lacking(here: Flag, told: Flag) -> str:
    lacking = [
        name
        for name, group in ((GROUPS[HOLDOUT], HOLDOUT), (GROUPS[TREATED], TREATED))
        if not (here & told[group]).any()
    ]
    return f"group {lacking[0]}" if len(lacking) == 1 else "groups treated and holdout"


def _too_few(actuals: Actuals, plan: NDArray[np.int8], offer: Offer, both: Flag) -> str:
    """Say which is too small where rows of both groups are told: groups, sales, or the plan's part in it.

    Parameters
    ----------
    both
        [S, products or the basket alone, T]
    """
    grid, known = actuals.grid, reached_by(actuals.grid, plan, actuals.last)
    units, people = actuals.tables["units"], actuals.tables["customers"]
    most, sold, planned, sent = 0.0, 0.0, False, False
    unsent = unsent_places(actuals, plan)
    for s, segment in enumerate(grid.segments):
        for place, (k, product) in enumerate(measured_on(grid, offer)):
            cells = both[s, place]
            if not cells.any():
                continue
            least = min(float(people[group, s, k][cells].mean()) for group in (TREATED, HOLDOUT))
            most = max(most, least)
            if least >= FEWEST:
                sold += float(units[HOLDOUT, s, k][cells].sum())
                planned = planned or lines_reach(known, grid, offer.id, product, segment.id)
                sent = sent or (offer.id, product, segment.id) not in unsent
    if most < FEWEST:
        return f"too few customers: either group of a segment needs {FEWEST}, and at most {most:,.0f} are told"
    if not sold > 0:
        what = "orders" if offer.is_basket else "sales of what it was on"
        return f"customers were kept out, but no {what} are told of them where it ran"
    if planned and not sent:
        return "no messages were sent where it ran"
    if not planned:
        return (
            "it ran where the plan has no such line and its rows tell no contacts that come to a coverage it may have, "
            "so that nobody knows whom it reached"
        )
    return "too few sales are told of the customers who were kept out"
