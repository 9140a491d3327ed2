"""Training: from a data file to a tested model. One page shows the whole run.

The network is fitted twice. The first fit sees the weeks up to ``train_until`` only and is scored on the weeks after
it; the reported metrics and calibrations are that fit's. The second starts from the first one's weights and takes the
held-out weeks in, because a plan should start from the latest level of demand.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from scenarios.language.schema import LearnSpec
from surrogate.data.adding_up.returns import settled_section
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.weeks import week_of
from surrogate.digits import to_digits
from surrogate.effects.ensemble import Ensemble, EnsembleParams
from surrogate.effects.fading import SECTION as FADING
from surrogate.effects.fading import LearnedFading
from surrogate.effects.holiday_days import holiday_days
from surrogate.effects.level_noise import BASE_CV_RANGE
from surrogate.effects.line_ages import faded
from surrogate.effects.lives import fading_lines
from surrogate.effects.recent import recent_shelf, regular_prices, seen_promotions, weekday_shares
from surrogate.effects.season_note import season_note
from surrogate.evidence.customer_rates import SECTION as CUSTOMERS
from surrogate.evidence.customer_rates import customer_rates
from surrogate.evidence.gather import WEATHER, gather_evidence
from surrogate.evidence.holdouts.as_lift_tests import with_holdout_tests
from surrogate.evidence.named_uses import SECTION as USES
from surrogate.evidence.named_uses import named_uses
from surrogate.evidence.sent_before import SECTION as SENT
from surrogate.evidence.sent_before import sent_before
from surrogate.evidence.terms.item_panel import item_panel
from surrogate.evidence.uncertainty.answer_errors import SECTION as ANSWERS
from surrogate.evidence.uncertainty.answer_errors import answer_errors
from surrogate.evidence.uncertainty.common_levels import SECTION as COMMON
from surrogate.evidence.uncertainty.common_levels import common_levels
from surrogate.evidence.uncertainty.weather import WeeklyWeather
from surrogate.fingerprint import data_hash, library_versions
from surrogate.held_out.first_fit import fading_after, first_fit
from surrogate.held_out.level_errors import segment_sums
from surrogate.held_out.measured import FITTING_PEERS, SECTION, KeptTest, measure_fit, question_of
from surrogate.held_out.misses import find_misses
from surrogate.model import FeatureShares, Model
from surrogate.parts import pack, unpack
from surrogate.people.anonymous_sales import SECTION as ANONYMOUS_SALES
from surrogate.people.anonymous_sales import TOO_FEW, AnonymousSales
from surrogate.people.own_segments import OwnSegments
from surrogate.people.placing import placed_elsewhere
from surrogate.people.segment_list import segment_list
from surrogate.progress import ProgressCallback, at_step, part_of, silent
from surrogate.shelf.absences import gap_lines, launch_lines
from surrogate.shelf.cells import stock_lines
from surrogate.shelf.departures import age_lines, departure_lines
from surrogate.shelf.support import find_support
from surrogate.shelf.thinned import thinned_notes
from surrogate.training.final_segments import final_segments
from surrogate.training.learned_offers import learned_offers
from surrogate.training.learned_season import learned_season
from surrogate.training.level_origins import level_misses, told_misses, usual_share
from surrogate.training.notes import model_notes
from surrogate.training.second_fit import second_fit
from surrogate.unfinished import NOTHING_KEPT, Unfinished


@dataclass(frozen=True, kw_only=True)
class TrainParams:
    """Settings of a training run.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

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
    unfinished: Unfinished = NOTHING_KEPT,
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
    unfinished
        Where an earlier training of the same data, settings and seed may have left what it did, and where this one
        leaves it if it is cut off.

    Raises
    ------
    InvalidInput
        When the data cannot be used.
    """
    by_the_file = own is None
    params, learn, own = params or TrainParams(), learn or LearnSpec(), own or segment_list(spec, base)
    learn = learn.model_copy(update={"min_size": max(learn.min_size, spec.min_segment_size)})
    first = first_fit(
        spec, params.ensemble, seed, part_of(progress, 0.70), learn=learn, base=base, own=own,
        unfinished=unfinished,
    )  # fmt: skip
    events, rows, calendar = first.events, first.rows, first.calendar

    progress("calibrating intervals", 0.70)
    misses = find_misses(first, seed)
    progress(FITTING_PEERS, 0.71)
    measured = measure_fit(first, misses.coverage, seed, boosted=False)

    taking_in = f"taking in the last {first.held.shelf.weeks.size} weeks"
    first = first.described_at(week_of(spec.test_until))
    shelf = first.shelf
    second = second_fit(
        first, params.ensemble, params.refit_steps, seed,
        lambda step, share: progress(at_step(taking_in, step), 0.72 + 0.20 * share),
    )  # fmt: skip
    weekday_share = weekday_shares(events, shelf.categories)
    days = holiday_days(events, calendar, shelf.categories, weekday_share)
    season = season_note(
        calendar, days, weeks=week_of(spec.train_until) - int(shelf.weeks[0]) + 1, until=spec.train_until
    )

    progress("finding segments", 0.92)
    plain = first.seen.plain(shelf)

    def fades_after(week: int) -> LearnedFading | None:
        return fading_after(second.cells, events, shelf, second.slope, cut=week)

    fades = fades_after(int(shelf.weeks[-1]))
    panel = item_panel(second.members, second.cells, plain)
    levels = level_misses(
        first.held, panel, second.members, plain,
        lambda week: faded(fades_after(week), events, shelf, cut=week),
    )  # fmt: skip
    usual = np.clip(misses.spreads.base_cv * usual_share(levels), *BASE_CV_RANGE)
    spreads = replace(misses.spreads, base_cv=usual)
    together = common_levels(levels, *segment_sums(first.held), usual, misses.spreads.noise)
    segments = final_segments(
        first, second.members, spreads, learn, seed, own=own, min_baskets=spec.min_baskets, missed=measured.anonymous
    )
    ensemble = Ensemble.of(second.members, shelf)

    progress("weighing the evidence", 0.96)
    evidence = gather_evidence(events, spec, second.members, second.cells, first.seen, shelf, rows)
    weather = unpack(evidence[WEATHER], WeeklyWeather) if WEATHER in evidence else None
    unsure = answer_errors(
        second.members, second.cells, plain, weather=weather, counting=misses.spreads.noise,
        segments=len(segments.groups.ids),
    )  # fmt: skip
    rates = customer_rates(
        events.sales, events.products["category"].tolist(), shelf.categories, first.seen.features.customers,
        segments.found.label, segments.found.ids, least=spec.min_segment_size,
    )  # fmt: skip
    sent = sent_before(
        events, first.seen.features.customers, segments.found.label, segments.found.ids, least=spec.min_segment_size
    )
    evidence |= {ANSWERS: pack(unsure), CUSTOMERS: pack(rates), COMMON: pack(together)}
    evidence |= {} if sent is None else {SENT: pack(sent)}
    for mechanic, name in USES.items():
        uses = named_uses(
            events, shelf.categories, first.seen.features.customers, segments.found.label, segments.found.ids,
            anonymous=segments.anonymous is not None, mechanic=mechanic,
        )  # fmt: skip
        evidence |= {} if uses is None else {name: pack(uses)}
    evidence |= {} if fades is None else {FADING: pack(fades)}
    evidence |= {} if segments.anonymous is None else {ANONYMOUS_SALES: pack(segments.anonymous)}
    test = KeptTest(question=question_of(spec, params.ensemble), measured=measured)
    model = Model(
        source=f"{events.source}, {shelf.weeks.size} weeks to {spec.test_until}",
        categories=shelf.categories,
        train_until=spec.train_until.isoformat(),
        test_until=spec.test_until.isoformat(),
        scale=first.seen.scale,
        population=segments.population,
        ensemble=ensemble,
        groups=segments.groups,
        recent=recent_shelf(ensemble, segments.groups, shelf),
        regular_price=regular_prices(events, shelf.categories, digits=spec.digits),
        weekday_share=weekday_share,
        feature_offers={
            offer: FeatureShares(display=share.display, mailer=share.mailer) for offer, share in spec.features.items()
        },
        by_store=spec.by_store,
        lift_sd=round(misses.spreads.lift_sd, 4),
        lift_sd_by_distance=round(misses.spreads.lift_sd_by_distance, 4),
        slope_error=tuple(to_digits(second.slope_error, 4).tolist()),
        weekly_noise=round(misses.spreads.noise, 4),
        take_up_cv=round(misses.take_up_cv, 4),
        seen=seen_promotions(shelf),
        accuracy=misses.accuracy,
        notes=(
            *_without_customer(events, segments.anonymous),
            *model_notes(spec, events, first.seen, segments.found, misses.accuracy, season, learn=learn, own=own),
            told_misses(levels, segments.groups.base_cv, segments.groups.base.mean(axis=0), together.everywhere),
            *age_lines(shelf),
            *thinned_notes(shelf, events, spec),
            *fading_lines(shelf),
            *(() if fades is None else fades.lines(shelf.categories)),
        ),
        cleaning=(
            *events.cleaning.lines(),
            *stock_lines(shelf, events),
            *launch_lines(shelf),
            *departure_lines(shelf),
            *gap_lines(shelf, rows),
        ),
        data_hash=data_hash(spec, base),
        seed=seed,
        versions=library_versions(),
        min_segment_size=learn.min_size,
        currency=spec.currency or "",
        asked_segments=learn.count or 0,
        support=find_support(shelf, first.seen.coupons, first.seen.offers),
        offers=learned_offers(
            events, first.seen, shelf, second.cells.units.sum(axis=0), evidence, misses.spreads.noise
        ),
        season=learned_season(calendar, second.members, days),
        sections=evidence
        | ({} if own is None else own.sections())
        | settled_section(events.cleaning.left_out, net=spec.returns == "net")
        | ({SECTION: pack(test)} if by_the_file else {}),
    )
    elsewhere = placed_elsewhere(model.profile_space, first.seen.features.raw, segments.found.label)
    model = replace(model, groups=replace(model.groups, elsewhere=elsewhere))
    model = with_holdout_tests(model, events, spec, segments.found)
    progress("done", 1.0)
    return model


def _without_customer(events: Events, sales: AnonymousSales | None) -> tuple[str, ...]:
    """Say what became of sales without a customer, where the data has any."""
    if sales is not None:
        return (sales.note,)
    return (TOO_FEW,) if len(events.nobodys) else ()
