"""Many plans at once: every plan of a small question, what each uses, and which rules each breaks."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.enforce.merged import enforce
from constraints.limits.book import Limits
from constraints.rules.forms import CompiledRule, Fixed, Form, Masks
from scenarios.arrays import Flag, Float
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed
from scenarios.response.measures import objective_functional
from scenarios.response.model import choose, flows, pair_indices, setting
from scenarios.response.totals import Sold, look_up, sold, value

Plans = NDArray[np.int8]

BLOCK = 1024
"""Plans that are evaluated together: their tables stay in the processor's cache."""
TOGETHER = 128
"""Plans that a rule reads together."""


def count_plans(options: Flag) -> float:
    """How many plans there are whose slots hold one of ``options`` [N, width] each."""
    return math.prod(float(count) for count in options.sum(axis=1))


def every_plan(options: Flag) -> Plans:
    """[P, N] every plan whose slots hold one of ``options`` [N, width] each, in the order of counting."""
    counts = options.sum(axis=1)
    plans = np.zeros((int(count_plans(options)), len(options)), dtype=np.int8)
    repeat = len(plans)
    for slot, count in enumerate(counts):
        repeat //= int(count)
        column = np.repeat(np.flatnonzero(options[slot]), repeat)
        plans[:, slot] = np.resize(column, len(plans))
    return plans


@dataclass(frozen=True, kw_only=True, eq=False)
class Uses:
    """What P plans use, in float64."""

    objective: Float
    """[P]"""
    scalar: Float
    """[P, L] uses of the scalar limits."""
    rates: Float
    """[P, L] what a limit on a ratio divides; nan for all other limits."""
    stock: Float
    """[P, K, T] units sold, cumulative."""


def uses_of(model: Coefficients, limits: Limits, plans: Plans) -> Uses:
    """Evaluate every limit and the objective at plans [P, N]."""
    wide = _with_plan_axis(model)
    worth = objective_functional(model)
    parts = [_uses(model, wide, limits, worth, plans[at : at + BLOCK]) for at in range(0, len(plans), BLOCK)]
    return Uses(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Uses)})


def _uses(model: Coefficients, wide: Any, limits: Limits, worth: Functional, plans: Plans) -> Uses:
    what = _sold(model, wide, plans)

    def of(functional: Functional | Mixed) -> Float:
        return np.asarray(value(functional, model, what, np), dtype=np.float64)

    rates = np.full((len(plans), len(limits.functionals)), np.nan)
    for number, parts in enumerate(limits.rate_parts):
        if parts is not None:
            above, below = of(parts[0]) - limits.bound[number], of(parts[1])
            rates[:, number] = np.divide(above, below, out=np.full(len(plans), np.nan), where=below > 0)
    scalar = [of(functional) for functional in limits.functionals]
    return Uses(
        objective=of(worth),
        scalar=np.stack(scalar, axis=-1) if scalar else np.zeros((len(plans), 0)),
        rates=rates,
        stock=np.cumsum(what.units.sum(axis=-3), axis=-1),
    )


def _with_plan_axis(model: Coefficients) -> Any:
    """The tables that choices look up, with an axis of length 1 in front for the plans."""
    cells, basket = (
        replace(tables, **{each.name: _leading(getattr(tables, each.name)) for each in fields(tables)})
        for tables in (model.cells, model.basket)
    )
    return SimpleNamespace(cells=cells, basket=basket)


def _leading(table: Any) -> Any:
    return tuple(each[None] for each in table) if isinstance(table, tuple) else table[None]


def _sold(model: Coefficients, wide: Any, plans: Plans) -> Sold:
    blocks = model.grid.split(plans)
    cell, basket = pair_indices(blocks, model.grid.widths, np)
    here = setting(model)
    flow = flows(choose(wide, cell, basket, np), here, model, np)
    return sold(model, look_up(wide, cell, basket, np), flow, here, blocks, np)


def breaks_rule(grid: Grid, rule: CompiledRule, plans: Plans) -> Flag:
    """[P] which plans break a rule."""
    broken = np.zeros(len(plans), dtype=bool)
    for form in rule.forms:
        broken |= _breaks(grid, form, plans)
    return broken


def _breaks(grid: Grid, form: Form, plans: Plans) -> Flag:
    if isinstance(form, Masks):
        return np.asarray(form.forbidden[np.arange(plans.shape[1]), plans].any(axis=1))
    if isinstance(form, Fixed):
        return np.asarray((plans[:, form.slots] != form.choices).any(axis=1))
    broken = np.zeros(len(plans), dtype=bool)
    for enforced in enforce([("", form)], grid):
        for at in range(0, len(plans), TOGETHER):
            broken[at : at + TOGETHER] |= enforced.broken(plans[at : at + TOGETHER]).any(axis=1)
    return broken
