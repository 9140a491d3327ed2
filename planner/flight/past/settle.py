"""The past of a running campaign in the account of its new plan: what was sold and used, and what is said of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from scenarios.first_few import NAMED
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import offers_chosen, under_lines
from scenarios.flight.pieces import Pieces
from scenarios.flight.settled import Settled, settled
from scenarios.flight.told_uses import told_units, uses_a_unit
from scenarios.grid import Grid
from scenarios.language.words import BASKET
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import Sold, sold_by

LEAST = 0.5
"""Units that are lost from which on it is said."""


def settle(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    pieces: Pieces | None,
    *,
    booked: Sold,
    baskets: Baskets | None,
) -> tuple[Effects, tuple[str, ...]]:
    """Return effects whose past is what was sold and used, and sentences about it.

    Parameters
    ----------
    model
        Tables of what was believed before the campaign.
    effects
        Recalibrated.
    plan
        The flat plan [N] that runs.
    pieces
        What is known of its lines that count pieces.
    booked
        What the plan sells by the account that it was planned with, which counted its pieces.
    baskets
        Order values, where the scenario has them.
    """
    found = settled(model, effects, plan, actuals, baskets, booked, pieces)
    return found.effects, (*_told(model, plan, sold_by(model, plan, np), actuals), *_missed(found, actuals))


def up_to(grid: Grid, plan: NDArray[np.int8], last: int) -> NDArray[np.int8]:
    """The lines of a plan up to a period, and no others."""
    early = plan.copy()
    for block in grid.split(early):
        block[..., last + 1 :] = 0
    return early


def told_short(before: Effects, after: Effects, actuals: Actuals) -> tuple[str, ...]:
    """Say which products run out by quiet sales and locked lines alone: effects before and after stock cut them."""
    gone = (before.base_units - after.base_units).sum(axis=(0, 1, 3)) / len(before.base_units)
    names = [actuals.grid.products[k].id for k in np.flatnonzero(gone > LEAST)]
    if not names:
        return ()
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    asked = "more is asked for than is left, even without further promotion"
    return (f"{', '.join(names[:NAMED])}{more}: {asked}; what cannot be served is lost, whatever is planned",)


def _told(model: Coefficients, plan: NDArray[np.int8], expected: Sold, actuals: Actuals) -> tuple[str, ...]:
    """Say which uses are the file's, beside what was expected in the same cells before the campaign."""
    grid = model.grid
    real, before = dict[str, float](), dict[str, float]()
    past = np.arange(grid.shape[2]) <= actuals.last
    layers = zip(
        told_units(model, plan, expected, actuals),
        under_lines(expected),
        uses_a_unit(model, expected),
        offers_chosen(grid, expected.choices),
        strict=True,
    )
    for units, under, per_unit, chosen in layers:
        here = np.isfinite(units) & past
        for number in np.unique(chosen[here]).tolist():
            own, name = here & (chosen == number), grid.scenario.offers[number].id
            real[name] = real.get(name, 0.0) + float((units[own] * per_unit[own]).sum())
            before[name] = before.get(name, 0.0) + float((under[own] * per_unit[own]).sum())
    if not real:
        return ()
    each = ", ".join(f"{name} {plural(round(real[name]), 'use')} ({before[name]:,.0f} expected)" for name in real)
    return (f"uses stand in the account of the past as {actuals.name} tells them: {each}",)


def _missed(found: Settled, actuals: Actuals) -> tuple[str, ...]:
    """Say where the account of the past is not what was sold or used."""
    said = []
    for missed, what in ((found.missed, "units that were sold"), (found.missed_uses, "uses that were granted")):
        cells = np.argwhere(np.abs(missed) > 0)
        if len(cells):
            worst = cells[np.argsort(-np.abs(missed[tuple(cells.T)]), kind="stable")]
            named = ", ".join(_cell(actuals, missed, *(int(i) for i in cell)) for cell in worst[:NAMED])
            more = f" and {plural(len(cells) - NAMED, 'cell')} more" if len(cells) > NAMED else ""
            said.append(
                f"the account of the past does not come to the {what}: {named}{more}; limits follow the account"
            )
    return tuple(said)


def _cell(actuals: Actuals, missed: NDArray[np.float64], s: int, k: int, t: int) -> str:
    grid = actuals.grid
    off, word = float(missed[s, k, t]), "too many" if missed[s, k, t] > 0 else "too few"
    product = BASKET if k == len(grid.products) else grid.products[k].id
    place = f"{product}, {grid.segments[s].id}, {grid.scenario.horizon.date_of(t)}"
    return f"{abs(off):,.1f} {word} in {place}"
