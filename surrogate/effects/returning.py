"""What lasts of a segment's level: what its kind of customers bought after the weeks that they were chosen by.

Segments are made of past purchases, so the least active hold many who were only away and come back, and the most active
many who had a busy time. A level that is read off the same purchases is too low for the ones and too high for the
others. By how much is measured a little earlier: customers are placed in the segments by what was known eight weeks
before the end, and what they bought in these weeks is compared with what they had bought lately then.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.effects.category_response import profiles
from surrogate.effects.described import Described
from surrogate.effects.fit import Member
from surrogate.effects.levels import LAST_HALF_LIFE_WEEKS
from surrogate.people.profiles import build_features
from surrogate.people.rest import REST
from surrogate.people.segments import Segmentation, nearest
from surrogate.shelf.cells import ItemRows, Shelf, units_by_group

RECENT_WEEKS = 8
"""Weeks before the end that are compared with those before them; there must be at least as many of these."""
PRIOR_UNITS = 25.0
"""Units a week that no change weighs against what a segment bought."""
RANGE = (0.6, 1.6)
_VISITS = "visits per week"


def what_lasts(
    members: tuple[Member, ...],
    segments: Segmentation,
    seen: Described,
    events: Events,
    rows: ItemRows,
    shelf: Shelf,
) -> Float:
    """Return the factor [S] on levels of segments that are read off the purchases that made the segments.

    Segments that no purchases made keep their levels.

    It says who gains and who loses against all customers together, whose own change between the weeks is taken out.

    Parameters
    ----------
    members, segments
        How customers are placed.
    seen
        Customers as known at the end.
    events, rows, shelf
        What was bought; nothing after the week of ``seen`` is looked at.
    """
    known = seen.week - RECENT_WEEKS
    past = shelf.window(0, seen.week)
    before = past.weeks.size - RECENT_WEEKS
    if before < RECENT_WEEKS or len(segments.ids) == 1 or segments.everybody is not None:
        return np.ones(len(segments.ids))
    features = build_features(events, shelf.categories, last_week=known)
    customers, has_rest = features.customers, segments.ids[-1] == REST
    rare = features.raw[:, features.names.index(_VISITS)] < segments.least_visits if has_rest else None
    scaled = seen.scale.rounded(features.raw)
    del features  # a table of all customers
    networks = tuple(net for net, _ in members)
    count = len(segments.ids) - has_rest
    means = np.stack([seen.scaled[segments.label == number].mean(axis=0) for number in range(count)])
    label = nearest(np.round(profiles(networks, scaled), 6), profiles(networks, to_digits(means)))
    if rare is not None:
        label[rare] = count
    owner = {int(customer): int(number) for customer, number in zip(customers, label, strict=True)}
    units = units_by_group(rows, past, owner, len(segments.ids)).sum(axis=1)
    weight = 0.5 ** (np.arange(before)[::-1] / LAST_HALF_LIFE_WEEKS)
    lately, then = units[:, :before] @ weight / weight.sum(), units[:, before:].mean(axis=1)
    expected = lately * then.sum() / max(float(lately.sum()), 1e-9)
    return np.asarray(np.clip((then + PRIOR_UNITS) / (expected + PRIOR_UNITS), *RANGE))
