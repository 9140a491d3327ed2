"""Messages: one per segment, channel and period, however many lines it carries; who is reached at least once.

A message goes to ``customers * reach * (1 - product over its lines of (1 - coverage))`` customers of the segment, reach
being the share of them that its channel can reach. Its cost is split over the lines that it carries by coverage, with
largest remainder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import floor

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import Offer, Scenario, Segment
from scenarios.language.schemas.rule import Locked
from scenarios.rounding import scaled, split, units

_NOISE = 1e-9
"""What a product of a count and a share may fall short of a whole number."""


def message_groups(
    scenario: Scenario, segment: Int, period: Int, offers: Sequence[Offer]
) -> dict[tuple[int, str, int], list[int]]:
    """Row numbers by segment, channel and period, of the rows whose line carries a message."""
    known = {channel.id for channel in scenario.channels}
    groups: dict[tuple[int, str, int], list[int]] = {}
    for row, offer in enumerate(offers):
        if offer.channel is not None and offer.channel in known and offer.told_in(scenario.horizon, int(period[row])):
            groups.setdefault((int(segment[row]), offer.channel, int(period[row])), []).append(row)
    return groups


def sent_so_far(scenario: Scenario, segments: Sequence[Segment]) -> dict[tuple[int, str, int], float]:
    """Customers whom messages of the past were written to, as locks tell, by segment, channel and period."""
    number = {segment.id: at for at, segment in enumerate(segments)}
    return {
        (number[each.segment], each.channel, scenario.horizon.period_of(each.date)): each.contacts
        for rule in scenario.rules
        if isinstance(rule, Locked)
        for each in rule.sent
    }


def sent(customers: int, coverage: Float) -> float:
    """Return how many customers of a segment at least one of some lines covers."""
    return float(customers * (1.0 - np.prod(1.0 - coverage)))


def reach_in(scenario: Scenario, segment: Segment) -> dict[str, float]:
    """Return the share of a segment's customers whom each channel can reach, by the channels' ids."""
    return {channel.id: channel.reaches(segment.id) for channel in scenario.channels}


def met(reach: Mapping[str, float], customers: int, channels: Sequence[str | None], coverage: Float) -> float:
    """Return how many customers of a segment at least one of some lines reaches, whatever their channels.

    Whoever a rarer channel can reach is taken to be among those whom the wider ones can; without a channel a line can
    reach everybody.

    Parameters
    ----------
    reach
        Of the segment, from `reach_in`.
    channels, coverage : [R]
        Of each line.
    """
    levels = np.array([reach.get(channel or "", 1.0) for channel in channels])
    steps: list[float] = [0.0, *sorted(set(levels.tolist()))]
    return sum((level - below) * sent(customers, coverage[levels >= level]) for below, level in pairwise(steps))


def whole_customers(customers: int, share: float) -> int:
    """Return the whole customers that a share of a segment comes to.

    Rounded down: limits on contacts and customers count the share itself, which half a customer more would exceed.
    """
    return floor(customers * share + _NOISE)


def share_messages(
    scenario: Scenario,
    segments: Sequence[Segment],
    segment: Int,
    period: Int,
    offers: Sequence[Offer],
    coverage: Float,
    digits: int,
) -> tuple[Int, Int]:
    """Contacts (1/1000) and their cost (minor units) of rows [R], shared out so that they add up per message.

    Messages that a lock tells of count as they were sent.
    """
    told = sent_so_far(scenario, segments)
    reach = [reach_in(scenario, each) for each in segments]
    contacts, cost = np.zeros(len(offers), dtype=np.int64), np.zeros(len(offers), dtype=np.int64)
    price = {channel.id: float(channel.cost_per_contact) for channel in scenario.channels}
    for (where, channel, at), rows in message_groups(scenario, segment, period, offers).items():
        people = reach[where][channel] * sent(segments[where].customers, coverage[rows])
        people = told.get((where, channel, at), people)
        contacts[rows] = split(int(units(people)), coverage[rows])
        cost[rows] = split(int(scaled(people * price[channel], digits)), coverage[rows])
    return contacts, cost
