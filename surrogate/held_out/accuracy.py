"""Held-out weeks: how well the network foresees what promoted cells sell, and how much a deal changes it.

Compared on the same cells: the network, the network with its promotions switched off (no-promotion), each segment's
mean of the training weeks for the same shelf item (segment mean), and the network under the item's mean bump of the
training weeks, whatever this week promotes (usual deals): the hardest to beat. A cell is segment x shelf item x week;
promoted as in `surrogate.shelf.promoted`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from scenarios.arrays import Float
from scenarios.word_list import listed
from surrogate.held_out.held import Held
from surrogate.held_out.held_scores import (
    FEWEST_ITEMS,
    RESAMPLES,
    change_under_deals,
    changed_items,
    gain_interval,
    resampled_items,
    share_of,
)
from surrogate.held_out.mechanic_errors import mechanic_errors
from surrogate.shelf.mechanics import KINDS, PLURAL

_PREDICTORS = (
    ("no_promotion", "a forecast that knows no promotion"),
    ("segment_mean", "segment means"),
    ("usual_deals", "each item's usual deals"),
)
UNTRUSTED = "do not trust the lifts of"
"""How a miss of one mechanic begins."""


def accuracy_of(
    held: Held, *, rng: np.random.Generator, coverage: Mapping[str, float | str] = MappingProxyType({})
) -> dict[str, float | str]:
    """Return held-out metrics by name, in print order, with 95 % paired bootstrap intervals over shelf items.

    Parameters
    ----------
    coverage
        Shares of figures inside their 90 % intervals (`surrogate.held_out.calibrate`), which join the metrics.
    """
    on = held.promoted
    size = (held.units * on).sum(axis=(0, 2))
    errors = {
        name: (np.abs(prediction - held.units) * on).sum(axis=(0, 2))
        for name, prediction in (
            ("network", held.network),
            ("no_promotion", held.baseline),
            ("segment_mean", held.segment_mean),
            ("usual_deals", held.usual_deals),
        )
    }
    draws = resampled_items(size, rng)

    def gap(other: str) -> str:
        found = gain_interval(draws, size, errors["network"], errors[other])
        return "too few promoted items" if found is None else f"{found[0]:+.3f} to {found[1]:+.3f}"

    total = float(size.sum())
    out: dict[str, float | str] = {
        "held_out_weeks": float(held.shelf.weeks.size),
        "promoted_cells": float(on.sum() * held.units.shape[0]),
        "wape_promoted": share_of(float(errors["network"].sum()), total),
        "wape_promoted_no_promotion": share_of(float(errors["no_promotion"].sum()), total),
        "wape_promoted_segment_mean": share_of(float(errors["segment_mean"].sum()), total),
        "wape_promoted_usual_deals": share_of(float(errors["usual_deals"].sum()), total),
        "gain_over_no_promotion_95": gap("no_promotion"),
        "gain_over_segment_mean_95": gap("segment_mean"),
        "gain_over_usual_deals_95": gap("usual_deals"),
    }
    out |= _change(held, rng)
    actual = held.by_category(held.units)
    for name, prediction in (
        ("", held.network),
        ("_no_promotion", held.baseline),
        ("_segment_mean", held.segment_mean),
        ("_usual_deals", held.usual_deals),
    ):
        out[f"wape_category{name}"] = float(np.abs(held.by_category(prediction) - actual).sum() / actual.sum())
    out["bias_promoted"] = share_of(float((held.network * on).sum()), total) - 1
    out |= _by_mechanic(held)
    out |= coverage
    out["misses"] = "; ".join(_misses(out)) or "none"
    return {name: round(float(value), 6) if isinstance(value, float) else value for name, value in out.items()}


def _by_mechanic(held: Held) -> dict[str, float]:
    """Return the error on promoted cells by their strongest mechanic, where enough units were sold under it."""
    out = {}
    for error in mechanic_errors(held):
        out[f"wape_{error.mechanic}"] = error.wape
        out[f"wape_{error.mechanic}_no_promotion"] = error.wape_no_promotion
    return out


def _change(held: Held, rng: np.random.Generator) -> dict[str, float | str]:
    """Correlate promoted-minus-unpromoted units a week, foreseen and real, over segments and items that had both."""
    both = changed_items(held)
    if both.sum() < FEWEST_ITEMS:
        return {"change_correlation": float("nan"), "change_correlation_95": "too few items with both kinds of weeks"}
    real, foreseen = change_under_deals(held, held.units), change_under_deals(held, held.network)
    picks = rng.integers(real.shape[1], size=(RESAMPLES, real.shape[1]))
    spread = [_correlation(real[:, pick], foreseen[:, pick]) for pick in picks]
    low, high = np.percentile(spread, [2.5, 97.5])
    return {
        "change_correlation": _correlation(real, foreseen),
        "change_correlation_95": f"{low:+.3f} to {high:+.3f}",
        "change_items": float(both.sum()),
    }


def _correlation(first: Float, second: Float) -> float:
    a, b = first.ravel() - first.mean(), second.ravel() - second.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else 0.0


def but_for_mechanics(misses: str) -> str:
    """Return misses without those of single mechanics, which scores tell with the offers that rest on them."""
    return "; ".join(one for one in misses.split("; ") if not one.startswith(UNTRUSTED))


def _misses(metrics: dict[str, float | str]) -> list[str]:
    """Say what the network does not manage, in words that stand in notes of a plan as well."""
    unseen = math.isnan(float(metrics["wape_promoted"]))
    out = ["nothing was sold under a promotion in these weeks, so no error under promotions is known"] if unseen else []
    others = _PREDICTORS[unseen:]  # without promotions the first one is the network itself
    cells = float(metrics["promoted_cells"])
    grains = {"promoted": f"on {cells:,.0f} promoted {'cell' if cells == 1 else 'cells'}"} if not unseen else {}
    for grain, where in (*grains.items(), ("category", "in sums by segment, category and week")):
        mine = float(metrics[f"wape_{grain}"])
        errors = [(float(metrics[f"wape_{grain}_{other}"]), words) for other, words in others]
        better = [f"{error:.1%} by {words}" for error, words in errors if not (mine < error)]
        if better:
            out.append(f"{where} {mine:.1%} of the units are missed, {listed(better)}")
    spans = [(str(metrics[f"gain_over_{other}_95"]).partition(" to "), words) for other, words in others]
    worse = [words for (_, _, high), words in spans if high.startswith("-")]
    if worse:
        out.append(f"the network does worse on promoted cells than {listed(worse)}, by more than chance")
    unsure = [words for (low, _, high), words in spans if low.startswith("-") and not high.startswith("-")]
    if unsure:
        out.append(f"that the network does better on promoted cells than {listed(unsure, 'or')} may be chance")
    for mechanic in KINDS:
        if f"wape_{mechanic}" in metrics:
            mine, theirs = (float(metrics[f"wape_{mechanic}{name}"]) for name in ("", "_no_promotion"))
            if not (mine < theirs):
                out.append(
                    f"{UNTRUSTED} {PLURAL[mechanic]} until a test confirms them: forecasts miss {mine:.1%} of "
                    f"what sold under them, and {theirs:.1%} where they are taken to do nothing"
                )
    change = float(metrics["change_correlation"])
    if not math.isnan(change) and not (change > 0):
        out.append("the foreseen change under a deal does not follow the real one")
    elif str(metrics["change_correlation_95"]).startswith("-"):
        out.append("that the foreseen change under a deal follows the real one may be chance")
    return out
