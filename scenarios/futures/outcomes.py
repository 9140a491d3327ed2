"""Futures: what a plan does in every draw, by the same formulas as the account, on the chosen pairs only.

In each draw the baseline is first cut at stock in time order, and no draw sells what is not there: where a period's
demand exceeds what is left, everything that is sold of the product shrinks alike. Nor does a vendor pay more than his
fund holds (`scenarios.futures.funds`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from scenarios.arrays import Float, Plan
from scenarios.futures.by_stock import served_by_stock
from scenarios.futures.drawn_lines import DrawnLines, Known
from scenarios.futures.drawn_model import drawn_model
from scenarios.futures.drawn_offers import DrawnOffers
from scenarios.futures.draws import Draws, base_factors
from scenarios.futures.funds import Funded, PaidRows, Wanted, funds_asked
from scenarios.futures.line_weights import LineWeights
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.functional import Functional, parts_of
from scenarios.response.interactions import cut_at_stock
from scenarios.response.model import Setting, setting
from scenarios.response.totals import Sold, by_period, sold, sold_by, under_lines, value
from scenarios.side_by_side import side_by_side
from scenarios.tolerance import may_break

CHUNK_CELLS = 200_000
"""Draws are taken in chunks of about so many cells: few enough for the processor's cache, and enough for two threads
to spend their time in NumPy."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Futures:
    """D draws of one plan."""

    values: Float
    """[D, F] of the functionals that were asked for."""
    periods: Float
    """[D, G, T] period by period, of the functionals that were asked for so."""
    shortage: Float
    """[D, K] units that the product lacks at the worst moment, had everybody been served; negative: spare units."""
    beyond_funds: Mapping[str, Float]
    """[D] money that each vendor is asked for beyond his fund, where the plan asks him and a sum holds his money."""


def outcomes(
    model: Coefficients,
    effects: Effects,
    plan: Plan,
    draws: Draws,
    functionals: Sequence[Wanted],
    through_time: Sequence[Functional | Funded] = (),
) -> Futures:
    """Evaluate functionals of one flat plan [N] in every draw.

    Parameters
    ----------
    functionals
        What is wanted, in order; see `Funds.measure`, whose sums stop at vendors' funds, and
        `measures.measure_functional`.
    through_time
        What is wanted period by period.
    """
    blocks = model.grid.split(plan)
    offer, basket = DrawnOffers(model, effects, blocks, 0), DrawnOffers(model, effects, blocks, 2)
    pieces = _pieces(model, plan, offer, basket) if offer.counts or basket.counts else None

    asked = funds_asked((*functionals, *through_time), blocks)
    looked_up: dict[Functional, LineWeights] = {}

    def weights(functional: Functional) -> LineWeights:
        if functional not in looked_up:
            looked_up[functional] = LineWeights(functional, blocks, offer.at, offer.shape)
        return looked_up[functional]

    summed = [[(weight, weights(part)) for weight, part in _parts(f)] for f in functionals]

    def evaluated(part: Draws) -> tuple[Float, Float, Float, Float]:
        what, under, short = _sold(model, effects, blocks, part, offer, basket, pieces, by_line=False)
        wide = (len(part), model.grid.shape[2])

        def total(lines: LineWeights) -> Float:
            return np.asarray(value(lines.rest, model, what, np) + lines.by_period(under).sum(axis=-1))

        def row(lines: LineWeights) -> Float:
            return np.broadcast_to(by_period(lines.rest, model, what, np) + lines.by_period(under), wide)

        paid = PaidRows(asked, lambda functional: row(weights(functional)))
        sums = [sum((weight * total(lines) for weight, lines in parts), np.zeros(len(part))) for parts in summed]
        for number, wanted in enumerate(functionals):
            if (missing := paid.missing(wanted)) is not None:
                sums[number] = sums[number] - missing.sum(axis=-1)
        rows = [paid.of(wanted) for wanted in through_time]
        values = np.stack(sums, axis=-1)
        periods = np.stack(rows, axis=1) if rows else np.zeros((wide[0], 0, wide[1]))
        beyond = np.stack([*paid.beyond.values()], axis=-1) if asked else np.zeros((len(part), 0))
        return values, periods, short.max(axis=-1), beyond

    found = side_by_side(evaluated, _chunks(model, draws))
    values, periods, shortage, beyond = (np.concatenate(tables) for tables in zip(*found, strict=True))
    by_vendor = dict(zip((fund.vendor for fund in asked), beyond.T, strict=True))
    return Futures(values=values, periods=periods, shortage=shortage, beyond_funds=by_vendor)


def _parts(wanted: Wanted) -> tuple[tuple[float, Functional], ...]:
    """Weights and functionals of a sum as it is where every vendor pays."""
    return parts_of(wanted.functional if isinstance(wanted, Funded) else wanted)


def sales(model: Coefficients, effects: Effects, plan: Plan, draws: Draws) -> Iterator[Sold]:
    """Yield what a flat plan [N] sells cell by cell, for some draws at a time, in their order."""
    return Selling(model, effects, plan)(draws)


class Selling:
    """The same for whoever asks more than once: a plan's lines are laid out once."""

    def __init__(self, model: Coefficients, effects: Effects, plan: Plan) -> None:
        blocks = model.grid.split(plan)
        offer, basket = DrawnOffers(model, effects, blocks, 0), DrawnOffers(model, effects, blocks, 2)
        self._question = model, effects, blocks
        self._lines = offer, basket, _pieces(model, plan, offer, basket) if offer.counts or basket.counts else None

    def __call__(self, draws: Draws) -> Iterator[Sold]:
        """Yield what is sold in some draws at a time."""
        for part in _chunks(self._question[0], draws):
            yield _sold(*self._question, part, *self._lines, by_line=True)[0]


def _chunks(model: Coefficients, draws: Draws) -> list[Draws]:
    """The draws in their order, in parts of at most `CHUNK_CELLS`."""
    step = max(1, CHUNK_CELLS // int(np.prod(model.grid.shape)))
    return [draws.part(first, first + step) for first in range(0, len(draws), step)]


class _Pieces(NamedTuple):
    """Units (orders) that the pieces of every line come to; see `DrawnOffers.pieces`."""

    cells: tuple[Float, Float]
    baskets: tuple[Float, Float]


_UNCORRECTED = (np.ones(1), np.ones(1))
CORRECTIONS = 2
"""Times that the shares which find a piece are moved, because lines act on each other; what is left is second order."""


def _pieces(model: Coefficients, plan: Plan, offer: DrawnOffers, basket: DrawnOffers) -> _Pieces:
    """What lines that count their pieces sell in the account: so many pieces there are in every future."""
    book = sold_by(model, plan, np)
    orders = (model.orders_per_unit * model.base_units).sum(axis=1)
    return _Pieces(
        offer.pieces(model.base_units, (book.public, book.targeted)),
        basket.pieces(orders, (book.basket_public, book.basket_targeted)),
    )


def _sold(
    model: Coefficients,
    effects: Effects,
    blocks: Blocks[Any],
    draws: Draws,
    offer: DrawnOffers,
    basket: DrawnOffers,
    pieces: _Pieces | None,
    *,
    by_line: bool,
) -> tuple[Sold, dict[str, Float], Float]:
    """What some draws sell, units under lines [D, M], and units that each product lacks at each moment, [D, K, T].

    Units under lines are spread over all cells in `Sold`, too, only where ``by_line`` asks for it.
    """
    base = effects.base_units[draws.member % len(effects.base_units)]
    units = cut_at_stock(base * base_factors(effects, draws), model.available)
    drawn = drawn_model(model, draws)
    here: Setting = setting(drawn)._replace(base_units=units)
    known = None
    if effects.known_periods and model.ranges is not None:
        expected = replace(drawn, strengths=model.strengths, past=model.past)
        known = Known(effects.known_periods, expected, setting(expected)._replace(base_units=units))
    lines = DrawnLines(drawn, here, offer, basket, draws, known)
    flow, shares = lines.flow(_UNCORRECTED, _UNCORRECTED)
    if pieces is not None:
        cells, orders = _UNCORRECTED, _UNCORRECTED
        for _ in range(CORRECTIONS):
            what = sold(drawn, shares, flow, here, blocks, np, offer)
            cells = offer.corrected(cells, pieces.cells, (what.public, what.targeted))
            orders = basket.corrected(orders, pieces.baskets, (what.basket_public, what.basket_targeted))
            flow, shares = lines.flow(cells, orders)
    served, lacking = served_by_stock((flow.base + flow.bump * shares.lift).sum(axis=-3), model.available)
    short = np.flatnonzero((served < 1.0).any(axis=(0, 2)))
    if len(short):
        kept = served[:, None, short]
        for units in (flow.base, flow.bump, flow.plain_base, flow.plain_bump, shares.beyond):
            if len(units) == len(kept):  # otherwise nothing is charged in any draw
                units[:, :, short] *= kept
    under = under_lines(shares.lines, offer.here(flow.base), offer.here(flow.bump))
    return sold(drawn, shares, flow, here, blocks, np, offer, by_line=by_line), under, lacking


def at_risk(uses: Float, sense: str, share: float) -> float:
    """Use [D] that decides whether a limit holds in at least ``share`` of all futures, told from D of them.

    The smallest value that all but a few draws do not exceed (``max``), or the largest that all but a few reach
    (``min``). How few makes up for the finite number of draws; see `scenarios.tolerance`.

    Raises
    ------
    ValueError
        For a sense other than ``max`` and ``min``.
    """
    if sense not in ("max", "min"):
        raise ValueError(f"expected max or min, got {sense}")
    ordered = np.sort(uses if sense == "max" else -uses)
    found = float(ordered[max(len(ordered) - 1 - may_break(len(ordered), share), 0)])
    return found if sense == "max" else -found
