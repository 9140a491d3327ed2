"""Where a scenario's targeted offers would go to others than the past offers of the data went to."""

from __future__ import annotations

from scenarios.language.where import runs_for
from scenarios.language.words import Layer
from surrogate.evidence.sent_before import SECTION, SentBefore
from surrogate.parts import unpack
from surrogate.scoring.axes import Axes


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
