"""Response terms that the data itself can show: fatigue and pull-forward, each with an interval or an honest refusal.

An item's units over its baseline, week by week, are held against

    m = D + g l F + min(B - 1, 0)    B: the network's bump, switching inside the category taken off; l = max(B - 1, 0)
    F = product over earlier weeks (1 - phi lambda^age x)    x: 1 where the item was promoted
    D = 1 - rho_1 (own part of the category's net bumps of the last W weeks) - rho_2 (all of them)

The network knows neither F nor D. Its own bump enters with a free factor g, because an average lift holds an average
fatigue; items have drifting levels and weeks common shocks of their own. What other items of the category lose in the
week of a deal is inside B already, and N, the category's net bump that D is a share of, has it taken off: switching is
neither counted as pull-forward nor as fatigue. The share that returns later is rho_1 + rho_2: the item's own dip, and
that of the category's other items.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.response.effects import FittedTerm
from surrogate.evidence.panel_fit import Fit, degree_of, least_squares, partial_out
from surrogate.held_out.intervals import LEVEL

HALF_LIVES = (1.0, 2.0, 4.0)
"""Weeks after which half of the fatigue is gone: those that are tried."""
DIP_WEEKS = (1, 2, 3, 4)
"""Weeks that a dip may last: those that are tried."""
LONG_DIPS = (6, 8)
"""Those tried beside them on data of a year or more: goods that last for months are not missed for one month alone."""
_LONG = 52
WIDEST = {"fatigue": 0.30, "pull_forward": 0.20, "cannibalisation": 0.25}
"""Widest 90 % interval of a term that still says something."""
LARGEST = 0.9
"""Estimates above it say that the model of the data is wrong, not that nearly all of a bump is borrowed."""
_LAGS = 8
_PROMOTED = 1.10
_LEAST_WEEKS = 16
_LEAST_PROMOTED = 60
_STEPS = 12
_START = np.array([1.0, 0.0, 0.0, 0.0])
_FATIGUE = np.array([0.0, 1.0, 0.0, 0.0])
_MANY = 10
"""Categories from which on their errors are taken as clusters; below it items are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Weekly sales of items beside what the network expects. I items, T weeks."""

    units: Float
    """[I, T] of all customers."""
    base: Float
    """[I] expected units a week, nothing promoted."""
    bump: Float
    """[I, T] units over baseline that the network expects of the week's promotions."""
    category: Int
    """[I]"""
    usable: Flag
    """[I, T] False where sales say nothing (stock-outs)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tried:
    fit: Fit
    fatigue: float
    scale: float
    """g: real over foreseen bump, fresh."""
    kept: float
    """Mean of F, weighted by foreseen bumps."""
    half_life: float
    weeks: int


def fit_response_terms(panel: Panel) -> dict[str, FittedTerm]:
    """Fit fatigue and pull-forward; terms that the data cannot support say so.

    ``periods`` of the terms are weeks: the half-life of fatigue, and how long a dip lasts.
    """
    weeks = panel.units.shape[1]
    promoted = (panel.bump >= _PROMOTED) & panel.usable
    if weeks < _LEAST_WEEKS or promoted.sum() < _LEAST_PROMOTED:
        words = (
            f"the data holds {weeks} weeks and {int(promoted.sum())} item weeks whose promotions lift sales by 10% or "
            f"more; a fit needs at least {_LEAST_WEEKS} and {_LEAST_PROMOTED}"
        )
        return {name: unsupported(words) for name in ("fatigue", "pull_forward")}
    tried: list[_Tried] = []
    dips = (*DIP_WEEKS, *LONG_DIPS) if weeks >= _LONG else DIP_WEEKS
    for half_life in HALF_LIVES:
        for dip in dips:
            tried.append(_try(panel, half_life, dip, start=tried[-1].fit.value if tried else _START))
    best = min(tried, key=lambda each: each.fit.error)
    if not (best.scale * best.kept > 0.1):
        words = f"the bumps themselves are {best.scale * best.kept:.0%} of what the network expects"
        return {name: unsupported(words) for name in ("fatigue", "pull_forward")}
    source = (
        f"from {int(promoted.sum()):,} promoted weeks of {len(panel.base):,} items in "
        f"{len(np.unique(panel.category))} categories, {weeks} weeks"
    )
    plausible = _plausible(tried, best)
    fatigue = _averaged([(each.fatigue, each.fit.interval(_FATIGUE)[1]) for each in tried], plausible)
    pull = _averaged([_pulled(each) for each in tried], plausible)
    ahead = judged("pull_forward", *pull, source, float(best.weeks))
    return {
        "fatigue": judged("fatigue", *fatigue, source, best.half_life),
        "pull_forward": replace(ahead, words=f"{ahead.words}{_unseen(best.weeks, dips)}") if ahead.supported else ahead,
    }


def _unseen(best: int, dips: tuple[int, ...]) -> str:
    """Say what a fitted pull-forward leaves open: what is missing later, and how categories differ."""
    longest = f"; the longest fits best, so more may be missing after week {dips[-1]}" if best == dips[-1] else ""
    return (
        f"; dips of {dips[0]} to {dips[-1]} weeks were tried, later ones are not seen{longest}; the interval is "
        "that of the mean of all categories, single ones may lie outside"
    )


def _plausible(tried: list[_Tried], best: _Tried) -> Float:
    """Return how likely each half-life and length of the dip is, by its misfit in units of the noise."""
    errors = np.array([each.fit.error for each in tried])
    weight = np.exp(-0.5 * (errors - best.fit.error) / max(best.fit.error / max(best.fit.rows, 1), 1e-300))
    return np.asarray(weight / weight.sum())


def _averaged(estimates: list[tuple[float, float]], weight: Float) -> tuple[float, float]:
    """Return mean and half interval of estimates with their half intervals; disagreement widens it."""
    value, half = (np.array(column) for column in zip(*estimates, strict=True))
    mean = float(weight @ value)
    return mean, float(np.sqrt(weight @ (half**2 + (NormalDist().inv_cdf(0.5 + LEVEL / 2) * (value - mean)) ** 2)))


def _pulled(tried: _Tried) -> tuple[float, float]:
    """Return the share of a bump that later weeks miss, and its half interval."""
    real = tried.scale * tried.kept
    share = float(tried.fit.value[2] + tried.fit.value[3]) / real
    return share, tried.fit.interval(np.array([-share / tried.scale, 0.0, 1.0 / real, 1.0 / real]))[1]


def _try(panel: Panel, half_life: float, dip_weeks: int, *, start: Float) -> _Tried:
    """Fit by Gauss-Newton with a given half-life and length of the dip."""
    base, lift = np.maximum(panel.base, 1e-9)[:, None], np.maximum(panel.bump - 1.0, 0.0)
    own, category = _dips(panel, dip_weeks)
    aged = _aged(panel.bump >= _PROMOTED, 0.5 ** (1.0 / half_life))
    weight = np.where(panel.usable, base * panel.bump, 0.0)
    weight[:, :_LAGS] = 0.0  # their past is not known
    cluster = _clusters(panel)
    degree = degree_of(panel.units.shape[1])
    scale, fatigue, own_share, category_share = (float(value) for value in start)
    for _ in range(_STEPS):
        kept = np.prod(1.0 - fatigue * aged, axis=0)
        slope = -(aged / (1.0 - fatigue * aged)).sum(axis=0) * kept
        mean = 1.0 - own_share * own - category_share * category + scale * lift * kept + np.minimum(panel.bump - 1, 0)
        columns = np.stack([lift * kept, scale * lift * slope, -own, -category]) / panel.bump
        target = (panel.units / base - mean) / panel.bump
        out = partial_out(np.concatenate([target[None], columns]), weight, degree=degree, common_weeks=True)
        fit = least_squares(out[0], out[1:], weight, cluster)
        step = fit.value
        scale, fatigue = scale + step[0], float(np.clip(fatigue + np.clip(step[1], -0.3, 0.3), -0.9, 0.95))
        own_share, category_share = own_share + step[2], category_share + step[3]
        if np.abs(step).max() < 1e-6:
            break
    kept = np.prod(1.0 - fatigue * aged, axis=0)
    bumps = base * lift * (weight > 0)
    found = replace(fit, value=np.array([scale, fatigue, own_share, category_share]))
    return _Tried(
        fit=found,
        fatigue=fatigue,
        scale=float(scale),
        kept=float((bumps * kept).sum() / max(bumps.sum(), 1e-9)),
        half_life=half_life,
        weeks=dip_weeks,
    )


def net_bumps(panel: Panel) -> Float:
    """Return extra units [C, T] of whole categories by the network's bumps, never below 0."""
    count = int(panel.category.max()) + 1
    inside = np.zeros((count, len(panel.base)))
    inside[panel.category, np.arange(len(panel.base))] = 1.0
    return np.asarray(np.maximum(inside @ (panel.base[:, None] * (panel.bump - 1.0)), 0.0))


def _dips(panel: Panel, weeks: int) -> tuple[Float, Float]:
    """Return [I, T] net bumps of the last weeks over one week's baseline: the item's own part, the category's."""
    count = int(panel.category.max()) + 1
    gross = panel.base[:, None] * np.maximum(panel.bump - 1.0, 0.0)
    category_gross = np.stack([gross[panel.category == number].sum(axis=0) for number in range(count)])
    net = net_bumps(panel)
    base = np.maximum(np.bincount(panel.category, panel.base, count), 1e-9)
    share = gross / np.maximum(category_gross, 1e-9)[panel.category]
    own = share * net[panel.category] / np.maximum(panel.base, 1e-9)[:, None]
    category = (net / base[:, None])[panel.category]
    return _mean_of_past(own, weeks), _mean_of_past(category, weeks)


def _mean_of_past(values: Float, weeks: int) -> Float:
    out = np.zeros_like(values)
    for lag in range(1, weeks + 1):
        out[:, lag:] += values[:, :-lag] / weeks
    return out


def _aged(promoted: Flag, decay: float) -> Float:
    """Return decay^age [L, I, T] of the promotions of every earlier week."""
    out = np.zeros((_LAGS, *promoted.shape))
    for lag in range(1, _LAGS + 1):
        out[lag - 1, :, lag:] = promoted[:, :-lag] * decay**lag
    return out


def _clusters(panel: Panel) -> Int:
    """Return the cluster [I, T] of every row: categories where they are many, items, or quarters of items."""
    shape = panel.units.shape
    _, category = np.unique(panel.category, return_inverse=True)
    if category.max() + 1 >= _MANY:
        return np.broadcast_to(category[:, None], shape)
    if shape[0] >= _MANY:
        return np.broadcast_to(np.arange(shape[0])[:, None], shape)
    quarters = np.arange(shape[1]) // 13
    return np.arange(shape[0])[:, None] * (int(quarters.max()) + 1) + quarters[None, :]


def judged(name: str, value: float, half: float, source: str, periods: float) -> FittedTerm:
    """Judge an estimate with its half interval: too wide, far below 0, or good enough to use.

    A strength cannot be negative, so the best estimate of one that comes out below 0 is 0, and an interval that is
    narrow enough to speak against a default says that there is none: no default is charged in its place. Chance and
    small errors of the network explain half of the widest interval that counts; what lies further below 0 says that
    something else moves these sales, and nothing about the term.
    """
    low, high = value - half, value + half
    given = f"the data says {value:.0%} ({low:.0%} to {high:.0%}, {source})"
    if not (high - low <= WIDEST[name]):
        return unsupported(f"{given}: too wide to use", value, low, high)
    if not (high > 0 or value >= -WIDEST[name] / 2):
        return unsupported(f"{given}: too far below zero, so something else moves these sales", value, low, high)
    if not (value <= LARGEST):
        return unsupported(
            f"{given}: more than any shop has seen, so something else moves these sales", value, low, high
        )
    shown_low = max(low, 0.0) if value > 0 else low  # an estimate of 0 is told with what brought it there
    return FittedTerm(value=max(value, 0.0), low=shown_low, high=min(high, 1.0), words=source, periods=periods)


def unsupported(words: str, value: float = 0.0, low: float = 0.0, high: float = 1.0) -> FittedTerm:
    """Return a term that the data does not support, with the reason."""
    return FittedTerm(value=value, low=low, high=high, words=f"not supported by this data: {words}", supported=False)
