"""Messages that were really sent: a targeted offer reaches so many customers, whatever its plan says.

One message goes to a segment over a channel in a period, however many lines it carries, and may be written on one of
their rows, on each of them, or in parts that add up to it, as in the plan's lines. Of these readings the one that is
nearest to the plan is taken; where that is the whole message, it goes for lines whose rows are blank, too. Lift and
take-up of lines of which fewer, or more, were sent shrink or grow in proportion; messages and fixed costs stay as
planned. Offers without a channel send no messages, so nothing told on their rows is about them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from scenarios.answer.archive import Frozen
from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import TREATED, Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.messages.kept_out import kept_out_shares, reckoned, with_kept_out
from scenarios.grid import Grid
from scenarios.language.words import EVERYBODY
from scenarios.response.effects import Effects
from scenarios.response.messages import reach_in

WHOLE = 1.0
"""Messages from which on more or fewer were sent than planned."""

Place = tuple[str, str, str]
"""Offer, product or the basket, and segment."""


class Messages(NamedTuple):
    """Messages of one offer to one segment in one period, or of all that goes with it."""

    sent: float
    planned: float
    """To customers who were not kept out."""

    @property
    def as_planned(self) -> bool:
        """Whether the one is the other, rounded: messages are whole, a coverage of a segment need not be."""
        return not (self.planned > 0 and abs(self.sent - self.planned) >= WHOLE)

    @property
    def off(self) -> float:
        """How far the one is from the other, in logs."""
        return abs(math.log(self.sent / self.planned)) if self.sent > 0 and self.planned > 0 else math.inf


class _Line(NamedTuple):
    """A targeted line that ran. Indices, the row of baskets last."""

    offer: int
    channel: str
    segment: int
    product: int
    period: int
    reach: float
    """Share of the customers whom its channel reaches that it was to reach, of those who were not kept out."""
    sent: float
    """NaN where its row does not tell."""


def messages(actuals: Actuals, plan: Plan) -> dict[tuple[int, int, int], Messages]:
    """Return the messages of offers, segments and periods, where a row of the segment tells ``contacts`` of them.

    Parameters
    ----------
    plan
        The flat plan [N]. Of its lines those count that ran.
    """
    if not actuals.has("contacts"):
        return {}
    grid = actuals.grid
    left = 1.0 - kept_out_shares(actuals)
    together: dict[tuple[str, int, int], list[_Line]] = {}
    for line in _lines(actuals, plan, left):
        together.setdefault((line.channel, line.segment, line.period), []).append(line)
    found: dict[tuple[int, int, int], Messages] = {}
    reach = [reach_in(grid.scenario, segment) for segment in grid.segments]
    for (channel, segment, period), lines in together.items():
        told = [line for line in lines if np.isfinite(line.sent)]
        people, there = reach[segment].get(channel, 1.0) * grid.segments[segment].customers, float(left[segment])
        missed = math.prod(1.0 - line.reach / there for line in lines) if there > 0 else 1.0
        whole = Messages(sum(line.sent for line in told), people * there * (1.0 - missed))
        is_whole = bool(told)
        for offer in dict.fromkeys(line.offer for line in told):
            own = [line for line in told if line.offer == offer]
            alone = Messages(max(line.sent for line in own), people * max(line.reach for line in own))
            found[offer, segment, period] = min(alone, whole, key=lambda each: each.off)
            # As near counts: a message to everybody is as many for one of its offers as for all of them.
            is_whole = is_whole and whole.off <= alone.off
        for line in lines if is_whole else ():
            found.setdefault((line.offer, segment, period), whole)
    return found


def sent_shares(actuals: Actuals, plan: Plan) -> Float:
    """Tell [S, K + 1, T, O] how many times as many messages of each line were sent as planned; 1 where not told.

    Never more than reach everybody who was not kept out. What ran unplanned counts as `as_it_ran` puts it in.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run.
    """
    grid = actuals.grid
    s, k, periods = grid.shape
    ran = as_it_ran(actuals, plan)
    told = messages(actuals, ran)
    shape = s, k + 1, periods, len(grid.scenario.offers)
    if not told:
        return np.broadcast_to(np.float64(1.0), shape)
    shares, left = np.ones(shape), 1.0 - kept_out_shares(actuals)
    for line in _lines(actuals, ran, left):
        own = told.get((line.offer, line.segment, line.period))
        if own is not None and not own.as_planned and line.reach > 0:
            most = float(left[line.segment]) / line.reach
            shares[line.segment, line.product, line.period, line.offer] = min(own.sent / own.planned, most)
    return _while_valid(grid, shares)


def _while_valid(grid: Grid, shares: Float) -> Float:
    """Shares [S, K + 1, T, O], those of days on which an offer is still valid as on the day of its sending."""
    for number, offer in enumerate(grid.scenario.offers):
        for period in range(shares.shape[2]) if offer.valid is not None else ():
            sending = offer.valid.sending_of(grid.scenario.horizon, period) if offer.valid is not None else None
            if sending is not None and sending >= 0:
                shares[:, :, period, number] = shares[:, :, sending, number]
    return shares


def unsent_places(actuals: Actuals, plan: Plan) -> tuple[Place, ...]:
    """Return offers, products (or the basket) and segments of lines that ran, none of which was sent."""
    grid, shares = actuals.grid, sent_shares(actuals, plan)
    any_sent: dict[Place, bool] = {}
    for line in grid.lines(plan) if actuals.has("contacts") else ():
        period = grid.scenario.horizon.period_of(line.date)
        if line.segment != EVERYBODY and period <= actuals.last:
            product = grid.row(line.product)
            share = shares[grid.segment_index[line.segment], product, period, grid.offer_index[line.offer]]
            place = line.offer, line.product, line.segment
            any_sent[place] = any_sent.get(place, False) or bool(share > 0)
    return tuple(place for place, sent in any_sent.items() if not sent)


def as_sent(effects: Effects, shares: Float, first: int = 0) -> Effects:
    """Effects under which lines reach as many as messages were sent; the same object where that is as planned.

    Parameters
    ----------
    shares : [S, K + 1, T, O]
        As `sent_shares` gives them.
    first
        First period that counts.
    """
    if bool((shares[:, :, first:] == 1.0).all()):
        return effects
    shares = np.where(np.arange(shares.shape[2])[:, None] < first, 1.0, shares)
    return replace(effects, lift=effects.lift * shares, take_up=np.minimum(effects.take_up * shares, 1.0))


def really_reached(effects: Effects, plan: Plan, actuals: Actuals) -> Effects:
    """Effects, as they were believed before a campaign, under which lines reach whom they did.

    Nobody who was kept out, and no more than messages were sent.

    Parameters
    ----------
    plan
        The flat plan [N].
    """
    reached = with_kept_out(effects, actuals.grid, plan, kept_out_shares(actuals))
    return as_sent(reached, sent_shares(actuals, plan))


def reckoned_so_far(frozen: Frozen, plan: Plan, actuals: Actuals) -> Effects:
    """Effects of a folder under which lines reach whom they did, each reckoned once.

    Of a campaign that was planned again, the past is settled as it was: there nothing is left to reckon with.

    Parameters
    ----------
    plan
        The flat plan [N].
    """
    first = 0 if frozen.flight is None else frozen.flight.known_periods
    reached = reckoned(frozen, actuals.grid, plan, kept_out_shares(actuals))
    return as_sent(reached, sent_shares(actuals, plan), first)


def _lines(actuals: Actuals, plan: Plan, left: Float) -> Iterator[_Line]:
    """Targeted lines of a plan up to the last period that go out over a channel, as far as they ran.

    Parameters
    ----------
    left : [S]
        Share of each segment that was not kept out.
    """
    grid, table = actuals.grid, actuals.tables["contacts"]
    ran = np.where(as_it_ran(actuals, plan) == plan, plan, 0).astype(plan.dtype)
    for line in grid.lines(ran):
        period = grid.scenario.horizon.period_of(line.date)
        if line.segment == EVERYBODY or period > actuals.last:
            continue
        offer = grid.offer_index[line.offer]
        channel = grid.scenario.offers[offer].channel
        if not grid.scenario.offers[offer].told_in(grid.scenario.horizon, period):
            continue  # It was sent before, and whoever got it then holds it.
        if channel is None:  # A member price, a note at the till: no messages in the account, and 0 is the truth.
            continue
        segment = grid.segment_index[line.segment]
        product = grid.row(line.product)
        yield _Line(
            offer=offer,
            channel=channel,
            segment=segment,
            product=product,
            period=period,
            reach=min(line.coverage, float(left[segment])),
            sent=float(table[TREATED, segment, product, period]),
        )
