"""The data's declared past offers as the model keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.effects.described import Described
from surrogate.evidence.gather import WEATHER
from surrogate.evidence.uncertainty.few_weeks import week_errors
from surrogate.evidence.uncertainty.weather import WeeklyWeather
from surrogate.model import LearnedOffers
from surrogate.parts import Section, unpack
from surrogate.shelf.cells import Shelf
from surrogate.shelf.mechanics import KINDS
from surrogate.shelf.named_shares import named_shares
from surrogate.shelf.taken_shares import taken_shares


def learned_offers(
    events: Events, seen: Described, shelf: Shelf, units: Float, sections: Mapping[str, Section], counting: float
) -> LearnedOffers | None:
    """Return what ran and how it was used; None where the data file declares no offers.

    Parameters
    ----------
    events, seen, shelf
        The data as it was learned from.
    units
        [I, T] that all customers bought of each item.
    sections
        Evidence of the model, for how much weeks differ.
    counting
        Variance over mean of weekly units.
    """
    if seen.offers is None:
        return None
    cells = seen.offers.cells
    ran = sorted({KINDS[kind].value for kind in cells.kind})
    used = sorted({KINDS[kind].value for kind in cells.kind[cells.use_seen]})
    weather = unpack(sections[WEATHER], WeeklyWeather) if WEATHER in sections else None
    return LearnedOffers(
        mechanics=tuple(ran),
        used=tuple(used),
        order=round(seen.order, 2),
        taken=taken_shares(events),
        named=named_shares(events),
        week_error=week_errors(cells, shelf, units.mean(axis=1), weather, counting),
    )
