"""What is issued: coupons that customers hold and may redeem, also after the horizon (docs/money.md).

With ``quantity`` an offer issues its pieces, which are as many as the plan expects to be used. Without, every contacted
customer of a targeted offer, and every customer of a public coupon, holds ``per_customer`` coupons a line, one where
the offer does not say. Other public offers issue nothing, and neither do targeted ones without a channel: a member
price at the shelf, or a bank card's discount at the till, is sent to nobody and owes nobody anything.

Of a gift no line can owe more than there is: what its customers hold counts up to the gift's ``stock``, line by line.
Lines that share a stock count it once each: what is owed stays a sum over lines, and is never told too low.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.choices import Choice
from scenarios.grid import Grid
from scenarios.language.words import Layer, Mechanic
from scenarios.response.economics import Economics
from scenarios.response.reachable import EVERYBODY, by_channel


class Issue(NamedTuple):
    """What one line of each choice of a block issues; the first entry is none."""

    counted: Flag
    """[choices] pieces are counted: as many coupons as uses."""
    each: Float
    """[choices] coupons per customer of a segment, where pieces are not counted."""
    holders: Float
    """[S, choices] customers of a segment of whom the coverage gets coupons: those whom the channel reaches."""
    redeemers: Float
    """[S, choices] those of them all of whose coupons can be redeemed, of `redeemers`."""
    owed: Float
    """[K, choices] or [choices] money of one coupon redeemed at the regular price, net of tax and returns."""


def issue(grid: Grid, economics: Economics, block: int) -> Issue:
    """What one line of each choice of a block issues."""
    choices = grid.choices[block]
    offers = grid.scenario.offers
    return Issue(
        counted=np.array([False] + [offers[choice.offer].quantity is not None for choice in choices]),
        each=np.array([0.0] + [_each(grid, choice) for choice in choices]),
        holders=_holders(grid, block),
        redeemers=redeemers(grid, block),
        owed=_owed(economics, block),
    )


def redeemers(grid: Grid, block: int) -> Float:
    """[S, choices] customers whom a choice's channel reaches all of whose coupons can be redeemed.

    Of a gift those it is there for.
    """
    found = _holders(grid, block)
    stocks = {gift.id: gift.stock for gift in grid.scenario.gifts}
    for number, choice in enumerate(grid.choices[block], start=1):
        stock, each = stocks.get(grid.scenario.offers[choice.offer].gift or ""), _each(grid, choice)
        if stock is not None and each > 0:
            found[:, number] = np.minimum(found[:, number], stock / each)
    return found


def _holders(grid: Grid, block: int) -> Float:
    people = np.array([float(segment.customers) for segment in grid.segments])
    found = np.repeat(people[:, None], 1 + len(grid.choices[block]), axis=1)
    reach = by_channel(grid)
    for number, choice in enumerate(grid.choices[block], start=1):
        found[:, number] *= reach.get(grid.scenario.offers[choice.offer].channel or "", EVERYBODY)
    return found


def holds_one(grid: Grid) -> tuple[str, ...]:
    """Ids of the offers whose customers are taken to hold one coupon a line, because the offer does not say.

    Of what is sent once everybody holds one, and no offer can say otherwise.
    """
    chosen = {choice.offer for block in grid.choices for choice in block if _each(grid, choice) > 0}
    offers = grid.scenario.offers
    open_ = (number for number in sorted(chosen) if offers[number].per_customer is None)
    return tuple(offers[number].id for number in open_ if offers[number].valid is None)


def sent_to_nobody(grid: Grid) -> tuple[str, ...]:
    """Ids of targeted offers that no channel carries, member prices left out: nobody holds any of them."""
    return tuple(
        offer.id
        for offer in grid.scenario.offers
        if offer.layer is Layer.TARGETED
        and offer.channel is None
        and offer.quantity is None
        and not offer.at_the_shelf
        and offer.mechanic is not Mechanic.FEATURE
    )


def _each(grid: Grid, choice: Choice) -> float:
    offer = grid.scenario.offers[choice.offer]
    public = offer.layer is Layer.PUBLIC
    issues = offer.mechanic is Mechanic.COUPON if public else offer.channel is not None
    if not issues or not choice.told or offer.quantity is not None or offer.mechanic is Mechanic.FEATURE:
        return 0.0
    return choice.coverage * (offer.per_customer or 1)


def _owed(economics: Economics, block: int) -> Float:
    """Saving and gift of one use; a product's saving per unit times the units that a use spans."""
    if block >= 2:
        return np.asarray(economics.basket_saving[block - 2] * economics.basket_net + economics.basket_gift[block - 2])
    saving = economics.saving[0][..., 0] if block == 0 else economics.saving[1][:, 0]
    gift, uses = (
        table[..., 0] if block == 0 else table[:, 0] for table in (economics.gift_cost[block], economics.uses[block])
    )
    paid = economics.net_of(saving) + gift
    return np.divide(paid, uses, out=np.zeros_like(paid), where=uses > 0)
