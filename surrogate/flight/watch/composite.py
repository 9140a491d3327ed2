"""Tests whose forecast leaves open how much single periods differ: a composite null of several weathers.

Whoever knows that weeks scatter by 20 % sees no alarm in one that is 25 % up; whoever wrongly believes 7 % does. So a
departure must explain the sales better than the forecast does under whichever weather explains them best: evidence is
the mean of what it comes to under each weather, weighed by how well that explains everything, over the likelihood of
the best weather without any departure (universal inference; Wasserman, Ramdas and Balakrishnan, 2020,
doi:10.1073/pnas.1922664117). Its mean is at most 1 under each of the weathers, at whatever time one looks; and the bar
is the highest that campaigns simulated under any one of them ask for. In calm weeks calm is soon the best explanation,
and what is found is what would be found if it were known.

How well a weather explains the sales is told by a series' own sales, and of one that is judged beside untouched sales
by these, too (`surrogate.flight.watch.common_sales`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Flag, Float
from surrogate.flight.watch.common_sales import CommonSales
from surrogate.flight.watch.sequential import Bar, SequentialParams, Tests, peak, set_bar, weighted


@dataclass(frozen=True, kw_only=True, eq=False)
class Sold:
    """What campaigns sold, or would in drawn futures."""

    units: Float
    """[..., J, T] of the series."""
    beside: Float
    """[..., J, C, T] what no line touches, beside each."""
    common: Float
    """[..., C, T] all of that, by category."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UnderWeather:
    """The tests under one weather."""

    tests: Tests
    common: CommonSales
    log_share: float
    """Log of how much the weather is believed beforehand; less what its own bar is higher than that of the first."""

    def explained(self, sold: Sold, beside: Flag) -> tuple[Float, Float]:
        """Weighted evidence [..., J, T], and how well the weather explains each series without a departure."""
        innovations = self.tests.predicted.innovations(sold.units, sold.beside)
        own = self.tests.predicted.log_likelihood(innovations)
        common = np.where(beside[:, None], self.common.log_likelihood(sold.common)[..., None, :], 0.0)
        return weighted(self.tests, self.tests.evidence(innovations)), own + common


@dataclass(frozen=True, kw_only=True, eq=False)
class Composite:
    """The tests under every weather that may be, the calm one first."""

    under: tuple[UnderWeather, ...]
    beside: Flag
    """[J] series that are judged beside untouched sales."""
    bar: Bar

    def evidence(self, sold: Sold) -> Float:
        """[..., J, T] weighted log evidence of each series up to each period."""
        return _together(self.under, [each.explained(sold, self.beside) for each in self.under])


def fix_composite(
    under: Sequence[UnderWeather], beside: Flag, undisturbed: Sequence[Sold], params: SequentialParams
) -> Composite:
    """Set the bar by simulated undisturbed campaigns of each weather.

    Parameters
    ----------
    under
        The weathers, with the share that each is believed by.
    beside : [J]
        Series that are judged beside untouched sales.
    undisturbed
        Campaigns [N, ...] of each weather.
    """
    explained = [[each.explained(sold, beside) for each in under] for sold in undisturbed]
    own = [set_bar(peak(row[number][0]), params).log_evidence for number, row in enumerate(explained)]
    # What a weather's own bar is higher, its evidence weighs less, so that one bar serves them all.
    shares = [each.log_share - bar for each, bar in zip(under, own, strict=True)]
    weighed = tuple(replace(each, log_share=share - shares[0]) for each, share in zip(under, shares, strict=True))
    bars = [set_bar(peak(_together(weighed, row)), params) for row in explained]
    return Composite(under=weighed, beside=beside, bar=max(bars, key=lambda bar: bar.log_evidence))


def _together(under: Sequence[UnderWeather], explained: Sequence[tuple[Float, Float]]) -> Float:
    if len(explained) == 1:
        return explained[0][0]
    evidence, likely = (np.stack(each) for each in zip(*explained, strict=True))
    shares = np.array([each.log_share for each in under]).reshape(-1, *[1] * (likely.ndim - 1))
    best = likely.max(axis=0)
    return np.asarray(np.logaddexp.reduce(evidence + likely - best + shares, axis=0))
