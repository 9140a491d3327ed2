"""What a market lives before its first campaign and between campaigns, and what a retailer's systems hold of it.

Time is told from the campaign that comes next: it always begins on the scenario's first day, and everything that was
before lies before that day. Every campaign begins for all policies on the same morning: that of a market which lived
its ordinary weeks, and in the campaigns before this one no promotion. What a campaign leaves in cupboards and
memories is taken to be gone by the next.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.problem import Problem
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Unit
from scenarios.market.ordinary import ordinary_calendar, ordinary_market
from scenarios.market.play import Market
from scenarios.market.purchases import PurchaseData, record_past
from scenarios.market.records import moved, quiet_memory, record_campaign, segments_known
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Wrong

SHORTEST, LONGEST = 20, 104
"""Weeks of a past: fewer teach nothing that could be tested, more a market of single customers lives too slowly."""
BETWEEN = 4
"""Ordinary weeks, at least, between the last day of a campaign and the first one of the next."""
SEEDS = 1000
"""Seeds of a run: 0 its past, then its campaigns, from the middle on the weeks after each of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Life:
    """Where a market stands on the morning of a campaign."""

    market: Market
    """With what its customers remember."""
    records: tuple[PurchaseData, ...]
    """What the retailer's systems hold, one span of days after the other, up to the day before the campaign."""


def require_past(problem: Problem, option: str) -> None:
    """Refuse what no past can be recorded of.

    Raises
    ------
    InvalidInput
        For scenarios in weeks, offers that not everybody gets or that are sent once, and gifts with orders.
    """
    scenario, wrong = problem.loaded.scenario, []
    if scenario.horizon.unit is not Unit.DAY:
        wrong.append(
            Wrong(
                where=option,
                what="horizon.unit",
                expected="a scenario in days: a past is recorded day by day, with the dates of receipts and messages",
                got=scenario.horizon.unit.value,
                remedy="leave the option out: campaign simulate plays scenarios in weeks without a past",
            )
        )
    rationed = [one.id for one in scenario.offers if one.quantity is not None or one.per_customer is not None]
    if rationed:
        wrong.append(
            Wrong(
                where=option,
                what=f"offers.{rationed[0]}",
                expected="offers that everybody gets: training takes an offer for open to all whom it was made to",
                got=f"quantity or per_customer ({', '.join(rationed)})",
                remedy="take these keys off with a copy of the scenario, or leave the option out",
            )
        )
    once = [one.id for one in scenario.offers if one.valid is not None]
    if once:
        wrong.append(
            Wrong(
                where=option,
                what=f"offers.{once[0]}.valid",
                expected="offers without valid: training does not know of coupons that are used up",
                got=f"valid ({', '.join(once)})",
                remedy="leave the option out, or take valid off with a copy of the scenario",
            )
        )
    with_orders = [one.id for one in scenario.offers if one.gift is not None and one.is_basket]
    if with_orders:
        wrong.append(
            Wrong(
                where=option,
                what=f"offers.{with_orders[0]}.spend",
                expected="gifts on products: training learns no gifts with orders",
                got=f"a gift with spend ({', '.join(with_orders)})",
                remedy="take the offer off with a copy of the scenario, or leave the option out",
            )
        )
    if wrong:
        raise InvalidInput(wrong)


def lived_past(market: Market, weeks: int, seed: int) -> Life:
    """Let a market live a past: at least so many weeks, from a Monday on, up to the day before the first campaign.

    Parameters
    ----------
    market
        Of the campaign, in days.
    seed
        Of the run.
    """
    first = market.scenario.horizon.start - dt.timedelta(weeks=weeks)
    before = ordinary_market(market, days=7 * weeks + first.weekday())
    calendar = ordinary_calendar(before, _history(market), SEEDS * seed)
    past = replace(record_past(before, calendar, SEEDS * seed), customers=segments_known(before))
    return Life(market=replace(market, remembered=past.memory), records=(past,))


def lived_on(life: Life, campaign: Market, after: Market, lines: Sequence[PlanLine] | None, seed: int, n: int) -> Life:
    """Let a market live on, from the morning of campaign ``n`` to that of the next.

    Parameters
    ----------
    campaign, after
        The market of the campaign, changing on its way, and as it is afterwards; both as in ``life``.
    lines
        What the retailer whose systems are read really ran; None where nobody reads them.
    """
    days = campaign.days
    cycle = 7 * (math.ceil(days / 7) + BETWEEN)
    mood, later = SEEDS * seed + n, SEEDS * seed + SEEDS // 2 + n
    rest = ordinary_market(after, days=cycle - days, remembered=quiet_memory(campaign, mood))
    calendar = ordinary_calendar(rest, _history(campaign), later)
    morning = record_past(rest, calendar, later).memory
    records: tuple[PurchaseData, ...] = ()
    if lines is not None:
        ran = record_campaign(campaign, lines, mood)
        own = record_past(replace(rest, remembered=ran.memory), calendar, later)
        records = (
            *(moved(part, -cycle) for part in (*life.records, ran)),
            replace(own, customers=segments_known(rest)),
        )
    return Life(market=replace(after, remembered=morning), records=records)


def _history(market: Market) -> tuple[PlanLine, ...]:
    found = market.scenario.history
    return found if isinstance(found, tuple) else ()
