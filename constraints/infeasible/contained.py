"""Floors that a ceiling contains: what they ask for together is more than it allows, and no plan is needed to see it.

A ceiling contains a floor where every amount that counts for the floor counts as much for the ceiling, and nothing that
the ceiling counts is below zero: a gift's stock and a floor on gifts, a budget and a floor on a week's spend. Floors in
spans that share no period add up under one ceiling. Whoever is reached gets a message at least, so a floor on customers
reached is one on messages, and on what they cost. Letters as in `scenarios.response.functional`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from constraints.limits.book import Limits
from scenarios.arrays import Float, Int
from scenarios.response.functional import Functional

_MASKS = ("segments", "periods")
_SHARES = (
    "contact_targeted",
    "contact_basket",
    "contact_reach",
    "reached_targeted",
    "reached_basket",
    "reached_share",
)
_WEIGHTS = tuple(each.name for each in fields(Functional) if each.name not in (*_MASKS, *_SHARES))


@dataclass(frozen=True, kw_only=True)
class Contained:
    """Floors, rows of one limit, that ask for more than a ceiling allows."""

    ceiling: int
    floors: tuple[int, ...]
    """Rows that share no period; where they speak of customers reached, one row."""
    each: float
    """What the ceiling counts at the least for each unit of the floors: 1, or what a message counts."""
    messages: bool
    """Whether a message for each customer reached is what they have in common."""


class _Sum:
    """What a limit sums, and what is asked of that again and again where many limits are held against each other."""

    def __init__(self, functional: Functional) -> None:
        self.all = functional

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """Weights that count anything."""
        return tuple(name for name in _WEIGHTS if np.any(getattr(self.all, name)))

    @cached_property
    def together(self) -> Float:
        """[K, P, Q] per unit under two lines, which is also one under each of them."""
        f = self.all
        return np.asarray(f.public[:, :, None] + f.targeted + f.both)

    @cached_property
    def never_negative(self) -> bool:
        """Whether nothing that is counted is below zero: of two lines on one unit, both together count."""
        others = (name for name in self.counted if name != "both")
        below = any(np.any(np.asarray(getattr(self.all, name)) < 0) for name in others)
        return not (below or np.any(self.all.charges) or (self.together < 0).any())


def contained(limits: Limits) -> Iterator[Contained]:
    """Find a ceiling for each two limits that exclude each other so: the row that allows least for what is asked."""
    floors: list[tuple[Int, _Sum]] = []
    ceilings: list[tuple[Int, _Sum]] = []
    for rows in limits.rows_of.values():
        whole = _sum(limits, int(rows[0]))
        if whole is not None:
            (floors if limits.sign[rows[0]] < 0 else ceilings).append((rows, whole))
    for asked, floor in floors:
        for allowed, ceiling in ceilings:
            found = list(_between(limits, asked, floor, allowed, ceiling))
            if found:
                yield max(found, key=lambda each: _missing(limits, each))


def _between(limits: Limits, asked: Int, one: _Sum, allowed: Int, other: _Sum) -> Iterator[Contained]:
    """Ceilings among the rows of one limit that rows of another ask too much of."""
    messages = _per_customer(one, other)
    if messages is None and not _counts_all(one, other):
        return
    periods = _spans(limits, asked)
    for row, span in zip(allowed.tolist(), _spans(limits, allowed), strict=True):
        if limits.bound[row] < 0:  # what lines before the horizon used is too much by itself, whatever floors ask for
            continue
        inside = ~(periods > span).any(axis=1) & (limits.bound[asked] > 0)
        floors = apart(asked[inside], periods[inside])
        if messages is not None or one.all.reached:
            floors = floors[:1]
        found = Contained(ceiling=row, floors=floors, each=messages or 1.0, messages=messages is not None)
        # Customers are counted whole, messages line by line: what rounding can hide of either is no conflict.
        hidden = 0.0 if messages is None else limits.rounding[row] + found.each * limits.rounding[list(floors)].sum()
        if floors and _missing(limits, found) > hidden + 1e-9 * limits.scale[row]:
            yield found


def _missing(limits: Limits, found: Contained) -> float:
    """How much more the floors ask for than the ceiling allows, earlier lines counted."""
    return found.each * float(limits.bound[list(found.floors)].sum()) - float(limits.bound[found.ceiling])


def _sum(limits: Limits, row: int) -> _Sum | None:
    """What a row sums; None for ratios, several scopes at once, and limits that must hold at risk."""
    functional = limits.functionals[row]
    expected = limits.rate_parts[row] is None and bool(np.isnan(limits.at_risk[row]))
    return _Sum(functional) if expected and isinstance(functional, Functional) else None


def _spans(limits: Limits, rows: Int) -> Float:
    """[N, T] periods of the rows of one limit, which differ in nothing else."""
    sums = (limits.functionals[row] for row in rows.tolist())
    return np.array([each.periods for each in sums if isinstance(each, Functional)])


def _counts_all(floor: _Sum, ceiling: _Sum) -> bool:
    """Whether the ceiling counts all that the floor counts, as much of it, and nothing below zero."""
    one, other = floor.all, ceiling.all
    if (one.segments > other.segments).any():
        return False
    for name in floor.counted:
        mine, its = np.asarray(getattr(one, name)), np.asarray(getattr(other, name))
        # Of messages the one may count those of more channels than the other.
        if mine.shape != its.shape or ((mine != 0) & (mine != its)).any():
            return False
    if not ceiling.never_negative or (ceiling.together < floor.together).any():
        return False
    shares = _SHARES if one.message.any() or one.reached else ()
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in shares)


def _per_customer(floor: _Sum, ceiling: _Sum) -> float | None:
    """What a ceiling on messages counts at the least for each customer that a floor counts as reached; else None."""
    one, other = floor.all, ceiling.all
    if one.reached != 1.0 or floor.counted != ("reached",):
        return None
    if not ceiling.never_negative or (one.segments > other.segments).any():
        return None
    counts = [_line(one.reached_targeted.max(axis=0), other.contact_targeted, other.message)]
    counts.append(_line(one.reached_basket.max(axis=0), other.contact_basket, other.message))
    least = min((float(each.min()) for each in counts if each.size), default=0.0)
    return least if least > 0 else None


def _line(reached: Float, contact: Float, message: Float) -> Float:
    """For each line that reaches anybody, what its dearest message counts, of those that go to all whom it reaches."""
    lines = reached > 0
    goes = np.where(contact >= reached, message.reshape(-1, *[1] * reached.ndim), 0.0)
    return np.asarray(goes.max(axis=0)[lines]) if len(message) else np.zeros(int(lines.sum()))


def apart(rows: Int, periods: Float) -> tuple[int, ...]:
    """As many of some rows, in time, as share no period, of which [N, T] are theirs: always the one that ends first."""
    if not len(rows):
        return ()
    ends = [int(np.flatnonzero(mask).max(initial=-1)) for mask in periods]
    taken, used = [], np.zeros(periods.shape[1], dtype=bool)
    for place in np.argsort(ends, kind="stable").tolist():
        if not (used & (periods[place] > 0)).any():
            taken.append(int(rows[place]))
            used |= periods[place] > 0
    return tuple(taken)
