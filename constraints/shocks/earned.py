"""What a plan earns when nothing that is not there is sold or paid: by the account wherever it has only what is there.

The account books what customers want and leaves stock to a limit. Where a plan keeps its stock, both are the same and
the account's own amounts stand, so that every command shows the same money to the minor unit; only where stock runs
out is what is sold reckoned anew, and rounded once. No promotion never runs out: its amounts are the account's.
Likewise of vendors' funds: what the account books beyond a fund is taken off, and borne by the retailer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from scenarios.answer.as_it_was import AsItWas
from scenarios.answer.as_paid import as_paid
from scenarios.futures.expected_future import served
from scenarios.language.implied_ids import STOCK
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.rounding import scaled, to_decimal


@dataclass(frozen=True, kw_only=True)
class Earned:
    """Money of a plan over the whole horizon; what is sold out is lost."""

    profit: Decimal
    """Promotion or not."""
    gained: Decimal
    """`profit` less that of no promotion."""
    spend: Decimal
    beyond_funds: dict[str, Decimal]
    """What each vendor is asked for beyond his fund: it is in no vendor's money here."""


def earned(ledger: Ledger, report: LedgerReport) -> Earned:
    """Money of an audited plan on the ledger's expected effects."""
    digits, outcome = report.account.digits, report.outcome
    if all(limit.used <= limit.limit for limit in report.limits if limit.id.startswith(STOCK)):
        beyond = {vendor: to_decimal(over, digits) for vendor, over in as_paid(report.account).beyond.items()}
        missing = sum(beyond.values(), Decimal(0))
        return Earned(
            profit=outcome.profit - missing,
            gained=outcome.profit_change - missing,
            spend=outcome.spend + missing,
            beyond_funds=beyond,
        )
    wanted = [ledger.funds.measure(each, Scope()) for each in (Measure.PROFIT, Measure.SPEND)]
    sold = served(ledger.model, ledger.effects, report.account.plan, wanted)
    as_sent = [AsItWas(ledger.model).beyond_by_messages(each, Scope()) for each in (Measure.PROFIT, Measure.SPEND)]
    values = sold.values[0] + np.array(as_sent)
    profit, spend = (to_decimal(amount, digits) for amount in scaled(values, digits).tolist())
    without = outcome.profit - outcome.profit_change  # its baseline is cut at stock already: it never runs out
    over = {vendor: to_decimal(int(scaled(each, digits)[0]), digits) for vendor, each in sold.beyond_funds.items()}
    beyond = {vendor: amount for vendor, amount in over.items() if amount}
    return Earned(profit=profit, gained=profit - without, spend=spend, beyond_funds=beyond)
