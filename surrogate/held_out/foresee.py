"""Foreseeing the held-out weeks: what the first fit says about weeks that it has not seen."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.effects.described import Described
from surrogate.effects.fading import LearnedFading
from surrogate.effects.fit import Member
from surrogate.effects.levels import predicted_bump, seasonal
from surrogate.effects.line_ages import faded
from surrogate.effects.returning import what_lasts
from surrogate.held_out.held import Held, MemberForecast, mean_counted, spread_units
from surrogate.held_out.held_promotions import strongest_promotions
from surrogate.held_out.tested import Tested
from surrogate.people.segments import Segmentation
from surrogate.shelf.cells import ItemRows, Shelf


def hold_out(
    members: tuple[Member, ...],
    tested: Tested,
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
    tested
        Segments of the customers as they were then, and sales without a customer.
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
    segments, deals = tested.segments, tested.deals(seen)
    units, means = tested.units(seen, rows, before), tested.features(seen, rows, before)
    sold = tested.later_units(seen, rows, after)
    lasting = what_lasts(members, segments, seen, events, rows, shelf)
    bases = list(tested.levels(members, seen, rows, before, lasting=lasting)[..., None])
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
    sent = seen.deals(segments.groups(seen.features), len(segments.ids))
    mechanic, distance = strongest_promotions(seen, shelf, sent, cut=cut)
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
        anonymous=bool(tested.alike),
    )


def level_spread(spread: Float, tested: Tested, final: Segmentation) -> Float:
    """Return the level spread by final segment [S]: the tested segment of the same rank, or the mean of all.

    ``spread`` [G] is that of what was tested, sales without a customer last.
    """
    ids = tested.segments.ids
    return np.array([spread[ids.index(name)] if name in ids else spread[: len(ids)].mean() for name in final.ids])


def strangers_spread(spread: Float, tested: Tested) -> float:
    """Return the level spread of sales without a customer: the tested one, or the widest where none was tested."""
    return float(spread[-1] if tested.alike else spread.max())
