"""Who gets which offer: the whole run on one page.

1. Everybody's best offer, with no limit counted. Where that keeps every limit it is the answer, and nothing beats it.
2. One limit: its exact price, by sorting (`constraints.assign.one_limit`).
3. Several, and most customers alike: a linear programme of the groups (`constraints.assign.few_groups`).
4. Several otherwise: prices by the dual function, and a linear programme of the few who are torn between two choices
   (`constraints.assign.many_limits`).
5. Few customers: what prices leave undecided is decided exactly (`constraints.assign.exact`).
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from constraints.assign.exact import ExactParams, exact
from constraints.assign.few_groups import few_groups, solve_groups
from constraints.assign.many_limits import ManyParams, solve_many
from constraints.assign.one_limit import PricedChoices, solve_one
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, RowsInMemory, RowSource, choose, joined, use_table
from constraints.assign.whole import LinearError

SAMPLE = 20_000
"""Customers from whom first prices are found, drawn by their hashes; where there are no more, all is done in memory."""


@dataclass(frozen=True, kw_only=True)
class SolveParams:
    """How much work is done.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    sample: int = SAMPLE
    many: ManyParams = field(default_factory=ManyParams)
    exact: ExactParams | None = field(default_factory=ExactParams)
    """None where what prices decide is enough."""

    def __post_init__(self) -> None:
        if not (self.sample >= 1):
            raise ValueError("sample must be at least 1")


def assign(source: RowSource, question: AssignQuestion, params: SolveParams | None = None) -> PricedChoices:
    """Choose one offer or none for each customer.

    Parameters
    ----------
    source
        All customers, at least one.
    question
        Offers and limits; with no limit everybody gets the best offer.

    Returns
    -------
    PricedChoices
        Choices that keep every limit exactly, prices of the limits, and a bound that no choices exceed.

    Raises
    ------
    ValueError
        For a source without customers.
    """
    params = params or SolveParams()
    if source.count < 1:
        raise ValueError("expected at least one customer")
    # One thread: sums are then the same whatever else runs, and small systems are not slowed down by waiting threads.
    with threadpool_limits(limits=1):
        return _chosen(source, question, params)


def _chosen(source: RowSource, question: AssignQuestion, params: SolveParams) -> PricedChoices:
    free, sample = _without_limits(source, question, params.sample)
    if (free.uses <= question.bounds).all():
        return free
    if source.count > params.sample:
        return _limited(source, question, sample, params)
    # In the order of the hashes nothing hangs on where customers stand in the file, sums of float64 neither.
    order = np.argsort(sample.rank, kind="stable")
    rows = sample.take(order)
    found = _limited(RowsInMemory(rows=rows), question, rows, params)
    found = found if params.exact is None else exact(rows, question, found, params.exact)
    choice = np.empty_like(found.choice)
    choice[order] = found.choice
    return replace(found, choice=choice)


def _limited(source: RowSource, question: AssignQuestion, sample: Rows, params: SolveParams) -> PricedChoices:
    """Choose by prices, where not everybody can have the best offer."""
    if len(question.limits) == 1:
        return solve_one(source, question, sample)
    groups = few_groups(source, sample)
    if groups is not None:
        with contextlib.suppress(LinearError):
            return solve_groups(groups, question)
    return solve_many(source, question, sample, params.many)


def _without_limits(source: RowSource, question: AssignQuestion, size: int) -> tuple[PricedChoices, Rows]:
    """Read all customers once: their best choices, and a sample of them by their hashes."""
    nothing = np.zeros((len(question.measures), len(question.segments), len(question.offers)))
    cut = np.uint64(min(size / source.count, 1.0) * (2.0**64 - 2**12))
    choices: list[NDArray[np.int8]] = []
    values, parts = [], []
    total = np.zeros(nothing.shape, dtype=np.int64)
    for rows in source.blocks():
        choice, worth = choose(rows, nothing)
        choices.append(choice)
        values.append(float(worth.sum()))
        total += use_table(rows, choice, question)
        drawn = np.ones(rows.count, dtype=bool) if source.count <= size else rows.rank < cut
        parts.append(rows.take(drawn))
    value = math.fsum(values)
    free = PricedChoices(
        choice=np.concatenate(choices), prices=np.zeros(len(question.limits)), value=value, bound=value,
        uses=question.uses(total), passes=1,
    )  # fmt: skip
    return free, joined(parts)
