"""Errors of levels and errors of effects, told apart: whether to trust a model's baselines, its lifts, or neither.

Promoted cells miss for two reasons: the level may be wrong (the season, a new rival), or what the promotion does to it.
Cells without promotion show levels alone. With each item's level set right by its own such cells, promoted cells show
effects alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from surrogate.held_out.held_scores import ForecastRow

PLAIN = "network, promotions off"
"""Name of the predictor that has the network's levels and no effects."""
_LARGE_BIAS = 0.10
_SMALL_POINTS = 0.01
"""Errors that differ by less read the same."""


def levels_and_effects(rows: Sequence[ForecastRow]) -> tuple[str, ...]:
    """Return sentences on levels, on effects, and on which of the two the errors of promoted cells come from.

    Parameters
    ----------
    rows
        The network first, then its peers.
    """
    ours, peers = rows[0], {row.name: row for row in rows[1:]}
    return (*_levels(ours, peers.get("segment mean")), *_effects(ours, peers.get(PLAIN)), *_source(ours))


def _levels(ours: ForecastRow, means: ForecastRow | None) -> tuple[str, ...]:
    """Say how far levels are off where nothing was promoted."""
    if math.isnan(ours.wape_unpromoted):
        return ("Nothing can be said of levels alone: nothing was sold without a promotion in the test weeks.",)
    word = "high" if ours.bias_unpromoted > 0 else "low"
    found = f"{ours.wape_unpromoted:.1%} of the units are missed on cells without promotion"
    if means is not None:
        found += f", by segment means {means.wape_unpromoted:.1%}"
    if abs(ours.bias_unpromoted) >= _LARGE_BIAS:
        too = f"{abs(ours.bias_unpromoted):.0%} too {word}"
        return (
            f"Levels: do not trust them, the forecast of cells without promotion is {too}; {found}. What you know of "
            "the coming weeks goes into the scenario (baseline: {times: FILE}).",
        )
    off = f"{abs(ours.bias_unpromoted):.0%}"
    total = "in total the forecast is right" if off == "0%" else f"in total the forecast is {off} too {word}"
    if means is not None and ours.wape_unpromoted > means.wape_unpromoted + _SMALL_POINTS:
        return (f"Levels: right in total, not cell by cell: {found}; {total}.",)
    return (f"Levels: trust them as far as chance allows: {found}; {total}.",)


def _effects(ours: ForecastRow, plain: ForecastRow | None) -> tuple[str, ...]:
    """Say whether lifts explain promoted cells better than none do, at the right levels."""
    if math.isnan(ours.wape_at_levels) or plain is None:
        return ("Nothing can be said of effects alone: fewer than three items had weeks with and without promotion.",)
    found = (
        f"with each item's level set right by its own weeks without promotion, {ours.wape_at_levels:.1%} of the units "
        f"are missed on its promoted cells, {plain.wape_at_levels:.1%} where the network's promotions are switched off"
    )
    interval = plain.effect_gain_95
    if interval is None:
        return (f"Effects: {found}.",)
    span = f"95% interval of the gain {interval[0]:+.1%} to {interval[1]:+.1%}"
    if interval[0] > 0:
        return (f"Effects: trust the lifts more than none: {found} ({span}).",)
    if interval[1] < 0:
        return (f"Effects: do not trust the lifts, none at all do better: {found} ({span}).",)
    return (f"Effects: the test does not tell lifts from none: {found}; a difference that may be chance ({span}).",)


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
