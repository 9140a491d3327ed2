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
from scenarios.language.implied_ids import STOCK
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.rounding import UNIT_DIGITS


def baseline_wants(effects: Effects) -> Float:
    """[K, T] units that would sell without promotion if there were enough of everything."""
    return np.asarray(effects.base_units.mean(axis=0).sum(axis=0))


def came_at(model: Coefficients, product: int, moment: int) -> int:
    """Period in which the goods of a product came that come last up to a moment; 0 where none did."""
    return int(np.flatnonzero(np.diff(model.available[product, : moment + 1], prepend=0.0) > 0)[-1:].sum())


def lacking(model: Coefficients, wanted: Float, product: int, since: int) -> Float:
    """[T] units that the baseline of a product lacks from a period on up to each one; 0 before it.

    Parameters
    ----------
    wanted : [K, T]
        Units that would sell without promotion if there were enough of everything.
    """
    short = np.maximum(wanted[product] - model.base_units[:, product].sum(axis=0), 0.0)
    return np.where(np.arange(len(short)) < since, 0.0, short).cumsum()


def left_to_lines(model: Coefficients, wanted: Float, product: int, moment: int) -> Float:
    """[T] part of one unit more, of the goods that come last up to a moment, that is left to lines up to each period.

    A unit that the baseline has taken is left to nobody after it, however much arrives later.
    """
    since = came_at(model, product, moment)
    left = 1.0 - np.minimum(lacking(model, wanted, product, since), 1.0)
    return np.where(np.arange(len(left)) < since, 0.0, left)


def spare(model: Coefficients, product: int, moment: int) -> float:
    """Units of the goods that come last up to a moment of which there may be less before the baseline is cut."""
    there, since = model.available[product], came_at(model, product, moment)
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
    style = money_style(currency, [float(worth) for worth in model.unit_margin])
    for number, product in enumerate(model.grid.products):
        limit = known.get(f"{STOCK}{product.id}")
        if limit is None or not limit.binding:
            continue
        since = came_at(model, number, tightest_period(model, number, sold))
        here = float(lacking(model, wanted, number, since)[-1])
        if here < 1.0:
            continue
        words = _lacking_words(model, since, here, float(lacking(model, wanted, number, 0)[-1]))
        earns = style(float(model.unit_margin[number]))
        said.append(
            f"{limit.id} is used up, and more of it goes to what sells without promotion, of which {words}: a unit "
            f"earns {earns} there, with this plan or none, and adds nothing to the objective"
        )
    return tuple(said)


def _lacking_words(model: Coefficients, since: int, here: float, in_all: float) -> str:
    """Say how many units lack of goods that came in a period and, where these are not all, in the whole horizon."""
    told, every = f"{here:,.0f}", f"{in_all:,.0f}"
    if told == every:
        return f"{told} are lacking"
    came = model.grid.scenario.horizon.date_of(since)
    return f"{told} are lacking of what is there from {came} on, {every} in all"


def tightest_period(model: Coefficients, product: int, sold: Float) -> int:
    """Period up to which a product's stock is tightest under a plan that sells [K, T] units, cumulative."""
    there, used = (np.round(table[product] * 10**UNIT_DIGITS) for table in (model.available, sold))
    return tightest_moment(there.astype(np.int64), used.astype(np.int64))
