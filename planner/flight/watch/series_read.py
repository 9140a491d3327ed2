"""The forecast of every watched series with the tests fixed for it, and what is read off it beside the actuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.flight.watch.readings import SeriesReading, interval
from planner.flight.watch.usually_outside import usually_outside
from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.series import Kind, Series, Watched, sold_cells
from scenarios.flight.watched_uses import WatchedUses
from surrogate.flight.watch.composite import Composite, Sold
from surrogate.flight.watch.drawn import DrawnSeries
from surrogate.flight.watch.predicted import Beside
from surrogate.flight.watch.sequential import Bar, Tests, detectable
from surrogate.flight.watch.untouched import LEAST_UNITS, Untouched


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """The forecast of a plan over the cells that can be compared, and the tests that were fixed for it."""

    watched: Watched
    drawn: tuple[DrawnSeries, ...]
    """Under each weather that may be, the calm one first."""
    composite: Composite
    untouched: Untouched
    uses: WatchedUses | None = None

    @property
    def bar(self) -> Bar:
        """What evidence must exceed to be an alarm."""
        return self.composite.bar

    @property
    def tests(self) -> Tests:
        """The tests in calm weather."""
        return self.composite.under[0].tests

    @property
    def series(self) -> tuple[Series, ...]:
        """Of sales, and after them of uses."""
        return self.watched.series if self.uses is None else (*self.watched.series, *self.uses.series)

    def sold(self, units: Float, products: Float) -> Sold:
        """What the series sold, units [..., J, T], with what stands beside them of products [..., K, T] in all."""
        return sold_beside(self.untouched, units, products)

    def evidence(self, units: Float, products: Float) -> Float:
        """[..., J, T] weighted log evidence of units [..., J, T], beside what products [..., K, T] sold in all."""
        return self.composite.evidence(self.sold(units, products))

    def untouched_ratio(self, actuals: Actuals, expected: Float) -> float | None:
        """Sales so far that no line touches, per unit of those expected [S, K, T]; None where hardly any were."""
        free = self.untouched.free & actuals.observed & (np.arange(expected.shape[-1]) <= actuals.last)
        wanted = float(expected.sum(axis=0)[free].sum())
        return float(actuals.units_total[free].sum()) / wanted if wanted >= LEAST_UNITS else None

    def seen(self, actuals: Actuals) -> Float:
        """[J, T] units, and uses, that the actuals tell of the series."""
        units = self.watched.sums(sold_cells(actuals))
        return units if self.uses is None else np.concatenate([units, self.uses.told])


def sold_beside(untouched: Untouched, units: Float, products: Float) -> Sold:
    """What series sold, units [..., J, T], with what no line touches beside them, of products [..., K, T] in all."""
    return Sold(units=units, beside=untouched.sums(products), common=untouched.by_category(products))


def beside(untouched: Untouched, drawn: DrawnSeries) -> Beside:
    """Drawn futures of the sales that no line touches, beside each series."""
    means = untouched.sums(drawn.product_means)
    return Beside(
        means=means, chanced=untouched.sums(drawn.products), active=np.asarray(means.mean(axis=0) >= LEAST_UNITS)
    )


def active(watched: Watched) -> Flag:
    """[J, T] periods in which each series holds cells that can be compared."""
    shape = watched.offer_cells.shape[1:] if len(watched.offer_cells) else (1, *watched.usable.shape)
    segments = [s for s in watched.series if s.kind is Kind.SEGMENT]
    rows = len(segments) if segments else shape[0]
    ones = np.ones((rows, *watched.usable.shape))
    return np.asarray(watched.sums(ones) > 0)


def read_series(made: Forecast, actuals: Actuals, expected: Float) -> tuple[tuple[SeriesReading, ...], float, int]:
    """Read every watched series, how noisy single days are, and how many series usually lie outside.

    Parameters
    ----------
    expected : [S, K, T]
        Units by the plan's account, of goods that sell out by themselves as if there were enough.
    """
    watched, tests, count = made.watched, made.tests, actuals.last + 1
    planned, units = watched.sums(watched.folded(expected)), made.seen(actuals)
    if made.uses is not None:
        planned = np.concatenate([planned, made.uses.expected])
    sold = made.sold(units, np.nan_to_num(actuals.units_total))
    evidence = made.composite.evidence(sold)[:, :count]
    innovations = tests.predicted.innovations(units, sold.beside)
    running = tests.predicted.active[:, :count]
    finds = detectable(tests, made.bar)
    found = []
    for number, series in enumerate(made.series):
        if not running[number].any():
            continue
        over = np.flatnonzero(evidence[number] > made.bar.log_evidence)
        highest = float(evidence[number].max()) - float(np.log(tests.weights[number]))
        needed = made.bar.log_evidence - float(np.log(tests.weights[number]))
        found.append(
            SeriesReading(
                series=series,
                whole=float(planned[number].sum()),
                expected=float(planned[number, :count].sum()),
                forecast=interval(made.drawn[0].chanced[:, number, :count].sum(axis=1)),
                actual=float(units[number, :count].sum()),
                periods=int(running[number].sum()),
                evidence=max(highest / needed, 0.0) if needed > 0 else 0.0,
                detectable=float(finds[number]),
                alarm=actuals.grid.scenario.horizon.date_of(int(over[0])) if len(over) else None,
            )
        )
    sums = made.drawn[0].chanced[:, running.any(axis=1), :count].sum(axis=2)
    return tuple(found), float(tests.noise(innovations)[count - 1]), usually_outside(sums)
