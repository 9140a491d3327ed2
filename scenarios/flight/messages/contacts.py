"""Contacts of a running campaign: how many customers its messages were written to, and how many are still to be.

An account has everybody whom coverages name. Really nobody is written to who is kept out or has not consented, tools
fail, and a customer whom two lines name gets one message. So the audiences of a rollout are counted where they are
known; else those who were not kept out are. What rows tell of them is read as in `scenarios.flight.sent`: a message may
be written on one row, on each, or in parts; of these readings the nearest to what is counted is taken.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import TREATED, Actuals
from scenarios.flight.messages.audiences import Audiences, LineKey
from scenarios.flight.messages.booked import Named, held_messages
from scenarios.flight.messages.kept_out import kept_out_shares
from scenarios.flight.messages.message_parts import Message, Part
from scenarios.language.schemas.sent import SentMessage
from scenarios.language.scope import Scope
from scenarios.language.words import EVERYBODY
from scenarios.response.messages import sent
from scenarios.scope_mask import Mask, in_scope, scope_mask

NOBODY: Audiences = Audiences(lines={}, customers={})
"""No rollout was named."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contacts:
    """Contacts of a scope."""

    amounts: Float
    """[T] so far as they were; after it as many of those that are planned as were sent so far."""
    planned: Float
    """[T] so far the same; after it everybody who is in an audience or, without one, was not kept out."""
    told: bool
    """Whether rows tell of every message so far."""
    by_lot: bool
    """Whether only lots say how many customers several lines of a message so far reached: no audience is known."""


class Written:
    """Messages of a plan as it ran and is to run.

    Parameters
    ----------
    actuals
        What happened; ``contacts`` of rows that are split by segment count.
    plan
        The flat plan [N] as it ran; after the last observed period as it is to run.
    audiences
        Of the plan's rollouts.
    told
        Whether rows count; without them, messages are as the plan has them, to those who are not kept out.
    """

    def __init__(self, actuals: Actuals, plan: Plan, audiences: Audiences = NOBODY, *, told: bool = True) -> None:
        self._grid, self._actuals, self._audiences, self._told = actuals.grid, actuals, audiences, told
        self.left = 1.0 - kept_out_shares(actuals)  # [S]
        self._own = actuals.tables["contacts"][TREATED] if told and actuals.has("contacts") else None
        self._drawn_counts: dict[tuple[tuple[LineKey, float], ...], int | None] = {}
        self._shares: dict[tuple[int, str], tuple[float, float]] = {}
        self._channels = {channel.id: channel for channel in self._grid.scenario.channels}
        self._held = held_messages(actuals.grid)
        self._messages = self._read(plan)
        self.known = bool(audiences.lines) or bool((self.left < 1.0).any()) or any(m.shares for m in self._messages)
        """Whether anything is known beyond what the plan's account has."""
        self._going_on = self._so_far()

    def of(self, scope: Scope) -> Contacts | None:
        """Contacts of a scope; None where nothing is known beyond the plan's account, or no message is in it."""
        mask = scope_mask(self._grid, scope)
        inside = [(message, parts) for message in self._messages if (parts := self._inside(message, scope, mask))]
        if not (self.known and inside):
            return None
        amounts, planned = np.zeros(self._grid.shape[2]), np.zeros(self._grid.shape[2])
        so_far = [pair for pair in inside if pair[0].period <= self._actuals.last]
        told = bool(so_far) and all(part.offer in message.shares for message, parts in so_far for part in parts)
        for message, parts in inside:
            real = self._sent(message, parts)
            amounts[message.period] += real
            over = message.period <= self._actuals.last
            planned[message.period] += real if over else self._count(message, parts)
        if told and not mask.narrows_offers:
            beside = self._beside(mask)
            amounts, planned = amounts + beside, planned + beside
        by_lot = any(self._by_lot(message, parts) for message, parts in so_far)
        return Contacts(amounts=amounts, planned=planned, told=told, by_lot=by_lot)

    def cost_beyond(self, scope: Scope) -> Float:
        """[T] what messages of a scope cost beyond what the account of the lines that ran has, in major units."""
        beyond = np.zeros(self._grid.shape[2])
        for message, parts, booked in self._booked(scope):
            channel = self._channels[message.channel]
            beyond[message.period] += float(channel.cost_per_contact) * (self._sent(message, parts) - booked)
        return beyond

    def contacts_beyond(self, scope: Scope) -> Float:
        """[T] customers whom messages of a scope go to beyond those whom the account has."""
        beyond = np.zeros(self._grid.shape[2])
        for message, parts, booked in self._booked(scope):
            beyond[message.period] += self._sent(message, parts) - booked
        return beyond

    def _booked(self, scope: Scope) -> Iterator[tuple[Message, Sequence[Part], float]]:
        """Yield a scope's messages, their lines in it, and the customers whom the account has in these."""
        if not self.known:
            return
        mask = scope_mask(self._grid, scope)
        for message in self._messages:
            if parts := self._inside(message, scope, mask):
                booked = self._named(message, parts)
                held = self._held.get((message.segment, message.channel, message.period))
                if held is not None:  # by the lock of a folder that was planned again
                    if not self._told:
                        continue
                    booked *= held / self._named(message, message.parts)
                yield message, parts, booked

    def by_message(self, scope: Scope) -> Iterator[tuple[int, str, int, float, float]]:
        """Yield segment, channel and period of a scope's messages; whom they meet: going on as so far, as planned."""
        mask = scope_mask(self._grid, scope)
        for message in self._messages:
            if parts := self._inside(message, scope, mask):
                real, over = self._sent(message, parts), message.period <= self._actuals.last
                planned = real if over else self._count(message, parts)
                yield message.segment, message.channel, message.period, real, planned

    def so_far(self, telling: float) -> Iterator[SentMessage]:
        """Yield messages that have run and went to others than an account has, by more customers than ``telling``."""
        if not self.known:
            return
        for message in self._messages:
            if message.period <= self._actuals.last:
                real = self._sent(message, message.parts)
                if abs(real - self._named(message, message.parts)) > telling:
                    date, segment = self._place(message)
                    yield SentMessage(date=date, segment=segment, channel=message.channel, contacts=round(real, 3))

    def named(self) -> dict[tuple[str, str, dt.date], Named]:
        """By segment, channel and day of a message: the customers whom an account has, by coverages and reach."""
        found = {}
        for message in self._messages:
            date, segment = self._place(message)
            rows = sum(bool(np.isfinite(part.told)) for part in message.parts)
            found[segment, message.channel, date] = Named(contacts=self._named(message, message.parts), rows=rows)
        return found

    def _place(self, message: Message) -> tuple[dt.date, str]:
        return self._grid.scenario.horizon.dates[message.period], self._grid.segments[message.segment].id

    def _named(self, message: Message, parts: Sequence[Part]) -> float:
        """Customers whom an account has in some lines of a message."""
        segment, coverages = self._grid.segments[message.segment], np.array([part.coverage for part in parts])
        return float(self._channels[message.channel].reaches(segment.id) * sent(segment.customers, coverages))

    def _read(self, plan: Plan) -> tuple[Message, ...]:
        grid = self._grid
        together: dict[tuple[int, str, int], list[Part]] = {}
        for line in grid.lines(plan):
            offer, period = grid.offer_index[line.offer], grid.scenario.horizon.period_of(line.date)
            channel = grid.scenario.offers[offer].channel
            told = grid.scenario.offers[offer].told_in(grid.scenario.horizon, period)
            if line.segment == EVERYBODY or channel is None or not told:
                continue
            segment, product = grid.segment_index[line.segment], grid.row(line.product)
            seen = self._own is not None and period <= self._actuals.last
            part = Part(
                key=(line.date, line.product, line.segment, line.offer),
                offer=offer,
                product=product,
                coverage=line.coverage,
                told=float(self._own[segment, product, period]) if self._own is not None and seen else math.nan,
            )
            together.setdefault((segment, channel, period), []).append(part)
        return tuple(self._message(*place, tuple(parts)) for place, parts in together.items())

    def _message(self, segment: int, channel: str, period: int, parts: tuple[Part, ...]) -> Message:
        silent = Message(segment=segment, channel=channel, period=period, parts=parts, shares={})
        told = [part for part in parts if np.isfinite(part.told)]
        if not told:
            return silent
        everything = _times(sum(part.told for part in told), self._count(silent, parts))
        shares, whole = {}, True
        for offer in dict.fromkeys(part.offer for part in told):
            own = [part for part in told if part.offer == offer]
            planned = [part for part in parts if part.offer == offer]
            one_row = _times(max(part.told for part in own), max(self._count(silent, [part]) for part in own))
            one_offer = _times(sum(part.told for part in own), self._count(silent, planned))
            alone = min(one_row, one_offer, key=_off)
            shares[offer] = min(alone, everything, key=_off)
            whole = whole and _off(everything) <= _off(alone)
        if whole:
            shares = {part.offer: everything for part in parts}
        return Message(segment=segment, channel=channel, period=period, parts=parts, shares=shares)

    def _so_far(self) -> dict[tuple[int | None, str], float]:
        """How many times as many were sent so far as are counted, by segment and channel, and by channel."""
        sums: dict[tuple[int | None, str], tuple[float, float]] = {}
        for message in self._messages:
            own = [part for part in message.parts if part.offer in message.shares]
            for key in ((message.segment, message.channel), (None, message.channel)) if own else ():
                real, counted = sums.get(key, (0.0, 0.0))
                sums[key] = real + self._sent(message, own), counted + self._count(message, own)
        return {key: real / counted for key, (real, counted) in sums.items() if counted > 0}

    def _inside(self, message: Message, scope: Scope, mask: Mask) -> list[Part]:
        if not (mask.segments[message.segment] and mask.periods[message.period]):
            return []
        products, offers = np.append(mask.products, mask.basket), self._grid.scenario.offers
        supplier = (*(product.vendor for product in self._grid.products), None)  # nobody's on the basket
        return [
            part
            for part in message.parts
            if products[part.product] and in_scope(scope, offers[part.offer], supplier[part.product])
        ]

    def _sent(self, message: Message, parts: Sequence[Part]) -> float:
        """Customers whom some lines of a message really reached, or will where it goes on as so far.

        They ride on one message: whoever got it for the line of which most were sent got it for the others, too.
        """
        if message.period > self._actuals.last:
            share = self._going_on.get((message.segment, message.channel), self._going_on.get((None, message.channel)))
            return self._count(message, parts) * (1.0 if share is None else share)
        total, before, taken = 0.0, 0.0, list[Part]()
        for part in sorted(parts, key=lambda one: -message.shares.get(one.offer, 1.0)):
            taken.append(part)
            now = self._count(message, taken)
            total += (now - before) * message.shares.get(part.offer, 1.0)
            before = now
        return total

    def _by_lot(self, message: Message, parts: Sequence[Part]) -> bool:
        """Whether several lines tell of one message, and no audience says how many are in more than one of them."""
        rows = sum(part.told > 0 for part in message.parts)
        return len(parts) > 1 and rows > 1 and self._drawn(parts) is None

    def _drawn(self, parts: Sequence[Part]) -> int | None:
        """Different customers in the audiences of some lines, each counted once; None where one has no audience."""
        lines = tuple((part.key, part.coverage) for part in parts)
        if lines not in self._drawn_counts:
            self._drawn_counts[lines] = self._audiences.together(lines)
        return self._drawn_counts[lines]

    def _count(self, message: Message, parts: Sequence[Part]) -> float:
        """Different customers whom some lines of a message are for."""
        drawn, (reach, there) = self._drawn(parts), self._reached(message.segment, message.channel)
        if drawn is not None:  # without a word on who they are, an audience holds customers whom nothing reaches, too
            return drawn * (reach if self._channels[message.channel].consent is None else 1.0)
        if not there > 0:
            return 0.0
        customers = self._grid.segments[message.segment].customers
        return reach * there * sent(customers, np.array([min(part.coverage / there, 1.0) for part in parts]))

    def _reached(self, segment: int, channel: str) -> tuple[float, float]:
        """Share of a segment that coverages over a channel are of, and the share of these who may be written to."""
        place = segment, channel
        if place not in self._shares:
            left, one, who = float(self.left[segment]), self._channels[channel], self._grid.segments[segment].id
            told = self._audiences.counted(who, channel) if one.reach is not None and one.consent is not None else None
            reach = one.reaches(who) if told is None else told
            there = left if one.reach is not None else min(left, self._audiences.reachable(who, channel))
            self._shares[place] = reach, there
        return self._shares[place]

    def _beside(self, mask: Mask) -> Float:
        """[T] contacts on rows without a line that sends messages."""
        found = np.zeros(self._grid.shape[2])
        if self._own is None:
            return found
        rows = np.nan_to_num(self._own[: len(self._grid.segments)])
        for message in self._messages:
            for part in message.parts:
                rows[message.segment, part.product, message.period] = 0.0
        inside = rows[mask.segments][:, np.append(mask.products, mask.basket)].sum(axis=(0, 1))
        seen = np.arange(len(found)) <= self._actuals.last
        return np.where(mask.periods & seen, inside, 0.0)


def _times(real: float, counted: float) -> float:
    """How many times as many were sent as are counted; as many where nobody is."""
    return real / counted if counted > 0 else 1.0


def _off(share: float) -> float:
    """How far a share is from the whole, in logs."""
    return abs(math.log(share)) if share > 0 else math.inf
