"""price_ladder: shelf prices stay on their rungs: at given prices, only falling in a run, products in their order.

Examples. ``{rule: price_ladder, prices: [2699, 2499, 2299]}``: a public cut leads to one of these prices, to the
nearest minor unit. ``{rule: price_ladder, endings: [9]}``: to a price whose last digit is a 9. ``{rule: price_ladder,
falling: true}``: from one period to the next a cut price stays or falls; it rises only back to the regular price.
``{rule: price_ladder, order: [mini, standard, pro], step: 5%}``: in every period the standard costs at least 5 % more
than the mini, and the pro 5 % more than the standard, cut or not. `constraints.rules.shelf` says what a shelf price
is. History counts for ``falling``: the price of the last period before the horizon.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from constraints.rules.column_patterns import NEVER_BOTH, ONLY_WITH, patterns
from constraints.rules.forms import CompiledRule, Entries, Form, Masks, Words
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, line_text, touches
from constraints.rules.open_days import OpenDays
from constraints.rules.shelf import (
    Column,
    add_falling,
    below,
    choice_prices,
    cut_choices,
    level_letters,
    levels,
    price_under,
    public_slots,
    rises,
    shelf,
)
from constraints.rules.tags import borne, money_apart, tag, tag_amount
from scenarios.arrays import Flag
from scenarios.currency import price_text
from scenarios.grid import Grid
from scenarios.language.schemas.rule import PriceLadder
from scenarios.language.where import admitted
from scenarios.response.economics import price_of


def violations(rule: PriceLadder, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Cuts off the rungs, prices that rise in a run, products out of order."""
    found: list[Violation] = []

    def report(message: str, *broken: RuleLine | None) -> None:
        of = tuple(line.line for line in broken if line is not None)
        found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=of))

    code = grid.scenario.currency

    def text(price: float) -> str:
        return price_text(price, code)

    prices, days = shelf(grid, lines), OpenDays(grid)
    for number, here in sorted(prices.items()):
        product = grid.products[number]
        for period, line in sorted(here.items()):
            if period < 0 or not touches(rule.where, line, grid):
                continue
            price = price_under(line, product, code)
            if rule.prices and not _on_a_rung(rule, grid, price):
                rungs = ", ".join(f"{rung}" for rung in rule.prices)
                report(f"{line_text(line.line)} costs {text(price)}, only {rungs} allowed; choose another offer", line)
            if rule.endings and not _ends_well(rule, grid, price):
                ends = " or ".join(rule.endings)
                report(f"{line_text(line.line)} costs {text(price)}, it must end in {ends}; choose another offer", line)
            before = here.get(days.before(period))
            if rule.falling and before is not None and below(price_under(before, product, code), price):
                report(
                    f"{line_text(line.line)} raises the price from {text(price_under(before, product, code))} to "
                    f"{text(price)} while it is cut; keep it, lower it, or pause the cut",
                    line,
                )
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    for cheap, dear in _neighbours(rule, grid):
        for period in (int(t) for t in np.flatnonzero(scope.periods)):
            one, other = prices.get(cheap, {}).get(period), prices.get(dear, {}).get(period)
            low, high = price_under(one, grid.products[cheap], code), price_under(other, grid.products[dear], code)
            if (one is not None or other is not None) and _too_close(rule, low, high, code):
                names = grid.products[cheap].id, grid.products[dear].id
                costs, needed = money_apart(high, low * (1 + rule.step), code)
                report(
                    f"on {grid.scenario.horizon.date_of(period)} {names[1]} costs {costs} and {names[0]} "
                    f"{text(low)}, {names[1]} at least {needed} needed; choose a smaller cut for "
                    f"{names[1]} or a larger one for {names[0]}",
                    one,
                    other,
                )
    return found


def _on_a_rung(rule: PriceLadder, grid: Grid, price: float) -> bool:
    code = grid.scenario.currency
    return any(abs(price - tag(float(rung), code)) < borne(code) for rung in rule.prices or ())


def _ends_well(rule: PriceLadder, grid: Grid, price: float) -> bool:
    """Whether a tag's last digits are among those asked for."""
    digits = str(tag_amount(price, grid.scenario.currency)).replace(".", "")
    return any(digits.endswith(ending) for ending in rule.endings or ())


def _too_close(rule: PriceLadder, low: float, high: float, code: str) -> bool:
    """Whether a dearer product's price is too low above a cheaper one's: of two without a step, lower than it."""
    return below(high, low * (1 + rule.step) - borne(code))


def _neighbours(rule: PriceLadder, grid: Grid) -> list[tuple[int, int]]:
    """Products of the order next to each other, both in the scope, the cheaper one first."""
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    numbers = [grid.product_index[name] for name in rule.order or ()]
    return [(low, high) for low, high in pairwise(numbers) if scope.products[low] and scope.products[high]]


def compile_rule(rule: PriceLadder, context: RuleContext) -> CompiledRule:
    """Masks for rungs, pairs of periods for falling prices, pairs of products for their order."""
    grid = context.grid
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    forbidden = np.zeros((grid.slots, grid.width), dtype=bool)
    forms: list[Form] = []
    past = shelf(grid, context.past)
    earlier, later = Column(grid), Column(grid)
    groups = 0
    for product in (int(k) for k in np.flatnonzero(scope.products)):
        prices, cut = choice_prices(grid, product), cut_choices(grid, product)
        if rule.prices:
            off = cut & np.array([not _on_a_rung(rule, grid, float(price)) for price in prices])
            forbidden[public_slots(grid, product)[scope.periods]] |= off
        if rule.endings:
            off = cut & np.array([not _ends_well(rule, grid, float(price)) for price in prices])
            forbidden[public_slots(grid, product)[scope.periods]] |= off
        if rule.falling:
            first = OpenDays(grid).period(0)
            forbidden[public_slots(grid, product)[first]] |= scope.periods[first] & _rises(grid, product, past)
            groups = add_falling(grid, product, scope.periods, earlier, later, groups)
    if rule.falling:
        forms.append(patterns(NEVER_BOTH, (earlier.entries(), later.entries())))
    if rule.order is not None:
        forms.append(patterns(ONLY_WITH, _ordered(rule, grid, scope.periods)))
    words = _falling_words(grid, scope.products) if rule.falling and rule.order is None and scope.periods.all() else ()
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(Masks(forbidden=forbidden), *forms), words=words)


def _falling_words(grid: Grid, products: Flag) -> tuple[Words, ...]:
    """Prices of each product as words; a state is the price on the shelf, 0 the regular one.

    What the last open period before the horizon forbids in the first one is masked.
    """
    found = []
    for product in (int(k) for k in np.flatnonzero(products) if cut_choices(grid, int(k)).any()):
        steps = levels(choice_prices(grid, product)[cut_choices(grid, product)])
        state, following = np.indices((1 + len(steps), 1 + len(steps)))
        step = np.where((following > 0) & (following < state), -1, following)
        letters = level_letters(grid, product, steps)
        found.append(Words(slots=public_slots(grid, product), letters=letters, start=0, step=step))
    return tuple(found)


def _rises(grid: Grid, product: int, past: dict[int, dict[int, RuleLine]]) -> Flag:
    """[width] choices of the first open period that raise a price which was cut in the last one before the horizon."""
    line = past.get(product, {}).get(OpenDays(grid).period(-1))
    if line is None:
        return np.zeros(grid.width, dtype=bool)
    before = price_under(line, grid.products[product], grid.scenario.currency)
    return rises(grid, product, before)


def _ordered(rule: PriceLadder, grid: Grid, inside: Flag) -> tuple[Entries, Entries]:
    """For each price of the cheaper product: beside a dearer one that is too cheap for it, it is cheaper itself."""
    asking, giving = Column(grid), Column(grid)
    groups = 0
    at = np.flatnonzero(inside)
    for cheap, dear in _neighbours(rule, grid):
        low, high = choice_prices(grid, cheap), choice_prices(grid, dear)
        code = grid.scenario.currency
        if _too_close(rule, float(price_of(grid.products[cheap])), float(price_of(grid.products[dear])), code):
            names = f"{grid.products[cheap].id} and {grid.products[dear].id}"
            raise ValueError(f"the regular prices of {names} do not keep the order of {rule.id}")
        for level in levels(low):
            close = np.array([_too_close(rule, level, price, code) for price in high])
            if close.any() and len(at):
                number = groups + np.arange(len(at))
                asking.add(number, public_slots(grid, dear)[at], close)
                giving.add(number, public_slots(grid, cheap)[at], np.array([below(price, level) for price in low]))
                groups += len(at)
    return asking.entries(), giving.entries()
