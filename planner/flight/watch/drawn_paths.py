"""What a plan uses of its additive limits in drawn futures, and how often its offers were used so far in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.limits.booked import rounding_of
from constraints.limits.entries import LimitEntry, limit_entries
from scenarios.answer.sums import digits_of
from scenarios.arrays import Float
from scenarios.currency import minor_digits
from scenarios.flight.sold_otherwise import sold_otherwise
from scenarios.flight.watched_uses import WatchedUses
from scenarios.futures.draws import draw
from scenarios.futures.funds import Funded, Funds, paid_rows, wholly_paid
from scenarios.futures.outcomes import sales
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.functional import Functional
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, with_chance
from surrogate.flight.watch.foresee import Beside


@dataclass(frozen=True, kw_only=True, eq=False)
class Paths:
    """Use of every additive limit in drawn futures."""

    entries: tuple[LimitEntry, ...]
    use: Float
    """[D, L, T] period by period, the chance of single periods in it."""
    beside: Beside | None
    """How often offers were used so far in each future, and really, where that is told."""
    unforeseen: tuple[str, ...]
    """Ids of limits that are no sums over time."""
    hidden: tuple[float, ...]
    """[L] what rounding in an account may hide of each use: a bound may have been set to a use that is so rounded."""


def draw_paths(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    *,
    seed: int,
    count: int,
    chance: ChanceParams,
    uses: WatchedUses | None = None,
) -> Paths:
    """Draw what a plan uses of its limits, stock served in time order, and how often its offers were used so far.

    Vendors pay until their funds are empty; a fund itself is foreseen by what its vendor is asked for.
    """
    grid = model.grid
    entries: list[LimitEntry] = []
    unforeseen: list[LimitEntry] = []
    for entry in limit_entries(grid):
        sums = entry.whole is None and not entry.counts_change and entry.measure is not Measure.CUSTOMERS_REACHED
        (entries if sums else unforeseen).append(entry)
    funds = Funds(model)
    wanted = [_sum(funds, entry) for entry in entries]
    functionals = [wholly_paid(each) for each in wanted]
    rows, used = [], []
    if functionals:
        rng, rng_uses = stream(seed, "flight", "limits", "chance"), stream(seed, "flight", "limits", "uses")
        for what in sales(model, effects, plan, draw(grid, effects, seed, name="flight limits", count=count)):
            counted = with_chance(what.units, chance, rng)
            better = sold_otherwise(
                what, np.divide(counted, what.units, out=np.ones_like(counted), where=what.units > 0)
            )
            if uses is not None:
                used.append(uses.drawn_so_far(better, rng_uses))
            wide = (len(what.units), grid.shape[2])
            paid = paid_rows(wanted, model, better, wide)
            rows.append(np.stack([paid.of(each) for each in wanted], axis=1))
    use = np.concatenate(rows) if rows else np.zeros((count, 0, grid.shape[2]))
    currency = minor_digits(grid.scenario.currency)
    hidden = tuple(
        rounding_of((1.0, digits_of(entry.part, currency), functional)).likely
        for entry, functional in zip(entries, functionals, strict=True)
    )
    return Paths(
        entries=tuple(entries),
        use=use,
        beside=Beside(drawn=np.concatenate(used), seen=uses.told.sum(axis=1)) if uses is not None and used else None,
        unforeseen=tuple(e.id for e in unforeseen),
        hidden=hidden,
    )


def _sum(funds: Funds, entry: LimitEntry) -> Functional | Funded:
    """What a limit adds up."""
    found = funds.measure(entry.part, entry.limit.where)
    return wholly_paid(found) if entry.origin == "fund" else found
