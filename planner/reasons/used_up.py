"""What is said of vendors' funds that run out in the drawn futures: what offers cost beyond them is the retailer's."""

from __future__ import annotations

from collections.abc import Sequence

from planner.figures import money_style, part
from scenarios.answer.plan import Outcome
from scenarios.answer.verdicts import LimitResult
from scenarios.first_few import NAMED
from scenarios.language.implied_ids import FUND

NOTABLE = 0.05
"""Share of the futures from which on it is told that a fund is used up."""


def funds_used_up(outcome: Outcome, limits: Sequence[LimitResult], currency: str) -> tuple[str, ...]:
    """Say which funds are used up in a notable share of the futures, most often first.

    Parameters
    ----------
    limits
        The plan's, those of the funds among them.
    """
    shares = outcome.funds_used_up or {}
    amounts = {limit.id: limit.limit for limit in limits}
    notable = sorted((vendor for vendor, found in shares.items() if found >= NOTABLE), key=lambda each: -shares[each])
    said = []
    for vendor in notable[:NAMED]:
        amount = amounts[f"{FUND}{vendor}"]
        whole = money_style(currency, [amount])(amount)
        said.append(f"{vendor}'s fund of {whole} is used up in {part(shares[vendor])} of the futures")
    if not said:
        return ()
    if len(notable) > NAMED:
        more = len(notable) - NAMED
        said.append(f"so are {more} more funds" if more > 1 else f"so is that of {notable[-1]}")
    return (f"{'; '.join(said)}: what offers cost beyond {'it' if len(notable) == 1 else 'them'} is yours",)
