"""Where the limit that a sweep varies holds plans back, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from planner.sweep.record import NO_PRICE, Sweep


def stops_binding(result: Sweep) -> str | None:
    """Say at which values the varied limit binds; None without one or with too few plans."""
    if result.limit is None:
        return None
    known = [(point.values[0], full) for point in result.points if (full := result.binds_at(point)) is not None]
    if len(known) < 2:
        return None
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
        lumpy = f"; lines come whole, so where it has a price {eased} of it may still gain"
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
        return f"{told}; {room}: lines come whole, so {eased} of it may still gain there"
    bound, free = ([_figure(value) for value, binding in known if binding is wanted] for wanted in (True, False))
    luck = "such turns come of lines that come whole and of luck in the search, which more --effort makes smaller"
    more = [value for value in _gained_all_the_same(result) if value in free]
    gained = f"; more than {_listed(more)} has gained all the same" if more else ""
    return f"{result.limit}: it binds at {_listed(bound)}, and does not bind at {_listed(free)}{gained}; {luck}"


def _priced_with_room(result: Sweep) -> list[str]:
    """Values at which 1 % of the limit or more is left, although its giving way is worth something."""
    verdicts = ((point.values[0], result.limit_at(point)) for point in result.points)
    return [
        _figure(value)
        for value, each in verdicts
        if each is not None and not each.binding and (each.shadow_price or 0.0) >= NO_PRICE
    ]


def _gained_all_the_same(result: Sweep) -> list[str]:
    """Values of a ceiling at which the next larger one was worth more, by a thousandth at least."""
    numbers = result.axes[-1].numbers
    if numbers is None:
        return []
    found = []
    for one, other in pairwise(result.points):
        place, after = (result.axes[-1].values.index(each.values[-1]) for each in (one, other))
        verdict = result.limit_at(one)
        if verdict is None or one.best is None or other.best is None or verdict.sense != "max":
            continue
        gained = other.best.objective - one.best.objective
        if numbers[after] > numbers[place] and gained > abs(one.best.objective) / 1000:
            found.append(_figure(one.values[0]))
    return found


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _figure(text: str) -> str:
    try:
        return f"{Decimal(text):,}"
    except ArithmeticError:
        return text
