"""What a plan uses of its limits in drawn futures, and how often its offers were used so far in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.functional import Functional
from scenarios.response.totals import Sold
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, with_chance
from surrogate.flight.watch.foresee import Beside

FUTURES = 400
"""That a campaign's forecast is made of, in the monitor and wherever its figures are told."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Paths:
    """Use of every limit in drawn futures."""

    entries: tuple[LimitEntry, ...]
    use: Float
    """[D, L, T] period by period, the chance of single periods in it; of a ratio what it divides. 0 of customers
    reached, whom no future draws."""
    whole: Mapping[str, Float]
    """[D, T] of what each ratio divides by, by the limit's id."""
    without: Mapping[str, Float]
    """[D, T] of the same sum as in ``use`` without any promotion, where a limit counts what promotions gained."""
    beside: Beside | None
    """How often offers were used so far in each future, and really, where that is told."""
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

    Vendors pay until their funds are empty; a fund itself is foreseen by what its vendor is asked for. What no
    promotion would have made is drawn in the same futures, with the same good and bad days.
    """
    grid = model.grid
    entries, funds = limit_entries(grid), Funds(model)
    of_part = ((each.id, _sum(funds, each, each.part, each.limit.where)) for each in entries)
    of_whole = ((each.id, _sum(funds, each, each.whole, scope_of_whole(each))) for each in entries)
    parts, wholes = ({name: each for name, each in of if each is not None} for of in (of_part, of_whole))
    changes = [each.id for each in entries if each.counts_change]
    wanted = (*parts.values(), *wholes.values())
    rows: dict[tuple[str, str], list[Float]] = {}
    used = []
    if wanted:
        rng, rng_uses = stream(seed, "flight", "limits", "chance"), stream(seed, "flight", "limits", "uses")
        draws = draw(grid, effects, seed, name="flight limits", count=count)
        empty = sales(model, effects, np.zeros_like(plan), draws) if changes else None
        for what in sales(model, effects, plan, draws):
            counted = with_chance(what.units, chance, rng)
            factor = np.divide(counted, what.units, out=np.ones_like(counted), where=what.units > 0)
            better = sold_otherwise(what, factor)
            if uses is not None:
                used.append(uses.drawn_so_far(better, rng_uses))
            wide = (len(what.units), grid.shape[2])
            paid = paid_rows(wanted, model, better, wide)
            for kind, sums in (("part", parts), ("whole", wholes)):
                for name, each in sums.items():
                    rows.setdefault((kind, name), []).append(paid.of(each))
            if empty is not None:
                nothing = paid_rows(wanted, model, _no_promotion(empty, factor), wide)
                for name in changes:
                    rows.setdefault(("without", name), []).append(nothing.of(parts[name]))
    nobody = np.zeros((count, grid.shape[2]))
    drawn = {key: np.concatenate(chunks) for key, chunks in rows.items()}
    use = [drawn.get(("part", each.id), nobody) for each in entries]
    currency = minor_digits(grid.scenario.currency)
    hidden = tuple(
        rounding_of((1.0, digits_of(each.part, currency), wholly_paid(parts[each.id]))).likely
        if each.whole is None and each.id in parts
        else 0.0
        for each in entries
    )
    return Paths(
        entries=entries,
        use=np.stack(use, axis=1) if use else np.zeros((count, 0, grid.shape[2])),
        whole={name: paths for (kind, name), paths in drawn.items() if kind == "whole"},
        without={name: paths for (kind, name), paths in drawn.items() if kind == "without"},
        beside=Beside(drawn=np.concatenate(used), seen=uses.told.sum(axis=1)) if uses is not None and used else None,
        hidden=hidden,
    )


def _no_promotion(empty: Iterator[Sold], factor: Float) -> Sold:
    """What no promotion sells in the next futures, on days as good as those of the plan."""
    return sold_otherwise(next(empty), factor)


def _sum(funds: Funds, entry: LimitEntry, measure: Measure | str | None, scope: Scope) -> Functional | Funded | None:
    """What a limit adds up of a measure; None where it adds nothing up, and of customers reached."""
    if measure is None or measure is Measure.CUSTOMERS_REACHED:
        return None
    found = funds.measure(measure, scope)
    return wholly_paid(found) if entry.origin == "fund" else found


def scope_of_whole(entry: LimitEntry) -> Scope:
    """Scope of what a ratio divides by."""
    share = entry.limit.share_of
    return entry.limit.where if share is None else share.where
