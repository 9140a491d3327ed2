"""What holds a line: limits without room that it uses, by what that is worth, or by how much of them it takes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from constraints.limits.book import Limits
from constraints.limits.verdicts import BINDING
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.implied_ids import STOCK
from scenarios.language.words import BASKET
from scenarios.scope_mask import in_scope

MENTIONED = 0.02
"""A limit holds a line where its priced use is at least this share of the line's contribution; where it has no price,
where the line uses at least this share of it."""


def held_by(
    grid: Grid,
    limits: Limits,
    ranked: RankedPlan,
    full: Mapping[int, LimitResult],
    line: LineResult,
    used: Float,
    worth: float,
) -> tuple[str, ...]:
    """Name the binding limits that a line uses: those with a shadow price first, the dearest before the others.

    Parameters
    ----------
    full
        As `used_up` finds them.
    used
        [L] by how much less room each row has for the line.
    worth
        What the line contributes.
    """
    priced = _most(grid, line, limits, used * _prices(limits, full), MENTIONED * max(abs(worth), 1.0))
    unpriced = _most(grid, line, limits, used * _unpriced(limits, full), MENTIONED)
    return (*priced, *unpriced, *_scarce_stock(ranked, line))


def used_up(limits: Limits, ranked: RankedPlan, uses: Float) -> dict[int, LimitResult]:
    """Find the rows that a plan uses up, with the verdict on their limit.

    Of a limit in windows, weeks or months the tightest one is known to bind; others do where as little is left of them.

    Parameters
    ----------
    uses
        [L] of the whole plan, in the rows' own units.
    """
    known = {limit.id: limit for limit in ranked.limits if limit.binding}
    found = {}
    for row, record in enumerate(limits.records):
        limit = known.get(record.id)
        if limit is None:
            continue
        deciding = (float(uses[row]) + float(limits.past[row])) * _at_risk(limit)
        room = float(limits.sign[row]) * (record.bound - deciding)
        if limit.at == record.at or (limit.whole is None and room <= float(BINDING) * abs(record.bound)):
            found[row] = limit
    return found


def _prices(limits: Limits, full: Mapping[int, LimitResult]) -> Float:
    """[L] shadow prices of the rows that are used up; 0 where none was computed or the row has room."""
    prices = np.zeros(len(limits.ids))
    for row, limit in full.items():
        prices[row] = (limit.shadow_price or 0.0) / float(limit.whole or 1) * _at_risk(limit)
    return prices


def _unpriced(limits: Limits, full: Mapping[int, LimitResult]) -> Float:
    """[L] what turns use into a share of the bound, of rows that are used up and have no shadow price; else 0."""
    shares = np.zeros(len(limits.ids))
    for row, limit in full.items():
        size = abs(float(limit.limit)) * float(limit.whole or 1)
        if limit.shadow_price is None and size > 0:
            shares[row] = _at_risk(limit) / size
    return shares


def _at_risk(limit: LimitResult) -> float:
    """Units of the bound that a unit of expected use takes up: more than one where futures ask for room."""
    if limit.used_at_risk is None or limit.whole is not None or not (limit.used > 0 and limit.used_at_risk > 0):
        return 1.0
    return float(limit.used_at_risk / limit.used)


def _most(grid: Grid, line: LineResult, limits: Limits, use: Float, least: float) -> tuple[str, ...]:
    """Limits of which a line uses, by price or by share, more than a least amount, the most first.

    A limit on other offers, which the line uses by raising their sales only, is none that holds the line.
    """
    offer = next(offer for offer in grid.scenario.offers if offer.id == line.offer)
    supplier = None if line.product == BASKET else grid.products[grid.product_index[line.product]].vendor
    others = {
        limit.id
        for limit in grid.scenario.limits
        if not in_scope(limit.where, offer, supplier)
        and (limit.share_of is None or not in_scope(limit.share_of.where, offer, supplier))
    }
    order = [int(place) for place in np.argsort(-use, kind="stable") if limits.ids[int(place)] not in others]
    held = [limits.ids[place] for place in order if use[place] > least]
    return tuple(dict.fromkeys(held))  # of windows that overlap, a line may use several


def _scarce_stock(ranked: RankedPlan, line: LineResult) -> tuple[str, ...]:
    """Name the product's stock where none is left and the line sells more of it."""
    stock = f"{STOCK}{line.product}" if line.incremental_units > 0 else ""
    return tuple(limit.id for limit in ranked.limits if limit.id == stock and limit.binding)
