"""Stock that the baseline takes: where it is cut at what there is, more goods go to it, with promotions or without.

A plan is judged by the change against no promotion. Where the baseline lacks goods, a unit more raises what is sold
without promotion by one, of the plan and of the empty plan alike: no line gets it, and the objective gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constraints.limits.verdicts import tightest_moment
from planner.figures import money_style
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.rounding import UNIT_DIGITS


def baseline_wants(effects: Effects) -> Float:
    """[K, T] units that would sell without promotion if there were enough of everything."""
    return np.asarray(effects.base_units.mean(axis=0).sum(axis=0))


def lacking(model: Coefficients, wanted: Float) -> Float:
    """[K, T] units that the baseline lacks up to each period, since goods last came.

    Parameters
    ----------
    wanted : [K, T]
        Units that would sell without promotion if there were enough of everything.
    """
    short = wanted - model.base_units.sum(axis=0)
    there = np.where(np.isfinite(model.available), model.available, 0.0)
    comes = np.diff(there, axis=1, prepend=0.0) > 0
    found, since = np.zeros_like(short), np.zeros(len(short))
    for period in range(short.shape[1]):
        since = np.where(comes[:, period], 0.0, since) + np.maximum(short[:, period], 0.0)
        found[:, period] = since
    return np.asarray(found)


def left_to_lines(model: Coefficients, wanted: Float) -> Float:
    """[K, T] part of one unit more, of the goods that come last up to each period, that is left to lines."""
    return np.asarray(1.0 - np.minimum(lacking(model, wanted), 1.0))


def spare(model: Coefficients, product: int, moment: int) -> float:
    """Units of the goods that come last up to a moment of which there may be less before the baseline is cut."""
    there = model.available[product]
    since = int(np.flatnonzero(np.diff(there[: moment + 1], prepend=0.0) > 0)[-1:].sum())
    return float((there - model.base_units[:, product].sum(axis=0).cumsum())[since:].min())


def baseline_first(
    model: Coefficients, wanted: Float, limits: Sequence[LimitResult], sold: Float, currency: str
) -> tuple[str, ...]:
    """Say of stock that a plan uses up, and of which more goes to the baseline first, what it is worth there.

    Parameters
    ----------
    wanted : [K, T]
        Units that would sell without promotion if there were enough of everything.
    limits
        Those of the plan.
    sold : [K, T]
        Units that the plan sells, cumulative.
    """
    known, said = {limit.id: limit for limit in limits}, []
    lacks = lacking(model, wanted)
    style = money_style(currency, [float(worth) for worth in model.unit_margin])
    for number, product in enumerate(model.grid.products):
        limit = known.get(f"stock:{product.id}")
        if limit is None or not limit.binding or lacks[number, tightest_period(model, number, sold)] < 1.0:
            continue
        said.append(
            f"{limit.id} is used up, and more of it goes to what sells without promotion, of which "
            f"{lacks[number, -1]:,.0f} are lacking: a unit earns {style(float(model.unit_margin[number]))} there, with "
            "this plan or none, and adds nothing to the objective"
        )
    return tuple(said)


def tightest_period(model: Coefficients, product: int, sold: Float) -> int:
    """Period up to which a product's stock is tightest under a plan that sells [K, T] units, cumulative."""
    there, used = (np.round(table[product] * 10**UNIT_DIGITS) for table in (model.available, sold))
    return tightest_moment(there.astype(np.int64), used.astype(np.int64))
