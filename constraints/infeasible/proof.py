"""Proofs that limits cannot be kept together: weights on rows, a bound on their sum, and what the proof needs.

If every plan has ``sum of weight * sign * use >= v`` and ``v`` exceeds the same sum of bounds, no plan keeps all the
rows. Good weights come from a subgradient method on that bound, which is concave in the weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.infeasible.flow_reach import Reach
from constraints.infeasible.optimistic import Least, RowTables, combined, least
from constraints.infeasible.shortfall import Row
from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule, Fixed, Masks
from scenarios.arrays import Flag, Float, Int

PROOF = 1e-6
"""Share of a row's scale by which a bound must miss; far above rounding."""
_FIRST_STEP = 0.3


def missed(row: Row, value: float) -> float:
    """By how much of its scale a bound on a row misses what is allowed; positive is a proof."""
    return (value - row.sign * row.bound) / row.scale


def refute(
    rows: list[Row],
    tables: list[RowTables],
    reach: Reach,
    broken: Flag,
    steps: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Float | None:
    """Weights under which no plan keeps the rows together; None where none are found.

    Parameters
    ----------
    broken : bool [rows]
        Rows that the nearest plan breaks; they start with more weight.
    stopped
        Whether nobody waits any longer: then no other weights are tried.
    """
    scale = np.array([row.scale for row in rows])
    target = np.array([row.sign * row.bound for row in rows]) / scale
    share = np.where(broken, 1.0, 0.2)
    share /= share.sum()
    for step in range(steps if len(rows) > 1 else 0):
        if stopped():
            break
        mixed = combined(tables, share / scale)
        found = least(mixed, reach)
        if found.value - share @ target > PROOF:
            return np.asarray(share / scale)
        slope = _values(tables, mixed, found, reach) / scale - target
        size = float(np.linalg.norm(slope - slope.mean()))
        share = np.maximum(share + _FIRST_STEP / (1 + 0.2 * step) * slope / max(size, 1e-12), 0.0)
        share = share / share.sum() if share.sum() > 0 else np.full(len(rows), 1 / len(rows))
    return None


def base_under(rulebook: RuleBook, rules: list[CompiledRule], released: set[int]) -> Flag:
    """[N, width] choices under the masks and locks of some rules, some locked slots released."""
    base = rulebook.open.copy()
    for rule in rules:
        for form in rule.forms:
            if isinstance(form, Masks):
                base &= ~form.forbidden
    for rule in rules:
        for form in rule.forms:
            if isinstance(form, Fixed):
                held = np.array([slot not in released for slot in form.slots], dtype=bool)
                base[form.slots[held]] = False
                base[form.slots[held], form.choices[held]] = True
    return base


def _pick(table: Float, index: Int) -> Float:
    wide = np.broadcast_to(table, (*index.shape[:-1], table.shape[-1]))
    return np.asarray(np.take_along_axis(wide, index, axis=-1)[..., 0])


def _values(tables: list[RowTables], mixed: RowTables, found: Least, reach: Reach) -> Float:
    """[rows] values of each row at the pairs and the ends of the flows that the mixed row's bound picked."""
    at, chosen = found.pairs[..., None], found.basket_pairs[..., None]
    base = np.where(_pick(mixed.base, at) >= 0, reach.base.low, reach.base.high)
    bump = np.where(_pick(mixed.bump, at) >= 0, reach.bump.low, reach.bump.high)
    order_bump = _pick(mixed.order_bump, chosen)
    tired = np.where(order_bump >= 0, reach.basket_fatigue.low, reach.basket_fatigue.high)
    order_base = _pick(mixed.order_base, chosen)
    orders = np.where(order_base + order_bump * tired >= 0, reach.orders.low, reach.orders.high)
    others = np.where(order_base >= 0, reach.other_orders.low, reach.other_orders.high)
    ahead = np.where(mixed.ahead >= 0, reach.ahead.low, reach.ahead.high)
    left = np.where(mixed.tired >= 0, reach.tired.low, reach.tired.high)
    values = []
    for row in tables:
        cells = _pick(row.base, at) * base + _pick(row.bump, at) * bump + _pick(row.fixed, at)
        per_order = _pick(row.order_base, chosen)
        basket = orders * (per_order + _pick(row.order_bump, chosen) * tired) + others * per_order
        basket = basket + _pick(row.order_fixed, chosen)
        values.append(cells.sum() + basket.sum() + (row.ahead * ahead).sum() + (row.tired * left).sum() + row.rest)
    return np.array(values)
