"""What a customer pays and saves under the lines of one cell: shared by max_depth and min_price.

A rule looks at every way of buying in a cell that has at least one matching line: under the public line alone, under
the targeted line alone, and, where the two stack, under both. Then all savings count, also of lines that do not match.
Two offers that do not stack never count together: a customer uses one of them. A saving is what it comes to at the
till: under a price cut, alone or beside another line, whole minor units are paid (`constraints.rules.tags`). Where
gifts count, what they are worth (`constraints.rules.gifts_counted`) comes on top of it, unrounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from constraints.rules.forms import Form, Masks, PairBans
from constraints.rules.gifts_counted import gift_tables, worth_of_gift
from constraints.rules.groups import RuleContext, cell_scope, scope_choices
from constraints.rules.lines import RuleLine, touches
from constraints.rules.tags import tag
from scenarios.arrays import Flag, Float
from scenarios.grid import Grid
from scenarios.language.schema import Offer, Product
from scenarios.language.scope import Scope
from scenarios.language.words import Mechanic
from scenarios.response.economics import PRICE_MECHANICS, price_of, saving_per_unit
from scenarios.response.funding import funding_tables
from scenarios.scope_mask import scope_mask

TOLERANCE = 1e-9
"""Relative: prices and depths that differ by less are equal."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of buying a unit, in the gross money of the customer."""

    product: Product
    saving: float
    """With what gifts are worth, where they count."""
    funded: float
    """What vendors pay of the saving and for the unit, tax put on top."""
    lines: tuple[RuleLine, ...]


def _funded(offer: Offer, product: Product, saving: float, with_tax: float) -> float:
    terms = offer.terms_on(product.vendor)
    return terms.share * saving + float(terms.per_unit) * with_tax


def _stack(public: Offer, targeted: Offer) -> bool:
    return public.stacks or targeted.stacks or Mechanic.FEATURE in (public.mechanic, targeted.mechanic)


def _cuts_price(offer: Offer) -> bool:
    return offer.mechanic in PRICE_MECHANICS


def _both(grid: Grid, product: Product, public: RuleLine, targeted: RuleLine, *, gifts: bool) -> Way | None:
    """Buying under both lines, the targeted saving on the reduced price; None where they do not stack."""
    with_tax, code = 1 + grid.scenario.money.tax_of(product), grid.scenario.currency
    if public.offer is None or targeted.offer is None or not _stack(public.offer, targeted.offer):
        return None
    price = float(price_of(product))
    first = saving_per_unit(public.offer, product, price)
    reduced = price - first
    full = reduced if public.offer.mechanic in PRICE_MECHANICS else price
    second = min(saving_per_unit(targeted.offer, product, full), reduced)
    funded = _funded(public.offer, product, first, with_tax) + _funded(targeted.offer, product, second, with_tax)
    saving = first + second
    if _cuts_price(public.offer) or _cuts_price(targeted.offer):
        saving = float(_at_the_till(price, saving, code))
    if gifts:
        saving += worth_of_gift(grid, public.offer, product, price - second)
        saving += worth_of_gift(grid, targeted.offer, product, price - first)
    return Way(product=product, saving=saving, funded=funded, lines=(public, targeted))


def _at_the_till(price: Any, saving: Any, code: str) -> Any:
    """Savings, one or an array, after which whole minor units are paid; nothing saved stays nothing."""
    return np.where(saving > 0, price - tag(price - saving, code), saving)


def ways_to_buy(grid: Grid, scope: Scope, lines: tuple[RuleLine, ...], *, gifts: bool = False) -> Iterator[Way]:
    """All ways of buying products under planned lines, at least one of which the scope touches, each once.

    Parameters
    ----------
    gifts
        Whether what gifts are worth counts as saved.
    """
    code = grid.scenario.currency
    planned = [line for line in lines if line.period >= 0 and line.offer is not None]
    public = {(line.product, line.period): line for line in planned if line.segment is None}
    for line in planned:
        if line.product is None or line.offer is None:
            continue
        product = grid.products[line.product]
        with_tax = 1 + grid.scenario.money.tax_of(product)
        if touches(scope, line, grid):
            price = float(price_of(product))
            saving = saving_per_unit(line.offer, product, price)
            told = float(_at_the_till(price, saving, code)) if _cuts_price(line.offer) else saving
            funded = _funded(line.offer, product, saving, with_tax)
            given = worth_of_gift(grid, line.offer, product, price) if gifts else 0.0
            yield Way(product=product, saving=told + given, funded=funded, lines=(line,))
        other = public.get((line.product, line.period))
        if line.segment is None or other is None:
            continue
        if scope.segments is not None and grid.segments[line.segment].id not in scope.segments:
            continue
        if touches(scope, line, grid) or touches(scope, other, grid):
            both = _both(grid, product, other, line, gifts=gifts)
            if both is not None:
                yield both


Refuses = Callable[[Float, Float], Flag]
"""Says of savings and of what vendors pay of them and for a unit, tax put on top, [K, ...] which a rule refuses."""


def compile_ways(context: RuleContext, scope: Scope, refuses: Refuses, *, gifts: bool = False) -> tuple[Form, ...]:
    """Masks for single lines and bans for stacked pairs, from what a rule refuses; `gifts` as in `ways_to_buy`."""
    grid, economics = context.grid, context.economics
    matching = scope_choices(grid, scope, whole=False)
    first = economics.saving[0][..., 0]
    second = economics.saving[1]
    per_unit = [_for_a_unit(grid, block) for block in (0, 1)]
    funded = first * economics.funded[0] + per_unit[0], second * economics.funded[1][:, None] + per_unit[1][:, None]
    price, code = economics.price[:, None], grid.scenario.currency
    cut = tuple(_cutting(grid, block) for block in (0, 1))
    alone = first, second[:, 0]
    paid = [np.where(cuts, _at_the_till(price, off, code), off) for cuts, off in zip(cut, alone, strict=True)]
    given = gift_tables(context) if gifts else None
    if given is not None:
        paid = [off + worth for off, worth in zip(paid, given.alone, strict=True)]
    single = refuses(paid[0], funded[0]), refuses(paid[1], funded[1][:, 0])
    forbidden = np.zeros_like(matching)
    for block, bad in enumerate(single):
        rows = slice(grid.offsets[block], grid.offsets[block + 1])
        shape = grid.slot_shapes[block]
        wide = np.broadcast_to(bad[:, None, :], (*shape, bad.shape[1])).reshape(-1, bad.shape[1])
        forbidden[rows, : bad.shape[1]] = wide
    total = first[:, :, None] + second
    total = np.where(cut[0][:, None] | cut[1], _at_the_till(price[..., None], total, code), total)
    if given is not None:
        total = total + given.both
    bad = refuses(total, funded[0][:, :, None] + funded[1]) & economics.stacked
    bad[:, 0, :] = bad[:, :, 0] = False
    public, targeted = scope_mask(grid, scope).choices[:2]
    table = bad & (public[:, :, None] | targeted[:, None])
    forms: tuple[Form, ...] = (Masks(forbidden=forbidden & matching),)
    if table.any():
        forms += (PairBans(table=table, cells=cell_scope(grid, scope)),)
    return forms


def _for_a_unit(grid: Grid, block: int) -> Float:
    """[K, choices] what a vendor pays for a unit under the choices of a block, tax put on top."""
    offers = [grid.scenario.offers[choice.offer] for choice in grid.choices[block]]
    with_tax = np.array([1 + grid.scenario.money.tax_of(product) for product in grid.products])
    return with_tax[:, None] * funding_tables(offers, [product.vendor for product in grid.products]).per_unit


def _cutting(grid: Grid, block: int) -> Flag:
    """[choices] choices of a block that cut a price."""
    return np.array([False] + [_cuts_price(grid.scenario.offers[choice.offer]) for choice in grid.choices[block]])
