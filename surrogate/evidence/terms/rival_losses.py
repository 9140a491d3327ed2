"""Cannibalisation between products: what rivals of a product on deal lose, fitted for the scenario's own rival groups.

Which products are rivals is the scenario's to say, so a model keeps the baseline and two weekly series of each product
(sums over all customers), and the fit happens when a scenario is scored. A product's units over its baseline are held
against

    m = 1 + g (B - 1) - g kappa L - dip after the product's own bumps
    L = sum over rivals r of N_r / baseline of all rivals of r

as the response model has it. N is a product's net bump: what its items take from each other inside the product is
not in it, so switching that the network takes off already cannot be counted again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.response.effects import FittedTerm
from surrogate.evidence.terms.judged_terms import judged, unsupported
from surrogate.evidence.terms.panel_fit import drift, least_squares, partial_out
from surrogate.evidence.terms.response_terms import Panel, net_bumps
from surrogate.stored_sizes import Holds

_MANY_GROUPS = 3
"""Rival groups from which on weeks may have shocks of their own; with fewer, a shock and a rival's deal look alike."""
_BLOCK_WEEKS = 8
_LEAST_WEEKS = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductSeries:
    """Weekly sums over all customers. C products of the data file, T weeks."""

    units: Annotated[Float, Holds(axes="C T")]
    """[C, T]"""
    base: Annotated[Float, Holds(axes="C")]
    """[C] expected units a week, nothing promoted."""
    net: Annotated[Float, Holds(axes="C T")]
    """[C, T] extra units that the network expects of the week's promotions."""


def series_of(panel: Panel) -> ProductSeries:
    """Sum items up to products; a week in which an item's sales say nothing counts as expected."""
    count = int(panel.category.max()) + 1
    inside = np.zeros((count, len(panel.base)))
    inside[panel.category, np.arange(len(panel.base))] = 1.0
    units = np.where(panel.usable, panel.units, panel.base[:, None] * panel.bump)
    return ProductSeries(units=inside @ units, base=inside @ panel.base, net=net_bumps(panel))


def fit_cannibalisation(series: ProductSeries, groups: tuple[str, ...]) -> FittedTerm | None:
    """Fit the share of a bump that rivals lose.

    Parameters
    ----------
    series
        Of the scenario's products, in its order.
    groups
        [K] rival group of each product.

    Returns
    -------
    FittedTerm | None
        None where no product has a rival, so that nothing depends on the term.
    """
    names = np.array(groups)
    rivals = (names[:, None] == names[None, :]) & ~np.eye(len(names), dtype=bool)
    paired = rivals.any(axis=1)
    if not paired.any():
        return None
    weeks = series.units.shape[1]
    if weeks < _LEAST_WEEKS:
        return unsupported(f"the data holds {weeks} weeks; a fit needs at least {_LEAST_WEEKS}")
    series, rivals = _only(series, paired), rivals[np.ix_(paired, paired)]
    base = np.maximum(series.base, 1e-9)
    bump = 1.0 + series.net / base[:, None]
    theirs = np.maximum(rivals @ base, 1e-9)
    lost = (rivals / theirs[None, :]) @ series.net
    past = np.zeros_like(bump)
    past[:, 1:] += 0.5 * (bump[:, :-1] - 1)
    past[:, 2:] += 0.5 * (bump[:, :-2] - 1)
    weight = base[:, None] * bump
    weight[:, :2] = 0.0
    columns = np.stack([bump - 1, -lost, -past]) / bump
    target = (series.units / base[:, None] - 1) / bump
    different = len(set(names[paired].tolist()))
    out = partial_out(
        np.concatenate([target[None], columns]),
        weight,
        basis=drift(weeks),
        common_weeks=different >= _MANY_GROUPS,
    )
    count = len(base)
    blocks = np.zeros(weeks, dtype=np.int64) if count >= 10 else np.arange(weeks) // _BLOCK_WEEKS
    cluster = np.arange(count)[:, None] * (int(blocks.max()) + 1) + blocks[None, :]
    fit = least_squares(out[0], out[1:], weight, cluster)
    if abs(fit.value[1]) < 1e-12 or not (fit.value[0] > 0.1):
        return unsupported("products of a group were always on deal together, or their bumps cannot be seen")
    share = float(fit.value[1] / fit.value[0])
    half = fit.interval(np.array([-share / fit.value[0], 1.0 / fit.value[0], 0.0]))[1]
    source = f"from {count} products in {different} rival group{'' if different == 1 else 's'}, {weeks} weeks"
    return judged("cannibalisation", share, half, source, 0.0)


def _only(series: ProductSeries, keep: Flag) -> ProductSeries:
    return replace(series, units=series.units[keep], base=series.base[keep], net=series.net[keep])
