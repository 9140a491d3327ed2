"""Segments as the model keeps them: their features, their level of demand at the end of the data, their orders."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.effects.described import Described, segment_inputs
from surrogate.effects.fit import Member
from surrogate.effects.level_noise import with_noise
from surrogate.effects.levels import last_level
from surrogate.effects.returning import what_lasts
from surrogate.people.blur import BlurredMeans
from surrogate.people.learned_groups import LearnedGroups
from surrogate.people.rest import REST
from surrogate.people.segment_names import name_segments
from surrogate.people.segments import Segmentation
from surrogate.shelf.baskets import order_bins
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.order_growth import number_growth, planned_shares


def learned_groups(
    members: tuple[Member, ...],
    segments: Segmentation,
    seen: Described,
    rows: ItemRows,
    shelf: Shelf,
    *,
    spread: Float,
    noise: float,
    events: Events,
    means: BlurredMeans,
    least: int,
) -> LearnedGroups:
    """Return the segments of a trained model.

    Parameters
    ----------
    members
        The final fit.
    segments, seen, rows, shelf
        As known at the end of the data.
    spread
        [S] relative standard deviation of levels.
    noise
        Variance over mean of weekly units around the level.
    events
        What was bought.
    means
        What the model may say of the segments' features; levels are learned from the exact ones.
    least
        Smallest number of customers that a figure may be about.
    """
    plain = seen.plain(shelf)
    units, exact, customers = segment_inputs(segments, seen, rows, plain)
    deals = seen.deals(segments.groups(seen.features), len(segments.ids))
    lasting = what_lasts(members, segments, seen, events, rows, shelf)
    levels = np.stack(
        [last_level(member, plain, units, exact, customers, lasting=lasting, deals=deals) for member in members]
    )
    base = np.stack(
        [levels[:, :, shelf.category == number].sum(axis=2) for number in range(len(shelf.categories))], axis=2
    )
    named = len(segments.ids) - (segments.ids[-1] == REST)
    share = customers[:named] / customers[:named].sum()
    names = segments.names[:named]
    if segments.everybody is None:
        names = tuple(name_segments(
            means.features[:named], means.raw[:named], share @ means.features[:named], share @ means.raw[:named],
            seen.features.names,
        ))  # fmt: skip
    group = segments.groups(seen.features)
    return LearnedGroups(
        ids=segments.ids,
        names=(*names, *segments.names[named:]),
        customers=customers.astype(np.int64),
        features=to_digits(means.features),
        raw=to_digits(means.raw),
        base=to_digits(base),
        base_cv=to_digits(with_noise(spread, noise, base.mean(axis=0))),
        orders=order_bins(events.orders, group, len(segments.ids), least=least),
        least_visits=segments.least_visits,
        stability=segments.stability,
        planned=planned_shares(events.sales, events.orders, group, len(segments.ids), least=least),
        more_orders=number_growth(events.visits),
    )
