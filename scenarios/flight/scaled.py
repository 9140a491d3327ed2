"""What a plan sells by its account, scaled to what was really sold: cells by units, lines by uses where told."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, of_choices, under_lines, with_basket_row
from scenarios.flight.pieces import Pieces
from scenarios.flight.real_units import real_units
from scenarios.flight.told_uses import told_units
from scenarios.response.coefficients import Coefficients
from scenarios.response.served import quantities
from scenarios.response.totals import Sold


def scaled(expected: Sold, model: Coefficients, plan: Plan, actuals: Actuals, pieces: Pieces | None) -> Sold:
    """Scale every cell of the account to the units that were really sold."""
    past = np.arange(model.grid.shape[2]) <= actuals.last
    real = real_units(actuals, expected.units)
    ratio = np.where(past & actuals.observed, of_expected(real, expected.units), 1.0)
    # Units where none were expected belong to no line.
    surprise = np.where(expected.units <= 0, np.nan_to_num(real), 0.0)
    used = list(told_units(model, plan, expected, actuals))
    if pieces is not None:
        used = [np.where(np.isnan(told), known, told) for told, known in zip(used, pieces.under, strict=True)]
    units = expected.units * ratio + np.where(past, surprise, 0.0)
    orders = orders_ratio(expected, actuals, units)
    there = (None, None) if pieces is None else pieces.there
    within = _within_pieces(model, expected, with_basket_row(ratio, orders), there)
    lines = [
        np.where(past, _by_uses(known, granted, otherwise), 1.0)
        for known, granted, otherwise in zip(used, under_lines(expected), within, strict=True)
    ]
    (public, targeted), (of_public, of_targeted) = ([each[:, :-1] for each in lines], [each[:, -1] for each in lines])
    ordered = expected.orders * orders
    return expected._replace(
        units=units,
        public=np.minimum(expected.public * public, units),
        targeted=np.minimum(expected.targeted * targeted, units),
        both=np.minimum(expected.both * np.minimum(public, targeted), units),
        public_base=np.minimum(expected.public_base * public, units),
        targeted_base=np.minimum(expected.targeted_base * targeted, units),
        charges=expected.charges * ratio,
        orders=ordered,
        basket_public=np.minimum(expected.basket_public * of_public, ordered),
        basket_targeted=np.minimum(expected.basket_targeted * of_targeted, ordered),
        basket_public_base=np.minimum(expected.basket_public_base * of_public, ordered),
        basket_targeted_base=np.minimum(expected.basket_targeted_base * of_targeted, ordered),
    )


def sold_otherwise(what: Sold, factor: Float) -> Sold:
    """Sell so many times as much: ``factor`` broadcasts over cells [..., S, K, T]; orders follow the mean of cells."""
    orders = np.divide(
        (what.units * factor).sum(axis=-2),
        what.units.sum(axis=-2),
        where=what.units.sum(axis=-2) > 0,
        out=np.ones_like(what.orders),
    )
    cells = ("units", "public", "targeted", "both", "public_base", "targeted_base", "charges")
    baskets = ("orders", "basket_public", "basket_targeted", "basket_public_base", "basket_targeted_base")
    moved = {name: getattr(what, name) * factor for name in cells}
    return what._replace(**moved, **{name: getattr(what, name) * orders for name in baskets})


def of_expected(real: Float, expected: Float) -> Float:
    """Real over expected units of any shape; 1 where nothing is told, or expected."""
    known = np.isfinite(real) & (expected > 0)
    return np.divide(np.nan_to_num(real), expected, out=np.ones_like(expected), where=known)


def _within_pieces(
    model: Coefficients, expected: Sold, ratio: Float, pieces: tuple[Float | None, Float | None]
) -> Layers:
    """[S, K + 1, T] real to expected units under lines of both layers: as all sales, but no more pieces than there are.

    A level of half of the expected uses is what half of those who want one get: where fewer want one, all of it is gone
    still. Where nothing is known of a line's ``pieces``, they are what is expected to be used.
    """
    grid = model.grid
    levels = of_choices(grid, expected.choices, [quantities(grid, block) for block in range(4)])
    counting = [
        np.array([False, *(grid.scenario.offers[each.offer].quantity is not None for each in grid.choices[block])])
        for block in range(4)
    ]
    found = []
    for layer, (counts, level, there, printed) in enumerate(
        zip(of_choices(grid, expected.choices, counting), levels, under_lines(expected), pieces, strict=True)
    ):
        if not counts.any():
            found.append(ratio)
            continue
        wanted = np.where(counts, ratio / level, ratio)
        asked = there * wanted
        if layer == 0:  # the pieces of a public line are everybody's
            there, asked = (np.broadcast_to(each.sum(axis=0), ratio.shape) for each in (there, asked))
        most = there if printed is None else np.where(np.isfinite(printed), np.fmax(printed, there), there)
        share = np.divide(most, asked, out=np.ones(ratio.shape), where=asked > 0)
        found.append(np.where(counts, wanted * np.minimum(share, 1.0), wanted))
    return found[0], found[1]


def _by_uses(told: Float, expected: Float, otherwise: Float) -> Float:
    """[S, K, T] real to expected units under lines, where uses are told; elsewhere as all sales."""
    known = np.isfinite(told) & (expected > 0)
    return np.divide(np.nan_to_num(told), expected, out=np.array(otherwise), where=known)


def orders_ratio(expected: Sold, actuals: Actuals, units: Float) -> Float:
    """[S, T] real to expected orders: told by basket rows, else as units [S, K, T] that were really sold."""
    before, after = expected.units.sum(axis=1), units.sum(axis=1)
    ratio = np.divide(after, before, out=np.ones_like(before), where=before > 0)
    told = actuals.of_segments("units")[:, -1]
    ratio = np.where(np.isfinite(told), of_expected(told, expected.orders), ratio)
    whole = actuals.of_everybody("units")[-1]
    alone = np.isfinite(whole) & ~np.isfinite(told).any(axis=0)
    return np.where(alone, of_expected(whole, expected.orders.sum(axis=0)), ratio)
