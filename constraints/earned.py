"""What a plan earns when nothing that is not there is sold: by the account wherever it sells only what is there.

The account books what customers want and leaves stock to a limit. Where a plan keeps its stock, both are the same and
the account's own amounts stand, so that every command shows the same money to the minor unit; only where stock runs
out is what is sold reckoned anew, and rounded once. No promotion never runs out: its amounts are the account's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from scenarios.answer.rounding import scaled, to_decimal
from scenarios.futures.expected_future import served
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional

STOCK = "stock:"
"""What ids of stock limits begin with."""


@dataclass(frozen=True, kw_only=True)
class Earned:
    """Money of a plan over the whole horizon; what is sold out is lost."""

    profit: Decimal
    """Promotion or not."""
    gained: Decimal
    """`profit` less that of no promotion."""
    spend: Decimal


def earned(ledger: Ledger, report: LedgerReport) -> Earned:
    """Money of an audited plan on the ledger's expected effects."""
    if all(limit.used <= limit.limit for limit in report.limits if limit.id.startswith(STOCK)):
        outcome = report.outcome
        return Earned(profit=outcome.profit, gained=outcome.profit_change, spend=outcome.spend)
    model, grid, digits, outcome = ledger.model, ledger.grid, report.account.digits, report.outcome
    wanted = [measure_functional(grid, model.economics, each, Scope()) for each in (Measure.PROFIT, Measure.SPEND)]
    sold = served(model, ledger.effects, report.account.plan, wanted)
    profit, spend = (to_decimal(amount, digits) for amount in scaled(np.array(sold), digits).tolist())
    without = outcome.profit - outcome.profit_change  # its baseline is cut at stock already: it never runs out
    return Earned(profit=profit, gained=profit - without, spend=spend)
