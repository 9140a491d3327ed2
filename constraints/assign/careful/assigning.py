"""Choosing carefully on one page: a sample's tilt, all customers at it, mixtures made whole, and what was given up.

The best choices by a careful objective and the weights of the futures that prove them are a saddle point. A sample says
where it lies, about; choosing for everybody at these weights gives choices, and a bound on all others. Where the two
are apart, choices at further weights are mixed, and the mixture is made whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from constraints.assign.careful.climbing import climbed
from constraints.assign.careful.dealt import dealt
from constraints.assign.careful.future_values import FutureValues
from constraints.assign.careful.known import Known, Proof, Search, scaled
from constraints.assign.careful.mixture import Careful, Mixture
from constraints.assign.careful.parts import Block, PartsInMemory, PartSource, PlainRows, all_sorted, sampled
from constraints.assign.careful.tilted import Tilt
from constraints.assign.many_limits import ManyParams
from constraints.assign.one_limit import PricedChoices
from constraints.assign.question import AssignQuestion
from constraints.assign.rounds import RoundParams
from constraints.assign.rows import use_table, value_of
from constraints.assign.solve import SAMPLE, SolveParams, assign
from scenarios.arrays import Float

_NEAR = 1e-5
"""Share of the bound within which a sample's tilt is found: beyond it is the sample's own noise."""
_ROUGH = SolveParams(
    exact=None, many=ManyParams(rounds=1, gap=1e-4, each=RoundParams(linear_rows=300, entries=1 << 18))
)
"""How a sample's choices are made: only their tilts are used."""


@dataclass(frozen=True, kw_only=True)
class CarefulParams:
    """How much work is done.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    few: int = SAMPLE
    """Customers up to which all is done in memory, and to the end."""
    sample: int = 5_000
    """Customers from whom the first tilt is found; where there are no more, all of them."""
    sample_columns: int = 40
    """Most choices for the sample."""
    columns: int = 8
    """Most choices for everybody, beside those that the sample's mixture is made of."""
    gap: float = 1e-6
    """Where bound and worth are so near, as a share of the bound, no more is done."""

    def __post_init__(self) -> None:
        if not (self.few >= 1 and self.sample >= 1 and self.sample_columns >= 1 and self.columns >= 1):
            raise ValueError("few, sample, sample_columns and columns must be at least 1")
        if not (self.gap >= 0):
            raise ValueError("gap must be at least 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class CarefulChoices:
    """Choices by a careful objective, beside those by expectation."""

    choices: PricedChoices
    """Their value is the expected one; prices and bound are those of the careful objective."""
    tilt: Tilt
    """At which the prices hold."""
    worth: float
    """By the careful objective."""
    gained: Float
    """[D] in the futures."""
    plain_value: float
    """Expected value of the choices by expectation."""
    plain_worth: float
    plain_gained: Float
    """[D]"""
    made_at: tuple[Mixture, ...]
    """Weights that the next question of the same customers may begin at."""


def assign_carefully(
    source: PartSource,
    question: AssignQuestion,
    futures: FutureValues,
    caution: Careful,
    params: CarefulParams | None = None,
    begin: Sequence[Mixture] = (),
) -> CarefulChoices:
    """Choose one offer or none for each customer.

    Parameters
    ----------
    source
        All customers, at least one.
    question
        Offers and limits.
    futures
        What offers are worth in each of them.
    caution
        How careful the objective is.
    begin
        Weights that are tried first; where none are given, those of a sample of many customers.

    Returns
    -------
    CarefulChoices
        Choices that keep every limit exactly, prices of the limits, and a bound on the careful objective that no
        choices exceed.
    """
    params = params or CarefulParams()
    with threadpool_limits(limits=1):  # as `constraints.assign.solve` does
        if source.count > params.few:
            return _chosen(source, question, futures, caution, params, begin, None)
        block, order = all_sorted(sampled(source, params.few))
        found = _chosen(PartsInMemory(block=block), question, futures, caution, params, begin, block)
    choice = np.empty_like(found.choices.choice)
    choice[order] = found.choices.choice
    return replace(found, choices=replace(found.choices, choice=choice))


def _chosen(
    source: PartSource,
    question: AssignQuestion,
    futures: FutureValues,
    caution: Careful,
    params: CarefulParams,
    begin: Sequence[Mixture],
    few: Block | None,
) -> CarefulChoices:
    """Choose for everybody; ``few`` customers, all of them in memory, to the end."""
    plain = assign(PlainRows(source=source), question)
    search = Search(source=source, question=question, futures=futures, caution=caution)
    search.begin(plain.choice)
    for mixture in begin or _first(source, question, futures, caution, params):
        search.at(mixture)
        if search.closed(params.gap):
            break
    if search.proof is None or not search.closed(params.gap):
        _mix(search, params)
    if few is not None:
        from constraints.assign.careful.few import decide_few  # OR-Tools loads only where there is something to decide

        decide_few(search, few)
    if search.proof is None:
        raise ValueError("a search proves something")
    best = search.best
    return CarefulChoices(
        choices=_counted(source, question, best, search.proof),
        tilt=search.proof.tilt,
        worth=best.worth,
        gained=best.outcome.gained(futures),
        plain_value=plain.value,
        plain_worth=search.known[0].worth,
        plain_gained=search.known[0].outcome.gained(futures),
        made_at=search.proof.made_at,
    )


def _first(
    source: PartSource, question: AssignQuestion, futures: FutureValues, caution: Careful, params: CarefulParams
) -> list[Mixture]:
    """Return the weights at which a sample's best mixture stands, then those that its choices were made at."""
    if source.count <= params.sample:
        return []
    block = sampled(source, params.sample)
    some = PartsInMemory(block=block)
    asked = scaled(question, block.rows.count / source.count)
    search = Search(source=some, question=asked, futures=futures, caution=caution, params=_ROUGH)
    search.begin(assign(PlainRows(source=some), asked, _ROUGH).choice)
    mixture = search.descend(params.sample_columns, _NEAR)
    order = np.argsort(-mixture.share, kind="stable")
    made = [search.known[place].mixture for place in order if mixture.share[place] > 0]
    return [mixture, *(one for one in made if one is not None)]


def _mix(search: Search, params: CarefulParams) -> None:
    """Mix what is known with what is the best at further weights, and make the mixture whole."""
    mixture = search.descend(params.columns if len(search.known) > 2 else params.sample_columns, params.gap)
    if search.proof is None or search.closed(params.gap):
        return
    source, question, proof = search.source, search.question, search.proof
    starts = [search.best.choice, search.known[0].choice]
    whole = dealt(source, question, proof, search.known, mixture.share)
    if whole is not None:
        search.add(whole)
        starts.append(whole)
    for start in starts:
        search.add(climbed(source, question, search.futures, search.caution, proof, start))


def _counted(source: PartSource, question: AssignQuestion, best: Known, proof: Proof) -> PricedChoices:
    """Account for the choices as they are: expected value and uses."""
    values, first = [], 0
    total = np.zeros((len(question.measures), len(question.segments), len(question.offers)), dtype=np.int64)
    for block in source.blocks():
        mine = best.choice[first : first + block.rows.count]
        first += block.rows.count
        values.append(value_of(block.rows, mine))
        total += use_table(block.rows, mine, question)
    return PricedChoices(
        choice=best.choice, prices=proof.prices, value=math.fsum(values), bound=max(proof.bound, best.worth),
        uses=question.uses(total), passes=0,
    )  # fmt: skip
