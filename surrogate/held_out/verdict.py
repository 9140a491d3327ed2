"""What to trust a model of purchases for, and what not: plain sentences from its test."""

from __future__ import annotations

import math
from collections.abc import Sequence

from surrogate.held_out.coverage import DISTANCES, Coverage
from surrogate.held_out.held_scores import ForecastRow
from surrogate.held_out.intervals import LEVEL
from surrogate.held_out.mechanic_errors import MechanicError, no_better
from surrogate.held_out.verdict_apart import levels_and_effects

RIGHT = (0.85, 0.95)
"""Coverage of 90 % intervals that counts as kept."""
FEW = 30
"""Figures below which a coverage says little."""
_LARGE_BIAS = 0.10
_UNLIKELY = 0.05
"""Probability of so few or many figures by luck, below which intervals are called too narrow or wide."""
_COUNTED = 300
"""Figures beyond which a share outside of `RIGHT` is no luck (99.5 % of the draws lie inside)."""
_RIGHT_SLOPE = (0.7, 1.3)
_SAME = 0.005
"""Correlations that differ by less read the same."""
_TREND = 0.3
"""Correlation of the change from which a forecast knows which promotions move more."""


def verdict(
    rows: Sequence[ForecastRow],
    coverage: Sequence[Coverage],
    missing: Sequence[str] = (),
    mechanics: Sequence[MechanicError] = (),
) -> tuple[tuple[str, ...], bool]:
    """Return sentences, and whether the network is worth using at all.

    Parameters
    ----------
    rows
        The network first, then its peers; one is named ``segment mean``.
    coverage
        Of its 90 % intervals.
    missing
        Peers that could not be run.
    mechanics
        The network's errors by mechanic.
    """
    ours, peers = rows[0], rows[1:]
    said = [
        _units(ours, peers),
        *_change(ours, peers),
        *_bias(ours),
        *no_better(mechanics),
        *levels_and_effects(rows),
        *_intervals(coverage),
        *missing,
    ]
    said.append(
        "Do not read the effects as caused by the promotions alone: the retailer chose when and for whom they ran, and "
        "no test on such data can tell. A randomised test can; its result goes under experiments: in the data file."
    )
    simple = next(row for row in peers if row.name == "segment mean")
    return tuple(said), ours.wape_promoted < simple.wape_promoted


def _by_chance(row: ForecastRow) -> bool:
    """Whether the network's lead over a forecast may be chance."""
    return row.gain_95 is not None and not (row.gain_95[0] > 0)


def _units(ours: ForecastRow, peers: Sequence[ForecastRow]) -> str:
    if math.isnan(ours.wape_promoted):
        return (
            "Nothing can be said of what promoted cells sell: nothing was sold under a promotion in the test weeks. "
            "Test it on weeks with promotions (train_until and test_until)."
        )
    best = min(peers, key=lambda row: row.wape_promoted)
    error = f"{ours.wape_promoted:.1%} of the units are missed on promoted cells"
    means = next((row for row in peers if row.name == "segment mean"), None)
    if means is not None and means.gain_95 is not None and means.gain_95[1] > 0 and _by_chance(means):
        low, high = means.gain_95
        return (
            f"Not surely better than segment means for what promoted cells sell: {error}, by segment means "
            f"{means.wape_promoted:.1%}; a difference that may be chance (95% interval of the gain {low:+.1%} to "
            f"{high:+.1%})."
        )
    if ours.wape_promoted <= best.wape_promoted:
        level = [row.name for row in peers if _by_chance(row)]
        if level:
            return (
                f"Trust it for what promoted cells sell, more than segment means: {error}; the next best, {best.name}, "
                f"misses {best.wape_promoted:.1%}. Its lead over {' and '.join(level)} may be chance."
            )
        return (
            f"Trust it for what promoted cells sell, more than every other predictor here: {error}; the next best, "
            f"{best.name}, misses {best.wape_promoted:.1%}."
        )
    ahead = [row for row in peers if row.wape_promoted < ours.wape_promoted]
    better = ", ".join(f"{row.name} ({row.wape_promoted:.1%})" for row in ahead)
    if all(row.name != "segment mean" for row in ahead):
        return (
            f"Trust it for what promoted cells sell, more than segment means but not more than every predictor here: "
            f"{error}; fewer are missed by {better}."
        )
    return f"Do not trust it for what promoted cells sell: {error}; fewer are missed by {better}."


def _change(ours: ForecastRow, peers: Sequence[ForecastRow]) -> list[str]:
    if math.isnan(ours.change_correlation):
        return ["Nothing can be said of changes under promotions: fewer than three items had both kinds of weeks."]
    figure = f"the correlation of foreseen and real changes is {ours.change_correlation:.2f}"
    better = [row for row in peers if row.change_correlation > ours.change_correlation + _SAME]
    ahead = ", ".join(f"{row.name} ({row.change_correlation:.2f})" for row in better)
    beside = f"; closer to what happened: {ahead}" if ahead else "; no other predictor comes closer"
    if not (ours.change_correlation >= _TREND):
        return [f"Do not trust it for which promotions move more units: {figure}{beside}."]
    if ours.change_95 is not None and not (ours.change_95[0] > 0):
        low_end, high_end = ours.change_95
        chance = f"which may be chance (95% interval {low_end:.2f} to {high_end:.2f})"
        return [f"Do not trust it for which promotions move more units: {figure}, {chance}{beside}."]
    out = [f"Trust it for which promotions move more units: {figure}{beside}."]
    low, high = _RIGHT_SLOPE
    size = f"real changes are {ours.change_slope:.2f} times the foreseen ones"
    if low <= ours.change_slope <= high:
        out.append(f"Trust it for how many they move: {size}.")
    else:
        word = "overrates" if ours.change_slope < low else "underrates"
        out.append(f"Do not trust it for how many they move, it {word} them: {size}.")
    return out


def _bias(ours: ForecastRow) -> list[str]:
    if math.isnan(ours.bias_promoted) or abs(ours.bias_promoted) < _LARGE_BIAS:
        return []
    word = "high" if ours.bias_promoted > 0 else "low"
    return [f"Do not trust it for totals: the forecast of promoted cells is {abs(ours.bias_promoted):.0%} too {word}."]


def _by_luck(one: Coverage) -> float:
    """Return the probability that right 90 % intervals hold so few figures or fewer, or so many or more."""
    if one.figures > _COUNTED:
        return 0.0
    as_far = range(one.inside + 1) if one.share < LEVEL else range(one.inside, one.figures + 1)
    return math.fsum(
        math.comb(one.figures, held) * LEVEL**held * (1.0 - LEVEL) ** (one.figures - held) for held in as_far
    )


def _intervals(coverage: Sequence[Coverage]) -> list[str]:
    out = []
    for what, group, words in (
        ("units", DISTANCES[0], "units of promoted cells inside the training range"),
        ("lift", "all", "lifts of products"),
    ):
        one = next((row for row in coverage if row.what == what and row.group == group), None)
        if one is None or one.figures < FEW:
            count = 0 if one is None else one.figures
            out.append(f"Too few figures ({count}) say whether the 90% intervals of {words} are right.")
        elif RIGHT[0] <= one.share <= RIGHT[1]:
            out.append(f"Trust its 90% intervals of {words}: they held {one.share:.0%} of {one.figures:,} figures.")
        elif _by_luck(one) >= _UNLIKELY:
            out.append(
                f"Nothing speaks against its 90% intervals of {words}: they held {one.share:.0%} of {one.figures:,} "
                "figures, which chance allows."
            )
        else:
            word = "narrow" if one.share < RIGHT[0] else "wide"
            out.append(
                f"Its 90% intervals of {words} are too {word}: they held {one.share:.0%} of {one.figures:,} figures."
            )
    far = sum(row.figures for row in coverage if row.what == "units" and row.group in DISTANCES[1:])
    if far < FEW:
        were = f"only {far} promoted cells of the test were" if far else "no promoted cell of the test was"
        out.append(
            f"Do not trust it outside the promotions it has seen: {were}, so "
            "intervals there are widened by rule, not by measurement."
        )
    return out
