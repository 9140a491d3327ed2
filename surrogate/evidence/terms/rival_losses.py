"""Cannibalisation between products: what rivals of a product on deal lose, fitted for the scenario's own rival groups.

Which products are rivals is the scenario's to say, so a model keeps the baseline and two weekly series of each product
(sums over all customers), and the fit happens when a scenario is scored. A product's units over its baseline are held
against

    m = 1 + g (B - 1) - g kappa L - dip after the product's own bumps
    L = sum over rivals r of N_r / baseline of all rivals of r

as the response model has it. N is a product's net bump: what its items take from each other inside the product is
not in it, so switching that the network takes off already cannot be counted again. Products have levels that drift
and, where the data tells a year, seasons of their own: rivals of a product that is on deal when both sell well anyway
would seem to lose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.response.effects import FittedTerm
from surrogate.evidence.terms.judged_terms import judged, unsupported
from surrogate.evidence.terms.own_seasons import own_seasons
from surrogate.evidence.terms.panel import Panel, net_bumps
from surrogate.evidence.terms.panel_fit import Fit, drift, least_squares, partial_out
from surrogate.stored_sizes import Holds

_MANY_GROUPS = 3
"""Rival groups from which on weeks may have shocks of their own; with fewer, a shock and a rival's deal look alike."""
_BLOCK_WEEKS = 8
_LEAST_WEEKS = 16
_TURNS = 3
"""Fits of shares and of seasons, in turn."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductSeries:
    """Weekly sums over all customers. C products of the data file, T weeks."""

    units: Annotated[Float, Holds(axes="C T")]
    """[C, T]"""
    base: Annotated[Float, Holds(axes="C")]
    """[C] expected units a week, nothing promoted."""
    net: Annotated[Float, Holds(axes="C T")]
    """[C, T] extra units that the network expects of the week's promotions."""
    year: Annotated[Float | None, Holds(axes="T B")] = None
    """[T, B] waves of the year and holidays that products follow, each in its own way; None where no year is known."""

    def of(self, products: Int | Flag) -> ProductSeries:
        """Return the series of some products, in their order."""
        return replace(self, units=self.units[products], base=self.base[products], net=self.net[products])


def series_of(panel: Panel) -> ProductSeries:
    """Sum items up to products; a week in which an item's sales say nothing counts as expected."""
    units = np.where(panel.usable, panel.units, panel.base[:, None] * panel.bump)
    base = panel.summed(panel.base[:, None])[:, 0]
    return ProductSeries(units=panel.summed(units), base=base, net=net_bumps(panel), year=panel.year)


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
    series, rivals = series.of(paired), rivals[np.ix_(paired, paired)]
    different = len(set(names[paired].tolist()))
    fit = _fitted(series, rivals, common_weeks=different >= _MANY_GROUPS)
    scale = float(fit.value[0])
    if abs(fit.value[1]) < 1e-12 or not (scale > 0.1):
        return unsupported("products of a group were always on deal together, or their bumps cannot be seen")
    share = float(fit.value[1]) / scale
    half = fit.interval(np.array([-share / scale, 1.0 / scale, 0.0]))[1]
    count = len(series.base)
    source = f"from {count} products in {different} rival group{'' if different == 1 else 's'}, {weeks} weeks"
    return judged("cannibalisation", share, half, source, 0.0)


def _fitted(series: ProductSeries, rivals: Flag, *, common_weeks: bool) -> Fit:
    """Fit real over foreseen bumps, what rivals lose of these, and dips, in turn with each product's season."""
    count, weeks = series.units.shape
    base = np.maximum(series.base, 1e-9)[:, None]
    bump = 1.0 + series.net / base
    weight = base * bump
    weight[:, :2] = 0.0
    blocks = np.zeros(weeks, dtype=np.int64) if count >= 10 else np.arange(weeks) // _BLOCK_WEEKS
    cluster = np.arange(count)[:, None] * (int(blocks.max()) + 1) + blocks[None, :]
    basis, season = drift(weeks, series.year), np.ones_like(bump)
    for _turn in range(_TURNS):
        target = series.units / (base * bump) - 1.0 + season * (1.0 - 1.0 / bump)
        columns = _columns(series.net * season, base, rivals) / bump
        out = partial_out(np.concatenate([target[None], columns]), weight, basis=basis, common_weeks=common_weeks)
        fit = least_squares(out[0], out[1:], weight, cluster)
        if series.year is None:
            break
        season = own_seasons(target - np.einsum("p,pct->ct", fit.value, columns), weight, basis, series.year.shape[1])
    return fit


def _columns(net: Float, base: Float, rivals: Flag) -> Float:
    """Return what is fitted [3, C, T], over baselines: net bumps, what they take from rivals, and from later weeks."""
    past = np.zeros_like(net)
    past[:, 1:] += 0.5 * net[:, :-1]
    past[:, 2:] += 0.5 * net[:, :-2]
    lost = (rivals / np.maximum(rivals @ base[:, 0], 1e-9)) @ net
    return np.stack([net / base, -lost, -past / base])
