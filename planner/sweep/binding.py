"""Where the limit that a sweep varies holds plans back, in one sentence."""

from __future__ import annotations

from decimal import Decimal

from planner.sweep.record import NO_PRICE, Sweep
from scenarios.word_list import listed


def stops_binding(result: Sweep) -> str | None:
    """Say at which values the varied limit binds; None without one or with too few plans."""
    if result.limit is None:
        return None
    known = [(point.values[0], full) for point in result.points if (full := result.binds_at(point)) is not None]
    if len(known) < 2:
        return None
    held = _held_back(result)
    if held is not None:
        return held
    binds, floor = [bound for _, bound in known], result.floor
    eased = "less" if floor else "more"
    if all(binds):
        near = "plans are less than 1 % above it" if floor else "less than 1 % of it is left"
        return f"{result.limit} binds at every value that was planned: {near} everywhere"
    if not any(binds):
        used_up = any(verdict.binding for point in result.points if (verdict := result.limit_at(point)) is not None)
        worthless = f", or {eased} of it is worth nothing" if used_up else ""
        far = "plans are 1 % above it or more" if floor else "1 % of it or more is left"
        told = f"{result.limit} binds at no value that was planned: {far} everywhere{worthless}"
        priced = _priced_with_room(result)
        lumpy = (
            f"; no bound looser than {listed(priced)} was planned: lines come whole, so {eased} of it may still gain"
        )
        return f"{told}{lumpy}" if priced else told
    turns = [number for number in range(1, len(binds)) if binds[number] != binds[number - 1]]
    if len(turns) == 1:
        before, after = (_figure(known[number][0]) for number in (turns[0] - 1, turns[0]))
        words = ("binds", "no longer binds") if binds[0] else ("does not bind", "binds")
        told = f"{result.limit}: it {words[0]} at {before} and {words[1]} at {after}"
        priced = _priced_with_room(result)
        if not priced:
            return told
        room = f"at {listed(priced)} it has room, but no looser bound was planned"
        return f"{told}; {room}: lines come whole, so {eased} of it may still gain there"
    bound, free = ([_figure(value) for value, binding in known if binding is wanted] for wanted in (True, False))
    luck = "such turns come of lines that come whole and of luck in the search, which more --effort makes smaller"
    return f"{result.limit}: it binds at {listed(bound)}, and does not bind at {listed(free)}; {luck}"


def _held_back(result: Sweep) -> str | None:
    """Say where a looser bound earned more although the limit leaves room; None where it did so nowhere."""
    values: dict[str, list[str]] = {"held": [], "binds": [], "free": []}
    for point in result.points:
        if (binds := result.binds_at(point)) is not None:
            state = "binds" if binds else "held" if result.holds_back(point) else "free"
            values[state].append(_figure(point.values[0]))
    if not values["held"]:
        return None
    room = "plans are above it" if result.floor else "some of it is left"
    told = (
        f"{result.limit}: it holds plans back at {listed(values['held'])}, where {room} but lines come whole: a "
        "looser bound earned more"
    )
    if values["binds"]:
        told += f"; it binds at {listed(values['binds'])}"
    if values["free"]:
        told += f"; it holds nothing back at {listed(values['free'])}"
        priced = [value for value in _priced_with_room(result) if value in values["free"]]
        if priced:
            told += f"; no bound looser than {listed(priced)} was planned"
    return told


def _priced_with_room(result: Sweep) -> list[str]:
    """Values at which 1 % of the limit or more is left and has a price, of which no looser bound tells what it adds."""
    verdicts = ((point, result.limit_at(point)) for point in result.points if not result.looser_than(point))
    return [
        _figure(point.values[0])
        for point, each in verdicts
        if each is not None and not each.binding and (each.shadow_price or 0.0) >= NO_PRICE
    ]


def _figure(text: str) -> str:
    try:
        return f"{Decimal(text):,}"
    except ArithmeticError:
        return text
