"""What an offer is in words: one place for the calendar and for reports that let a planner check what was read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from scenarios.currency import minor_digits, rate_text
from scenarios.language.price_share import PriceShare
from scenarios.language.schema import Gift, Offer
from scenarios.language.schemas.funding import OF_PRODUCT, Funding
from scenarios.language.words import Layer, Mechanic
from scenarios.plain_digits import share_text
from scenarios.word_list import listed


def offer_words(offer: Offer, currency: str, gifts: Sequence[Gift] = ()) -> str:
    """What an offer is, for those who put it on shelves and into messages, and how often one customer may use it."""
    words = _words(offer, currency, gifts)
    return words if offer.per_customer is None else f"{words}, at most {offer.per_customer} per customer"


def _words(offer: Offer, currency: str, gifts: Sequence[Gift]) -> str:
    """The same without a cap; amounts with the currency's own digits."""
    step = Decimal(1).scaleb(-minor_digits(currency))

    def money(amount: Decimal | None) -> str:
        return f"{(amount or Decimal(0)).quantize(step, ROUND_HALF_UP):f}"

    if offer.mechanic is Mechanic.THRESHOLD:
        return f"{money(offer.save)} off orders from {money(offer.spend)}"
    if offer.mechanic is Mechanic.FREE_SHIPPING:
        return "free shipping" + ("" if offer.spend is None else f" from {money(offer.spend)}")
    if offer.mechanic is Mechanic.BUNDLE:
        off = "free" if offer.depth is None else f"{100 * offer.depth:g}% off"
        together = offer.price is not None
        return f"{offer.buy} for {money(offer.price)}" if together else f"buy {offer.buy}, get {offer.get} {off}"
    if offer.mechanic is Mechanic.GIFT:
        cost = next((gift.unit_cost for gift in gifts if gift.id == offer.gift), None)
        points = f", points of {share_text(cost.share)} of what is paid" if isinstance(cost, PriceShare) else ""
        orders = f" with orders from {money(offer.spend)}" if offer.spend else " with every order"
        return f"gift {offer.gift}{points}{orders if offer.is_basket else ''}"
    if offer.mechanic is Mechanic.FEATURE:
        return "shown in front, no saving"
    rounded = "" if offer.round is None else f", {offer.round.words}"
    if offer.depth is not None:
        most = "" if offer.at_most is None else f", {money(offer.at_most)} at most"
        return f"{100 * offer.depth:g}% off{most}{rounded}"
    return f"price {money(offer.price)}" if offer.price is not None else f"{money(offer.value)} off{rounded}"


def offer_meaning(offer: Offer, currency: str, gifts: Sequence[Gift] = ()) -> str:
    """The same with what a misreading would hide: what a bundle saves, whom an offer is for, what a vendor pays.

    Of a bundle whose pieces have one price the saving hangs on the product, and is left out.
    """
    words = _words(offer, currency, gifts)
    if offer.mechanic is Mechanic.BUNDLE and offer.off_each is not None:
        off = f"{100 * offer.off_each:.1f}".removesuffix(".0")
        paid = offer.pieces * (1.0 - offer.off_each)
        words += f": {offer.pieces} for the price of {paid:.4g}, {off}% off each"
    if offer.mechanic is Mechanic.COUPON:
        words = f"coupon, {words}"
    if offer.layer is Layer.TARGETED:
        how = ", at the shelf for" if offer.at_the_shelf else ", to"
        words += f"{how} chosen segments{'' if offer.channel is None else f' by {offer.channel}'}"
    if offer.per_customer is not None:
        words += f", at most {offer.per_customer} per customer and period"
    if offer.valid is not None:
        words += f", {offer.valid.words}"
    return words + _paid_by_a_vendor(offer, currency)


def _paid_by_a_vendor(offer: Offer, currency: str) -> str:
    """What vendors pay: a share of what the offer costs, an amount for each unit, one for each line."""
    several = isinstance(offer.funding, tuple)
    others = several and len(offer.funders) > 1
    return "".join(f"; {_payer(each.vendor, several, others)} pays {_paid(each, currency)}" for each in offer.funders)


def _payer(vendor: str, several: bool, others: bool) -> str:
    """Who pays, and on which products where that is not all of them: of a list, and beside others."""
    if vendor == OF_PRODUCT:
        return "every other product's own vendor" if others else "each product's own vendor"
    return f"{vendor}, on its own products," if several else vendor


def _paid(paid: Funding, currency: str) -> str:
    parts = [f"{share_text(paid.share)} of its costs"] * bool(paid.share or not (paid.per_unit or paid.per_line))
    parts += [f"{rate_text(paid.per_unit, currency)} for each unit sold"] * bool(paid.per_unit)
    parts += [f"{rate_text(paid.per_line, currency)} for each line"] * bool(paid.per_line)
    return listed(parts)
