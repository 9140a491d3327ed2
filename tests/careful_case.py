"""Customers whose offers are worth something else in every future, and the best careful choices by trying all."""

from __future__ import annotations

import itertools

import numpy as np
from assign_case import OFFERS, SEGMENTS, customers, limits
from scenario_factory import rng_of

from constraints.assign.careful.future_values import FundFutures, FutureValues
from constraints.assign.careful.mixture import Careful
from constraints.assign.careful.parts import Block, Parts
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import limit_uses
from scenarios.language.aim import careful_value

FUTURES, MEMBERS = 12, 2


def case(
    seed: int, count: int, number: int, *, funds: bool = False, alike: int | None = None
) -> tuple[Block, AssignQuestion, FutureValues]:
    """Return random customers, so many limits, and futures in which segments and offers go up and down together."""
    rng = rng_of(seed + 77)
    rows = customers(seed, count, alike=alike)
    spend = rows.use[0]
    assert spend is not None
    value = np.where(np.isfinite(rows.value), rows.value, 0.0)
    shape = (FUTURES, SEGMENTS, OFFERS)
    gain, spent = np.exp(rng.normal(-0.3, 0.8, shape)), np.exp(rng.normal(0.0, 0.3, shape))
    apart = np.exp(rng.normal(0.0, 0.3, (MEMBERS, OFFERS, 1)))
    amounts = [value * apart, np.broadcast_to(spend / 1000, (MEMBERS, *value.shape))]
    times, made = [gain, gain - spent], list[FundFutures]()
    if funds:
        times.append(np.zeros(shape))
        amounts.append(0.5 * amounts[1])
        asked = np.exp(rng.normal(0.0, 0.5, shape))
        some = np.array([1.0, 0.0, 1.0])
        for most, mine, group in ((1.0, asked, 0), (1.2, 1.1 * asked, 0), (0.8, asked * some, 1)):
            made.append(FundFutures(part=2, times=mine, plus=np.zeros(shape), most=most, group=group))
    futures = FutureValues(
        member=rng.integers(0, MEMBERS, FUTURES), times=tuple(times), plus=rng.normal(0.0, 0.1, shape),
        funds=tuple(made),
    )  # fmt: skip
    return Block(rows, Parts(place=rows.segment, amount=tuple(amounts))), limits(seed, rows, number), futures


def best_of_all(block: Block, question: AssignQuestion, futures: FutureValues, caution: Careful) -> float:
    """Return what the best choices that keep all limits are worth, by trying every one, customer by customer."""
    rows, parts = block.rows, block.parts
    value = np.zeros((futures.count, OFFERS + 1, rows.count))
    asked = np.zeros((len(futures.funds), *value.shape))
    for d, c, i in itertools.product(range(futures.count), range(OFFERS), range(rows.count)):
        at, mine = (d, parts.place[i], c), (futures.member[d], c, i)
        each = zip(futures.times, parts.amount, strict=True)
        value[d, c + 1, i] = futures.plus[at] + sum(times[at] * amount[mine] for times, amount in each)
        for number, fund in enumerate(futures.funds):
            asked[number, d, c + 1, i] = fund.plus[at] + fund.times[at] * parts.amount[fund.part][mine]
    open_ = np.concatenate([np.ones((1, rows.count), dtype=bool), np.isfinite(rows.value)])
    use = np.concatenate([np.zeros((len(question.limits), 1, rows.count)), limit_uses(rows, question)], axis=1)
    best, every = -np.inf, np.arange(rows.count)
    for choice in itertools.product(range(OFFERS + 1), repeat=rows.count):
        if not open_[choice, every].all() or (use[:, choice, every].sum(axis=1) > question.bounds).any():
            continue
        gained = value[:, choice, every].sum(axis=1)
        short: dict[int, np.ndarray] = {}
        for fund, wanted in zip(futures.funds, asked[:, :, choice, every].sum(axis=2), strict=True):
            short[fund.group] = np.maximum(short.get(fund.group, np.zeros(futures.count)), wanted - fund.most)
        gained = gained - sum(short.values(), np.zeros(futures.count))
        best = max(best, careful_value(caution, gained))
    return best
