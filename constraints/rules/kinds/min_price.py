"""min_price: the price paid, net of tax, never falls below unit cost times (1 + ``margin``).

Example: ``{rule: min_price, margin: 5%, counts_funding: true}``: what the customer pays without tax, plus what vendors
pay of the saving and for the unit, covers unit cost and 5 %. `constraints.rules.paid` says which savings count
together, `constraints.rules.tags` what a price may lack. Lines that save nothing (gift, feature) do not lower the price
and are never refused, whatever the regular price; gift costs and basket savings do not count.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, line_text
from constraints.rules.paid import TOLERANCE, compile_ways, ways_to_buy
from constraints.rules.tags import borne, money_apart
from scenarios.arrays import Flag, Float
from scenarios.currency import price_text
from scenarios.grid import Grid
from scenarios.language.schema import Product
from scenarios.language.schemas.rule import MinPrice
from scenarios.response.economics import price_of, unit_cost_of

STEP = 0.001
"""Margins are proposed in steps of 0.1 %, ..."""
LITTLE = 0.05
"""... and only so far below the rule's, in shares of unit cost: more than that is another rule."""


def _floor(rule: MinPrice, product: Product) -> float:
    return float(unit_cost_of(product)) * (1 + rule.margin)


def _least(floor: Any, code: str) -> Any:
    """Prices net of tax, one or an array, below which a floor is broken."""
    return floor - borne(code) - TOLERANCE * np.maximum(floor, 1.0)


def violations(rule: MinPrice, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Ways of buying below the floor."""
    found: list[Violation] = []
    money, code = grid.scenario.money, grid.scenario.currency
    for way in ways_to_buy(grid, rule.where, lines):
        price, floor = float(price_of(way.product)), _floor(rule, way.product)
        with_tax = 1 + money.tax_of(way.product)
        kept = price - way.saving + (way.funded if rule.counts_funding else 0.0)
        if way.saving > 0 and kept < _least(floor, code) * with_tax:
            text = " with ".join(line_text(line.line) for line in way.lines)
            left, needed = money_apart(kept / with_tax, floor, code)
            message = (
                f"{text} leaves {left} net of tax"
                f"{' with vendor funding' if rule.counts_funding else ''}, at least {needed} needed "
                f"(unit cost {price_text(unit_cost_of(way.product), code)}, margin {rule.margin:.1%}); choose a "
                f"smaller offer"
            )
            broken = tuple(line.line for line in way.lines)
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def margin_that_does(rule: MinPrice, grid: Grid, lines: tuple[RuleLine, ...]) -> float | None:
    """Return the margin that lines keep, rounded down to `STEP`; None where it is more than `LITTLE` below the rule's.

    The rule's own where they keep it.
    """
    for steps in range(round(LITTLE / STEP) + 1):
        margin = round((math.floor(round(rule.margin / STEP, 6)) - steps) * STEP, 6) if steps else rule.margin
        if margin <= -1:
            return None
        if not violations(rule.model_copy(update={"margin": margin}), grid, lines):
            return margin
    return None


def compile_rule(rule: MinPrice, context: RuleContext) -> CompiledRule:
    """Masks and bans."""
    money, code = context.grid.scenario.money, context.grid.scenario.currency
    rates = np.array([1 + money.tax_of(product) for product in context.grid.products])
    floors = np.array([_floor(rule, product) for product in context.grid.products])
    price = context.economics.price

    def refuses(saving: Float, funded: Float) -> Flag:
        shape = (-1, *[1] * (saving.ndim - 1))
        floor, with_tax = floors.reshape(shape), rates.reshape(shape)
        kept = price.reshape(shape) - saving + (funded if rule.counts_funding else 0.0)
        return np.asarray((saving > 0) & (kept < _least(floor, code) * with_tax))

    return CompiledRule(id=rule.id, kind=rule.rule, forms=compile_ways(context, rule.where, refuses))
