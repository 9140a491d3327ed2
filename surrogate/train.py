"""Training: from a data file to a tested model. One page shows the whole run.

The network is fitted twice. The first fit sees the weeks up to ``train_until`` only and is scored on the weeks after
it; the reported metrics and calibrations are that fit's. The second starts from the first one's weights and takes the
held-out weeks in, because a plan should start from the latest level of demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.schema import LearnSpec
from scenarios.streams import stream
from surrogate.baskets import order_bins
from surrogate.calibrate import base_cv, lift_sd, take_up_cv
from surrogate.category_response import expected_use, profiles, to_digits
from surrogate.cells import ItemRows, Shelf, lay_out, units_by_group
from surrogate.clean import clean
from surrogate.coupons import CouponRows, find_coupon_rows
from surrogate.data_spec import DataSpec
from surrogate.ensemble import EnsembleParams, FitCells, fit_ensemble, refit_ensemble
from surrogate.evaluate import Held, evaluate
from surrogate.events import Events, load_events, week_of
from surrogate.fine_groups import Grouped, group_customers
from surrogate.fingerprint import data_hash, library_versions
from surrogate.fit import Member
from surrogate.levels import last_level, persistence, predicted_bump
from surrogate.model import Ensemble, FeatureShares, LearnedGroups, Model
from surrogate.profiles import Features, Scale, build_features, fit_scale
from surrogate.recent import recent_shelf, regular_prices, seen_promotions, weekday_shares
from surrogate.segments import Segmentation, find_segments

Float = NDArray[np.float64]
ProgressCallback = Callable[[str, float], None]
"""Hears what is being done and the share of the training that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class TrainParams:
    """Settings of a training run."""

    ensemble: EnsembleParams = field(default_factory=EnsembleParams)
    refit_steps: int = 60
    """Steps of the second fit, which starts from the first."""

    def __post_init__(self) -> None:
        if not (self.refit_steps >= 1):
            raise ValueError("refit_steps must be at least 1")


def silent(_: str, __: float) -> None:
    """Hear no progress."""


def train(
    spec: DataSpec,
    params: TrainParams | None = None,
    seed: int = 1,
    progress: ProgressCallback = silent,
    *,
    learn: LearnSpec | None = None,
    base: Path | None = None,
) -> Model:
    """Learn effects from a data file.

    Parameters
    ----------
    spec
        What to learn from; nothing after ``spec.test_until`` is read.
    params
        Settings; the defaults train the packaged data in about a minute on two cores.
    seed
        Of every random choice.
    progress
        Hears what is being done.
    learn
        How many segments, and how small they may be; never smaller than the data file's ``min_segment_size``.
    base
        Folder that file names in ``spec`` are relative to.

    Raises
    ------
    InvalidInput
        When the data cannot be used.
    """
    params, learn = params or TrainParams(), learn or LearnSpec()
    learn = learn.model_copy(update={"min_size": max(learn.min_size, spec.min_segment_size)})
    progress("reading purchases and promotions", 0.0)
    events = load_events(spec, until=spec.test_until, base=base)
    progress("cleaning", 0.08)
    purchases, report = clean(events.purchases, spec.clean, source=events.source)
    cut, end = week_of(spec.train_until), week_of(spec.test_until)
    shelf, rows = lay_out(events, purchases, settle_until=cut)

    seen = _describe(events, purchases, shelf, cut)
    before, after = shelf.window(0, cut), shelf.window(cut + 1, end)
    grouped = group_customers(seen.scaled, params.ensemble.groups, seed)
    members = fit_ensemble(
        _fit_cells(grouped, seen, rows.until(cut), shelf),
        shelf.hidden_after(cut),
        params.ensemble,
        seed,
        lambda share: progress(f"learning effects from {before.weeks.size} weeks", 0.10 + 0.60 * share),
        seen=before.weeks.size,
    )
    progress("testing on held-out weeks", 0.70)
    segments = _segments(members, seen, learn, seed)
    held = _hold_out(members, segments, seen, rows, before, after)
    accuracy = evaluate(held, rng=stream(seed, "held-out bootstrap"))
    use_cv = _use_cv(members, grouped, seen)

    later = _describe(events, purchases, shelf, end, scale=seen.scale)
    regrouped = grouped.assign(later.scaled)
    members = refit_ensemble(
        members,
        _fit_cells(regrouped, later, rows, shelf),
        shelf,
        replace(params.ensemble, fit=replace(params.ensemble.fit, steps=params.refit_steps)),
        seed,
        lambda share: progress(f"taking in the last {after.weeks.size} weeks", 0.72 + 0.25 * share),
    )
    progress("finding segments", 0.97)
    ensemble = Ensemble(
        networks=tuple(net for net, _ in members),
        item_response=np.stack([nuisance.response for _, nuisance in members]),
        item_weight=shelf.weight,
        item_category=shelf.category,
    )
    final = _segments(members, later, learn, seed)
    groups = _learned_groups(members, final, later, rows, shelf, _level_spread(held, segments, final), purchases)
    progress("done", 1.0)
    return Model(
        source=f"{events.source}, {before.weeks.size + after.weeks.size} weeks to {spec.test_until}",
        categories=shelf.categories,
        train_until=spec.train_until.isoformat(),
        test_until=spec.test_until.isoformat(),
        scale=later.scale,
        population=to_digits(later.scaled.mean(axis=0)),
        ensemble=ensemble,
        groups=groups,
        recent=recent_shelf(ensemble, groups, shelf),
        regular_price=regular_prices(events, purchases, shelf.categories),
        weekday_share=weekday_shares(events, purchases, shelf.categories),
        feature_offers={
            offer: FeatureShares(display=share.display, mailer=share.mailer) for offer, share in spec.features.items()
        },
        lift_sd=round(lift_sd(held), 4),
        take_up_cv=round(use_cv, 4),
        seen=seen_promotions(shelf),
        accuracy=accuracy,
        notes=_notes(accuracy, later.coupons),
        cleaning=report.lines(),
        data_hash=data_hash(spec, base),
        seed=seed,
        versions=library_versions(),
        min_segment_size=learn.min_size,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """Customers as the purchases up to one week show them."""

    features: Features
    scale: Scale
    scaled: Float
    coupons: CouponRows


def _describe(events: Events, purchases: pd.DataFrame, shelf: Shelf, week: int, scale: Scale | None = None) -> _Seen:
    features = build_features(events, purchases, shelf.categories, last_week=week)
    scale = scale or fit_scale(features)
    coupons = find_coupon_rows(events, purchases, shelf.categories, last_week=week)
    return _Seen(features=features, scale=scale, scaled=to_digits(scale(features.raw)), coupons=coupons)


def _fit_cells(grouped: Grouped, seen: _Seen, rows: ItemRows, shelf: Shelf) -> FitCells:
    """Gather what the fine groups bought, over all weeks of the shelf."""
    owner = grouped.owner(seen.features)
    return FitCells(
        features=grouped.features,
        customers=grouped.customers,
        units=units_by_group(rows, shelf, owner, grouped.count),
        coupons=seen.coupons.by_group(owner, grouped.count),
    )


def _segments(members: tuple[Member, ...], seen: _Seen, learn: LearnSpec, seed: int) -> Segmentation:
    learned = profiles(tuple(net for net, _ in members), seen.scaled)
    return find_segments(learned, seen.features, seen.scaled, learn, seed=seed)


def _segment_inputs(segments: Segmentation, seen: _Seen, rows: ItemRows, shelf: Shelf) -> tuple[Float, Float, Float]:
    """Return units [S, I, T], mean features [S, F] and customers [S]."""
    count = len(segments.ids)
    units = units_by_group(rows, shelf, segments.groups(seen.features), count)
    means = np.stack([seen.scaled[segments.label == number].mean(axis=0) for number in range(count)])
    return units, to_digits(means), np.bincount(segments.label, minlength=count).astype(float)


def _hold_out(
    members: tuple[Member, ...], segments: Segmentation, seen: _Seen, rows: ItemRows, before: Shelf, after: Shelf
) -> Held:
    units, means, customers = _segment_inputs(segments, seen, rows, before)
    sold = units_by_group(rows, after, segments.groups(seen.features), len(segments.ids))
    lasting = persistence(rows, last_week=int(before.weeks[-1]))
    bases = [last_level(member, before, units, means, customers, lasting=lasting)[:, :, None] for member in members]
    foreseen = [base * predicted_bump(member, after, means) for base, member in zip(bases, members, strict=True)]
    usual = [
        base * predicted_bump(member, before, means).mean(axis=2, keepdims=True)
        for base, member in zip(bases, members, strict=True)
    ]
    flat = np.ones((1, 1, after.weeks.size))
    return Held(
        shelf=after,
        units=sold,
        network=np.mean(foreseen, axis=0),
        baseline=np.mean(bases, axis=0) * flat,
        segment_mean=units.mean(axis=2, keepdims=True) * flat,
        usual_deals=np.mean(usual, axis=0) * flat,
    )


def _use_cv(members: tuple[Member, ...], grouped: Grouped, seen: _Seen) -> float:
    cells = seen.coupons.by_group(grouped.owner(seen.features), grouped.count)
    expected = np.mean([expected_use(net, grouped.features, cells) for net, _ in members], axis=0)
    return take_up_cv(cells.redeemed.sum(axis=0), (expected * cells.exposed).sum(axis=0), cells.exposed.sum(axis=0))


def _level_spread(held: Held, tested: Segmentation, final: Segmentation) -> Float:
    """Return the level spread by final segment [S]: the tested segment of the same rank, or the mean of all."""
    spread = base_cv(held)
    return np.array([spread[tested.ids.index(name)] if name in tested.ids else spread.mean() for name in final.ids])


def _learned_groups(
    members: tuple[Member, ...],
    segments: Segmentation,
    seen: _Seen,
    rows: ItemRows,
    shelf: Shelf,
    spread: Float,
    purchases: pd.DataFrame,
) -> LearnedGroups:
    units, means, customers = _segment_inputs(segments, seen, rows, shelf)
    lasting = persistence(rows, last_week=int(shelf.weeks[-1]))
    levels = np.stack([last_level(member, shelf, units, means, customers, lasting=lasting) for member in members])
    base = np.stack(
        [levels[:, :, shelf.category == number].sum(axis=2) for number in range(len(shelf.categories))], axis=2
    )
    raw = np.stack([_mean_known(seen.features.raw[segments.label == number]) for number in range(len(segments.ids))])
    return LearnedGroups(
        ids=segments.ids,
        names=segments.names,
        customers=customers.astype(np.int64),
        features=means,
        raw=to_digits(raw),
        base=to_digits(base),
        base_cv=to_digits(np.repeat(spread[:, None], len(shelf.categories), axis=1)),
        orders=order_bins(purchases, segments.groups(seen.features), len(segments.ids)),
        least_visits=segments.least_visits,
        stability=segments.stability,
    )


def _mean_known(raw: Float) -> Float:
    known = np.isfinite(raw)
    return np.where(known.any(axis=0), np.where(known, raw, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)


def _notes(accuracy: dict[str, float | str], coupons: CouponRows) -> tuple[str, ...]:
    notes = [
        "Lifts are observed, not randomised: shelf deals, displays and mailers were chosen by the retailer.",
        "An offer on a product means every item of its categories at that depth; switching between them is taken off.",
        "Coupon effects are confounded, because mailings follow spend: "
        f"use is learned from {len(coupons.rows):,} purchases under mailed coupons, and users are taken to respond to "
        "the coupon's depth as the shelf response says.",
        "One year of data shows no yearly season: baselines carry the last level forward, holidays are not foreseen.",
        "A flash sale is taken to lift as a price discount of the same depth.",
        "Purchase data holds no costs: unit costs, vendor shares and fixed costs are the scenario's own assumptions.",
    ]
    if accuracy["misses"] != "none":
        notes.append(f"Held-out misses: {accuracy['misses']}.")
    return tuple(notes)
