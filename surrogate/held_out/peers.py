"""Other predictors of the same held-out cells, fitted on the same weeks and fed with the same features.

A panel holds what everybody knew at the end of training: units of rows (shelf items, or categories) in segments, and
what was promoted, which is known ahead. Forecasts are made once, at the end of training, for all held-out weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.held_out.boosting import lightgbm
from surrogate.shelf.deal_cells import DealCells
from surrogate.shelf.promoted import is_promoted

_FIRST_ORIGIN = 8
"""Weeks of history that a forecast of the past needs at least."""
MOST_ROWS = 1_500_000
"""LightGBM learns from forecasts made in the past; where they give more rows than this, only every second week (third,
fourth ...) makes one."""
_HALF_LIFE_WEEKS = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Units and promotions. S segments, R rows, B weeks of training, H held-out weeks, P promotion features."""

    units: Float
    """[S, R, B] sold in training."""
    promotions: Float
    """[S, R, B + H, P] what ran, training and held-out weeks: depth, display, mailer, savings of declared offers."""
    category: Int
    """[R]"""
    features: Float
    """[S, F] mean normalised features of segments."""

    @property
    def weeks(self) -> int:
        """Number of held-out weeks."""
        return int(self.promotions.shape[2] - self.units.shape[2])

    def until(self, weeks: int, held: int) -> Panel:
        """Return the panel as it was after ``weeks`` weeks, with the ``held`` weeks after them to foresee."""
        return Panel(
            units=self.units[:, :, :weeks],
            promotions=self.promotions[:, :, : weeks + held],
            category=self.category,
            features=self.features,
        )


def deal_features(deals: DealCells | None, rows: int, first_week: int, weeks: int, segments: int) -> Float:
    """Return savings of declared offers [S, R, T, M], one feature a mechanic, weighted by whom and how much they reach.

    Offers on the whole basket count for every row.
    """
    if deals is None:
        return np.zeros((segments, rows, weeks, 0))
    used = np.unique(deals.kind)
    out = np.zeros((segments, rows + 1, weeks, used.size))
    week = deals.week - first_week
    inside = (week >= 0) & (week < weeks)
    place = (deals.item[inside], week[inside], np.searchsorted(used, deals.kind[inside]))
    for segment in range(segments):
        np.add.at(out[segment], place, deals.share[segment, inside] * np.maximum(deals.saving[inside], 0.01))
    return np.concatenate([out[:, :rows] + out[:, rows:]], axis=1)


def elasticity_forecast(panel: Panel) -> Float:
    """Foresee units [S, R, H] by the classic regression: one constant elasticity a category and feature.

    Least squares of log units (segments together) on -log(1 - depth) and the other promotion features, each row around
    its own mean; then each segment's recent level of a row, with its promotions taken off, times what they will bring.
    """
    before = panel.units.shape[2]
    design = panel.promotions.copy()
    design[..., 0] = -np.log1p(-np.clip(design[..., 0], 0.0, 0.9))
    together = design.mean(axis=0)
    target = np.log(panel.units.sum(axis=0) + 0.5)
    slopes = np.zeros((int(panel.category.max()) + 1, design.shape[-1]))
    for number in range(len(slopes)):
        mine = panel.category == number
        x, y = together[mine, :before], target[mine]
        x = (x - x.mean(axis=1, keepdims=True)).reshape(-1, x.shape[-1])
        y = (y - y.mean(axis=1, keepdims=True)).ravel()
        slopes[number] = np.linalg.solve(x.T @ x + 1e-3 * np.eye(x.shape[1]), x.T @ y)
    bump = np.exp(np.einsum("srtp,rp->srt", design, slopes[panel.category]))
    recent = 0.5 ** (np.arange(before)[::-1] / _HALF_LIFE_WEEKS)
    level = (panel.units * recent).sum(axis=2) / np.maximum((bump[:, :, :before] * recent).sum(axis=2), 1e-9)
    return np.asarray(level[:, :, None] * bump[:, :, before:])


@dataclass(frozen=True, kw_only=True)
class BoostSettings:
    """One way to run LightGBM."""

    name: str
    params: dict[str, Any] = field(default_factory=dict)
    """Over the library's own defaults."""
    rounds: int = 100
    ratio: bool = False
    """Learn units over the recent level instead of units."""


DEFAULT = BoostSettings(name="default")
_SMALL = {"num_leaves": 8, "learning_rate": 0.05, "min_data_in_leaf": 100}
SETTINGS = (
    DEFAULT,
    BoostSettings(name="Poisson", params={"objective": "poisson"}),
    BoostSettings(name="small trees", params=_SMALL, rounds=300),
    BoostSettings(name="small Poisson trees", params={"objective": "poisson", **_SMALL}, rounds=300),
    BoostSettings(name="absolute error", params={"objective": "regression_l1"}, rounds=200),
    BoostSettings(name="ratio to the level", params=_SMALL, rounds=200, ratio=True),
)
"""What tuning chooses from."""


def thinning(panel: Panel) -> int:
    """Return of how many past weeks one makes a forecast that LightGBM learns from (`MOST_ROWS`): 1 for all."""
    origins = len(range(_FIRST_ORIGIN, panel.units.shape[2]))
    rows = origins * panel.units.shape[0] * panel.units.shape[1] * panel.weeks
    return max(int(-(-rows // MOST_ROWS)), 1)


def boosted_forecast(panel: Panel, settings: BoostSettings = DEFAULT, *, seed: int = 1) -> Float:
    """Foresee units [S, R, H] with LightGBM, which learns from forecasts made in the past, one to H weeks ahead.

    Features: segment, row and category (categories), week, weeks ahead, promotions of the week, recent promotions,
    levels of the last 1, 4 and 8 weeks and of all weeks, and the segment's features.

    Raises
    ------
    BoostingUnavailableError
        When LightGBM cannot be loaded.
    """
    library = lightgbm()
    before, ahead = panel.units.shape[2], panel.weeks
    origins = range(_FIRST_ORIGIN, before)[:: -thinning(panel)]
    parts = [_rows(panel, origin, range(1, min(ahead, before - origin) + 1)) for origin in origins]
    table = np.concatenate([part[0] for part in parts])
    level = np.concatenate([part[1] for part in parts])
    target = np.concatenate([part[2] for part in parts])
    data = library.Dataset(
        table,
        target / level if settings.ratio else target,
        weight=level if settings.ratio else None,
        categorical_feature=[0, 1, 2],
        params={"verbose": -1},
    )
    # One thread: LightGBM's threads wait by spinning, and on a busy machine two take twenty times as long as one.
    fixed = {"verbose": -1, "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1}
    model = library.train({**fixed, **settings.params}, data, settings.rounds)
    ask, scale, _ = _rows(panel, before, range(1, ahead + 1))
    found = np.asarray(model.predict(ask, num_threads=1)) * (scale if settings.ratio else 1.0)
    return np.maximum(found.reshape(ahead, *panel.units.shape[:2]).transpose(1, 2, 0), 0.0)


def tuned(panel: Panel, *, seed: int = 1) -> BoostSettings:
    """Return the settings that foresee the last weeks of training best (WAPE), as many as are held out."""
    held = panel.weeks
    before = panel.units.shape[2] - held
    if before <= _FIRST_ORIGIN + 1:
        return DEFAULT
    past, real = panel.until(before, held), panel.units[:, :, before:]
    promoted = is_promoted(panel.promotions[:, :, before : before + held].max(axis=-1))
    promoted = promoted if promoted.any() else ~promoted
    errors = [float((np.abs(boosted_forecast(past, one, seed=seed) - real) * promoted).sum()) for one in SETTINGS]
    return SETTINGS[int(np.argmin(errors))]


def _rows(panel: Panel, origin: int, ahead: range) -> tuple[Float, Float, Float]:
    """Return features [N, X], recent level [N] and units [N] (0 where held out), for forecasts made at one week."""
    segments, rows, before = panel.units.shape
    known, promotions = panel.units[:, :, :origin], panel.promotions
    levels = [known[:, :, -1], known[:, :, -4:].mean(axis=2), known[:, :, -8:].mean(axis=2), known.mean(axis=2)]
    past = [promotions[:, :, origin - 4 : origin].mean(axis=2), promotions[:, :, :origin].mean(axis=2)]
    shape = (segments, rows)
    segment = np.broadcast_to(np.arange(segments)[:, None], shape)
    row = np.broadcast_to(np.arange(rows), shape)
    fixed = [*levels, *np.moveaxis(np.concatenate(past, axis=-1), -1, 0)]
    fixed += [np.broadcast_to(column[:, None], shape) for column in panel.features.T]
    tables, targets = [], []
    for weeks in ahead:
        week = origin + weeks - 1
        columns = [segment, row, panel.category[row], np.full(shape, week), np.full(shape, weeks)]
        columns += [*np.moveaxis(promotions[:, :, week], -1, 0), *fixed]
        tables.append(np.stack([column.ravel() for column in columns], axis=1).astype(np.float32))
        targets.append(panel.units[:, :, week].ravel() if week < before else np.zeros(segments * rows))
    level = (0.5 * (levels[2] + levels[3]) + 0.5).ravel()
    return np.concatenate(tables), np.tile(level, len(ahead)), np.concatenate(targets)
