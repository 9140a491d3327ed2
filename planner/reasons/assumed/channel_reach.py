"""Whom channels can reach, in words: what a scenario says of it, and what an account of several channels rests on."""

from __future__ import annotations

from planner.figures import given
from scenarios.first_few import first_few
from scenarios.language.schema import Channel, Scenario

NAMED = 4
"""Segments that are named before the others are counted."""


def reaching(scenario: Scenario) -> tuple[str, ...]:
    """Say of each channel that does not reach everybody whom it reaches."""
    return tuple(f"{each.id} reaches {_shares(each)}" for each in scenario.channels if _in_part(each))


def reach_assumed(scenario: Scenario) -> tuple[str, ...]:
    """What is taken of customers whom channels reach: that they stay the same, and who they are among each other."""
    told = reaching(scenario)
    if not told:
        return ()
    used = {offer.channel for offer in scenario.offers if offer.channel is not None}
    nested = ""
    if len(used) > 1:
        nested = "; whom a rarer channel reaches is taken to be among those of the wider ones (customers_reached)"
    return (f"{'; '.join(told)} (given), the same of them by every message{nested}",)


def _in_part(channel: Channel) -> bool:
    reach = channel.reach
    return any(share < 1 for share in reach.values()) if isinstance(reach, dict) else reach is not None and reach < 1


def _shares(channel: Channel) -> str:
    """Say ``62% of every segment``, or ``62% of loyal, 28% of lapsed``."""
    if not isinstance(channel.reach, dict):
        return f"{given(channel.reaches(''))} of every segment"
    shares = [f"{given(share)} of {segment}" for segment, share in channel.reach.items() if share < 1]
    return first_few(shares, NAMED)
