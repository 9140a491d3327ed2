"""What contacts come to: messages are decided, so that no future draws them, but not all that are decided go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from constraints.limits.entries import LimitEntry
from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.flight.realised import Realised
from scenarios.language.scope import Scope
from scenarios.language.words import Measure


def contacts_ahead(realised: Realised, scope: Scope, futures: int) -> Float | None:
    """[D, T''] contacts of a scope in the periods to come; None where nothing is known beyond the plan's account.

    In one half of the futures the rest goes on as the messages so far, in the other everybody is written to who is in
    an audience or, without one, was not kept out: nobody knows whether what failed goes on failing.
    """
    found = realised.written.of(scope)
    if found is None:
        return None
    count = realised.actuals.last + 1
    return in_two_ways(found.amounts[count:], found.planned[count:], futures)


def in_two_ways(going_on: Float, planned: Float, futures: int) -> Float:
    """[D, T''] of both ways [T''] in turn."""
    return np.asarray(np.stack([going_on, planned])[np.arange(futures) % 2])


def reckoned_by_lot(entries: Iterable[LimitEntry], realised: Realised) -> Iterator[str]:
    """Say of which limits on contacts the file does not tell how many customers got several lines of one message."""
    names = []
    for entry in entries:
        found = realised.written.of(entry.limit.where) if entry.part is Measure.CONTACTS else None
        if found is not None and found.by_lot:
            names.append(entry.id)
    if names:
        yield (
            f"contacts of {first_few(names)}: several rows tell of one message, and not how many customers are "
            "in more than one of them: they are reckoned as if each line drew its own by lot; --rollout counts them in "
            "the audiences"
        )
