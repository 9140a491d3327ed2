"""Whom channels can reach, as a plan counts on it and as the customers say: consent, and `reach` that fits it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from planner.export.rollout_customers import Customers
from planner.figures import plural
from scenarios.answer.plan import LineResult
from scenarios.first_few import first_few
from scenarios.grid import Grid
from scenarios.language.schema import Channel
from scenarios.response.messages import whole_customers

_NEAR = 0.1
"""Share of the customers whom a plan counts on by which more or fewer may have consented without a word."""


def consent_warnings(customers: Customers, grid: Grid, lines: Sequence[LineResult]) -> Iterator[str]:
    """Say where others have consented than the plan counts on, and which `reach` would plan with them."""
    offers = {offer.id: offer.channel for offer in grid.scenario.offers}
    written: dict[str, dict[str, float]] = {}
    for line in lines:
        channel = offers[line.offer]
        if channel is not None:
            most = written.setdefault(channel, {})
            most[line.segment] = max(most.get(line.segment, 0.0), line.coverage)
    for each in grid.scenario.channels:
        if each.id not in written:
            continue
        if each.id not in customers.consents:
            yield from _unknown(each, grid, written[each.id])
            continue
        said = list((_fewer if each.reach is None else _others)(each, customers, grid, written[each.id]))
        yield from said
        if said:
            yield f"note: as the file has it, channels: {each.id} has {reach_words(each, customers, grid)}"


def _fewer(channel: Channel, customers: Customers, grid: Grid, written: dict[str, float]) -> Iterator[str]:
    """Of a channel without `reach`: segments of which fewer have consented than the plan writes to."""
    for segment, coverage in written.items():
        members = customers.of(grid.segment_index[segment])
        consented = int(customers.consents[channel.id][members].sum())
        wanted = whole_customers(len(members), coverage)
        if consented < wanted:
            count, have = f"{consented:,}" if consented else "none", "has" if consented == 1 else "have"
            nobody = f"its lines over {channel.id} reach nobody; leave the segment out of these offers"
            yield (
                f"warning: {count} of {plural(len(members), 'customer')} of {segment} {have} consented to "
                f"{channel.id}, and the plan writes to {wanted:,}: "
                f"{'audiences hold those who have' if consented else nobody}"
            )


def _others(channel: Channel, customers: Customers, grid: Grid, written: Iterable[str]) -> Iterator[str]:
    """Of a channel with `reach`: segments of which more or fewer have consented than it says."""
    for segment in written:
        members = customers.of(grid.segment_index[segment])
        consented, planned = int(customers.consents[channel.id][members].sum()), channel.reaches(segment)
        if abs(consented - planned * len(members)) > _NEAR * planned * len(members):
            yield (
                f"warning: {consented:,} of {plural(len(members), 'customer')} of {segment} have consented to "
                f"{channel.id}, and the plan counts on {100 * planned:g}%: messages, uses and spend there will differ "
                "by as much"
            )


def _unknown(channel: Channel, grid: Grid, written: Iterable[str]) -> Iterator[str]:
    """Of a channel that reaches a part of some segments, and no column says whom."""
    parts = [f"{100 * channel.reaches(segment):g}% of {segment}" for segment in written if channel.reaches(segment) < 1]
    if parts:
        yield (
            f"note: {channel.id} reaches {first_few(parts)}, and nothing says whom: audiences hold customers "
            "whom it cannot reach, too, and what sends must leave them out; a column that says who they are, consent: "
            "COLUMN, leaves them out here"
        )


def reach_words(channel: Channel, customers: Customers, grid: Grid) -> str:
    """Return what the customers say of a channel as the key of a scenario, ready to be pasted."""
    shares = []
    for number, segment in enumerate(grid.segments):
        may = customers.consents[channel.id][customers.of(number)]
        if may.size:
            shares.append(f"{segment.id}: {math.floor(1000 * may.mean()) / 10:g}%")
    return f"reach: {{{', '.join(shares)}}}"
