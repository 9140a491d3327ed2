"""What each vendor is to be billed for so far, beside what was expected and what is left of the fund."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from planner.figures import NOTHING, money_style
from planner.flight.claims_so_far import ClaimSoFar
from planner.flight.past.untold_uses import UntoldUses
from planner.report.table import Column, FittedTable

_BY_RETURNS = (
    "by returns: what vendors owe when they pay for no unit that came back, as far as the file tells returns; actual, "
    "left and all other money take the share that the plan assumes (return_rate)"
)


def show_claims(claims: Sequence[ClaimSoFar], currency: str, untold: Sequence[UntoldUses] = ()) -> FittedTable:
    """Lay out one row a vendor.

    Parameters
    ----------
    untold
        Uses that are reckoned, on which some of it rests.
    """
    money = money_style(currency, [amount for claim in claims for amount in (claim.expected, claim.actual)])
    rows, unpaid, told = [], list[str](), any(claim.by_returns is not None for claim in claims)
    for vendor in dict.fromkeys(claim.vendor for claim in claims):
        own = [claim for claim in claims if claim.vendor == vendor]
        expected, actual = (sum(each, Decimal(0)) for each in zip(*((c.expected, c.actual) for c in own), strict=True))
        fund = own[0].fund
        left = NOTHING if fund is None else money(fund - actual)
        kept = (money(sum((c.by_returns or Decimal(0) for c in own), Decimal(0))),) if told else ()
        rows.append((vendor, money(expected), money(actual), *kept, NOTHING if fund is None else money(fund), left))
        beyond = sum((claim.beyond_fund for claim in own), Decimal(0))
        if beyond:
            unpaid.append(f"{vendor}'s fund is used up: what offers ask for beyond it, {money(beyond)}, is yours")
    return FittedTable(
        title="To be claimed from vendors so far",
        columns=(
            Column(title="vendor", least=8),
            Column(title="expected", number=True),
            Column(title="actual", number=True),
            *((Column(title="by returns", number=True),) if told else ()),
            Column(title="fund", number=True),
            Column(title="left", number=True),
        ),
        rows=tuple(rows),
        notes=(
            *unpaid,
            *_reckoned(claims, untold),
            *((_BY_RETURNS,) if told else ()),
            "actual: the terms of the plan on real sales and the lines that ran, no record of the till; --json has it "
            f"by period, product and offer; {money.caption}",
        ),
    )


def _reckoned(claims: Sequence[ClaimSoFar], untold: Sequence[UntoldUses]) -> Iterator[str]:
    """Say which vendors' amounts rest on uses that are reckoned, and of which offers."""
    open_ = [each.offer for each in untold]
    whose = {
        vendor: [offer for offer in open_ if any(c.vendor == vendor and c.offer == offer for c in claims)]
        for vendor in dict.fromkeys(claim.vendor for claim in claims)
    }
    named = [f"{vendor} ({', '.join(offers)})" for vendor, offers in whose.items() if offers]
    if named:
        yield f"in part reckoned, because the file does not tell all uses, see below: {', '.join(named)}"
