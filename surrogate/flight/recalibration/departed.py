"""Products whose own demand has departed: a shampoo that sells twice its forecast, whatever runs on it.

Baselines are believed to be right within a few parts in ten, and so are lifts. Where one product sells twice what was
expected, such beliefs blame what is believed least: an offer that runs on it among others, which then seems to bring
twice its forecast everywhere. So beside them stands a second explanation, that the level of this product is its own:
how far it has moved then is left to its sales, and an offer is judged by all products alike. Both explanations are
fitted to the same sales, and the evidence says which is the better one; beforehand a product departs rarely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.response.coefficients import Coefficients
from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.explained import Explained
from surrogate.flight.recalibration.suspects import suspected

LEVEL_SD = 0.7
"""Standard deviation of the log of a product's level that has departed: by half or twice, say."""
BELIEF = 0.01
"""Probability beforehand that a product departs."""
SUSPECT = 1.5
"""Standard deviations of its belief by which a baseline must be off before its product is suspected."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Departed:
    """Beliefs with a level for each product that departed, and what explains the sales by them."""

    beliefs: Beliefs
    explained: Explained
    products: tuple[int, ...]
    """Numbers of the products."""


def free_levels(
    plain: Explained, beliefs: Beliefs, moved: Mapping[int, float], fit: Callable[[Beliefs], Explained]
) -> Departed:
    """Give products that have departed, more likely than not, a level of their own.

    Parameters
    ----------
    plain
        What explains the sales where none has.
    moved
        By number of a product: how far its baseline is off, in standard deviations of its belief.
    fit
        Explains the sales by some beliefs.
    """
    odds = float(np.log(BELIEF) - np.log1p(-BELIEF))
    found = Departed(beliefs=beliefs, explained=plain, products=())
    for product in suspected(moved, SUSPECT):
        products = (*found.products, product)
        freer = beliefs.with_levels(products, LEVEL_SD)
        explained = fit(freer)
        if explained.log_evidence + odds > found.explained.log_evidence:
            found = Departed(beliefs=freer, explained=explained, products=products)
    return found


def parts_of_products(model: Coefficients, beliefs: Beliefs, told: Flag) -> dict[int, Float]:
    """[B] parts of each product's baseline, all segments together, by its number; of those with evidence alone.

    Parameters
    ----------
    told : [K, T]
        Cells that tell something.
    """
    share = model.base_units.sum(axis=-1)
    seen = np.flatnonzero(told.any(axis=1) & (share.sum(axis=0) > 0)).tolist()
    return {k: beliefs.of_product(k, share[:, k] / share[:, k].sum()) for k in seen}


def shifts(parts: Mapping[int, Float], beliefs: Beliefs, found: Explained) -> dict[int, float]:
    """How far factors made of some parts [B] were moved, in standard deviations of their belief; by their number."""
    sd = beliefs.before
    return {number: float(part @ found.theta / np.sqrt(part**2 @ sd**2)) for number, part in parts.items()}


def apart(
    parts: Mapping[int, Float], beliefs: Beliefs, actuals: Actuals, told: Flag, expected: Float
) -> dict[int, float]:
    """How far sales of products are from what was expected of them, in standard deviations of their baselines' belief.

    Beside what all products are off in the middle. A wide belief in an offer hides a product's level from a fit.

    Parameters
    ----------
    told : [K, T]
        Cells that tell something.
    expected : [S, K, T]
        Units before anything was learned.
    """
    sold = np.where(told, np.nan_to_num(actuals.units_total), 0.0).sum(axis=1)
    wanted = np.where(told, expected.sum(axis=0), 0.0).sum(axis=1)
    off = {k: float(np.log((sold[k] + 1.0) / (wanted[k] + 1.0))) for k in parts}
    middle = float(np.median(list(off.values()))) if off else 0.0
    return {k: (off[k] - middle) / float(np.sqrt(part**2 @ beliefs.before**2)) for k, part in parts.items()}


def furthest(*moved: Mapping[int, float]) -> dict[int, float]:
    """By number of a product: the largest of several shifts of it."""
    return {k: max((each[k] for each in moved), key=abs) for k in moved[0]}
