"""Errors of levels and errors of effects, told apart: whether to trust a model's baselines, its lifts, or neither.

Promoted cells miss for two reasons: the level may be wrong (the season, a new rival), or what the promotion does to it.
Cells without promotion show levels alone. With each item's level set right by its own such cells, promoted cells show
effects alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surrogate.held_out.held_scores import ForecastRow

PLAIN = "network, promotions off"
"""Name of the predictor that has the network's levels and no effects."""
_LARGE_BIAS = 0.10
_SMALL_POINTS = 0.01
"""Errors that differ by less read the same."""
FORESEEN = " What you know of the coming weeks goes into the scenario (baseline: {times: FILE})."
"""What to do where levels are not to be trusted."""
_TESTED = " A randomised test tells them: a holdout (campaign export --rollout), or experiments: in the data file."


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What a test says of levels, or of effects."""

    words: str
    against: bool = False
    """Whether it says not to lean on them."""


def levels_and_effects(rows: Sequence[ForecastRow]) -> tuple[str, ...]:
    """Return sentences on levels, on effects, and on which of the two the errors of promoted cells come from.

    Parameters
    ----------
    rows
        The network first, then its peers.
    """
    return (*(each.words for each in _judged(rows)), *_source(rows[0]))


def spoken_against(rows: Sequence[ForecastRow]) -> tuple[str, ...]:
    """Return those sentences of `levels_and_effects` that say not to lean on levels, or on effects.

    Parameters
    ----------
    rows
        As in `levels_and_effects`.
    """
    return tuple(each.words for each in _judged(rows) if each.against)


def _judged(rows: Sequence[ForecastRow]) -> tuple[_Judged, _Judged]:
    """Return what the test says of levels, and of effects."""
    ours, peers = rows[0], {row.name: row for row in rows[1:]}
    return _levels(ours, peers.get("segment mean")), _effects(ours, peers.get(PLAIN))


def _levels(ours: ForecastRow, means: ForecastRow | None) -> _Judged:
    """Say how far levels are off where nothing was promoted."""
    if math.isnan(ours.wape_unpromoted):
        said = "Nothing can be said of levels alone: nothing was sold without a promotion in the test weeks."
        return _Judged(words=said)
    word = "high" if ours.bias_unpromoted > 0 else "low"
    found = f"{ours.wape_unpromoted:.1%} of the units are missed on cells without promotion"
    if means is not None:
        found += f", by segment means {means.wape_unpromoted:.1%}"
    if abs(ours.bias_unpromoted) >= _LARGE_BIAS:
        too = f"{abs(ours.bias_unpromoted):.0%} too {word}"
        said = (
            f"Levels: do not trust them, the forecast of cells without promotion is {too} in the test weeks; {found}."
        )
        return _Judged(words=said + FORESEEN, against=True)
    off = f"{abs(ours.bias_unpromoted):.0%}"
    total = "in total the forecast is right" if off == "0%" else f"in total the forecast is {off} too {word}"
    if means is not None and ours.wape_unpromoted > means.wape_unpromoted + _SMALL_POINTS:
        said = f"Levels: right in total, not cell by cell: in the test weeks {found}; {total}."
        return _Judged(words=f"{said} Read sums, not single segments and products.", against=True)
    return _Judged(words=f"Levels: trust them as far as chance allows: {found}; {total}.")


def _effects(ours: ForecastRow, plain: ForecastRow | None) -> _Judged:
    """Say whether lifts explain promoted cells better than none do, at the right levels."""
    if math.isnan(ours.wape_at_levels) or plain is None:
        said = "Nothing can be said of effects alone: fewer than three items had weeks with and without promotion."
        return _Judged(words=said)
    found = (
        f"with each item's level set right by its own weeks without promotion, {ours.wape_at_levels:.1%} of the units "
        f"are missed on its promoted cells, {plain.wape_at_levels:.1%} where the network's promotions are switched off"
    )
    interval = plain.effect_gain_95
    if interval is None:
        return _Judged(words=f"Effects: {found}.")
    span = f"95% interval of the gain {interval[0]:+.1%} to {interval[1]:+.1%}"
    if interval[0] > 0:
        return _Judged(words=f"Effects: trust the lifts more than none: {found} ({span}).")
    said = f"the test does not tell lifts from none: {found}; a difference that may be chance"
    if interval[1] < 0:
        said = f"do not trust the lifts, none at all do better: {found}"
    return _Judged(words=f"Effects: {said} ({span}).{_TESTED}", against=True)


def distrust(rows: Sequence[ForecastRow]) -> str:
    """Return one sentence where the test says not to trust the lifts; blank elsewhere.

    Parameters
    ----------
    rows
        As in `levels_and_effects`.
    """
    plain = next((row for row in rows[1:] if row.name == PLAIN), None)
    interval = None if plain is None else plain.effect_gain_95
    if interval is None or not interval[1] < 0:
        return ""
    return (
        "Do not trust the lifts of this model: on the weeks that it was tested on, none at all did better (95% "
        f"interval of the gain {interval[0]:+.1%} to {interval[1]:+.1%})."
    )


def _source(ours: ForecastRow) -> tuple[str, ...]:
    """Say how much of the error on promoted cells goes away at the right levels."""
    if math.isnan(ours.wape_at_levels) or math.isnan(ours.wape_promoted):
        return ()
    gone = ours.wape_promoted - ours.wape_at_levels
    if gone > _SMALL_POINTS:
        return (
            f"Of the {ours.wape_promoted:.1%} missed on promoted cells, {100 * gone:.1f} points are errors of level "
            f"and go away where levels are right; {ours.wape_at_levels:.1%} are errors of effect, and chance.",
        )
    return (
        f"Of the {ours.wape_promoted:.1%} missed on promoted cells hardly any is an error of level: with levels set "
        f"right it is {ours.wape_at_levels:.1%}.",
    )
