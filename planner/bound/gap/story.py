"""What the gap is made of: from a plan's objective to the bound, step by step, at the bound's own prices.

Every step relaxes something that the steps before kept, with the plan's lines held, so that all add up to the gap
exactly and none is below zero by more than what halo and theft do to each other:

1. Limits, stock and rules: what the plan leaves of each, at its price. Messages: what their lines leave unpaid.
2. Theft, dips and the basket factor: what cells gain by naming their own, one after the other, everything else as the
   plan has it.
3. Fatigue and halo: the programs' coarser fatigue, halo units at their best weight, and rounding.
4. Other lines: what the programs would choose instead of the plan's, each series and segment by itself, and blocks of
   rivals (`planner.bound.blocks.schedules`) all of theirs together: there steps 2 and 3 give away baskets and halo
   only. Part of it is better plans that the search has not found; the rest is lines that do not go together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from constraints.limits.book import Limits
from constraints.rules.forms import CompiledRule
from planner.bound.gap.named_gains import named_gains, paid_by_load
from planner.bound.inputs import Inside, Prices
from planner.bound.lowering.bound import Bound
from planner.bound.lowering.params import BoundParams
from planner.bound.problem import BoundProblem
from planner.bound.relaxed.messages import messages_of
from scenarios.arrays import Flag, Float, Plan
from scenarios.language.words import BASKET
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.model import pair_indices
from scenarios.response.totals import evaluate, sold_by, value


@dataclass(frozen=True, kw_only=True)
class GapPart:
    """One contribution to the gap."""

    kind: str
    """``limit``, ``stock``, ``rules``, ``messages``, ``theft``, ``dips``, ``baskets``, ``fatigue``, ``lines`` or
    ``rounding``."""
    name: str
    """Id of the limit or product, or of products that are planned together; empty where the kind says it all."""
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
    allowed: Flag,
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
    found += _messages(inside[0], columns, sent, paid_by_load(model, problem, inside[0], plan, columns[0]))
    gains = named_gains(model, problem, inside[0], plan, columns[0])
    relaxed = [GapPart(kind=kind, name="", amount=amount) for kind, amount in gains.items()]
    rounding = parts["rounding"]
    rest = held - held_parts["rounding"] - objective - sum(part.amount for part in (*found, *relaxed))
    found += [*relaxed, GapPart(kind="fatigue", name="", amount=rest)]
    found += _other_lines(model, problem, inside, parts, held_parts)
    found.append(GapPart(kind="rounding", name="", amount=rounding))
    return GapStory(bound=highest, objective=objective, parts=tuple(found))


def _columns_of(problem: BoundProblem, model: Coefficients, plan: Plan) -> tuple[Any, Any]:
    """[T, S, K, C] and [T, S, Y] the columns that a plan holds."""
    grid, layout = model.grid, problem.layout
    cell, basket = pair_indices(grid.split(plan), grid.widths, np)
    here = layout.columns.pair[None, None] == np.moveaxis(cell, 2, 0)[..., None]
    order = layout.orders.pair[0] == basket.T[..., None]
    return here & layout.columns.real, order & layout.orders.real[:, 0]


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


def _messages(inside: Inside, columns: tuple[Any, Any], sent: Float, by_load: float) -> list[GapPart]:
    """What a plan's messages [J, T, S] cost more, or earn less, than its lines pay for them, ``by_load`` of that."""
    if not inside.message_price.any():
        return []
    paid = float(inside.sent[columns[0]].sum() + inside.order_sent[columns[1]].sum()) + by_load
    return [GapPart(kind="messages", name="", amount=paid - float((inside.message_price * sent).sum()))]


def _other_lines(
    model: Coefficients, problem: BoundProblem, inside: list[Inside], parts: dict[str, float], held: dict[str, float]
) -> list[GapPart]:
    """What programs and blocks gain by lines of their own, product by product, and on baskets."""
    gained = (inside[0].series - inside[1].series).sum(axis=0) + inside[0].blocks - inside[1].blocks
    together = [] if problem.blocks is None else [block.products for block in problem.blocks.blocks]
    alone = sorted(set(range(len(gained))) - {product for products in together for product in products})
    found = [
        GapPart(
            kind="lines",
            name=", ".join(model.grid.products[product].id for product in products),
            amount=float(gained[products].sum()),
        )
        for products in sorted([*([product] for product in alone), *together])
    ]
    return [*found, GapPart(kind="lines", name=BASKET, amount=parts["baskets"] - held["baskets"])]
