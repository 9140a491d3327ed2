"""reference_price: a price cut is a cut against the lowest shelf price of the ``days`` before it began (EU price law).

Example: ``{rule: reference_price}``: a cut by 20 % may be advertised as such only if the product cost the regular
price in all 30 days before it began. ``min: 5%`` instead lets a cut begin after cheaper days too, if it still is one
of at least 5 % against the lowest price among them (``min: 0%``: lower than it at all); what is then advertised is
that smaller cut.

A cut goes on while the price stays or falls from period to period: falling further begins no new cut (Directive
98/6/EC, article 6a). A price that rises, or that is cut after a pause, begins one. History counts: its cuts are
prices of those days. Weeks count whole: the 30 days before a week meet five weeks. `constraints.rules.shelf` says
what a shelf price is; only products and categories narrow the rule.
"""

from __future__ import annotations

from itertools import count

import numpy as np

from constraints.rules.forms import Bools, CompiledRule, Masks
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, line_text
from constraints.rules.pairs import NEVER_BOTH, NOT_WITHOUT, ONLY_WITH, patterns
from constraints.rules.shelf import (
    Column,
    add_falling,
    below,
    choice_prices,
    cut_choices,
    levels,
    price_under,
    public_slots,
    rises,
    shelf,
)
from scenarios.economics import Float, price_of
from scenarios.grid import Grid
from scenarios.rule_schema import ReferencePrice
from scenarios.where import admitted


def window(rule: ReferencePrice, grid: Grid) -> int:
    """Periods before a cut that hold one of its ``days``."""
    return -(-rule.days // grid.scenario.horizon.period_days)


def too_small(rule: ReferencePrice, price: float, reference: float, regular: float) -> bool:
    """Whether a price is not far enough below its reference price."""
    if rule.min is None:
        return below(reference, regular)
    return not below(price, reference) or below(reference * (1 - rule.min), price)


def violations(rule: ReferencePrice, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Cuts that begin too small against the lowest price before."""
    found: list[Violation] = []
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    horizon = grid.scenario.horizon
    for number, here in sorted(shelf(grid, lines).items()):
        if not scope.products[number]:
            continue
        product = grid.products[number]
        regular = float(price_of(product))
        for period, line in sorted(here.items()):
            price, before = price_under(line, product), here.get(period - 1)
            if period < 0 or (before is not None and not below(price_under(before, product), price)):
                continue
            earlier = [past for past in here if period - window(rule, grid) <= past < period]
            lowest = min(earlier, key=lambda past: (price_under(here[past], product), past), default=None)
            reference = regular if lowest is None else price_under(here[lowest], product)
            if not too_small(rule, price, reference, regular):
                continue
            asked = f"{1 - price / regular:.1%} as offered" if rule.min is None else f"at least {rule.min:.1%}"
            when = "" if lowest is None else f" on {horizon.date_of(lowest)}"
            message = (
                f"{line_text(line.line)} costs {price:.2f}, which is {1 - price / reference:.1%} below the lowest "
                f"price of the {rule.days} days before ({reference:.2f}{when}), {asked} needed; begin the cut later, "
                f"cut deeper, or drop the cheaper days"
            )
            broken = (line.line,) if lowest is None else (here[lowest].line, line.line)
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def compile_rule(rule: ReferencePrice, context: RuleContext) -> CompiledRule:
    """Prices never rise within a cut, and no cut begins too small after what history and plan cost before."""
    grid = context.grid
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    past = shelf(grid, context.past)
    forbidden = np.zeros((grid.slots, grid.width), dtype=bool)
    rising, begun, after = (
        (Column(grid), Column(grid)),
        (Column(grid), Column(grid)),
        tuple(Column(grid) for _ in "ucs"),
    )
    everywhere = np.ones(grid.shape[2], dtype=bool)
    groups, starts, pauses = 0, count(), count()
    for product in (int(k) for k in np.flatnonzero(scope.products)):
        cut, prices = cut_choices(grid, product), choice_prices(grid, product)
        slots, regular = public_slots(grid, product), float(price_of(grid.products[product]))
        cheaper = {period: price_under(line, grid.products[product]) for period, line in past.get(product, {}).items()}
        groups = add_falling(grid, product, everywhere, *rising, groups)

        for period in range(grid.shape[2]):
            first = period - window(rule, grid)
            known = [price for moment, price in cheaper.items() if moment >= first]
            bad = _small(rule, cut, prices, min([regular, *known]), regular)
            if period == 0:
                forbidden[slots[0]] |= rises(grid, product, cheaper[-1]) if -1 in cheaper else bad
                continue
            if bad.any():
                number = np.array([next(starts)])
                begun[0].add(number, slots[[period]], bad)
                begun[1].add(number, slots[[period - 1]], cut)
            between = slots[max(first, 0) : period - 1]
            for level in levels(prices[cut]) if len(between) else ():
                bad = _small(rule, cut, prices, level, regular)
                if bad.any():
                    number = np.array([next(pauses)])
                    down = cut & ~rises(grid, product, level)
                    after[0].add(np.repeat(number, len(between)), between, down)
                    after[1].add(number, slots[[period - 1]], cut)
                    after[2].add(number, slots[[period]], bad)
                if rule.min is None:
                    break
    forms = (
        Masks(forbidden=forbidden),
        patterns(NEVER_BOTH, (rising[0].entries(), rising[1].entries())),
        patterns(ONLY_WITH, (begun[0].entries(), begun[1].entries())),
        patterns(NOT_WITHOUT, (after[0].entries(), after[1].entries(), after[2].entries())),
    )
    return CompiledRule(id=rule.id, kind=rule.rule, forms=forms)


def _small(rule: ReferencePrice, cut: Bools, prices: Float, reference: float, regular: float) -> Bools:
    """[width] cuts that are too small against a reference price."""
    small = [too_small(rule, float(price), reference, regular) for price in prices]
    return np.asarray(cut & np.array(small, dtype=bool))
