"""The futures of a scenario as tables of what single customers' amounts count in them."""

from __future__ import annotations

import numpy as np

from constraints.assign.careful.future_values import FundFutures, FutureValues
from planner.assign.careful.scored_parts import FUNDING, SPEND, PartNames
from planner.assign.futures.foreseen import Foresight
from planner.assign.futures.moves import moves_of
from scenarios.arrays import Float
from scenarios.language.implied_ids import FUND
from scenarios.language.words import Measure


def future_values(foresight: Foresight, parts: PartNames) -> FutureValues:
    """Return what each part of a customer's value counts in every future.

    The arithmetic is that of `planner.assign.futures.foreseen`, one customer at a time in place of sums.
    """
    futures, weight = foresight.futures, foresight.setting.profit_weight
    if parts.by_member:
        drawn, start, member = futures.drawn, futures.expected, futures.member
        row = np.arange(len(foresight.setting.customers)) * parts.terms.needs_segments
    else:
        drawn, start = (foresight.by_file(one) for one in (futures.drawn, futures.mean))
        member = np.zeros_like(futures.member)
        row = np.arange(drawn.gain.shape[1]) * (foresight.segment is None)
    times: list[Float] = []
    if SPEND in parts.names:
        gain, spend = moves_of(drawn.gain, start.gain, member), moves_of(drawn.spend, start.spend, member)
        times = [gain.times, weight * (gain.times - spend.times)]
        plus = gain.plus - weight * spend.plus
    else:
        net = [one.gain - weight * one.spend for one in (drawn, start)]
        times, plus = [np.ones_like(net[0])], net[0] - net[1][member]
    funds = []
    if FUNDING in parts.names:
        number = parts.terms.measures.index(Measure.VENDOR_FUNDING)
        there, here = drawn.use[number], start.use[number]
        if there is None or here is None:
            raise ValueError("vendor funding is no count")
        asked, groups = moves_of(there, here, member), list[bytes]()
        for limit, read in zip(parts.terms.question.limits, parts.terms.limits, strict=True):
            if not read.id.startswith(FUND):
                continue
            key, cells = limit.cells.tobytes(), limit.cells[row].astype(np.float64)
            groups += [] if key in groups else [key]
            funds.append(
                FundFutures(
                    part=len(times),
                    times=asked.times * cells,
                    plus=asked.plus * cells,
                    most=float(read.bound - read.taken),
                    group=groups.index(key),
                )
            )
        times.append(np.zeros_like(plus))
    return FutureValues(member=member, times=tuple(times), plus=plus, funds=tuple(funds), lost=weight)
