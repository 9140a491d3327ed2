"""Few customers: the best choices there are, or all but, among what prices leave undecided.

Where limits have room for a handful of customers, whole choices made by prices can miss much of what is possible. With
prices p the dual function D(p) bounds all choices; those that give a customer an option worth r less, after prices,
than the best one are worth at most D(p) - r. Where that is no more than what is known already the option is left out,
and nothing is lost (reduced-cost fixing: Nemhauser and Wolsey 1988, doi:10.1002/9781118627372, II.5). Most customers
are settled by it; an integer programme decides about the others at once (`constraints.assign.integer`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from constraints.assign.alike import Alike, deal, group_alike
from constraints.assign.one_limit import PricedChoices
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, priced, use_table, value_of
from scenarios.arrays import Flag, Float, Int

NOISE = 1e-12
"""Share of an amount that sums of float64 may err by."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """One integer programme.

    Raises
    ------
    ValueError
        For options below 0, or no time.
    """

    options: int
    """Most undecided options, beside the present choices; beyond, the least likely ones are left out."""
    deterministic_seconds: float = 1.0
    """Work, in CP-SAT's own units; about a second of one core each."""

    def __post_init__(self) -> None:
        if not (self.options >= 0):
            raise ValueError(f"expected options of at least 0, got {self.options}")
        if not (self.deterministic_seconds > 0):
            raise ValueError(f"expected deterministic_seconds above 0, got {self.deterministic_seconds}")


@dataclass(frozen=True, kw_only=True)
class ExactParams:
    """How much work is done."""

    likely: Try = Try(options=1_000)
    """The options next to prices: better choices, so that more of the others are settled."""
    all: Try = Try(options=4_000, deterministic_seconds=2.0)
    """Whatever is undecided then; not tried where that is more."""


def exact(rows: Rows, question: AssignQuestion, found: PricedChoices, params: ExactParams) -> PricedChoices:
    """Improve choices and their bound.

    Parameters
    ----------
    rows
        All customers.
    found
        Choices that keep every limit, prices and a bound.

    Returns
    -------
    PricedChoices
        Never worse ones, at the same prices.
    """
    if found.bound - found.value <= _noise(found.bound):
        return found
    groups = group_alike(rows)
    heads = rows.take(groups.first)
    undecided = _undecided(heads, groups, question, found)
    if undecided.count > params.likely.options:
        some = undecided.nearest(params.likely.options)
        found = _improved(rows, heads, groups, question, found, some, params.likely)
        undecided = _undecided(heads, groups, question, found)
    if undecided.count > params.all.options:
        return found
    return _improved(rows, heads, groups, question, found, undecided, params.all)


def _improved(
    rows: Rows,
    heads: Rows,
    groups: Alike,
    question: AssignQuestion,
    found: PricedChoices,
    undecided: _Undecided,
    work: Try,
) -> PricedChoices:
    """Choose among undecided options."""
    from constraints.assign.integer import integer_choice  # OR-Tools loads only where there is something to decide

    now, options = undecided.now, undecided.options
    best = integer_choice(heads, groups.count, question, options, now, work.deterministic_seconds)
    if best is None:
        return found
    bound = min(found.bound, best.bound) if undecided.complete else found.bound
    choice = deal(groups.group, rows.rank, best.wanted)
    value = value_of(rows, choice)
    # choices of equal value stay: they follow prices, the order of offers and the ids' hashes
    if value <= found.value + _noise(found.value):
        return replace(found, bound=max(bound, found.value))
    uses = question.uses(use_table(rows, choice, question))
    return replace(found, choice=choice, value=value, bound=max(bound, value), uses=uses)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Undecided:
    """What better choices may hold. K groups of customers who are alike; option 0 is nothing."""

    options: Flag
    """[C + 1, K]"""
    now: Int
    """[K, C + 1] how many of each group have which choice."""
    behind: Float
    """[C + 1, K] what an option is worth less, after prices, than the group's best."""
    complete: bool
    """Whether no better choices hold any other option."""

    @property
    def count(self) -> int:
        """Options beside the present choices."""
        return int((self.options & (self.now.T == 0)).sum())

    def nearest(self, most: int) -> _Undecided:
        """Keep the options that lie the least behind."""
        chosen = self.now.T > 0
        further = np.flatnonzero(self.options & ~chosen)
        near = further[np.argsort(self.behind.ravel()[further], kind="stable")[:most]]
        few = chosen.ravel().copy()
        few[near] = True
        return replace(self, options=few.reshape(chosen.shape), complete=self.complete and near.size == further.size)


def _undecided(heads: Rows, groups: Alike, question: AssignQuestion, found: PricedChoices) -> _Undecided:
    """Leave out what prices prove to be no part of better choices."""
    offers = len(question.offers)
    now = np.bincount(groups.group * (offers + 1) + found.choice, minlength=heads.count * (offers + 1))
    now = now.reshape(-1, offers + 1).astype(np.int64)
    table = question.price_table(found.prices)
    worth = np.stack([np.zeros(heads.count), *(priced(heads, offer, table) for offer in range(offers))])
    best = worth.max(axis=0)
    behind = best - worth
    dual = float(best @ groups.count + found.prices @ question.bounds)
    options = behind <= dual - found.value + _noise(dual)
    options[1:] &= heads.value > 0  # what is worth nothing only uses limits up
    return _Undecided(options=options | (now.T > 0), now=now, behind=behind, complete=True)


def _noise(amount: float) -> float:
    return NOISE * max(1.0, abs(amount))
