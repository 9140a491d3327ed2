"""Where the limit that a sweep varies holds plans back, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from planner.sweep.record import NO_PRICE, Sweep


def stops_binding(result: Sweep) -> str | None:
    """Say at which values the varied limit binds; None without one or with too few plans."""
    if result.limit is None:
        return None
    known = [(point.values[0], full) for point in result.points if (full := result.binds_at(point)) is not None]
    if len(known) < 2:
        return None
    binds = [bound for _, bound in known]
    if all(binds):
        return f"{result.limit} binds at every value that was planned: less than 1 % of it is left everywhere"
    if not any(binds):
        used_up = any(verdict.binding for point in result.points if (verdict := result.limit_at(point)) is not None)
        worthless = ", or more of it is worth nothing" if used_up else ""
        told = f"{result.limit} binds at no value that was planned: 1 % of it or more is left everywhere{worthless}"
        lumpy = "; lines come whole, so where it has a price more of it may still gain"
        return f"{told}{lumpy}" if _priced_with_room(result) else told
    turns = [number for number in range(1, len(binds)) if binds[number] != binds[number - 1]]
    if len(turns) == 1:
        before, after = (_figure(known[number][0]) for number in (turns[0] - 1, turns[0]))
        words = ("binds", "no longer binds") if binds[0] else ("does not bind", "binds")
        told = f"{result.limit}: it {words[0]} at {before} and {words[1]} at {after}"
        priced = _priced_with_room(result)
        if not priced:
            return told
        room = f"at {_listed(priced)} it has room and a price"
        return f"{told}; {room}: lines come whole, so more of it may still gain there"
    bound, free = ([_figure(value) for value, binding in known if binding is wanted] for wanted in (True, False))
    luck = "such turns come of lines that come whole and of luck in the search, which more --effort makes smaller"
    return f"{result.limit}: it binds at {_listed(bound)}, and does not bind at {_listed(free)}; {luck}"


def _priced_with_room(result: Sweep) -> list[str]:
    """Values at which 1 % of the limit or more is left, although more of it is worth something."""
    verdicts = ((point.values[0], result.limit_at(point)) for point in result.points)
    return [
        _figure(value)
        for value, each in verdicts
        if each is not None and not each.binding and (each.shadow_price or 0.0) >= NO_PRICE
    ]


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _figure(text: str) -> str:
    try:
        return f"{Decimal(text):,}"
    except ArithmeticError:
        return text
