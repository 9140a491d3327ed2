"""Where a scenario's targeted offers would go to others than the past offers of the data went to, or none can tell."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.language.schema import Offer
from scenarios.language.where import runs_for
from scenarios.language.words import Layer, Mechanic
from scenarios.word_list import listed
from surrogate.evidence.sent_before import SECTION, SentBefore
from surrogate.parts import unpack
from surrogate.scoring.axes import Axes
from surrogate.shelf.mechanics import PLURAL


def sent_elsewhere(axes: Axes) -> dict[str, dict[str, str]]:
    """Return by offer and segment id how those who were sent such an offer differ; nothing where they do not.

    Segments that a scenario lists and the model does not have are left out, and so is everything of older models.
    """
    if SECTION not in axes.model.sections:
        return {}
    known = unpack(axes.model.sections[SECTION], SentBefore)
    found = {
        offer.id: {one.id: known.doubt(offer.mechanic.value, one.id) for one in axes.segments if runs_for(offer, one)}
        for offer in axes.scenario.offers
        if offer.layer is Layer.TARGETED
    }
    doubtful = {name: {place: words for place, words in each.items() if words} for name, each in found.items()}
    return {name: each for name, each in doubtful.items() if each}


def doubted(axes: Axes, offer: Offer) -> Flag:
    """Return [S] whether those who were sent offers like a targeted one differ from a segment."""
    doubts = [""] * len(axes.segments)
    if SECTION in axes.model.sections and offer.layer is Layer.TARGETED:
        known = unpack(axes.model.sections[SECTION], SentBefore)
        doubts = [known.doubt(offer.mechanic.value, one.id) for one in axes.segments]
    return np.array([bool(words) for words in doubts])


def too_few_to_tell(axes: Axes) -> list[str]:
    """Say in which segments too few were sent past offers to tell whom these went to; one sentence a mechanic."""
    if SECTION not in axes.model.sections:
        return []
    known = unpack(axes.model.sections[SECTION], SentBefore)
    offers: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for offer in axes.scenario.offers:
        mechanic = offer.mechanic.value
        untold = tuple(one.id for one in axes.segments if runs_for(offer, one) and known.untold(mechanic, one.id))
        if offer.layer is Layer.TARGETED and untold:
            offers.setdefault((mechanic, untold), []).append(offer.id)
    customers = {one.id: one.customers for one in axes.segments}
    return [
        f"In {_segments(untold, customers)} too few customers were sent the data's {PLURAL[Mechanic(mechanic)]} to say "
        f"whom these went to (min_segment_size): whether {listed(ids)} would go to others there is not known."
        for (mechanic, untold), ids in offers.items()
    ]


def _segments(ids: tuple[str, ...], customers: dict[str, int]) -> str:
    total = sum(customers[one] for one in ids)
    many = f"{len(ids)} segments" if len(ids) > 1 else "one segment"
    return f"{many} with {total:,} customers ({first_few(list(ids))})"
