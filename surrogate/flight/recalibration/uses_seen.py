"""Uses that are told of an offer beside what is expected of it, and how widely lift and take-up are believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import base_under_lines, offers_chosen, under_lines, with_basket_row
from scenarios.flight.of_expected import of_expected, orders_ratio
from scenarios.flight.pieces import Pieces
from scenarios.flight.told_uses import told_units
from scenarios.language.words import Layer
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients, build_coefficients, unlimited
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from scenarios.tables.take_up import fixed_take_up
from surrogate.flight.evidence import ENDLESS

DAY = 0.10
"""Standard deviation of the log of a cell's uses beside the counting of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What is told of one offer: of a targeted one in each segment by itself, where rows tell so."""

    cells: Flag
    """[S, K + 1, T] of products, and of whole baskets, whose units are orders."""
    uses: float
    """In units, as all figures here."""
    base: float
    """Expected uses by base buyers, of the units that were sold."""
    bump: float
    """The same by extra sales: every one of them uses the offer, so that uses bound them."""
    ran_out: bool = False
    """Whether pieces ran out, so that at least ``uses`` wanted one."""
    shares: tuple[float, ...] = (1.0,)
    """[S] of what is expected, by segment."""

    @property
    def noise(self) -> float:
        """Variance of the uses, given take-up and lift."""
        expected = self.base + self.bump
        return expected + (DAY * expected) ** 2 / int(self.cells.sum())

    @property
    def segments(self) -> tuple[int, ...]:
        """Those whose uses are in it."""
        return tuple(number for number, share in enumerate(self.shares) if share > 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """How widely a factor on an offer's cells is believed, in variances of its log."""

    single: float
    """Of one cell."""
    common: float
    """Of the mean over the cells that tell."""
    elsewhere: float
    """How far segments and products that do not tell go with those that do, as their errors are shared."""


def grouped(told: Sequence[Seen]) -> list[list[Seen]]:
    """What is told of the same segments, together."""
    groups: dict[tuple[int, ...], list[Seen]] = {}
    for each in told:
        groups.setdefault(each.segments, []).append(each)
    return list(groups.values())


def spreads(model: Coefficients, effects: Effects, number: int, told: Sequence[Seen]) -> tuple[Spread, Spread]:
    """How widely the take-up and the lift of an offer are believed, over the cells that tell of its uses."""
    cells = np.any([seen.cells for seen in told], axis=0)
    pairs, shared = int(cells.any(axis=2).sum()), float(model.grid.scenario.effects.rho_offer)
    lift = effects.lift[..., number]
    mean = lift.mean(axis=0)
    relative = np.divide(lift.std(axis=0), np.abs(mean), out=np.zeros_like(mean), where=mean != 0)
    of_lift = effects.lift_sd[..., number] ** 2 + np.log1p(np.minimum(relative, 2.0) ** 2)
    of_take_up = np.log1p(float(effects.take_up_cv[..., number][cells].mean()) ** 2)

    def spread(single: float) -> Spread:
        common = single * (shared + (1.0 - shared) / pairs)
        return Spread(single=single, common=common, elsewhere=single * shared / common if common > 0 else 0.0)

    return spread(float(of_take_up)), spread(float(of_lift[cells].mean()))


def seen_uses(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    baskets: Baskets | None,
    pieces: Pieces | None,
) -> dict[int, tuple[Seen, ...]]:
    """What is told of each offer, by its number; an offer that counts pieces tells where it is known if any were left.

    Of lines that ran out nobody knows how many would have bought: they are compared with what is expected.
    """
    grid = model.grid
    own = build_coefficients(grid, effects, baskets)
    if pieces is not None and pieces.known:
        own = build_coefficients(grid, effects, baskets, own.demand * ENDLESS)
    what = sold_by(unlimited(own), plan, np)
    split = np.isfinite(actuals.units).all(axis=0)
    of_all = of_expected(actuals.units_total, what.units.sum(axis=0))
    ratio = np.where(split, of_expected(actuals.units, what.units), of_all)
    ratio = with_basket_row(ratio, orders_ratio(what, actuals, what.units * ratio))
    past = np.arange(grid.shape[2]) <= actuals.last
    told = told_units(model, plan, what, actuals)
    under, base_under, chosen = under_lines(what), base_under_lines(what), offers_chosen(grid, what.choices)
    by_row = np.zeros(ratio.shape[1:], dtype=bool)
    if actuals.has("uses"):
        by_row |= np.isfinite(actuals.of_segments("uses")).any(axis=0)
    found = dict[int, tuple[Seen, ...]]()
    for number, offer in enumerate(grid.scenario.offers):
        if fixed_take_up(offer) is not None:
            continue  # uses of a shelf price tell how many pieces are left, not who would use it
        layer = 1 if offer.layer is Layer.TARGETED else 0
        units, of_base = under[layer], base_under[layer]
        cells = (chosen[layer] == number) & np.isfinite(told[layer]) & past
        parts = [(cells, False)]
        if offer.quantity is not None:
            parts = []
            if pieces is not None:
                parts = [(cells & pieces.left[layer], False), (cells & pieces.ran_out[layer], True)]
        if layer == 1:
            parts = [(one, gone) for cells, gone in parts for one in _in_segments(cells, by_row)]
        for here, gone in parts:
            scaled = np.ones_like(ratio) if gone else ratio
            base, bump = (np.where(here, each * scaled, 0.0).sum(axis=(1, 2)) for each in (of_base, units - of_base))
            if base.sum() > 0:
                seen = Seen(
                    cells=here,
                    uses=float(told[layer][here].sum()),
                    base=float(base.sum()),
                    bump=float(bump.sum()),
                    ran_out=gone,
                    shares=tuple((base / base.sum()).tolist()),
                )
                found[number] = (*found.get(number, ()), seen)
    return found


def _in_segments(cells: Flag, by_row: Flag) -> list[Flag]:
    """Cells [S, K + 1, T] of each segment by itself, and those of rows that tell all segments together."""
    alone, together = cells & by_row, cells & ~by_row
    own = [alone & (np.arange(len(cells)) == s)[:, None, None] for s in range(len(cells))]
    return [each for each in (*own, together) if each.any()]
