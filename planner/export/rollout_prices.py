"""The price list of a rollout: what a piece costs at the shelf, for everybody and for segments that pay less."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from constraints.rules.tags import tag_amount
from planner.export.rollout_tables import Key, last_day
from scenarios.answer.plan import LineResult
from scenarios.grid import Grid
from scenarios.language.schema import Offer, Product
from scenarios.language.words import EVERYBODY, Layer
from scenarios.response.economics import PRICE_MECHANICS, price_of, saving_per_unit

PRICE_COLUMNS = ("first_day", "last_day", "product", "regular_price", "price", "offer", "currency", "pieces", "segment")


def price_rows(grid: Grid, lines: Sequence[LineResult], off: frozenset[Key]) -> Iterator[tuple[str, ...]]:
    """Yield every product in every open period with the price that its shelf shows, tax included.

    Behind the row of everybody (segment ``*``) come those of segments whose targeted price is lower. Where a price is
    for so many pieces only, they are named: after them the price that holds without it is paid.
    """
    offers = {offer.id: offer for offer in grid.scenario.offers}
    priced = [line for line in lines if offers[line.offer].mechanic in PRICE_MECHANICS]
    everybodys = {
        (line.period, line.product): line
        for line in priced
        if offers[line.offer].layer is Layer.PUBLIC and (line.period, line.product, line.offer) not in off
    }
    members: dict[tuple[dt.date, str], list[LineResult]] = {}
    for line in priced:
        if offers[line.offer].layer is Layer.TARGETED:
            members.setdefault((line.period, line.product), []).append(line)
    code = grid.scenario.currency

    def row(
        date: dt.date, product: Product, price: Decimal, lines: Sequence[LineResult], segment: str
    ) -> tuple[str, ...]:
        pieces = [str(line.pieces) for line in lines if line.pieces is not None]
        return (
            str(date),
            str(last_day(grid, date)),
            product.id,
            f"{tag_amount(price_of(product), code):f}",
            f"{tag_amount(price, code):f}",
            "+".join(line.offer for line in lines),
            code,
            pieces[-1] if pieces else "",
            segment,
        )

    horizon = grid.scenario.horizon
    for date in (date for date, opened in zip(horizon.dates, horizon.opened(), strict=True) if opened):
        for product in grid.products:
            public = everybodys.get((date, product.id))
            regular = price_of(product)
            shelf = regular if public is None else regular - _saving(offers[public.offer], product, regular)
            tag = tag_amount(shelf, code)
            yield row(date, product, shelf, () if public is None else (public,), EVERYBODY)
            for line in members.get((date, product.id), ()):
                offer = offers[line.offer]
                stacks = public is not None and (offer.stacks or offers[public.offer].stacks)
                full = shelf if stacks else regular
                price = max(full - _saving(offer, product, full), Decimal(0))
                if tag_amount(price, code) < tag:  # else the segment pays what everybody does
                    both = (public, line) if stacks and public is not None else (line,)
                    yield row(date, product, price, both, line.segment)


def _saving(offer: Offer, product: Product, price: Decimal) -> Decimal:
    """What a piece saves of a price, as the plan counts it."""
    return Decimal(repr(saving_per_unit(offer, product, float(price))))
