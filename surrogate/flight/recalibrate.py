"""Recalibration: what the first part of a campaign says of baselines and lifts, weighed against what was believed.

A Bayesian update in logs, by Gauss-Newton steps on the response model. Every offer's lift is moved by a factor made of
parts that are believed to be small: of all offers, of its mechanic, of itself, of itself on one product, and of each
segment. So an offer that ran teaches something about its relatives that did not run, but less. Baselines are moved by a
factor of everything, of each product and of each segment and product. Shocks of a period, and of a group of rivals in a
period, are told apart from both and forgotten: a competitor's surprise is no lesson about the own offers.

How strongly things are believed comes from the effects' own spread (``lift_sd``, ensemble, ``base_cv``, ``rho_offer``):
a lift with a wide interval is moved far by little evidence. Sales vary more than by counting; how much is read off the
residuals. Products and periods that are very far off count less, all segments together: single cells are not judged so,
because few customers buy much there, and whoever mistrusts the rare large sale believes in weak demand. Older evidence
counts less, because effects drift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from surrogate.flight.beliefs import Beliefs, believed
from surrogate.flight.evidence import Expected, Flag, Float, Forecast, offers_of, telling

ODD = 4.0
"""Standard deviations from which on the sales of a product in a period count less: its weight falls as they grow."""
NINETY = 1.6449
"""Half of a 90 % interval in standard deviations."""
LONGEST_STEP = 0.7
"""Most that a Gauss-Newton step moves the log of a factor."""


@dataclass(frozen=True, kw_only=True)
class RecalibrateParams:
    """How fast a running campaign is believed."""

    memory: float = 10.0
    """Periods after which evidence counts half."""
    noise: float = 0.10
    """Relative standard deviation of a cell's sales beside counting noise, at least."""
    period_shock: float = 0.08
    """Standard deviation of the log of what happens to all sales of a period."""
    group_shock: float = 0.12
    """The same of a group of rivals, and of a product alone, in one period."""
    drift: float = 0.20
    """Standard deviation of the log by which a lift may have changed since it was measured; a baseline by half."""
    steps: int = 5

    def __post_init__(self) -> None:
        if not (self.memory > 0 and self.steps >= 1):
            raise ValueError("expected a memory above 0 periods and at least one step")
        if not (0 <= self.drift <= 2):
            raise ValueError(f"drift: expected a number from 0 to 2, got {self.drift}")
        for name in ("noise", "period_shock", "group_shock"):
            if not (0 < getattr(self, name) <= 2):
                raise ValueError(f"{name}: expected a number above 0 and up to 2, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Moved:
    """A factor on what was forecast, with its 90 % interval."""

    factor: float
    low: float
    high: float
    before_low: float
    """Ends of the interval that was believed before; its middle is 1."""
    before_high: float
    cells: int
    """Cells (of segments, products and periods) that tell of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Recalibration:
    """What was learned."""

    effects: Effects
    """For all periods; those that are over are not settled yet."""
    carried: Effects
    """The same lessons for all periods alike: what a campaign on the same calendar would start from."""
    offers: dict[str, Moved]
    """By offer that ran: its lift, weighed by what it sold."""
    products: dict[str, Moved]
    """By product with evidence: its baseline."""
    used: int
    """Cells that counted."""
    left_out: int
    """Product-periods that were left out because the product was sold out."""


def recalibrate(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    params: RecalibrateParams | None = None,
    *,
    first: int = 0,
) -> Recalibration:
    """Update effects by what was sold under a plan so far.

    Parameters
    ----------
    model, effects
        Tables of the plan that runs, and what they were made of.
    plan
        The flat plan [N] that ran.
    actuals
        What happened.
    first
        First period whose sales count: effects that were recalibrated before have the earlier ones in them.
    """
    params = RecalibrateParams() if params is None else params
    told = telling(actuals, first)
    offers = offers_of(model, plan, actuals.last)
    data = _Cells(model, actuals, told, params)
    beliefs = believed(model, effects, offers, plan, actuals.last, params.drift)
    forecast = Forecast(model, effects, plan)
    theta, covariance, own = _fitted(forecast, beliefs, data, offers, params)
    start = forecast(*beliefs.moves(np.zeros_like(theta)), offers)
    moved = beliefs.applied(effects, theta, covariance, actuals.last, own)
    lacking = actuals.observed & ~told & (np.arange(model.grid.shape[2]) >= first)
    return Recalibration(
        effects=moved,
        carried=beliefs.applied(effects, theta, covariance, -1, own),
        offers=_offers(model, beliefs, data, start, offers, theta, covariance),
        products=_products(model, beliefs, told, theta, covariance),
        used=int(data.counts.sum()),
        left_out=int(lacking.sum()),
    )


class _Cells:
    """The observations: cells of segments where they are told so, else of products, as sums of the model's cells."""

    def __init__(self, model: Coefficients, actuals: Actuals, told: Flag, params: RecalibrateParams) -> None:
        self.shape = model.grid.shape
        split = told & np.isfinite(actuals.units).all(axis=0)
        self.split, self.whole = split, told & ~split
        self.counts = np.where(split, self.shape[0], self.whole.astype(int))
        self.actual = self.gather(np.nan_to_num(actuals.units), np.nan_to_num(actuals.units_total))
        age = actuals.last - np.arange(self.shape[2])
        weight = np.broadcast_to(0.5 ** (np.maximum(age, 0) / params.memory), self.shape[1:])
        self.weight = self.gather(np.broadcast_to(weight, self.shape), weight)
        groups = np.where(model.grid.rival_group >= 0, model.grid.rival_group, -1)
        alone = groups.max(initial=-1) + 1 + np.arange(self.shape[1])
        group = np.where(groups >= 0, groups, alone)
        period = np.broadcast_to(np.arange(self.shape[2]), self.shape[1:])
        group_period = group[:, None] * self.shape[2] + period
        self.shocks = [
            (self._index(period), params.period_shock),
            (self._index(group_period), params.group_shock),
        ]

    def gather(self, cells: Float, totals: Float | None = None) -> Float:
        """Take the observed cells of [..., S, K, T], or their sums over segments (``totals`` [..., K, T])."""
        sums = cells.sum(axis=-3) if totals is None else totals
        return np.concatenate([cells[..., self.split].reshape(*cells.shape[:-3], -1), sums[..., self.whole]], axis=-1)

    def by_product(self, values: Float) -> Float:
        """Sum observations [..., observations] over the segments of a product and period."""
        count = self.shape[0] * int(self.split.sum())
        split = values[..., :count].reshape(*values.shape[:-1], self.shape[0], -1).sum(axis=-2)
        return np.concatenate([split, values[..., count:]], axis=-1)

    def own(self, sd: Float, trust: Float, off: Float, expected: Float) -> tuple[Float, Float]:
        """Logs of the baselines' own parts [S, K] by what is left unexplained, and their standard deviations."""
        shape, count = self.shape, self.shape[0] * int(self.split.sum())
        sums = []
        for values in (trust * expected * off, trust * expected**2):
            cells = np.zeros(shape)
            cells[:, self.split] = values[:count].reshape(shape[0], -1)
            sums.append(cells.sum(axis=2))
        precision = 1.0 / np.maximum(sd, 1e-6) ** 2 + sums[1]
        return np.clip(sums[0] / precision, -LONGEST_STEP, LONGEST_STEP), np.sqrt(1.0 / precision)

    def calm(self, off: Float, variance: Float) -> Float:
        """Weights [observations] that keep a product's odd period from deciding (Huber's)."""
        score = np.abs(self.by_product(off)) / np.sqrt(self.by_product(variance))
        weight = np.minimum(ODD / np.maximum(score, 1e-9), 1.0)
        count = int(self.split.sum())
        return np.concatenate([np.tile(weight[:count], self.shape[0]), weight[count:]])

    def _index(self, key: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which shock hits each observation, counted from 0."""
        spread = self.gather(np.broadcast_to(key, self.shape).astype(float), key.astype(float))
        return np.unique(spread, return_inverse=True)[1].astype(np.int64)


def _fitted(
    forecast: Forecast, beliefs: Beliefs, data: _Cells, offers: tuple[int, ...], params: RecalibrateParams
) -> tuple[Float, Float, tuple[Float, Float]]:
    """Most credible moves of the beliefs, and their covariance, shocks integrated out; then baselines' own parts."""
    count = len(beliefs.sd)
    sds = np.concatenate([beliefs.sd, *(np.full(int(index.max(initial=-1)) + 1, sd) for index, sd in data.shocks)])
    prior = 1.0 / sds**2
    theta, excess = np.zeros(len(sds)), 1.0
    if not len(data.actual):
        return theta[:count], np.diag(beliefs.sd**2), (np.zeros_like(beliefs.own_sd), beliefs.own_sd)
    trust, off, expected = (np.zeros(len(data.actual)) for _ in range(3))
    precision, one = np.diag(prior), np.ones(len(data.actual))
    for _ in range(params.steps):
        found = forecast(*beliefs.moves(theta[:count]), offers)
        shock, hit = _shocks(data, theta[count:])
        expected = np.maximum(data.gather(found.units) * shock, 1e-6)
        slopes = np.concatenate(
            [data.gather(beliefs.slopes(found)) * shock, hit * expected[None]], axis=0
        )  # [B, observations]
        off = data.actual - expected
        variance = np.maximum(expected, 1.0) + (params.noise * expected) ** 2
        calm = data.calm(off, variance * excess + (params.group_shock * expected) ** 2)
        excess = max(1.0, float((calm * off**2 / variance).mean()))
        trust = data.weight * calm / (variance * excess)
        trusted = slopes * trust
        # What hits a product alone in a period hits all its segments alike: one more part a product and period, with
        # its variance known, is integrated out of the normal equations.
        hit_alike, weight = data.by_product(trusted * expected), data.by_product(data.weight) / data.by_product(one)
        alike = 1.0 / (weight / params.group_shock**2 + data.by_product(trust * expected**2))
        precision = trusted @ slopes.T - (hit_alike * alike) @ hit_alike.T + np.diag(prior)
        pull = trusted @ off - hit_alike @ (alike * data.by_product(trust * expected * off))
        step = np.linalg.solve(precision, pull - prior * theta)
        theta = theta + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    return theta[:count], covariance[:count, :count], data.own(beliefs.own_sd, trust, off, expected)


def _shocks(data: _Cells, theta: Float) -> tuple[Float, Float]:
    """Factor of all shocks on each observation, and which shocks hit it [shocks, observations]."""
    rows, log, start = [], np.zeros(len(data.actual)), 0
    for index, _ in data.shocks:
        size = int(index.max(initial=-1)) + 1
        log = log + theta[start : start + size][index]
        rows.append((np.arange(size)[:, None] == index).astype(float))
        start += size
    return np.exp(log), np.concatenate(rows)


def _offers(
    model: Coefficients,
    beliefs: Beliefs,
    data: _Cells,
    start: Expected,
    offers: tuple[int, ...],
    theta: Float,
    covariance: Float,
) -> dict[str, Moved]:
    """How far each offer's lift was moved, over the cells that it sold in."""
    found = {}
    for number, offer in enumerate(offers):
        bump = np.maximum(start.slopes[number], 0.0) * (data.split | data.whole)
        cells = data.gather(bump)
        if not cells.sum() > 0:
            continue
        weights = beliefs.of_offer(offer, bump.sum(axis=-1))
        found[model.grid.scenario.offers[offer].id] = _moved(
            weights, beliefs, theta, covariance, int((cells > 0).sum())
        )
    return found


def _products(model: Coefficients, beliefs: Beliefs, told: Flag, theta: Float, covariance: Float) -> dict[str, Moved]:
    """How far each product's baseline was moved."""
    share = model.base_units.sum(axis=-1)
    found = {}
    for k, product in enumerate(model.grid.products):
        if told[k].any() and share[:, k].sum() > 0:
            weights = beliefs.of_product(k, share[:, k] / share[:, k].sum())
            found[product.id] = _moved(weights, beliefs, theta, covariance, int(told[k].sum()))
    return found


def _moved(weights: Float, beliefs: Beliefs, theta: Float, covariance: Float, cells: int) -> Moved:
    """A weighted mean of logs of factors, as a factor with its interval."""
    middle, sd = float(weights @ theta), float(np.sqrt(max(float(weights @ covariance @ weights), 0.0)))
    before = float(np.sqrt((weights**2) @ beliefs.sd**2))
    return Moved(
        factor=float(np.exp(middle)),
        low=float(np.exp(middle - NINETY * sd)),
        high=float(np.exp(middle + NINETY * sd)),
        before_low=float(np.exp(-NINETY * before)),
        before_high=float(np.exp(NINETY * before)),
        cells=cells,
    )
