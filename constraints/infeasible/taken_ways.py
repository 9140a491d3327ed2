"""Ways out as they are taken: the next run begins from nothing, and must find a plan under them, too.

A way out comes from a plan that was found from another plan, under a bound that gave way step by step. Whoever changes
the scenario as it says starts a run that knows neither. So every way is planned from nothing, as that run will; where
nothing is found, its bounds give way a little further.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from constraints.infeasible.remedies import Change, Known, Remedy, bound_change, with_units
from constraints.limits.book import Limits

FURTHER = (Decimal(0), Decimal("0.05"), Decimal("0.2"), Decimal("0.5"), Decimal(1))
"""Shares of the way from the bound that is asked for to the one that was found, by which it gives way once more."""

Tightened = Callable[[Remedy], Remedy]
"""A way that gives way no further than what a search from nothing came to needs; the same where that is not known."""
Found = Callable[[Remedy], bool]
"""Whether a run that begins from nothing finds a plan once the changes of a way are made."""


def taken_ways(
    limits: Limits,
    ways: Sequence[Remedy],
    found: Found,
    tries: int,
    over: Callable[[], bool] = lambda: False,
    *,
    guessed: Collection[Remedy] = (),
    tell: Callable[[str], None] = lambda doing: None,
    tightened: Tightened = lambda wider: wider,
) -> tuple[Remedy, ...]:
    """The ways under which a plan is found from nothing, given way further where that takes it.

    Parameters
    ----------
    ways
        The cheapest first.
    tries
        First plans at most, all ways together. Ways that none is left for, or not enough, stay as they are: a plan is
        known for each.
    over
        Whether the time is over: then no other plan is made.
    guessed
        Ways that no plan is known for: left out once a plan was looked for and not found.
    tell
        Told what is tried, before every try; a `KeyboardInterrupt` from it ends the tries.
    tightened
        Asked of a way that had to give way further: the steps are coarse, and what was found may need less.

    Returns
    -------
    tuple
        All of them but the guessed ones, as they are, where none leads to a plan: each is at least proven by one.
    """
    kept: list[Remedy] = []
    halfway: list[Remedy] = []
    tried = 0
    try:
        for number, way in enumerate(ways):
            if tried >= tries or over():
                kept += ways[number:]
                break
            if way.known is Known.FOUND or not way.exact:
                kept.append(way)
                continue
            for wider in dict.fromkeys(further(limits, way, share) for share in FURTHER):
                if tried >= tries or over():
                    halfway = [way] if way not in guessed else []
                    break
                tried += 1
                tell(f"trying this way out: {wider.text} (try {tried} of at most {tries})")
                if found(wider):
                    kept.append(
                        replace(wider, known=Known.FOUND) if wider == way else _further_found(way, tightened(wider))
                    )
                    break
    except KeyboardInterrupt:
        kept += ways[number:]  # what is known so far is an answer
    kept += halfway if kept else []
    return tuple(kept) or tuple(way for way in ways if way not in guessed)


def _further_found(way: Remedy, wider: Remedy) -> Remedy:
    """A way that had to give way further, with what is enough by the plan that the search from nothing missed."""
    alone = way.known is Known.SHOWN and len(way.changes) == 1 and way.changes[0].kind == "bound"
    return replace(wider, known=Known.FOUND, missed=way.changes[0] if alone else None)


def further(limits: Limits, way: Remedy, share: Decimal) -> Remedy:
    """Let every bound and stock in a way give way by a share of its way more; what is dropped stays."""
    return replace(way, changes=tuple(_further(limits, change, share) for change in way.changes))


def _further(limits: Limits, change: Change, share: Decimal) -> Change:
    if not share or change.before is None or change.after is None:
        return change
    if change.kind == "stock":
        return with_units(change, math.ceil(change.after * (1 + share)))
    if change.kind != "bound":
        return change
    more = change.after + share * (change.after - change.before)
    # A floor of 0 asks for nothing: below it lie only measures that may be negative and were already.
    more = max(more, Decimal(0)) if change.after >= 0 else more
    return bound_change(limits.records[limits.ids.index(change.id)], change.before, more)
