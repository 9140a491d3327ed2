"""The data's declared past offers as the model keeps them."""

from __future__ import annotations

from surrogate.data.events import Events
from surrogate.effects.described import Described
from surrogate.model import LearnedOffers
from surrogate.shelf.mechanics import KINDS
from surrogate.shelf.taken_shares import taken_shares


def learned_offers(events: Events, seen: Described) -> LearnedOffers | None:
    """Return what ran and how it was used; None where the data file declares no offers."""
    if seen.offers is None:
        return None
    cells = seen.offers.cells
    ran = sorted({KINDS[kind].value for kind in cells.kind})
    used = sorted({KINDS[kind].value for kind in cells.kind[cells.use_seen]})
    return LearnedOffers(mechanics=tuple(ran), used=tuple(used), order=round(seen.order, 2), taken=taken_shares(events))
