"""Foreseeing the held-out weeks: what the first fit says about weeks that it has not seen."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.effects.described import Described, segment_inputs
from surrogate.effects.fading import LearnedFading
from surrogate.effects.fit import Member
from surrogate.effects.levels import last_level, predicted_bump, seasonal
from surrogate.effects.line_ages import faded
from surrogate.effects.returning import what_lasts
from surrogate.held_out.held import Held, MemberForecast, mean_counted, spread_units
from surrogate.held_out.held_promotions import strongest_promotions
from surrogate.people.segments import Segmentation
from surrogate.shelf.cells import ItemRows, Shelf, units_by_group


def hold_out(
    members: tuple[Member, ...],
    segments: Segmentation,
    seen: Described,
    events: Events,
    rows: ItemRows,
    shelf: Shelf,
    *,
    cut: int,
    unsure: Float,
    fades: LearnedFading | None = None,
) -> Held:
    """Return what was sold after week ``cut`` beside what was foreseen by what was known at its end.

    Parameters
    ----------
    members
        Fitted on the weeks up to ``cut``.
    segments
        Of the customers as they were then.
    seen
        Customers and promotions as they were then.
    events, rows
        Purchases of all weeks.
    shelf
        All weeks, with their promotions.
    unsure
        [C] standard deviation of each category's answer to log price.
    fades
        How levels fall after ``cut``; None: they do not.
    """
    marked = seen.marked(shelf)
    before, after = (seen.plain(shelf).window(*span) for span in ((0, cut), (cut + 1, int(shelf.weeks[-1]))))
    deals = seen.deals(segments.groups(seen.features), len(segments.ids))
    units, means, customers = segment_inputs(segments, seen, rows, before)
    sold = units_by_group(rows, after, segments.later_groups(seen.features), len(segments.ids))
    lasting = what_lasts(members, segments, seen, events, rows, shelf)
    bases = [
        last_level(member, before, units, means, customers, lasting=lasting, deals=deals)[:, :, None]
        for member in members
    ]
    flat = np.ones((1, 1, after.weeks.size))
    aged = faded(fades, events, shelf, cut=cut)
    seasons = [(seasonal(member, after) * aged)[None] for member in members]
    bases = [base * season.mean(axis=2, keepdims=True) for base, season in zip(bases, seasons, strict=True)]
    turns = [season / season.mean(axis=2, keepdims=True) for season in seasons]
    foreseen = [
        base * turn * predicted_bump(member, after, means, deals)
        for base, turn, member in zip(bases, turns, members, strict=True)
    ]
    usual = [
        base * predicted_bump(member, before, means, deals).mean(axis=2, keepdims=True)
        for base, member in zip(bases, members, strict=True)
    ]
    mechanic, distance = strongest_promotions(seen, shelf, deals, cut=cut)
    return Held(
        shelf=marked.window(cut + 1, int(shelf.weeks[-1])),
        units=sold * after.counted,
        network=np.mean(foreseen, axis=0) * after.counted,
        baseline=np.mean([base * turn for base, turn in zip(bases, turns, strict=True)], axis=0) * after.counted,
        segment_mean=mean_counted(units, before) * flat * after.counted,
        usual_deals=np.mean(usual, axis=0) * flat * after.counted,
        members=MemberForecast(
            base=np.stack(bases)[..., 0],
            units=spread_units(np.stack(foreseen), np.stack(bases) * np.stack(turns), after, unsure),
            mechanic=mechanic,
            distance=distance,
        ),
    )


def level_spread(spread: Float, tested: Segmentation, final: Segmentation) -> Float:
    """Return the level spread by final segment [S]: the tested segment of the same rank, or the mean of all."""
    return np.array([spread[tested.ids.index(name)] if name in tested.ids else spread.mean() for name in final.ids])
