"""Where a plan stands as things are now: the money it makes, and what it would break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger, LedgerReport
from constraints.shocks.earned import earned
from scenarios.answer.verdicts import LimitResult


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a plan stands as things are now."""

    profit: Decimal
    """Of the whole horizon, promotion or not; what is sold out is lost."""
    gained: Decimal
    """`profit` less that of no promotion."""
    spend: Decimal
    broken: tuple[str, ...]
    """Ids of limits and rules that it would break."""
    beyond: tuple[str, ...] = ()
    """What it comes to of each of these limits, as words."""


def standing(ledger: Ledger, report: LedgerReport) -> Standing:
    """Money of a plan on what is now expected, nothing sold that is not there."""
    money = earned(ledger, report)
    broken = (*(each.id for each in report.limits if not each.ok), *(r.id for r in report.rules if not r.satisfied))
    beyond = tuple(_beyond(each) for each in report.limits if not each.ok)
    return Standing(profit=money.profit, gained=money.gained, spend=money.spend, broken=broken, beyond=beyond)


def _beyond(limit: LimitResult) -> str:
    """Say what a broken limit comes to: as expected and, where it is to hold in a share of the futures, in so many."""
    comes = f"{limit.id} comes to {limit.figure(limit.used)}"
    if limit.used_at_risk is not None and limit.at_risk is not None:
        comes = f"{comes} as expected, to {limit.figure(limit.used_at_risk)} in {100 * limit.at_risk:g}% of the futures"
    least = "least" if limit.sense == "min" else "most"
    return f"{comes}{limit.place}, at {least} {limit.figure(limit.limit)} is allowed"


def by_ledger(ledger: Ledger) -> Callable[[NDArray[np.int8]], float]:
    """What plans [N] earn, in major units, nothing sold that is not there; each is reckoned once."""
    known: dict[bytes, float] = {}

    def profit(plan: NDArray[np.int8]) -> float:
        key = plan.tobytes()
        if key not in known:
            known[key] = float(standing(ledger, ledger.audit(plan)).profit)
        return known[key]

    return profit
