"""What the gap is made of: from a plan's objective to the bound, step by step, at the bound's own prices.

Every step relaxes something that the steps before kept, with the plan's lines held, so that all add up to the gap
exactly and none is below zero by more than what halo and theft do to each other:

1. Limits, stock and rules: what the plan leaves of each, at its price. Messages: what their lines leave unpaid.
2. Theft, dips and the basket factor: what cells gain by naming their own, one after the other, everything else as the
   plan has it.
3. Fatigue and halo: the programs' coarser fatigue, halo units at their best weight, and rounding.
4. Other lines: what the programs would choose instead of the plan's, each series and segment by itself. Part of it is
   better plans that the search has not found; the rest is lines that do not go together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.limits.book import Limits
from constraints.rules.forms import CompiledRule
from planner.bound.bound import Bound
from planner.bound.inputs import Inside, Prices
from planner.bound.messages import messages_of
from planner.bound.params import BoundParams
from planner.bound.problem import BoundProblem
from planner.bound.theft import ends_of
from scenarios.language.words import BASKET
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.model import basket_rise, choose, fatigue, flows, pair_indices, rivalry, setting
from scenarios.response.totals import evaluate, sold_by, value

Float = NDArray[np.float64]
Plan = NDArray[np.int8]


@dataclass(frozen=True, kw_only=True)
class GapPart:
    """One contribution to the gap."""

    kind: str
    """``limit``, ``stock``, ``rules``, ``messages``, ``theft``, ``dips``, ``baskets``, ``fatigue``, ``lines`` or
    ``rounding``."""
    name: str
    """Id of the limit or product; empty where the kind says it all."""
    amount: float
    """In the objective's units."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GapStory:
    """A gap and what it is made of."""

    bound: float
    objective: float
    """Of the plan, in float64."""
    parts: tuple[GapPart, ...]
    """They add up to ``bound - objective``."""


def explain_gap(
    model: Coefficients,
    limits: Limits,
    allowed: NDArray[np.bool_],
    locked: Plan,
    rules: tuple[CompiledRule, ...],
    bound: Bound,
    plan: Plan,
    params: BoundParams | None = None,
) -> GapStory | None:
    """Split the gap between a bound and a plan that keeps every limit; None where only the naive bound is known.

    Parameters
    ----------
    allowed, locked, rules, params
        As the bound was made with.
    """
    if bound.at is None:
        return None
    use = BoundParams() if params is None else params
    problem = BoundProblem(model, limits, allowed, locked, use.fine_states, rules, use.load_cuts)
    inside: list[Inside] = []
    prices = bound.at
    highest, parts = problem.evaluate(prices, naive=False, inside=inside)
    columns = _columns_of(problem, model, plan)
    held_data = problem.data._replace(choice=columns[0], order_choice=columns[1])
    held, held_parts = problem.evaluate(prices, naive=False, data=held_data, inside=inside)
    objective = float(evaluate(objective_functional(model), model, plan, np)) - float(problem.empty[0])
    sent = messages_of(*columns, problem.data.weights)
    found = [*_slack(model, limits, prices, plan), *_rules(problem, prices, parts, inside[0], plan, sent)]
    found += _messages(inside[0], columns, sent)
    relaxed = _relaxed(model, problem, inside[0], plan, columns[0])
    rounding = parts["rounding"]
    rest = held - held_parts["rounding"] - objective - sum(part.amount for part in (*found, *relaxed))
    found += [*relaxed, GapPart(kind="fatigue", name="", amount=rest)]
    found += _other_lines(model, inside, parts, held_parts)
    found.append(GapPart(kind="rounding", name="", amount=rounding))
    return GapStory(bound=highest, objective=objective, parts=tuple(found))


def _columns_of(problem: BoundProblem, model: Coefficients, plan: Plan) -> tuple[Any, Any]:
    """[T, S, K, C] and [T, S, Y] the columns that a plan holds."""
    grid, layout = model.grid, problem.layout
    cell, basket = pair_indices(grid.split(plan), grid.widths, np)
    here = layout.columns.pair[None, None] == np.moveaxis(cell, 2, 0)[..., None]
    order = layout.orders.pair[0] == basket.T[..., None]
    return here & layout.columns.real, order & layout.orders.real[0]


def _slack(model: Coefficients, limits: Limits, prices: Any, plan: Plan) -> list[GapPart]:
    """What the plan leaves of limits and stock, at their prices."""
    what = sold_by(model, plan, np)
    uses = limits.mixture @ np.array([float(value(atom, model, what, np)) for atom in limits.atoms])
    left = -limits.excess(uses) * prices.limit if len(limits.functionals) else np.zeros(0)
    named: dict[str, float] = {}
    for name, amount in zip(limits.ids, left, strict=True):
        named[name] = named.get(name, 0.0) + float(amount)
    found = [GapPart(kind="limit", name=name, amount=amount) for name, amount in named.items()]
    stocked = np.asarray(np.isfinite(model.available))
    sold = np.cumsum(what.units.sum(axis=0), axis=1)
    spare = np.where(stocked, (np.where(stocked, model.available, 0.0) - sold) * prices.stock.T, 0.0).sum(axis=1)
    found += [
        GapPart(kind="stock", name=product.id, amount=float(amount))
        for product, amount, some in zip(model.grid.products, spare, np.asarray(stocked.any(axis=1)), strict=True)
        if some
    ]
    return found


def _rules(
    problem: BoundProblem, prices: Prices, parts: dict[str, float], inside: Inside, plan: Plan, sent: Float
) -> list[GapPart]:
    """What rules earn at most, less what the plan's lines and messages pay for them."""
    if not (len(problem.data.rules.count_cap) or problem.layout.rules.cells):
        return []
    paid = float(inside.charge[np.arange(len(plan)), plan].sum())
    asked = (problem.data.message_floors.counted * sent).sum(axis=(1, 2, 3))
    return [GapPart(kind="rules", name="", amount=parts["rules"] - paid + float(prices.message_floor @ asked))]


def _messages(inside: Inside, columns: tuple[Any, Any], sent: Float) -> list[GapPart]:
    """What a plan's messages [J, T, S] cost more, or earn less, than its lines pay for them."""
    if not inside.message_price.any():
        return []
    paid = float(inside.sent[columns[0]].sum() + inside.order_sent[columns[1]].sum())
    return [GapPart(kind="messages", name="", amount=paid - float((inside.message_price * sent).sum()))]


def _other_lines(
    model: Coefficients, inside: list[Inside], parts: dict[str, float], held: dict[str, float]
) -> list[GapPart]:
    """What the programs gain by lines of their own, product by product, and on baskets."""
    gained = (inside[0].series - inside[1].series).sum(axis=0)
    found = [
        GapPart(kind="lines", name=product.id, amount=float(amount))
        for product, amount in zip(model.grid.products, gained, strict=True)
    ]
    return [*found, GapPart(kind="lines", name=BASKET, amount=parts["baskets"] - held["baskets"])]


class _AsPlanned(NamedTuple):
    """What the plan does to every cell, [T, S, K]."""

    fresh: Float
    """Fatigue factor."""
    own: Float
    """Load that its own offers put on rivals."""
    kept: Float
    """What rivals leave."""
    robbed: Float
    """Sum of rivals' loads."""
    dip: Float
    """What earlier lines leave."""
    lent: Float
    """Sum of earlier lines' dips."""
    above: Float
    """Basket factor less 1."""


def _as_planned(model: Coefficients, plan: Plan) -> _AsPlanned:
    cell, basket = pair_indices(model.grid.split(plan), model.grid.widths, np)
    chosen, here, strength = choose(model, cell, basket, np), setting(model), model.strengths
    periods = model.grid.shape[2]
    tired = fatigue(chosen.reach, here.past_fatigue, strength.fatigue, strength.fatigue_decay, np)[..., :periods]
    own = -np.log1p(-chosen.theft * tired)
    padded = np.concatenate([own, np.zeros_like(own[:, :1])], axis=1)
    dip, lent = np.ones_like(own), np.zeros_like(own)
    for lag, share in enumerate(chosen.dips, start=1):
        before = share[..., : max(periods - lag, 0)]
        dip[..., lag:] *= 1.0 - before
        lent[..., lag:] += before
    moved = chosen.basket_lift * flows(chosen, here, model, np).basket_fatigue
    tables = (
        tired,
        own,
        rivalry(chosen.theft, tired, model.rivals, np),
        padded[:, model.rivals].sum(axis=2),
        dip,
        lent,
        np.broadcast_to(basket_rise(moved, model.supplied, np), own.shape),
    )
    return _AsPlanned(*(np.moveaxis(table, 2, 0) for table in tables))


def _relaxed(model: Coefficients, problem: BoundProblem, inside: Inside, plan: Plan, held: Any) -> list[GapPart]:
    """What cells gain by naming their own theft, then dips, then basket factor, all else as the plan has it."""
    cells, loads, now = problem.data.cells, problem.data.loads, _as_planned(model, plan)

    def at(table: Any) -> Float:
        """[T, S, K] entries of the plan's columns."""
        return np.asarray(np.where(held, table, 0.0).sum(axis=-1))

    base, bump, lift = at(inside.base), at(inside.bump), at(cells.lift)
    extra = np.broadcast_to(inside.extra[..., 0], base.shape)

    def flow(above: Float) -> tuple[Float, Float]:
        """Worth of base units and of the bump at a basket factor."""
        return (
            cells.units * cells.past_dip * (base + above * (base + extra)),
            cells.units * now.fresh * (bump + above * (bump + lift * extra)),
        )

    def relaxed(left: Float, least: Float, dip: Float, lent: Float, above: Float) -> Float:
        """Most that a cell earns at its own C, D, y and basket factor; payments that stay are left out."""
        first, second = flow(above)
        gained = left * (np.maximum(first, 0.0) * dip + np.maximum(second, 0.0))
        lost_base = (least - lent) * np.maximum(-first, 0.0)
        return np.asarray(
            gained
            - lost_base
            - least * np.maximum(-second, 0.0)
            + inside.dip_price * lent
            - inside.basket_price * above
        )

    padded = np.concatenate([inside.theft_price, np.zeros_like(inside.theft_price[..., :1])], axis=-1)
    paid = inside.tied - now.own * padded[..., model.rivals].sum(axis=-1)
    load, cuts = (now.own @ loads.group) @ loads.group.T, problem.layout.cuts
    named = (load >= np.reshape(cuts, (-1, 1, 1, 1)) * loads.whole - 1e-12).sum(axis=0)[None]
    first, second = flow(now.above)
    exact = (
        now.kept * (first * now.dip + second)
        + np.take_along_axis(inside.theft_price, named, axis=0)[0] * now.robbed
        + np.take_along_axis(paid, named, axis=0)[0]
        + inside.dip_price * now.lent
        - inside.basket_price * now.above
    )
    fresh = cells.fresh_low, cells.fresh_high
    ends = ends_of(at(cells.theft), fresh, loads.others, loads.whole, loads.spared, cuts, np)
    corners = [
        (ends.left[i, end], ends.least[i, end], inside.theft_price[i] * ends.lost[i, end] + paid[i], ends.possible[i])
        for i, end in np.ndindex(*ends.lost.shape[:2])
    ]

    def best(dips: list[tuple[Float, Float]], factors: list[Float]) -> Float:
        values = [
            np.where(fits, relaxed(left, least, dip, lent, above) + fee, -np.inf)
            for left, least, fee, fits in corners
            for dip, lent in dips
            for above in factors
        ]
        return np.asarray(np.maximum.reduce(values))

    planned = [(now.dip, now.lent)]
    most = problem.dips.held(held, problem.data.cell_steps)
    fall = (1.0 - cells.dip_low) / np.maximum(cells.dip_sum, 1e-12)
    either = [(np.ones_like(base), np.zeros_like(base)), (1.0 - fall * most, most)]
    steps = [
        exact,
        best(planned, [now.above]),
        best(either, [now.above]),
        best(either, list(inside.above)),
    ]
    return [
        GapPart(kind=kind, name="", amount=float((after - before).sum()))
        for kind, (before, after) in zip(("theft", "dips", "baskets"), pairwise(steps), strict=True)
    ]
