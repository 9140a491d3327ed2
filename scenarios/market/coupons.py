"""Coupons that are out: what was sent once goes on being held, and is used up, on every day of its validity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scenarios.language.schema import Scenario
from scenarios.market.deals import ActiveLine, Place
from scenarios.market.offered import Letters
from scenarios.market.state import Held, Ration


def held_on(
    held: Mapping[int, Held], lines: Sequence[ActiveLine], letters: Letters, scenario: Scenario, day: int
) -> dict[int, Held]:
    """Return what customers hold on a day: coupons of earlier sendings that may still be used, and today's.

    What was sent before anybody looked (a line of the history that stands alone) counts as sent by today's letters.

    Parameters
    ----------
    letters
        Of the period, for what goes out in it.
    """
    longest = max((offer.valid.days for offer in scenario.offers if offer.valid is not None), default=0)
    found = {sending: own for sending, own in held.items() if day < sending + longest}
    for line in lines:
        if line.sending is not None:
            found.setdefault(line.sending, Held(letters=letters, used={}))
    return found


def used_by_evening(
    held: Mapping[int, Held], lines: Sequence[ActiveLine], rations: Mapping[Place, Ration]
) -> dict[int, Held]:
    """Return what customers hold after a day on which lines were used."""
    found = dict(held)
    for line in lines:
        if line.sending is not None:
            own = found[line.sending]
            found[line.sending] = replace(own, used={**own.used, line.place: rations[line.place].used})
    return found
