"""Training: from a data file to a tested model. One page shows the whole run.

The network is fitted twice. The first fit sees the weeks up to ``train_until`` only and is scored on the weeks after
it; the reported metrics and calibrations are that fit's. The second starts from the first one's weights and takes the
held-out weeks in, because a plan should start from the latest level of demand.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.language.schema import LearnSpec
from scenarios.streams import stream
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.returns import settled_note
from surrogate.data.weeks import week_of
from surrogate.digits import to_digits
from surrogate.effects.described import Described, describe
from surrogate.effects.ensemble import Ensemble, EnsembleParams, refit_ensemble
from surrogate.effects.fit import Member
from surrogate.effects.group_levels import learned_groups
from surrogate.effects.holiday_days import holiday_days
from surrogate.effects.own_weeks import own_slopes
from surrogate.effects.recent import recent_shelf, regular_prices, seen_promotions, weekday_shares
from surrogate.effects.season import Calendar, LearnedSeason
from surrogate.effects.season_note import season_note
from surrogate.effects.spans import fit_cells
from surrogate.evidence.gather import gather_evidence
from surrogate.evidence.holdout_tests import with_holdout_tests
from surrogate.fingerprint import data_hash, library_versions
from surrogate.held_out.accuracy import accuracy_of
from surrogate.held_out.calibrate import INTERVALS, calibrate
from surrogate.held_out.first_fit import first_fit, segment
from surrogate.held_out.foresee import level_spread
from surrogate.held_out.take_up_errors import COUPON_USE, calibrated_take_up, held_out_use
from surrogate.model import FeatureShares, LearnedOffers, Model
from surrogate.parts import pack
from surrogate.people.blur import blurred_means
from surrogate.people.own_segments import OWN, ListedBy, OwnSegments, own_notes
from surrogate.people.rest import REST, too_little_shown
from surrogate.people.segment_list import segment_list
from surrogate.progress import ProgressCallback, silent
from surrogate.shelf.absences import gap_lines, launch_lines
from surrogate.shelf.cells import stock_lines
from surrogate.shelf.mechanics import KINDS
from surrogate.shelf.support import find_support
from surrogate.shelf.taken_shares import taken_shares

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TrainParams:
    """Settings of a training run."""

    ensemble: EnsembleParams = field(default_factory=EnsembleParams)
    refit_steps: int = 60
    """Steps of the second fit, which starts from the first."""

    def __post_init__(self) -> None:
        if not (self.refit_steps >= 1):
            raise ValueError("refit_steps must be at least 1")


def train(
    spec: DataSpec,
    params: TrainParams | None = None,
    seed: int = 1,
    progress: ProgressCallback = silent,
    *,
    learn: LearnSpec | None = None,
    base: Path | None = None,
    own: OwnSegments | None = None,
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
    own
        The retailer's segments: effects, levels and tests are then of these, and none are learned. Those of the data
        file by default, if it maps a column of them.

    Raises
    ------
    InvalidInput
        When the data cannot be used.
    """
    params, learn, own = params or TrainParams(), learn or LearnSpec(), own or segment_list(spec, base)
    learn = learn.model_copy(update={"min_size": max(learn.min_size, spec.min_segment_size)})
    first = first_fit(
        spec, params.ensemble, seed, lambda what, share: progress(what, 0.70 * share), learn=learn, base=base, own=own
    )
    events, shelf, rows, end = first.events, first.shelf, first.rows, week_of(spec.test_until)
    after = first.held.shelf.weeks.size
    progress("calibrating intervals", 0.70)
    calibration = calibrate(first.held, stream(seed, INTERVALS))
    accuracy = accuracy_of(first.held, rng=stream(seed, "held-out bootstrap"), coverage=calibration.accuracy())
    use_cv, _ = calibrated_take_up(held_out_use(first), stream(seed, COUPON_USE))

    later = describe(events, shelf, week=end, scale=first.seen.scale)
    first = replace(first, seen=later)  # frees a table of all customers
    cells = fit_cells(first.spans, events, rows, shelf, seen=later, groups=first.groups)
    members = refit_ensemble(
        first.members,
        cells,
        later.plain(shelf),
        replace(params.ensemble, fit=replace(params.ensemble.fit, steps=params.refit_steps)),
        seed,
        lambda share: progress(f"taking in the last {after} weeks", 0.72 + 0.25 * share),
    )
    slopes = own_slopes(cells.units.sum(axis=0), later.marked(later.plain(shelf)))
    _, unsure = slopes.shrunk(params.ensemble.fit.own_response)
    weekday_share = weekday_shares(events, shelf.categories)
    days = holiday_days(events, first.calendar, shelf.categories, weekday_share)
    counted = week_of(spec.train_until) - int(shelf.weeks[0]) + 1
    season = season_note(first.calendar, days, weeks=counted, until=spec.train_until)
    progress("finding segments", 0.97)
    ensemble = Ensemble(
        networks=tuple(net for net, _ in members),
        item_response=np.stack([nuisance.response for _, nuisance in members]),
        item_weight=shelf.weight,
        item_category=shelf.category,
    )
    final = segment(members, later, learn, seed, events=events, own=own, min_baskets=spec.min_baskets)
    spread = level_spread(calibration.spreads.base_cv, first.segments, final)
    noise = calibration.spreads.noise
    means = blurred_means(
        later.scaled, later.features.raw, later.scale, final.label, len(final.ids), least=learn.min_size
    )
    groups = learned_groups(
        members, final, later, rows, shelf, spread=spread, noise=noise, events=events, means=means, least=learn.min_size
    )
    progress("weighing the evidence", 0.99)
    sections = gather_evidence(events, spec, members, cells, later, shelf, rows)
    if own is not None and own.column:
        sections[OWN] = pack(ListedBy(column=own.column))
    model = Model(
        source=f"{events.source}, {shelf.weeks.size} weeks to {spec.test_until}",
        categories=shelf.categories,
        train_until=spec.train_until.isoformat(),
        test_until=spec.test_until.isoformat(),
        scale=later.scale,
        population=to_digits(means.population),
        ensemble=ensemble,
        groups=groups,
        recent=recent_shelf(ensemble, groups, shelf),
        regular_price=regular_prices(events, shelf.categories, digits=spec.digits),
        weekday_share=weekday_share,
        feature_offers={
            offer: FeatureShares(display=share.display, mailer=share.mailer) for offer, share in spec.features.items()
        },
        by_store=spec.by_store,
        lift_sd=round(calibration.spreads.lift_sd, 4),
        lift_sd_by_distance=round(calibration.spreads.lift_sd_by_distance, 4),
        slope_error=tuple(to_digits(unsure, 4).tolist()),
        weekly_noise=round(noise, 4),
        take_up_cv=round(use_cv, 4),
        seen=seen_promotions(shelf),
        accuracy=accuracy,
        notes=(
            *(
                too_little_shown(later.features.baskets, final.label, final.ids, spec.min_baskets)
                if own is None
                else own_notes(own, final, learn.count)
            ),
            *_notes(accuracy, later, events, season),
            *settled_note(events.cleaning.left_out, net=spec.returns == "net"),
            *(fewer_segments(learn.count, final.ids, learn.min_size) if own is None else ()),
        ),
        cleaning=(*events.cleaning.lines(), *stock_lines(shelf, events), *launch_lines(shelf), *gap_lines(shelf, rows)),
        data_hash=data_hash(spec, base),
        seed=seed,
        versions=library_versions(),
        min_segment_size=learn.min_size,
        currency=spec.currency or "",
        asked_segments=learn.count or 0,
        support=find_support(shelf, later.coupons, later.offers),
        offers=_learned_offers(events, later),
        season=_learned_season(first.calendar, members, days),
        sections=sections,
    )
    model = with_holdout_tests(model, events, spec, final)
    progress("done", 1.0)
    return model


def _learned_season(
    calendar: Calendar, members: tuple[Member, ...], days: dict[str, tuple[float, ...]]
) -> LearnedSeason | None:
    if not calendar.names:
        return None
    return LearnedSeason(
        harmonics=calendar.harmonics,
        holidays={name: tuple(map(str, dates)) for name, dates in calendar.holidays.items()},
        effect=to_digits(np.stack([nuisance.year + nuisance.season for _, nuisance in members])),
        days=days,
    )


def _learned_offers(events: Events, seen: Described) -> LearnedOffers | None:
    if seen.offers is None:
        return None
    ran = sorted({KINDS[kind].value for kind in seen.offers.cells.kind})
    used = sorted({KINDS[kind].value for kind in seen.offers.cells.kind[seen.offers.cells.use_seen]})
    return LearnedOffers(mechanics=tuple(ran), used=tuple(used), order=round(seen.order, 2), taken=taken_shares(events))


def fewer_segments(asked: int | None, ids: tuple[str, ...], least: int) -> tuple[str, ...]:
    """Say that fewer segments were learned than were asked for."""
    count = len([one for one in ids if one != REST])
    if asked is None or count >= asked:
        return ()
    return (
        f"{asked} segments were asked for and {count} learned: a smaller one than {least} customers is dissolved "
        "(min_segment_size, and min_size of the scenario).",
    )


def _coupon_note(purchases: int) -> str:
    users = "users are taken to respond to the coupon's depth as the shelf response says."
    if not purchases:
        return f"No purchase was made under a mailed coupon: how many use one is assumed, not learned; {users}"
    return (
        "Coupon effects are confounded, because mailings follow spend: use is learned from "
        f"{purchases:,} purchases under mailed coupons, and {users}"
    )


def _notes(
    accuracy: dict[str, float | str],
    seen: Described,
    events: Events,
    season: str,
) -> tuple[str, ...]:
    notes = [
        "An offer on a product means every item of its categories at that depth; switching between them is taken off."
    ]
    if seen.offers is None:
        notes += [
            "Lifts are observed, not randomised: shelf deals, displays and mailers were chosen by the retailer.",
            _coupon_note(len(seen.coupons.rows)),
            "A flash sale is taken to lift as a price discount of the same depth.",
        ]
        if seen.coupons.closed:
            notes.append("Mailed coupons were hardly used on goods whose shelf price was cut: use is that on others.")
    else:
        ran = len({name for name in events.offers["offer"] if name in events.past_offers})
        which = f"the {ran} declared past offers" if ran != 1 else "the one declared past offer"
        notes += [
            f"Lifts are observed: they compare places, times and customers with and without {which}; where "
            "and for whom is the retailer's choice.",
            "Mechanics share one response to the saving; what each does beyond it is shrunk towards that.",
        ]
        if seen.offers.closed:
            notes.append(
                "On goods whose shelf price was cut anyway, targeted offers were hardly used: what was bought there "
                "counts neither for nor against them."
            )
    notes += [
        season,
        "Purchase data holds no costs: unit costs, vendor shares and fixed costs are the scenario's own assumptions.",
    ]
    if accuracy["misses"] != "none":
        notes.append(f"Held-out misses: {accuracy['misses']}.")
    return tuple(notes)
