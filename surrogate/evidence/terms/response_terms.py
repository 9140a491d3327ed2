"""Response terms that the data itself can show: fatigue and pull-forward, each with an interval or an honest refusal.

An item's units over its baseline, week by week, are held against

    m = D + g l F + min(B - 1, 0)    B: the network's bump, switching inside the category taken off; l = max(B - 1, 0)
    F = product over earlier weeks (1 - phi lambda^age x)    x: 1 where the item was promoted
    D = 1 - rho_1 (own part of the category's net bumps of earlier weeks) - rho_2 (all of them)

The network knows neither F nor D. Its own bump enters with a free factor g, because an average lift holds an average
fatigue; items have levels that drift and, where the data tells a season, seasons of their own; weeks have common
shocks. What other items of the category lose in the week of a deal is inside B already, and N, the category's net bump
that D is a share of, has it taken off: switching is neither counted as pull-forward nor as fatigue. The share that
returns later is rho_1 + rho_2: the item's own dip, and that of the category's other items. How earlier weeks count is
tried in several shapes (`surrogate.evidence.terms.dip_shapes`). Where categories differ, each has a share of its own
(`surrogate.evidence.terms.category_dips`, `surrogate.evidence.terms.pooled_shares`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.response.effects import FittedTerm
from surrogate.evidence.terms.category_dips import CategoryDips, DipColumns, category_dips
from surrogate.evidence.terms.dip_shapes import DipShape, blocks, fading
from surrogate.evidence.terms.judged_terms import drawn_to_usual, judged, unsupported, vague, within
from surrogate.evidence.terms.own_seasons import own_seasons
from surrogate.evidence.terms.panel import Panel, dips
from surrogate.evidence.terms.panel_fit import Fit, drift, least_squares, partial_out
from surrogate.evidence.terms.pooled_shares import Pooled, pooled
from surrogate.held_out.intervals import LEVEL

HALF_LIVES = (1.0, 2.0, 4.0)
"""Weeks after which half of the fatigue is gone: those that are tried."""
_LAGS = 8
_PROMOTED = 1.10
_LEAST_WEEKS = 16
_LEAST_PROMOTED = 60
_STEPS = 12
_RELATED = 2.0
"""Times that related errors widen doubt about the shape of a dip, at least: few categories cannot tell how much."""
_START = np.array([1.0, 0.0, 0.0, 0.0])
_FATIGUE = np.array([0.0, 1.0, 0.0, 0.0])
_MANY = 10
"""Categories from which on their errors are taken as clusters; below it items are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tried:
    fit: Fit
    fatigue: float
    scale: float
    """g: real over foreseen bump, fresh."""
    kept: float
    """Mean of F, weighted by foreseen bumps."""
    half_life: float
    shape: DipShape
    season: Float
    """[I, T] what a week of the year sells of an item, in baselines."""

    @property
    def by_share(self) -> Float:
        """Slope of the share of a bump that later weeks miss, by the coefficients."""
        real = self.scale * self.kept
        share = float(self.fit.value[2] + self.fit.value[3]) / real
        return np.array([-share / self.scale, 0.0, 1.0 / real, 1.0 / real])


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the panel says of response terms."""

    terms: dict[str, FittedTerm]
    """Fatigue and pull-forward; ``periods`` are weeks: the half-life of fatigue, and how long a dip lasts."""
    own: Pooled | None = None
    """What single categories say of pull-forward, where the data tells them apart or says too little of all."""


def fit_response_terms(panel: Panel) -> Terms:
    """Fit fatigue and pull-forward; terms that the data cannot support say so."""
    weeks = panel.units.shape[1]
    promoted = (panel.bump >= _PROMOTED) & panel.usable
    if weeks < _LEAST_WEEKS or promoted.sum() < _LEAST_PROMOTED:
        words = (
            f"the data holds {weeks} weeks and {int(promoted.sum())} item weeks whose promotions lift sales by 10% or "
            f"more; a fit needs at least {_LEAST_WEEKS} and {_LEAST_PROMOTED}"
        )
        return _nothing(words)
    tried: list[_Tried] = []
    for half_life in HALF_LIVES:
        for dip in blocks(weeks):
            tried.append(_try(panel, half_life, dip, start=tried[-1] if tried else None))
    best = min(tried, key=lambda each: each.fit.error)
    if not (best.scale * best.kept > 0.1):
        return _nothing(f"the bumps themselves are {best.scale * best.kept:.0%} of what the network expects")
    shapes = [each for each in tried if each.half_life == best.half_life]
    shapes += [_try(panel, best.half_life, dip, start=best) for dip in fading(weeks)]
    source = (
        f"from {int(promoted.sum()):,} promoted weeks of {len(panel.base):,} items in "
        f"{len(np.unique(panel.category))} categories, {weeks} weeks"
    )
    fatigue = _averaged([(each.fatigue, each.fit.interval(_FATIGUE)[1]) for each in tried], _plausible(tried, 1.0))
    related = max(min(shapes, key=lambda each: each.fit.error).fit.related(best.by_share), _RELATED)
    pull = _averaged([_pulled(each) for each in shapes], _plausible(shapes, related))
    said = _by_category(panel, shapes)
    own, lasting = pooled(said), float(best.shape.weeks)
    if own.differ:
        ahead = within("pull_forward", own.mean, own.mean_low, own.mean_high, source, lasting)
    else:
        ahead = judged("pull_forward", *pull, source, lasting)
    told = own if own.differ and ahead.supported else None
    if told is None and vague("pull_forward", *pull):
        told = pooled(said, usual=True)
        ahead = drawn_to_usual(told, *pull, source, lasting)
    if ahead.supported:
        ahead = replace(ahead, words=f"{ahead.words}{_left_open(weeks, best.shape.weeks, told)}")
    return Terms(
        terms={"fatigue": judged("fatigue", *fatigue, source, best.half_life), "pull_forward": ahead}, own=told
    )


def _nothing(words: str) -> Terms:
    return Terms(terms={name: unsupported(words) for name in ("fatigue", "pull_forward")})


def _by_category(panel: Panel, shapes: list[_Tried]) -> list[list[CategoryDips]]:
    """Return what single categories say, by families of shapes of the dip."""
    own = {each.shape: category_dips(_columns(panel, each)) for each in shapes}
    families = [[one] for shape, one in own.items() if not shape.fades]
    return [*families, [one for shape, one in own.items() if shape.fades]]


def _columns(panel: Panel, tried: _Tried) -> DipColumns:
    """Lay out what categories are fitted to, with the fatigue of all and the parts of the dip that all have."""
    base, lift = np.maximum(panel.base, 1e-9)[:, None], np.maximum(panel.bump - 1.0, 0.0)
    parts = np.maximum(tried.fit.value[2:], 0.0)
    own_part = float(parts[0] / parts.sum()) if parts.sum() > 0 else 0.5
    season = tried.season
    own, category = dips(panel, tried.shape, season)
    kept = np.prod(1.0 - tried.fatigue * _aged(panel.bump >= _PROMOTED, 0.5 ** (1.0 / tried.half_life)), axis=0)
    return DipColumns(
        target=(panel.units / base - season * np.minimum(panel.bump, 1.0)) / panel.bump + season - 1.0,
        bump=season * lift * kept / panel.bump,
        dip=-(own_part * own + (1.0 - own_part) * category) / panel.bump,
        weight=_weight(panel),
        category=panel.category,
        basis=drift(panel.units.shape[1], panel.year),
        kept=tried.kept,
    )


def _left_open(weeks: int, best: int, told: Pooled | None) -> str:
    """Say what a fitted pull-forward rests on and leaves open: when it is missing, and how categories differ."""
    tried, fades = blocks(weeks), fading(weeks)
    open_end = f"; the longest fits best, so more may be missing after week {best}" if best == tried[-1].weeks else ""
    half_over = " to ".join(dict.fromkeys(f"{each.half_life:g}" for each in (fades[0], fades[-1])))
    if told is None:
        categories = "the data does not tell them apart, single ones may lie outside"
    elif told.differ:
        categories = "they differ"
    else:
        categories = "the data hardly tells them apart, so futures draw each of them within a wider one of its own"
    return (
        f"; dips of {tried[0].weeks} to {tried[-1].weeks} weeks were tried, and fading ones, half over after "
        f"{half_over} weeks{open_end}; the interval is that of the mean of all "
        f"categories: {categories}"
    )


def _plausible(tried: list[_Tried], related: float) -> Float:
    """Return how likely each of several fits is, by its misfit in units of the noise of related errors."""
    errors, rows = np.array([each.fit.error for each in tried]), max(tried[0].fit.rows, 1)
    weight = np.exp(-0.5 * (errors - errors.min()) / max(errors.min() / rows * related, 1e-300))
    return np.asarray(weight / weight.sum())


def _averaged(estimates: list[tuple[float, float]], weight: Float) -> tuple[float, float]:
    """Return mean and half interval of estimates with their half intervals; disagreement widens it."""
    value, half = (np.array(column) for column in zip(*estimates, strict=True))
    mean = float(weight @ value)
    return mean, float(np.sqrt(weight @ (half**2 + (NormalDist().inv_cdf(0.5 + LEVEL / 2) * (value - mean)) ** 2)))


def _pulled(tried: _Tried) -> tuple[float, float]:
    """Return the share of a bump that later weeks miss, and its half interval."""
    share = float(tried.fit.value[2] + tried.fit.value[3]) / (tried.scale * tried.kept)
    return share, tried.fit.interval(tried.by_share)[1]


def _weight(panel: Panel) -> Float:
    """[I, T] expected sales where they count; the past of the first weeks is not known."""
    weight = np.where(panel.usable, np.maximum(panel.base, 1e-9)[:, None] * panel.bump, 0.0)
    weight[:, :_LAGS] = 0.0
    return weight


def _try(panel: Panel, half_life: float, shape: DipShape, *, start: _Tried | None) -> _Tried:
    """Fit by Gauss-Newton with a given half-life and shape of the dip, and with the seasons of the fit it starts from.

    Without one the seasons are fitted in turn with the rest.
    """
    base, lift = np.maximum(panel.base, 1e-9)[:, None], np.maximum(panel.bump - 1.0, 0.0)
    aged = _aged(panel.bump >= _PROMOTED, 0.5 ** (1.0 / half_life))
    weight, cluster = _weight(panel), _clusters(panel)
    basis, year = drift(panel.units.shape[1], panel.year), 0 if panel.year is None else panel.year.shape[1]
    season = np.ones_like(panel.bump) if start is None else start.season
    own, category = dips(panel, shape, season)
    scale, fatigue, own_share, category_share = (float(each) for each in (_START if start is None else start.fit.value))
    for _ in range(_STEPS):
        kept = np.prod(1.0 - fatigue * aged, axis=0)
        slope = -(aged / (1.0 - fatigue * aged)).sum(axis=0) * kept
        columns = np.stack([season * lift * kept, season * scale * lift * slope, -own, -category]) / panel.bump
        mean = (
            season * (scale * lift * kept + np.minimum(panel.bump, 1.0)) - own_share * own - category_share * category
        )
        target = (panel.units / base - mean) / panel.bump + season - 1.0
        out = partial_out(np.concatenate([target[None], columns]), weight, basis=basis, common_weeks=True)
        fit = least_squares(out[0], out[1:], weight, cluster)
        step = fit.value
        scale, fatigue = scale + step[0], float(np.clip(fatigue + np.clip(step[1], -0.3, 0.3), -0.9, 0.95))
        own_share, category_share = own_share + step[2], category_share + step[3]
        if start is None and year:
            before = season
            season = own_seasons(target - np.einsum("p,pit->it", step, columns), weight, basis, year)
            own, category = dips(panel, shape, season)
            step = np.append(step, season - before)
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
        shape=shape,
        season=season,
    )


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
