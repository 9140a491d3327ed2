"""Vendors' funds in a campaign that runs: what was claimed stands, and what nobody pays any more is the retailer's.

A fund may be cut on the way, or be used up by more sales than were foreseen, while lines run on that its vendor was to
pay for. Claims up to the last day of the actuals were made and stand, as far as the fund of their day held. From then
on the vendor pays until the new fund is empty, claims so far counted; what lines that cannot be changed any more ask
for beyond it, no account holds (`Locked.funds`). The lines of the rest are held to the fund by its limit, as ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from planner.flight.past.settle import up_to
from planner.replan.question import IN_FLIGHT
from planner.replan.rest.floors import asked_again
from scenarios.answer.archive import Frozen
from scenarios.answer.as_it_was import with_locks
from scenarios.answer.as_paid import row_payers
from scenarios.answer.cells import Account
from scenarios.answer.in_flight import Floor
from scenarios.answer.outcome import account
from scenarios.flight.actuals import Actuals
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.rounding import minor, to_decimal


@dataclass(frozen=True, kw_only=True)
class BeyondFund:
    """What one vendor does not pay of what cannot be changed any more; money in major units."""

    vendor: str
    fund: Decimal
    """As it is asked now."""
    claimed: Decimal
    """Up to the last day of the actuals, as far as the fund of that time held; it stands."""
    asked: Decimal
    """By all lines up to the last locked day."""
    paid: Decimal
    """Of it."""

    @property
    def beyond(self) -> Decimal:
        """What nobody pays: it is the retailer's."""
        return self.asked - self.paid


def funds_so_far(
    scenario: Scenario, frozen: Frozen, effects: Effects, running: np.ndarray, actuals: Actuals, bounds: Sequence[Floor]
) -> tuple[Scenario, tuple[BeyondFund, ...]]:
    """Hold vendors' money for what is locked to their funds.

    Parameters
    ----------
    scenario
        The question of the rest, its past locked.
    frozen
        The problem that was planned: its funds are those under which claims so far were made.
    effects
        Whose past is what was sold.
    running
        The flat plan [N] as it ran and is to run.
    bounds
        Those that gave way before: a fund among them is asked for anew, as it was asked.

    Returns
    -------
    The scenario whose lock tells what vendors pay, and what they do not.
    """
    before = {each.id: each.fund for each in frozen.scenario.vendors}
    now = {each.id: each.fund for each in asked_again(scenario, bounds).vendors if each.fund is not None}
    if not now:
        return scenario, ()
    grid = build_grid(with_locks(scenario, {"funds": {}}), frozen.custom)
    until = next(rule.until for rule in scenario.rules if isinstance(rule, Locked) and rule.id == IN_FLIGHT)
    last = scenario.horizon.period_of(until or scenario.horizon.start)
    book = account(build_coefficients(grid, effects, frozen.baskets), up_to(grid, running, last))
    found = [_beyond(book, actuals, vendor, fund, before.get(vendor)) for vendor, fund in now.items()]
    short = tuple(each for each in found if each.beyond > 0)
    funds = {each.vendor: each.paid for each in short}
    rules = (
        rule.model_copy(update={"funds": funds}) if isinstance(rule, Locked) and rule.id == IN_FLIGHT else rule
        for rule in scenario.rules
    )
    return scenario.model_copy(update={"rules": tuple(rules)}), short


def _beyond(book: Account, actuals: Actuals, vendor: str, fund: Decimal, before: Decimal | None) -> BeyondFund:
    """What a vendor pays of what is locked."""
    own = row_payers(book) == vendor
    asked = int(book.rows.funding[own].sum())
    claimed = int(book.rows.funding[own & (book.rows.period <= actuals.last)].sum())
    if before is not None:
        claimed = min(claimed, minor(before, book.digits))
    paid = min(asked, max(claimed, minor(fund, book.digits)))
    amounts = (to_decimal(amount, book.digits) for amount in (claimed, asked, paid))
    return BeyondFund(vendor=vendor, fund=fund, **dict(zip(("claimed", "asked", "paid"), amounts, strict=True)))


def said_of_funds(found: Sequence[BeyondFund], as_of: dt.date, until: dt.date) -> tuple[str, ...]:
    """Say what vendors do not pay, and whose it is: one sentence a vendor."""
    return tuple(
        f"{each.vendor} has a fund of {each.fund:,f}: what runs until {until} asks it for {each.asked:,f}, of which "
        f"{each.paid:,f} is paid (claims up to {as_of} of {each.claimed:,f} stand); the other {each.beyond:,f} is "
        "yours, in profit, spend and claims alike"
        for each in found
    )
