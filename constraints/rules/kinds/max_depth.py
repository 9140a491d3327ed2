"""max_depth: no customer gets more than ``max`` off the regular price, stacked offers together.

Example: ``{rule: max_depth, max: 40%}``. A public 30 % cut and a coupon of 20 % that stacks make 44 % together and
never meet on one product, segment and day. `constraints.rules.paid` says which savings count together,
`constraints.rules.tags` by how much the price paid may miss the depth. A threshold saves on whole orders: it is
refused where its saving is more than ``max`` of the spend it asks for, and does not count towards products. With
``counts_gifts: true`` what gifts and points are worth counts as saved (`constraints.rules.gifts_counted`), as laws do
that cap immediate and deferred advantages together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from constraints.rules.forms import CompiledRule, Masks
from constraints.rules.groups import RuleContext, scope_choices
from constraints.rules.lines import RuleLine, Violation, line_text, touches
from constraints.rules.paid import TOLERANCE, compile_ways, ways_to_buy
from constraints.rules.tags import borne, shares_apart
from scenarios.arrays import Flag, Float
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.schemas.rule import MaxDepth
from scenarios.response.economics import price_of
from scenarios.response.gifts import gift_per_order


def order_depth(rule: MaxDepth, grid: Grid, offer: Offer) -> float:
    """Return what a threshold saves as a share of the least order that gets it; 0 for other offers.

    Where gifts count, so does one that goes with orders. One of every order (``spend: 0``) has no least order: it is 0.
    """
    if not offer.spend:
        return 0.0
    worth = gift_per_order(offer, grid.scenario.gifts).worth if rule.counts_gifts else 0.0
    return (float(offer.save or 0) + worth) / float(offer.spend)


def _most(rule: MaxDepth, price: Any, code: str) -> Any:
    """Most that may be saved of prices, one or an array."""
    return rule.max * price + borne(code) + TOLERANCE * price


def violations(rule: MaxDepth, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Ways of buying that save too much."""
    found: list[Violation] = []
    code = grid.scenario.currency

    def report(depth: float, broken: tuple[RuleLine, ...]) -> None:
        text = " with ".join(line_text(line.line) for line in broken)
        saves, most = shares_apart(depth, rule.max)
        what = "gives" if rule.counts_gifts else "saves"
        gifts = ", gifts and points counted" if rule.counts_gifts else ""
        message = f"{text} {what} {saves}{gifts}, at most {most} allowed; choose a smaller offer or drop one"
        lines_of = tuple(line.line for line in broken)
        found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=lines_of))

    for way in ways_to_buy(grid, rule.where, lines, gifts=rule.counts_gifts):
        price = float(price_of(way.product))
        if way.saving > _most(rule, price, code):
            report(way.saving / price, way.lines)
    for line in lines:
        if line.period >= 0 and line.product is None and line.offer is not None and touches(rule.where, line, grid):
            depth = order_depth(rule, grid, line.offer)
            if depth > rule.max + TOLERANCE:
                report(depth, (line,))
    return found


def compile_rule(rule: MaxDepth, context: RuleContext) -> CompiledRule:
    """Masks and bans."""
    grid, code = context.grid, context.grid.scenario.currency
    price = context.economics.price

    def refuses(saving: Float, funded: Float) -> Flag:
        per_unit = price.reshape(-1, *[1] * (saving.ndim - 1))
        return np.asarray(saving > _most(rule, per_unit, code))

    forms = compile_ways(context, rule.where, refuses, gifts=rule.counts_gifts)
    deep = np.zeros((grid.slots, grid.width), dtype=bool)
    for block in (2, 3):
        for number, choice in enumerate(grid.choices[block], start=1):
            if order_depth(rule, grid, grid.scenario.offers[choice.offer]) > rule.max + TOLERANCE:
                deep[grid.offsets[block] : grid.offsets[block + 1], number] = True
    deep &= scope_choices(grid, rule.where, whole=False)
    first = forms[0]
    if isinstance(first, Masks):
        forms = (replace(first, forbidden=first.forbidden | deep), *forms[1:])
    return CompiledRule(id=rule.id, kind=rule.rule, forms=forms)
