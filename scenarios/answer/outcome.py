"""The account: what a plan does, in integers. The response runs in float64; every amount is rounded once, per cell.

Totals are sums of these rows, exactly: revenue = sales - discount; margin = revenue - cost - fees + vendor funding;
cash cost = gifts + contacts + fixed; gross spend = discount + cash cost; spend = gross spend - vendor funding;
profit = margin - cash cost - charges. ``docs/money.md`` works one example to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.answer.as_paid import as_paid_in_flight
from scenarios.answer.cells import Account, CellRows, LineRows
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.currency import minor_digits
from scenarios.language.words import Mechanic
from scenarios.response.coefficients import Coefficients
from scenarios.response.issued import issue
from scenarios.response.messages import share_messages
from scenarios.response.model import basket_rise, choose, flows, pair_indices, setting
from scenarios.response.totals import Sold, charges, look_up, sold
from scenarios.rounding import minor, scaled, split, units


def account(model: Coefficients, plan: Plan) -> Account:
    """Keep the account of one flat plan [N] on the expected effects."""
    grid, economics = model.grid, model.economics
    digits = minor_digits(grid.scenario.currency)
    blocks, here = grid.split(plan), setting(model)
    cell, basket = pair_indices(blocks, grid.widths, np)
    flow = flows(choose(model, cell, basket, np), here, model, np)
    shares = look_up(model, cell, basket, np)
    what = sold(model, shares, flow, here, blocks, np)
    plain = flow.plain_base + flow.plain_bump * shares.lift
    factor = 1.0 + basket_rise(shares.basket_lift * flow.basket_fatigue, here.supplied, np)
    borrowed, left_fatigue, ahead = charges(model, shares, flow, here, plain, np)
    money = {"sales": economics.sales, "cost": economics.cost, "fees": economics.fee}
    cells = CellRows(
        units=units(what.units),
        orders=units(model.orders_per_unit * plain * factor),
        borrowed=scaled(borrowed, digits),
        left_fatigue=scaled(np.broadcast_to(left_fatigue, plain.shape), digits),
        ahead=scaled(ahead, digits),
        **{name: scaled(what.units * per_unit[:, None], digits) for name, per_unit in money.items()},
    )
    drafts = [draft for block in range(4) if len((draft := _draft(model, what, block)).segment)]
    return as_paid_in_flight(Account(grid=grid, plan=plan, cells=cells, rows=_rows(model, drafts, digits))).account


@dataclass(frozen=True, kw_only=True, eq=False)
class _Draft:
    """Float rows of one block, [R]."""

    block: int
    slot: Int
    segment: Int
    product: Int
    period: Int
    choice: Int
    units: Float
    base: Float
    shared: Float
    sales: Float
    """Per unit at the regular price."""
    net: Float
    """What is left of a saving after tax and returns."""
    saving: Float
    """Per unit, tax included; of stacked lines per unit that gets both."""
    apart: Float
    """What a unit saves more where it gets this line of two stacked ones alone."""
    in_time: Float
    """Share of the line's base units that get the other line as well, where that matters."""
    uses: Float
    """Per unit."""
    gift: Float
    """Net cost per unit, at the regular price; of baskets per order."""
    gift_less: Float
    """How much less it is on a unit under both lines."""
    unit_funding: Float
    """What a vendor pays besides his share, per unit after returns."""
    held: Float
    """Coupons issued to the segment's customers."""
    redeemable: Float
    """Those of them that can be redeemed."""
    owed: Float
    """Net, per coupon redeemed."""
    counted: Flag
    """Pieces are counted: as many are issued as are used."""


def _draft(model: Coefficients, what: Sold, block: int) -> _Draft:
    """Lay out the rows of one block: one per line and segment."""
    grid, money = model.grid, model.economics
    chosen: Any = what.choices[block]
    place = np.nonzero(chosen)
    choice = chosen[place].astype(np.int64)
    slot = grid.offsets[block] + np.ravel_multi_index(place, chosen.shape)
    everybody = block in (0, 2)
    count = grid.shape[0] if everybody else 1
    segment = np.tile(np.arange(count), len(slot)) if everybody else place[0]
    slot, choice = np.repeat(slot, count), np.repeat(choice, count)
    period = np.repeat(place[-1], count)
    on_basket = block >= 2
    product = np.full(len(slot), -1) if on_basket else np.repeat(place[-2], count)
    found = issue(grid, money, block)
    if on_basket:
        numbers = _per_order(model, what, block, segment, period, choice)
    else:
        numbers = _per_unit(model, what, block, (segment, product, period), choice)
    return _Draft(
        block=block,
        slot=slot,
        segment=segment,
        product=product,
        period=period,
        choice=choice,
        held=found.each[choice] * found.holders[segment, choice],
        redeemable=found.each[choice] * found.redeemers[segment, choice],
        owed=found.owed[choice] if on_basket else found.owed[product, choice],
        counted=found.counted[choice],
        **numbers,
    )


def _per_order(model: Coefficients, what: Sold, block: int, segment: Int, period: Int, choice: Int) -> dict[str, Float]:
    """Numbers of lines on orders, a unit being an order."""
    money, layer, zero = model.economics, block % 2, np.zeros(len(choice))
    orders = (what.basket_public, what.basket_targeted)[layer]
    base = (what.basket_public_base, what.basket_targeted_base)[layer]
    return {
        "units": orders[segment, period],
        "base": base[segment, period],
        "shared": zero,
        "sales": zero,
        "net": zero + money.basket_net,
        "saving": money.basket_saving[layer][choice],
        "apart": zero,
        "in_time": zero,
        "uses": zero + 1.0,
        "gift": money.basket_gift[layer][choice],
        "gift_less": zero,
        "unit_funding": zero,
    }


def _per_unit(model: Coefficients, what: Sold, layer: int, cell: tuple[Int, Int, Int], choice: Int) -> dict[str, Float]:
    """Numbers of lines on products."""
    money, (_, product, period), zero = model.economics, cell, np.zeros(len(choice))
    other = what.choices.public[product, period].astype(np.int64)
    key = (product, choice, 0) if layer == 0 else (product, other, choice)
    beside = what.choices.targeted[cell].astype(np.int64)
    pair = (product, choice, beside) if layer == 0 else key
    own = (product, choice, 0) if layer == 0 else (product, 0, choice)
    return {
        "units": (what.public, what.targeted)[layer][cell],
        "base": (what.public_base, what.targeted_base)[layer][cell],
        "shared": what.both[cell],
        "sales": money.sales[product],
        "net": money.net[product],
        "saving": money.saving[layer][key],
        "apart": zero if layer == 0 else money.apart[key],
        "in_time": zero if layer == 0 else money.in_time[other],
        "uses": money.uses[layer][own],
        "gift": money.gift_cost[layer][own],
        "gift_less": money.gift_less[layer][pair],
        "unit_funding": money.unit_funding[layer][own],
    }


def _rows(model: Coefficients, drafts: list[_Draft], digits: int) -> LineRows:
    """Round the rows of all blocks, and share out what is paid per line or per message."""
    grid, money = model.grid, model.economics
    scenario = grid.scenario
    empty = np.zeros(0, dtype=np.int64)

    def column(name: str) -> Any:
        return np.concatenate([getattr(draft, name) for draft in drafts]) if drafts else empty.astype(float)

    def whole(name: str) -> Int:
        return np.asarray(column(name), dtype=np.int64)

    block = np.concatenate([np.full(len(d.slot), d.block) for d in drafts]) if drafts else empty
    picked = [grid.choices[b][c - 1] for b, c in zip(block.tolist(), whole("choice").tolist(), strict=True)]
    offer = np.array([choice.offer for choice in picked], dtype=np.int64)
    offers = [scenario.offers[number] for number in offer]
    sold_units, base, shared, saving = column("units"), column("base"), column("shared"), column("saving")
    net, more, uses = column("net"), column("apart"), sold_units * column("uses")
    off = saving * net
    late, late_on_base = (sold_units - shared) * more, base * (1.0 - column("in_time")) * more
    gives = np.array([each.mechanic is Mechanic.GIFT for each in offers], dtype=bool)
    discount, gift_cost = (
        scaled(sold_units * off + late * net, digits),
        scaled(sold_units * column("gift") - shared * column("gift_less"), digits),
    )
    line = np.unique(whole("slot"), return_inverse=True)[1].astype(np.int64)
    suppliers = [*(product.vendor for product in grid.products), None]
    paid = [each.terms_on(suppliers[k]) for each, k in zip(offers, whole("product").tolist(), strict=True)]
    once = [choice.told for choice in picked]
    fixed = _by_line(model, line, [minor(x.fixed_cost, digits) * told for x, told in zip(offers, once, strict=True)])
    for_lines = _by_line(model, line, [minor(x.per_line, digits) * told for x, told in zip(paid, once, strict=True)])
    segment, period = whole("segment"), whole("period")
    contacts, contact_cost = share_messages(
        scenario, grid.segments, segment, period, offers, np.array([choice.coverage for choice in picked]), digits
    )
    counted = column("counted").astype(bool)
    funded = np.array([terms.share for terms in paid])
    for_units = sold_units * column("unit_funding") * float(10**digits)
    return LineRows(
        line=line,
        segment=segment,
        product=whole("product"),
        period=period,
        block=block,
        offer=offer,
        units=units(sold_units),
        base_units=units(base),
        shared_units=units(shared),
        uses=units(uses),
        gifts=units(uses * gives),
        contacts=contacts,
        sales=scaled(sold_units * column("sales"), digits),
        shared_sales=scaled(shared * column("sales"), digits),
        discount=discount,
        discount_on_base=scaled(base * off + late_on_base * net, digits),
        shared_discount=scaled(shared * off, digits),
        fee_spared=scaled(sold_units * saving * money.fee_rate + late * money.fee_rate, digits),
        gift_cost=gift_cost,
        contact_cost=contact_cost,
        fixed_cost=fixed,
        funding=scaled(funded * (discount + gift_cost + fixed) + for_units, 0) + for_lines,
        issued=np.where(counted, units(uses), units(column("held"))),
        liability=scaled(np.where(counted, uses, column("redeemable")) * column("owed"), digits),
    )


def _by_line(model: Coefficients, line: Int, amounts: Sequence[int]) -> Int:
    """What each line costs or earns whatever it sells, split over its segments by customers with largest remainder.

    Parameters
    ----------
    amounts
        [R] of the line that each row is of, in minor units.
    """
    customers = np.array([segment.customers for segment in model.grid.segments], dtype=float)
    fixed = np.zeros(len(line), dtype=np.int64)
    parts = {amount: split(amount, customers) for amount in set(amounts)}
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(line)], strict=False):
        amount = amounts[int(first)]
        fixed[first:last] = parts[amount] if last - first == len(customers) else amount
    return fixed
