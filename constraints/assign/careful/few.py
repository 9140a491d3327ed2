"""Few customers: the best choices by a careful objective, or all but, among what a tilt and prices leave undecided.

A careful objective is the smallest of many weighted sums, so an integer programme whose value is the smallest of some
of them is a bound for all choices that it holds. Each answer's own futures say which weighted sum is missing (cutting
planes: Kelley 1960, doi:10.1137/0108053), until what the programme promises is what its answer is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from constraints.assign.alike import Alike, deal, group_alike
from constraints.assign.careful.known import STILL, Known, Search
from constraints.assign.careful.mixture import Mixture, leaning
from constraints.assign.careful.parts import Block
from constraints.assign.careful.tilted import Tilt, tilt_of
from constraints.assign.exact import NOISE
from constraints.assign.integer import add_limits, columns_of
from constraints.assign.rows import Rows, priced
from constraints.cp_sat import solver
from scenarios.arrays import Flag, Float, Int

OPTIONS = (300, 2_000)
"""Undecided options that are decided at once, at most, the likeliest: first few, then what is still undecided."""
ROUNDS = 24
"""Most integer programmes with so many options."""
DETERMINISTIC_SECONDS = 0.5
"""Most work in one of them, in CP-SAT's own units; about so many seconds of one core ..."""
ALL_SECONDS = 2.0
"""... and in all of them with so many options."""
_EACH = 1e-5
"""Work of building a programme, for each of its columns."""
_VALUE_SUM = 2.0**50
"""Largest sum of scores in CP-SAT's whole numbers."""
_NEAR = 1e-7
"""Share of the bound that is left alone."""


def decide_few(search: Search, block: Block) -> None:
    """Improve what a search knows and proves.

    Parameters
    ----------
    block
        All customers of the search.
    """
    groups = group_alike(_told_apart(block))
    heads = block.take(groups.first)
    cuts = [one.mixture for one in search.known if one.mixture is not None]
    cuts.append(_leaning(search, search.best))
    for most in OPTIONS:
        work, still = 0.0, 0
        for _ in range(ROUNDS):
            if search.proof is None or search.closed(_NEAR):
                return
            if work >= ALL_SECONDS or still >= STILL:
                break
            apart = search.bound - search.best.worth
            open_, complete = _undecided(search, heads, groups, most)
            found = _programme(search, heads, groups, open_, cuts)
            if found is None:
                break
            work += found.work
            if complete:
                search.proof = replace(search.proof, bound=min(search.bound, max(found.bound, search.best.worth)))
            before = search.best.worth
            one = search.add(deal(groups.group, block.rows.rank, found.wanted))
            if found.promised - one.worth <= NOISE * max(1.0, abs(one.worth)) and one.worth <= before:
                break
            cuts.append(_leaning(search, one))
            still = 0 if search.bound - search.best.worth < apart else still + 1


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    wanted: Int
    """[K, C + 1] customers of each group by choice."""
    promised: float
    bound: float
    work: float
    """In CP-SAT's own units, building it included."""


def _leaning(search: Search, one: Known) -> Mixture:
    return leaning(search.caution, search.futures, one.outcome)


def _told_apart(block: Block) -> Rows:
    """Return rows whose values are everything that tells customers apart in any future."""
    count = block.rows.count
    amounts = [one.reshape(-1, count) for one in block.parts.amount]
    value = np.concatenate([block.rows.value, *amounts, block.parts.place[None].astype(np.float64)])
    return replace(block.rows, value=value)


def _undecided(search: Search, heads: Block, groups: Alike, most: int) -> tuple[Flag, bool]:
    """Return options [C + 1, K] that better choices may hold, and whether these are all.

    An option that is worth r less than the best one, after prices at the tilt, is in no choices that are worth more
    than the bound there less r.
    """
    proof, question = search.proof, search.question
    if proof is None:
        raise ValueError("options are settled by a proof")
    rows, table = proof.tilt.rows(heads), question.price_table(proof.prices)
    worth = np.stack([np.zeros(rows.count), *(priced(rows, offer, table) for offer in range(len(question.offers)))])
    behind = worth.max(axis=0) - worth
    dual = float(worth.max(axis=0) @ groups.count + proof.prices @ question.bounds) + proof.tilt.constant
    options = behind <= dual - search.best.worth + NOISE * max(1.0, abs(dual))
    now = np.zeros(worth.shape, dtype=bool)
    now[search.best.choice, groups.group] = True
    further = np.flatnonzero(options & ~now)
    few = further[np.argsort(behind.ravel()[further], kind="stable")[:most]]
    out = now.ravel().copy()
    out[few] = True
    out = out.reshape(now.shape)
    # a group that has to be settled has something to choose
    out[0] |= ~out.any(axis=0)
    return out, few.size == further.size


def _programme(search: Search, heads: Block, groups: Alike, open_: Flag, cuts: Sequence[Mixture]) -> _Found | None:
    """Choose so that the smallest of the cuts' weighted sums is as large as may be."""
    question, size = search.question, groups.count
    option, group = np.nonzero(open_)
    tilts = [tilt_of(search.futures, one.weights, one.slopes) for one in cuts]
    scores = np.stack([_scores(tilt, heads)[option, group] for tilt in tilts])
    constants = np.array([tilt.constant for tilt in tilts])
    largest = np.zeros(size.size)
    np.maximum.at(largest, group, np.abs(scores).max(axis=0))
    total = max(float(largest @ size) + float(np.abs(constants).max()), 1e-200)
    scale = float(2.0 ** np.floor(np.log2(_VALUE_SUM / total)))
    now = np.bincount(groups.group * len(open_) + search.best.choice, minlength=open_.size).reshape(-1, len(open_))
    model = cp_model.CpModel()
    columns = columns_of(model, option, group, size, now)
    add_limits(model, heads.rows, question, option, group, columns)
    least = model.new_int_var(-int(_VALUE_SUM), int(_VALUE_SUM), "")
    for score, constant in zip(np.ceil(scores * scale), np.ceil(constants * scale), strict=True):
        weighted = cp_model.LinearExpr.weighted_sum(columns, score.astype(np.int64).tolist())
        model.add(least <= weighted + int(constant))
    model.maximize(least)
    search_for = solver(0, DETERMINISTIC_SECONDS)
    search_for.parameters.linearization_level = 2
    status = search_for.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    wanted = np.zeros((size.size, len(open_)), dtype=np.int64)
    wanted[group, option] = [search_for.value(column) for column in columns]
    # scores were rounded up, so that what bounds them bounds the scores themselves
    return _Found(
        wanted=wanted,
        promised=float(search_for.objective_value) / scale,
        bound=float(search_for.best_objective_bound) / scale,
        work=float(search_for.response_proto.deterministic_time) + _EACH * option.size,
    )


def _scores(tilt: Tilt, heads: Block) -> Float:
    return np.concatenate([np.zeros((1, heads.rows.count)), tilt.scores(heads.parts)])
