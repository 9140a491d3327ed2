"""The saved model itself on weeks after its data: what it foresaw, and what then happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.problems import InvalidInput, Problem
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.effects.demand import Nuisance
from surrogate.effects.described import Described, describe
from surrogate.effects.level_noise import without_noise
from surrogate.effects.levels import led_by_last_weeks, predicted_bump, recency, since_faded
from surrogate.effects.line_ages import faded
from surrogate.effects.lives import fading_of
from surrogate.held_out.calibrate import Spreads
from surrogate.held_out.held import Held, MemberForecast, mean_counted, spread_units
from surrogate.held_out.held_promotions import strongest_promotions
from surrogate.held_out.peer_panel import item_panel
from surrogate.held_out.peers import Panel
from surrogate.held_out.tested import Tested
from surrogate.model import Model
from surrogate.people.own_segments import OwnSegments, no_list
from surrogate.people.placing import place
from surrogate.people.profiles import build_features
from surrogate.people.segment_list import segment_list
from surrogate.people.segments import Segmentation
from surrogate.progress import ProgressCallback, part_of, silent
from surrogate.shelf.cells import Shelf, lay_out
from surrogate.shelf.departures import with_departures


def later_weeks(
    model: Model, spec: DataSpec, base: Path | None, progress: ProgressCallback = silent
) -> tuple[Held, Panel]:
    """Return the held record and the peers' panel of the weeks after the model's data.

    Sales without a customer are tested as one more segment where the model and the data have them.

    Customers are placed in the saved segments by what they bought up to the end of the model's data, in a retailer's
    own by its list. The saved levels of segments in categories are split over shelf items by the items' sales of the
    last weeks, promotions taken off.

    Parameters
    ----------
    model
        A trained model.
    spec
        Its data file, with a later ``test_until``.
    base
        Folder that file names are relative to.
    progress
        Hears what is being done and the share of it that is done.

    Raises
    ------
    InvalidInput
        When the data cannot be used, or its past is not what the model was trained on.
    """
    cut = week_of(dt.date.fromisoformat(model.test_until))
    events = load_events(spec, until=spec.test_until, base=base, progress=part_of(progress, 0.8))
    progress("foreseeing the later weeks", 0.8)
    shelf, rows = lay_out(events, settle_until=week_of(dt.date.fromisoformat(model.train_until)))
    shelf = with_departures(shelf, rows, by=cut)
    if (fades := model.fading) is not None:
        shelf = replace(shelf, fading=fading_of(shelf, fades.fading))
    features = build_features(events, shelf.categories, last_week=cut)
    require_same_past(model, shelf, features.names, events.source)
    seen = describe(events, shelf, week=cut, scale=model.scale, features=features.known_as(model.scale.names))
    segments = _segments(model, seen, events, own=segment_list(spec, base))
    anonymous = model.anonymous if len(events.nobodys) else None
    buyers = model.groups if anonymous is None else anonymous.beside(model.groups)
    tested = Tested(segments=segments, alike=0 if anonymous is None else anonymous.alike)
    plain = seen.plain(shelf)
    before, after = plain.window(0, cut), plain.window(cut + 1, int(shelf.weeks[-1]))
    deals = tested.deals(seen)
    units, sold = tested.units(seen, rows, before), tested.later_units(seen, rows, after) * after.counted
    aged = faded(model.fading, events, shelf, cut=cut)
    bases, turns, foreseen, usual = [], [], [], []
    for number, net in enumerate(model.ensemble.networks):
        member = (net, _response_only(model.ensemble.item_response[number], len(shelf.categories)))
        past = predicted_bump(member, before, buyers.features, deals)
        season = _season(model, number, after) * aged
        level = _item_levels(buyers.base[number], units, past, before)
        bases.append(level * season.mean(axis=1))
        turns.append(level[..., None] * season)
        foreseen.append(turns[-1] * predicted_bump(member, after, buyers.features, deals))
        usual.append(bases[-1][..., None] * past.mean(axis=2, keepdims=True))
    sent = seen.deals(segments.groups(seen.features), len(segments.ids))
    mechanic, distance = strongest_promotions(seen, shelf, sent, cut=cut)
    counted = after.counted
    held = Held(
        shelf=seen.marked(shelf).window(cut + 1, int(shelf.weeks[-1])),
        units=sold,
        network=np.mean(foreseen, axis=0) * counted,
        baseline=np.mean(turns, axis=0) * counted,
        segment_mean=mean_counted(units, before) * counted,
        usual_deals=np.mean(usual, axis=0) * counted,
        members=MemberForecast(
            base=np.stack(bases),
            units=spread_units(np.stack(foreseen), np.stack(turns), after, model.unsure),
            mechanic=mechanic,
            distance=distance,
        ),
        anonymous=bool(tested.alike),
    )
    return held, item_panel(seen, tested, rows, shelf, cut=cut)


def saved_spreads(model: Model, groups: int) -> Spreads:
    """Return the spreads that the model was saved with, of its first ``groups`` buyers."""
    buyers = model.buyers
    levels = without_noise(buyers.base_cv, model.weekly_noise, buyers.base.mean(axis=0))
    return Spreads(
        base_cv=levels.mean(axis=1)[:groups],
        lift_sd=model.lift_sd,
        lift_sd_by_distance=model.lift_sd_by_distance,
        noise=model.weekly_noise,
    )


def _segments(model: Model, seen: Described, events: Events, *, own: OwnSegments | None) -> Segmentation:
    """Place customers in the segments that a model was saved with: by what they bought, or by the retailer's list."""
    space = model.profile_space
    if not space.own:
        return Segmentation(
            ids=model.groups.ids,
            names=model.groups.names,
            label=place(space, seen.features.raw),
            stability=model.groups.stability,
            least_visits=model.groups.least_visits,
        )
    if own is None:
        raise InvalidInput([no_list("data file", space.own)])
    return own.of_model(model.groups.ids, events, seen.features)


def require_same_past(model: Model, shelf: Shelf, features: tuple[str, ...], source: str) -> None:
    """Refuse data whose past gives other shelf items, or lacks features, that the model learned from, naming them."""
    count = len(shelf.categories)
    before = np.bincount(model.ensemble.item_category, minlength=count)
    after = np.bincount(shelf.category, minlength=count)
    other = [
        f"{name}: {now} shelf items where it was {past}"
        for name, past, now in zip(shelf.categories, before.tolist(), after.tolist(), strict=True)
        if past != now
    ]
    other += [f"no feature {name}" for name in model.scale.names if name not in features]
    if not other:
        return
    got = first_few(other, joint="; ")
    expected = (
        f"up to {model.test_until} the data that the model learned from, as its shelf items and features are; "
        "items are settled by what sold up to its train_until"
    )
    remedy = "name the data file of the training, with a later test_until, or train again on this data"
    raise InvalidInput([Problem(where=source, what="purchases", expected=expected, got=got, remedy=remedy)])


def _season(model: Model, member: int, after: Shelf) -> Float:
    """Return what each week sells over an average one [I, T], as a member learned it; 1 where none was learned."""
    if model.season is None:
        return np.ones((len(after.names), after.weeks.size))
    effect = model.season.effect[member][after.category]
    return np.asarray(np.exp(effect @ model.season.calendar.by_week(after.weeks).T))


def _response_only(response: Float, categories: int) -> Nuisance:
    """Return nuisance terms that know how items answer and nothing of levels: all that a bump needs."""
    return Nuisance(
        item=np.zeros_like(response),
        response=response,
        group=np.zeros((1, 1, categories)),
        span=np.zeros(1),
        common=np.zeros(1),
        category=np.zeros((categories, 1)),
    )


def _item_levels(base: Float, units: Float, bump: Float, before: Shelf) -> Float:
    """Split saved levels of categories [S, C] over their items [S, I] by recent sales, promotions taken off.

    As in `surrogate.effects.levels.last_level`, the last weeks weigh against the longer past; totals stay the
    saved ones.
    """
    recent, last = (weight * before.counted for weight in recency(before.weeks.size))
    usual = ((units * recent).sum(axis=2) + 0.5) / np.maximum((bump * recent).sum(axis=2), 1e-9)
    prior = _shares(usual, before) * base[:, before.category]
    own = led_by_last_weeks((units * last).sum(axis=2), (bump * since_faded(before) * last).sum(axis=2), prior)
    return _shares(own * before.goes_on, before) * base[:, before.category]


def _shares(level: Float, before: Shelf) -> Float:
    """Return the share [S, I] of an item in its category's level."""
    total = np.zeros((len(level), len(before.categories)))
    np.add.at(total.T, before.category, level.T)
    return np.asarray(level / np.maximum(total[:, before.category], 1e-12))
