"""Whom an account's lines reach: contacts of messages, and customers who are reached at least once.

Messages of which a lock tells how many were really written count so many (`scenarios.language.schemas.rule.Locked`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.cells import Account
from scenarios.arrays import Flag
from scenarios.response.messages import message_groups, met, reach_in, sent, sent_so_far
from scenarios.rounding import scaled, units


def messages(account: Account, where: Flag) -> tuple[int, int]:
    """Contacts (1/1000) and their cost (minor units) of the messages that carry at least one of some rows."""
    grid, rows = account.grid, account.rows
    if where.all():
        return int(rows.contacts.sum()), int(rows.contact_cost.sum())
    picked = np.flatnonzero(where & ((rows.block == 1) | (rows.block == 3)))
    offers = [grid.scenario.offers[number] for number in rows.offer[picked]]
    coverage = coverages(account)[picked]
    price = {channel.id: float(channel.cost_per_contact) for channel in grid.scenario.channels}
    contacts = cost = 0
    groups = message_groups(grid.scenario, rows.segment[picked], rows.period[picked], offers)
    reach = [reach_in(grid.scenario, each) for each in grid.segments]
    times = _times_as_sent(account)
    for (segment, channel, period), members in groups.items():
        people = reach[segment][channel] * sent(grid.segments[segment].customers, coverage[members])
        people *= times.get((segment, channel, period), 1.0)
        contacts += int(units(people))
        cost += int(scaled(people * price[channel], account.digits))
    return contacts, cost


def _times_as_sent(account: Account) -> dict[tuple[int, str, int], float]:
    """How many times as many customers a message was written to as its lines name, of messages that a lock tells of.

    Whoever got it got all that it carries.
    """
    grid, rows = account.grid, account.rows
    told = sent_so_far(grid.scenario, grid.segments)
    if not told:
        return {}
    picked = np.flatnonzero((rows.block == 1) | (rows.block == 3))
    offers = [grid.scenario.offers[number] for number in rows.offer[picked]]
    coverage, found = coverages(account)[picked], {}
    for key, members in message_groups(grid.scenario, rows.segment[picked], rows.period[picked], offers).items():
        segment = grid.segments[key[0]]
        named = reach_in(grid.scenario, segment)[key[1]] * sent(segment.customers, coverage[members])
        if key in told and named > 0:
            found[key] = told[key] / named
    return found


def _coverages_as_sent(account: Account, where: Flag) -> NDArray[np.float64]:
    """[R] coverage of each row's line; of a message that a lock tells of, one row of the scope stands for all."""
    rows, coverage = account.rows, coverages(account)
    times = _times_as_sent(account)
    if not times:
        return coverage
    picked = np.flatnonzero(where & ((rows.block == 1) | (rows.block == 3)))
    offers = [account.grid.scenario.offers[number] for number in rows.offer[picked]]
    found = coverage.copy()
    for key, members in message_groups(
        account.grid.scenario, rows.segment[picked], rows.period[picked], offers
    ).items():
        if key in times:
            own = picked[members]
            found[own] = 0.0
            found[own[0]] = min(sent(1, coverage[own]) * times[key], 1.0)
    return found


def coverages(account: Account) -> NDArray[np.float64]:
    """[R] coverage of each row's line."""
    return np.array([line.coverage for line in account.lines], dtype=float)[account.rows.line]


def customers_reached(account: Account, where: Flag) -> int:
    """Return the customers (1/1000) whom at least one targeted line of some rows is told to over the horizon.

    Messages of which a lock tells how many were written reach as many.
    """
    rows = account.rows
    coverage = _coverages_as_sent(account, where)
    offers, horizon = account.grid.scenario.offers, account.grid.scenario.horizon
    places = zip(rows.offer.tolist(), rows.period.tolist(), strict=True)
    told = np.array([offers[number].told_in(horizon, period) for number, period in places], dtype=bool)
    targeted = where & told & ((rows.block == 1) | (rows.block == 3))
    total = 0
    for segment, record in enumerate(account.grid.segments):
        own = np.flatnonzero(targeted & (rows.segment == segment))
        channels = [offers[number].channel for number in rows.offer[own]]
        reach = reach_in(account.grid.scenario, record)
        total += int(units(met(reach, record.customers, channels, coverage[own])))
    return total
