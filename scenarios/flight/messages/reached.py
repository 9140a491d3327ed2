"""Customers reached in a running campaign: so many got a message or a member price, and so many still will.

No sale tells whom a line reached. Messages are counted as they were really written, and those who are kept out are
reached by nothing; beyond that lots meet as the plan's account has them meet (`scenarios.response.messages.met`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float, Plan
from scenarios.flight.messages.contacts import Written
from scenarios.grid import Grid
from scenarios.language.scope import Scope
from scenarios.language.words import EVERYBODY
from scenarios.response.messages import met, reach_in
from scenarios.scope_mask import in_scope, scope_mask


class _Line(NamedTuple):
    """A message, or a targeted line that is sent to nobody."""

    segment: int
    channel: str | None
    period: int
    ways: tuple[float, float]
    """Share of the customers there whom it reaches: going on as so far, and as planned."""


def newly_reached(grid: Grid, plan: Plan, written: Written, scope: Scope) -> tuple[Float, Float]:
    """[T] customers whom each period is the first to reach: where messages go on as so far, and as planned.

    Parameters
    ----------
    plan
        The flat plan [N] as it ran and is to run.
    written
        Its messages.
    """
    lines = [*_sent(grid, written, scope), *_at_shelf(grid, plan, scope)]
    going_on, planned = (_first_met(grid, lines, written.left, way) for way in (0, 1))
    return going_on, planned


def _first_met(grid: Grid, lines: list[_Line], left: Float, way: int) -> Float:
    """[T] customers whom each period is the first to reach, in one of two ways; ``left`` [S] are not kept out."""
    periods = grid.shape[2]
    so_far = np.zeros(periods)
    for number, segment in enumerate(grid.segments):
        own = [line for line in lines if line.segment == number]
        if not (own and left[number] > 0):
            continue
        # Lots are drawn among those who are left, and meet there.
        cover = np.minimum(np.array([line.ways[way] for line in own]) / left[number], 1.0)
        channels, reach = [line.channel for line in own], reach_in(grid.scenario, segment)
        for period in range(periods):
            inside = [at for at, line in enumerate(own) if line.period <= period]
            people = met(reach, segment.customers, [channels[at] for at in inside], cover[inside])
            so_far[period] += float(left[number]) * people
    return np.diff(so_far, prepend=0.0)


def _sent(grid: Grid, written: Written, scope: Scope) -> Iterator[_Line]:
    """Yield messages of a scope, as shares of the customers whom their channel can reach."""
    for number, channel, period, *people in written.by_message(scope):
        segment = grid.segments[number]
        there = reach_in(grid.scenario, segment)[channel] * segment.customers
        if there > 0:
            yield _Line(number, channel, period, (people[0] / there, people[1] / there))


def _at_shelf(grid: Grid, plan: Plan, scope: Scope) -> Iterator[_Line]:
    """Yield targeted lines of a scope that no message carries: they meet everybody whom they cover."""
    mask = scope_mask(grid, scope)
    products, suppliers = np.append(mask.products, mask.basket), [*(each.vendor for each in grid.products), None]
    for line in grid.lines(plan):
        offer, row = grid.offer(line.offer), grid.row(line.product)
        if line.segment == EVERYBODY or offer.channel is not None:
            continue
        segment, period = grid.segment_index[line.segment], grid.scenario.horizon.period_of(line.date)
        inside = mask.segments[segment] and mask.periods[period] and products[row]
        if inside and in_scope(scope, offer, suppliers[row]):
            yield _Line(segment, None, period, (line.coverage, line.coverage))
