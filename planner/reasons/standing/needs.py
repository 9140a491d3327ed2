"""Which limits and rules need a line, where that is certain: without it they would be broken, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constraints.limits.amounts import amount, bound_text, use_text
from planner.evaluation.evaluator import Evaluator
from planner.reasons.breaking import Broken
from scenarios.response.totals import evaluate

TELLING = 0.005
"""Share of a ratio's bound by which it is missed at least: where a plan stands at its floor, dropping whatever is a
little better than the average misses it by a hair, and any other small change would do as well."""


def certain_needs(evaluator: Evaluator, missed: Sequence[Broken], plan: NDArray[np.int8]) -> tuple[Broken, ...]:
    """Of what a plan [N] without some line breaks, keep what needs that line, ratios with the figure they come to."""
    found = []
    for each in missed:
        if not each.sure or each.row is None or evaluator.limits.rate_parts[each.row] is None:
            found.append(each)
        elif told := _ratio(evaluator, each, each.row, plan):
            found.append(told)
    return tuple(found)


def _ratio(evaluator: Evaluator, broken: Broken, row: int, plan: NDArray[np.int8]) -> Broken | None:
    limits, model = evaluator.limits, evaluator.model
    record, parts = limits.records[row], limits.rate_parts[row]
    if parts is None:
        return None
    part, whole = (float(evaluate(each, model, plan, np)) for each in parts)
    ratio = limits.ratio(row, part, whole)
    if np.isnan(ratio):
        return broken
    if abs(ratio - record.bound) < TELLING * abs(record.bound):
        return None
    up = record.sense == "max"
    short = amount(record.unit, ratio, up=up) if record.unit != "roi" else f"{ratio:.2f}"
    text = short if abs(float(ratio) - record.bound) > TELLING else use_text(record.unit, ratio, record.bound, up=up)
    bound = bound_text(record.unit, record.bound)
    return replace(broken, words=f"{text}, at {'most' if up else 'least'} {bound} asked for")
