"""Measures as weights: every sum that a plan uses up or earns is one linear functional of what it sells.

A `Functional` (`scenarios.response.functional`) weighs units, line units, orders, messages and lines; `combine` adds
several (margin minus a share of revenue is a margin-rate row). The ledger does not use these weights: it sums the cells
of the account.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.aim import weights_of
from scenarios.language.scope import Scope
from scenarios.language.words import Measure, Mechanic
from scenarios.response.cell_tables import layered
from scenarios.response.coefficients import Coefficients
from scenarios.response.economics import Economics
from scenarios.response.functional import Functional, combine
from scenarios.response.issued import issue
from scenarios.response.told import message_weights, reach_width, reached_weights
from scenarios.scope_mask import Mask, scope_mask


def _zero(grid: Grid) -> dict[str, object]:
    k = len(grid.products)
    p, q, v, u = grid.widths
    s, _, t = grid.shape
    return {
        "segments": np.ones(s),
        "periods": np.ones(t),
        "cell": np.zeros(k),
        "public": np.zeros((k, p)),
        "targeted": np.zeros((k, p, q)),
        "both": np.zeros((k, p, q)),
        "public_base": np.zeros((k, p)),
        "targeted_base": np.zeros((k, p, q)),
        "public_line": np.zeros((k, p)),
        "targeted_line": np.zeros((k, q)),
        "order": 0.0,
        "basket_public": np.zeros(v),
        "basket_targeted": np.zeros(u),
        "basket_public_base": np.zeros(v),
        "basket_targeted_base": np.zeros(u),
        "basket_public_line": np.zeros(v),
        "basket_targeted_line": np.zeros(u),
        "targeted_issued": np.zeros((k, q)),
        "basket_issued": np.zeros(u),
        "contact_targeted": np.zeros((0, k, q)),
        "contact_basket": np.zeros((0, u)),
        "contact_reach": np.zeros((0, reach_width(grid))),
        "message": np.zeros(0),
        "reached_targeted": np.zeros((0, k, q)),
        "reached_basket": np.zeros((0, u)),
        "reached_share": np.zeros((0, reach_width(grid))),
        "reached": 0.0,
        "charges": np.zeros(k),
    }


@dataclass(frozen=True, kw_only=True)
class _Share:
    """How much of each money item of a line a measure counts."""

    discount: float = 0.0
    spared_fee: float = 0.0
    gift: float = 0.0
    fixed: float = 0.0
    funding: float = 0.0
    message: float = 0.0


_LINE_ITEMS: dict[Measure, _Share] = {
    Measure.MARGIN: _Share(discount=-1, spared_fee=1, funding=1),
    Measure.PROFIT: _Share(discount=-1, spared_fee=1, gift=-1, fixed=-1, funding=1, message=-1),
    Measure.DISCOUNT: _Share(discount=1),
    Measure.VENDOR_FUNDING: _Share(funding=1),
    Measure.CASH_COST: _Share(gift=1, fixed=1, message=1),
    Measure.GROSS_SPEND: _Share(discount=1, gift=1, fixed=1, message=1),
    Measure.SPEND: _Share(discount=1, gift=1, fixed=1, message=1, funding=-1),
}


def funded_share(measure: Measure | str) -> float:
    """Weight of what vendors pay in a measure: 1 in profit, -1 in spend, 0 where it does not count."""
    return _LINE_ITEMS[measure].funding if isinstance(measure, Measure) and measure in _LINE_ITEMS else 0.0


def message_share(measure: Measure | str) -> float:
    """Weight of what messages cost in a measure: -1 in profit, 1 in spend, 0 where it does not count."""
    return _LINE_ITEMS[measure].message if isinstance(measure, Measure) and measure in _LINE_ITEMS else 0.0


def measure_functional(grid: Grid, economics: Economics, measure: Measure | str, scope: Scope) -> Functional:
    """Weights of a measure over a scope; a text names a custom measure of the grid.

    Raises
    ------
    ValueError
        For margin_rate and roi, which are no sums: mix the functionals of what they divide. For a word that is no
        measure.
    """
    mask = scope_mask(grid, scope)
    weights = _zero(grid)
    weights["segments"], weights["periods"] = mask.segments.astype(float), mask.periods.astype(float)
    products = mask.products.astype(float)
    chosen = [choices.astype(float) for choices in mask.choices]
    public = products[:, None] * chosen[0]
    targeted = (products[:, None] * chosen[1])[:, None] * np.ones((1, grid.widths.public, 1))
    basket = float(mask.basket)
    everything = not mask.narrows_offers
    if measure is Measure.UNITS:
        if everything:
            weights["cell"] = products
        else:
            weights["public"], weights["targeted"] = public, targeted
            weights["both"] = -np.minimum(public[:, :, None], targeted)
    elif measure is Measure.REVENUE:
        _add_revenue(weights, economics, products, public, targeted, everything)
        for name, block in (("basket_public", 2), ("basket_targeted", 3)):
            weights[name] = -basket * chosen[block] * economics.basket_saving[block - 2] * economics.basket_net
    elif measure is Measure.ORDERS:
        if everything:
            weights["order"] = 1.0
        else:
            weights["basket_public"], weights["basket_targeted"] = basket * chosen[2], basket * chosen[3]
    elif measure is Measure.USES or measure in grid.custom:
        per_use = [_per_use(grid, measure, block) for block in range(4)]
        weights["public"] = public * economics.uses[0][..., 0] * per_use[0]
        weights["targeted"] = targeted * economics.uses[1] * per_use[1][:, None]
        weights["basket_public"] = basket * chosen[2] * per_use[2]
        weights["basket_targeted"] = basket * chosen[3] * per_use[3]
    elif measure is Measure.GIFTS:
        given = [_gives(grid, block) for block in range(4)]
        weights["public"] = public * given[0] * economics.uses[0][..., 0]
        weights["targeted"] = targeted * given[1] * economics.uses[1]
        weights["basket_public"] = basket * chosen[2] * given[2]
        weights["basket_targeted"] = basket * chosen[3] * given[3]
    elif measure is Measure.DISCOUNT_ON_BASE:
        weights["public_base"] = economics.net_of(public * economics.saving[0][..., 0])
        late = economics.apart * (1.0 - economics.in_time)[:, None]
        weights["targeted_base"] = economics.net_of(targeted * (economics.saving[1] + late))
        for name, block in (("basket_public_base", 2), ("basket_targeted_base", 3)):
            weights[name] = basket * chosen[block] * economics.basket_saving[block - 2] * economics.basket_net
    elif measure is Measure.MAX_LIABILITY:
        _add_liability(weights, grid, economics, mask)
    elif measure is Measure.CONTACTS:
        weights |= message_weights(grid, mask, 1.0, priced=False)
    elif measure is Measure.CUSTOMERS_REACHED:
        weights |= reached_weights(grid, mask)
    elif measure is Measure.LINES:
        everybody = float(mask.segments.all())  # a public line is none of some segments' own
        weights["public_line"], weights["targeted_line"] = everybody * public, products[:, None] * chosen[1]
        weights["basket_public_line"] = everybody * basket * chosen[2]
        weights["basket_targeted_line"] = basket * chosen[3]
    elif isinstance(measure, Measure) and measure in _LINE_ITEMS:
        _add_money(weights, grid, economics, mask, _LINE_ITEMS[measure])
        if measure in (Measure.MARGIN, Measure.PROFIT):
            weights["cell"] = products * economics.unit_margin
        if measure is Measure.PROFIT:
            weights["charges"] = -products
    else:
        raise ValueError(f"{measure} is no sum")
    return Functional(**weights)  # type: ignore[arg-type]


def _per_use(grid: Grid, measure: str, block: int) -> Float:
    """Amount per use of the choices of a block: [K, choices] on products, [choices] on the basket; 1 for plain uses."""
    amounts = grid.custom.get(measure, np.ones((len(grid.products) + 1, len(grid.scenario.offers))))
    return layered(grid, amounts[:-1] if block < 2 else amounts[-1], block)


def _gives(grid: Grid, block: int) -> Float:
    offers = grid.scenario.offers
    return np.array([0.0] + [float(offers[c.offer].mechanic is Mechanic.GIFT) for c in grid.choices[block]])


def _add_money(weights: dict[str, object], grid: Grid, economics: Economics, mask: Mask, share: _Share) -> None:
    """Weigh the money items of lines."""
    products = mask.products.astype(float)
    for layer, (unit, line) in enumerate((("public", "public_line"), ("targeted", "targeted_line"))):
        inside = mask.choices[layer].astype(float)
        saving, gift = economics.saving[layer], economics.gift_cost[layer]
        funded = economics.funded[layer][..., None] if layer == 0 else economics.funded[layer][:, None]
        here = products[:, None, None] * (inside[..., None] if layer == 0 else inside[:, None])
        if layer == 1:
            # Whoever does not get the public price as well saves more under the targeted line.
            per_saved = (share.discount + share.funding * funded) * economics.net[:, None, None]
            weights["both"] -= (per_saved + share.spared_fee * economics.fee_rate) * economics.apart * here
            saving = saving + economics.apart
        discount = economics.net_of(saving)
        money = share.discount * discount + share.spared_fee * economics.fee_rate * saving + share.gift * gift
        money = money + share.funding * (funded * (discount + gift) + economics.unit_funding[layer])
        money = money * here
        both = weights.get("both", 0.0)
        weights["both"] = both - (share.gift + share.funding * funded) * economics.gift_less[layer] * here
        weights[unit] = money[..., 0] if layer == 0 else money
        fixed = economics.fixed[layer] * (share.fixed + share.funding * economics.funded[layer])
        weights[line] = products[:, None] * inside * (fixed + share.funding * economics.line_funding[layer])
    if mask.basket:
        for layer, (unit, line) in enumerate(
            (("basket_public", "basket_public_line"), ("basket_targeted", "basket_targeted_line"))
        ):
            inside = mask.choices[2 + layer].astype(float)
            saving, funded = economics.basket_saving[layer], economics.basket_funded[layer]
            money = (share.discount + share.funding * funded) * saving * economics.basket_net
            money = money + (share.gift + share.funding * funded) * economics.basket_gift[layer]
            weights[unit] = inside * (money + share.spared_fee * economics.fee_rate * saving)
            fixed = economics.basket_fixed[layer] * (share.fixed + share.funding * funded)
            weights[line] = inside * (fixed + share.funding * economics.basket_line_funding[layer])
    if share.message:
        weights |= message_weights(grid, mask, share.message, priced=True)


def _add_revenue(
    weights: dict[str, object], economics: Economics, products: Float, public: Float, targeted: Float, everything: bool
) -> None:
    """Weigh what products bring: all of it less savings, or what is sold under the lines of a scope alone."""
    discount_p, discount_q = economics.net_of(economics.saving[0][..., 0]), economics.net_of(economics.saving[1])
    apart = economics.net_of(economics.apart)
    if everything:
        weights["cell"] = products * economics.sales
        weights["public"], weights["targeted"] = -public * discount_p, -targeted * (discount_q + apart)
        weights["both"] = targeted * apart
        return
    sales = economics.sales[:, None]
    weights["public"] = public * (sales - discount_p)
    weights["targeted"] = targeted * (sales[..., None] - discount_q - apart)
    in_p, in_q = np.broadcast_to(public[:, :, None], targeted.shape), targeted
    weights["both"] = (
        -in_p * in_q * sales[..., None]
        - in_p * (1 - in_q) * discount_q
        - (1 - in_p) * in_q * discount_p[..., None]
        + in_q * apart
    )


def _add_liability(weights: dict[str, object], grid: Grid, economics: Economics, mask: Mask) -> None:
    """Weigh what is issued: uses where pieces are counted, customers where they hold coupons."""
    products, people = mask.products.astype(float), float(sum(segment.customers for segment in grid.segments))
    issues = [issue(grid, economics, block) for block in range(4)]
    counted = [found.counted * inside for found, inside in zip(issues, mask.choices, strict=True)]
    held = [found.each * found.owed * inside for found, inside in zip(issues, mask.choices, strict=True)]
    owed = [issues[layer].owed * economics.uses[layer].reshape(issues[layer].owed.shape) for layer in (0, 1)]
    weights["public"] = products[:, None] * counted[0] * owed[0]
    weights["targeted"] = (products[:, None] * counted[1] * owed[1])[:, None] * np.ones((1, grid.widths.public, 1))
    weights["public_line"] = products[:, None] * held[0] * people
    weights["targeted_issued"] = products[:, None] * held[1]
    if mask.basket:
        weights["basket_public"] = counted[2] * issues[2].owed
        weights["basket_targeted"] = counted[3] * issues[3].owed
        weights["basket_public_line"] = held[2] * people
        weights["basket_issued"] = held[3]


def objective_functional(model: Coefficients) -> Functional:
    """Weights of the scenario's objective (of a careful one, profit); its value counts from the empty plan."""
    grid, economics = model.grid, model.economics
    weights = weights_of(grid.scenario.objective)
    return combine([(weight, measure_functional(grid, economics, m, Scope())) for m, weight in weights.items()])
