"""The scalar limits of a scenario: those it writes, and those that vendors' funds and stocks of gifts imply.

Ids of implied limits hold a colon (``fund:nova``, ``gift:buds``), which ids in a scenario cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scenarios.grid import Grid
from scenarios.schema import Limit
from scenarios.scope import Scope
from scenarios.words import Measure


@dataclass(frozen=True, kw_only=True)
class LimitEntry:
    """A limit with the id it is reported under."""

    id: str
    limit: Limit
    origin: str
    """``limit`` (written in the scenario), ``fund`` (a vendor's) or ``gift`` (its stock)."""

    @property
    def measure(self) -> Measure | str:
        """What it bounds; a text names a custom measure."""
        return Measure.read(self.limit.measure)

    @property
    def sense(self) -> str:
        """``max`` or ``min``."""
        return "max" if self.limit.max is not None else "min"

    @property
    def bound(self) -> Decimal:
        """The bound as written."""
        return self.limit.max if self.limit.max is not None else self.limit.min or Decimal(0)

    @property
    def drawn(self) -> tuple[Measure | str, ...]:
        """Measures that futures are needed of."""
        if self.limit.at_risk is None:
            return ()
        return (Measure.MARGIN, Measure.REVENUE) if self.measure is Measure.MARGIN_RATE else (self.measure,)


def written_and_implied(grid: Grid) -> tuple[LimitEntry, ...]:
    """Limits of a scenario in its order, then vendors' funds (``fund:ID``) and stocks of gifts (``gift:ID``).

    Raises
    ------
    ValueError
        For a limit on a word that is no measure.
    """
    scenario = grid.scenario
    entries = [LimitEntry(id=limit.id, limit=limit, origin="limit") for limit in scenario.limits]
    for vendor in scenario.vendors:
        if vendor.fund is not None:
            fund = Limit(id=vendor.id, measure="vendor_funding", max=vendor.fund, where=Scope(vendor=vendor.id))
            entries.append(LimitEntry(id=f"fund:{vendor.id}", limit=fund, origin="fund"))
    for gift in scenario.gifts:
        offers = tuple(offer.id for offer in scenario.offers if offer.gift == gift.id)
        if gift.stock is not None and offers:
            stock = Limit(id=gift.id, measure="gifts", max=Decimal(gift.stock), where=Scope(offers=offers))
            entries.append(LimitEntry(id=f"gift:{gift.id}", limit=stock, origin="gift"))
    for entry in entries:
        if not isinstance(entry.measure, Measure) and entry.measure not in grid.custom:
            raise ValueError(f"limit {entry.id}: {entry.measure} is no measure of the scenario")
    return tuple(entries)
