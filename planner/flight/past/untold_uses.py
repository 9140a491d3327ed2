"""Uses that the actuals do not tell, as the account of the past reckons them, and how far they may be off.

A line that is asked for (a coupon, a gift) costs by its uses. Where no row tells them they follow the take-up and lift
that the rows that do tell have taught, shrunk to what was believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.figures import count, plural
from planner.flight.past.account import PastAccount
from scenarios.arrays import Flag
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import base_under_lines, offers_chosen, under_lines, with_basket_row
from scenarios.flight.pieces import Pieces
from scenarios.flight.told_uses import is_asked, told_units, uses_a_unit
from scenarios.language.words import Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import sold_by

NINETY = 1.6449
"""Half of a 90 % interval in standard deviations."""


@dataclass(frozen=True, kw_only=True)
class UntoldUses:
    """Uses of one offer in rows (of a product, a segment and a period) that do not tell them."""

    offer: str
    told_rows: int
    """Rows of the offer that tell its uses."""
    told: float
    """Uses that these tell."""
    rows: int
    planned: float
    """Uses in the rows that do not tell, by the plan's account."""
    reckoned: float
    low: float
    """5 % and 95 % of what they may have been."""
    high: float


def untold_uses(
    past: PastAccount, planned: Coefficients, actuals: Actuals, pieces: Pieces | None
) -> tuple[UntoldUses, ...]:
    """Reckon the uses that are not told, offer by offer.

    Parameters
    ----------
    planned
        Tables of the plan's own account.
    pieces
        What is known of lines that count pieces.
    """
    grid, ran = actuals.grid, past.ran
    what, before = sold_by(past.tables, ran, np), sold_by(planned, ran, np)
    per_unit, chosen, asked = (
        uses_a_unit(past.tables, what),
        offers_chosen(grid, what.choices),
        is_asked(grid, what.choices),
    )
    told = told_units(past.tables, ran, what, actuals)
    over = np.arange(grid.shape[2]) <= actuals.last
    seen = with_basket_row(actuals.observed, np.ones(grid.shape[2], dtype=bool)) & over
    found = []
    for number, offer in enumerate(grid.scenario.offers):
        layer = 1 if offer.layer is Layer.TARGETED else 0
        own = (chosen[layer] == number) & asked[layer] & (per_unit[layer] > 0) & seen
        known = own & np.isfinite(told[layer])
        if pieces is not None:
            known |= own & np.isfinite(pieces.under[layer])
        open_ = own & ~known
        if not open_.any():
            continue
        uses, expected = (under_lines(each)[layer] * per_unit[layer] for each in (what, before))
        of_base = base_under_lines(what)[layer] * per_unit[layer]
        parts = float(of_base[open_].sum()), float((uses - of_base)[open_].sum())
        down, up = _off(past, number, open_, parts)
        reckoned = sum(parts)
        found.append(
            UntoldUses(
                offer=offer.id,
                told_rows=int(known.sum()),
                told=float(uses[known].sum()),
                rows=int(open_.sum()),
                planned=float(expected[open_].sum()),
                reckoned=reckoned,
                low=max(reckoned - down, 0.0),
                high=reckoned + up,
            )
        )
    return tuple(found)


def _off(past: PastAccount, number: int, cells: Flag, parts: tuple[float, float]) -> tuple[float, float]:
    """How far uses by base buyers and by extra sales may be off together: by take-up, by lift and by chance."""
    shared, pairs = float(past.tables.grid.scenario.effects.rho_offer), int(cells.any(axis=2).sum())
    together = shared + (1.0 - shared) / pairs
    effects, place = past.open, np.nonzero(cells.any(axis=2))
    take_up_cv, lift_sd = (each[..., past.open_at, number][place] for each in (effects.take_up_cv, effects.lift_sd))
    sds = [np.sqrt(float(each.mean()) * together) for each in (np.log1p(take_up_cv**2), lift_sd**2)]
    chance = NINETY * np.sqrt(max(sum(parts), 0.0))

    def off(side: float) -> float:
        ends = [part * np.expm1(side * NINETY * sd) for part, sd in zip(parts, sds, strict=True)]
        return float(np.sqrt(chance**2 + sum(end**2 for end in ends)))

    return off(-1.0), off(1.0)


def said_of_untold(found: Sequence[UntoldUses], name: str) -> Iterator[str]:
    """Say in one sentence what is reckoned.

    Parameters
    ----------
    name
        Of the actuals' file.
    """
    if found:
        each = "; ".join(
            f"{one.offer} {count(one.reckoned)} in {plural(one.rows, 'row')} ({count(one.low)} to {count(one.high)}; "
            f"planned {count(one.planned)})"
            for one in found
        )
        yield f"uses that {name} does not tell are reckoned by the rows that do, and by what was believed: {each}"
