"""Campaigns that were lived: one drawn future of a plan as actuals, disturbed or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from scenarios.answer.archive import Frozen
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import offer_cells
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients, available_units, unlimited
from scenarios.response.effects import Effects
from scenarios.response.totals import Sold
from scenarios.streams import stream
from scenarios.tables.table_files import write_rows
from surrogate.flight.chance import ChanceParams, with_chance

HEADER = ("date", "product", "segment", "units", "revenue", "offer", "uses", "stock_end")


def lived_units(
    model: Coefficients,
    effects: Effects,
    plan: np.ndarray,
    *,
    seed: int,
    count: int = 1,
    chance: ChanceParams | None = None,
    change: Callable[[Grid], np.ndarray] | None = None,
) -> np.ndarray:
    """[count, S, K, T] whole units of futures that nobody has seen, stock served in time order.

    ``change`` returns factors [S, K, T] on what is sold: a disturbance.
    """
    draws = draw(model.grid, effects, seed, name="lived", count=count)
    units = np.concatenate([what.units for what in sales(unlimited(model), effects, plan, draws)])
    if change is not None:
        units = units * change(model.grid)
    units = with_chance(units, ChanceParams() if chance is None else chance, stream(seed, "lived"))
    return served(units, available_units(model.grid))


def served(units: np.ndarray, available: np.ndarray) -> np.ndarray:
    """Cut whole units [n, S, K, T] at stock, day by day."""
    units = units.copy()
    for t in range(units.shape[-1]):
        gone = units[..., :t].sum(axis=(1, 3)) if t else np.zeros((len(units), units.shape[2]))
        left = np.maximum(available[:, t] - gone, 0.0)
        asked = units[..., t].sum(axis=1)
        share = np.where(asked > left, left / np.maximum(asked, 1.0), 1.0)
        given = np.floor(units[..., t] * share[:, None] + 1e-9)
        # What rounding leaves over goes to the first segments that want more.
        over = np.minimum(asked, left) - given.sum(axis=1)
        for segment in range(units.shape[1]):
            more = np.minimum(units[:, segment, :, t] - given[:, segment], np.floor(np.where(np.isinf(over), 0, over)))
            given[:, segment] += np.maximum(more, 0.0)
            over = over - np.maximum(more, 0.0)
        units[..., t] = given
    return units


def shortfall(offer: str, plan: np.ndarray, factor: float) -> Callable[[Grid], np.ndarray]:
    """The change that an offer sells only so much of what was forecast, wherever it runs."""
    return lambda grid: np.where(offer_cells(grid, plan)[offer], factor, 1.0)


def actuals_of(grid: Grid, units: np.ndarray, last: int, what: Sold | None = None) -> Actuals:
    """Actuals in memory of units [S, K, T] up to a period, with the stock that is left."""
    s, k, t = grid.shape
    table = np.full((2, s + 1, k + 1, t), np.nan)
    table[0, :s, :k, : last + 1] = units[..., : last + 1]
    price = np.array([float(product.price) for product in grid.products])
    revenue = table.copy()
    revenue[:, :, :k] *= price[:, None]
    available = available_units(grid)
    left = available - np.cumsum(units.sum(axis=0), axis=-1)
    stock = np.full_like(table, np.nan)
    stock[0, :s, :k, : last + 1] = np.where(np.isfinite(left), left, np.nan)[:, : last + 1]
    tables = {"units": table, "revenue": revenue}
    if np.isfinite(stock).any():
        tables["stock_end"] = stock
    return Actuals(grid=grid, name="lived", last=last, tables=tables, ran=None)


def write_actuals(
    path: Path, frozen: Frozen, model: Coefficients, plan: np.ndarray, units: np.ndarray, last: int
) -> None:
    """Write units [S, K, T] up to a period as a file that the commands read."""
    grid = model.grid
    price = np.array([float(product.price) for product in grid.products])
    saving = model.economics.saving[0][..., 0]
    blocks = grid.split(plan)
    offers = grid.scenario.offers
    available = available_units(grid)
    left = available - np.cumsum(units.sum(axis=0), axis=-1)
    rows = []
    for t in range(last + 1):
        for k, product in enumerate(grid.products):
            for s, segment in enumerate(grid.segments):
                public, targeted = int(blocks.public[k, t]), int(blocks.targeted[s, k, t])
                names = [offers[grid.choices.public[public - 1].offer].id] if public else []
                names += [offers[grid.choices.targeted[targeted - 1].offer].id] if targeted else []
                count = int(units[s, k, t])
                paid = count * (price[k] - saving[k, public])
                stock = "" if not np.isfinite(left[k, t]) else str(int(left[k, t]))
                date = str(grid.scenario.horizon.date_of(t))
                rows.append((date, product.id, segment.id, str(count), f"{paid:.2f}", "+".join(names), "", stock))
    write_rows(path, HEADER, rows)
