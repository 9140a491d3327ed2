"""What is said of figures that are read off drawn futures: how far they move by the luck of the draw."""

from __future__ import annotations

from decimal import Decimal

from planner.figures import MoneyStyle, part, share
from scenarios.answer.plan import Outcome, PlanSet, Quantiles, RankedPlan
from scenarios.answer.sums import MONEY
from scenarios.language.aim import is_profit
from scenarios.sampling import Estimate

SMALL = Decimal("0.1")
"""Share of gross spend below which an objective is so small that a percentage of it says little."""
MOST = 0.5
"""Share of the futures from which on it is said first that a plan loses in them."""
AS_GOOD, FOR_LESS = Decimal("0.9"), Decimal("0.7")
"""Share of a plan's objective that another has, and of its spend that it takes, to be named as nearly as good."""
WIDE = Decimal("0.1")
"""Share of the spread from P5 to P95 from which on it is said how far they move by chance."""
QUANTILES = "P5: 5% of the futures stay below, P50: half of them, P95: 95% of them"
"""How columns of quantiles are read."""
CANNOT = "cannot be told from 0"
_NEITHER = "neither optimistic nor pessimistic"


def optimism_cell(plan: RankedPlan, plan_set: PlanSet, money: MoneyStyle) -> str | None:
    """Write a plan's optimism with its 90 % range, or only the range where 0 lies in it; None where there is none."""
    if plan.optimism is None:
        return None
    if not plan.optimism_error:  # not kept, or effects that are certain
        return _amount(plan.optimism, plan, plan_set, money)
    found = Estimate(plan.optimism, plan.optimism_error)
    range_ = _amount(found.half_width, plan, plan_set, money)
    return f"{_amount(found.value, plan, plan_set, money)} ± {range_}" if found.told else f"within ±{range_}"


def leaning(plan: RankedPlan, plan_set: PlanSet, money: MoneyStyle) -> str:
    """Say which way an objective errs, by how much, and whether chance alone may make it so; empty where unknown."""
    value = plan.optimism
    if value is None:
        return ""
    size, none = (_amount(each, plan, plan_set, money) for each in (abs(value), 0.0))
    if plan.optimism_error is None:
        return _NEITHER if size == none else f"{_way(value)} by {size} (how much of it is luck was not kept)"
    found = Estimate(value, plan.optimism_error)
    half = _amount(found.half_width, plan, plan_set, money)
    if size == none:
        return _NEITHER if half == none else f"{_NEITHER} (± {half})"
    text = f"{_way(value)} by {size} ± {half}"
    return text if found.told else f"{text}, which {CANNOT}"


def _way(optimism: float) -> str:
    return "optimistic" if optimism > 0 else "pessimistic"


def promising(value: float, error: float | None) -> str:
    """Say how what halves of the futures promise compares with what the other halves give."""
    size, none = share(abs(value), digits=1), share(0.0, digits=1)
    found = Estimate(value, error or 0.0)
    half = share(found.half_width, digits=1)
    if size == none:
        return "as much as the other half gives them" + ("" if half == none else f" (± {half})")
    range_ = "" if error is None else f" ± {half}"
    text = f"{size}{range_} {'more' if value > 0 else 'less'} than the other half gives them"
    return text if found.told else f"{text}, which {CANNOT}"


def by_luck(value: float, error: float) -> str:
    """Say how far a share may move by the luck of the draw."""
    found = Estimate(value, error)
    text = f"± {share(found.half_width, digits=1)} by the luck of the draw (90%)"
    return text if found.told else f"{text}: {CANNOT}"


def _amount(optimism: float, plan: RankedPlan, plan_set: PlanSet, money: MoneyStyle) -> str:
    """Optimism as a share of the objective, or as an amount where that is small beside what is spent."""
    if not as_amount(plan, plan_set):
        return share(optimism, digits=1)
    return money(Decimal(repr(optimism)) * max(Decimal(1), abs(plan.objective)))


def as_amount(plan: RankedPlan, plan_set: PlanSet) -> bool:
    """Whether a plan's objective is so small beside what is spent that its optimism is told as an amount.

    Only of profit, plain or careful, and of a front that money leads: units and weighted sums are no part of spend.
    """
    return _in_money(plan_set) and abs(plan.objective) < SMALL * plan.outcome.gross_spend


def _in_money(plan_set: PlanSet) -> bool:
    if plan_set.front is None:
        return is_profit(plan_set.objective)
    return plan_set.front.leading in MONEY


def losing(outcome: Outcome) -> str:
    """Say in how many of the futures a plan loses; empty where no futures were drawn or an older folder says nothing.

    Against no promotion, as everything that a plan gains.
    """
    if outcome.loss_share is None:
        return ""
    if not outcome.loss_share:
        return "loses money in none of the futures that were drawn, against no promotion"
    return f"loses money in {part(outcome.loss_share)} of the futures, against no promotion"


def more_futures_lose(plan_set: PlanSet, money: MoneyStyle) -> str:
    """Say first of a plan that is to gain, and loses in most futures, what that means; empty otherwise."""
    best = plan_set.plans[0]
    lost, range_ = best.outcome.loss_share, best.outcome.quantiles.get("profit")
    plainly = is_profit(plan_set.objective) and plan_set.front is None
    if not plainly or lost is None or range_ is None or lost < MOST or best.objective <= 0 or not best.lines:
        return ""
    text = f"plan 1 loses money in {part(lost)} of the futures (in half of them it gains less than "
    text += (
        f"{money(range_.p50, signed=True)}): its {money(best.objective, signed=True)} are what comes if all effects "
    )
    text += "are as expected; objective: {risk: mean} plans for the futures themselves"
    for other in plan_set.plans[1:]:
        cheaper = other.outcome.gross_spend < FOR_LESS * best.outcome.gross_spend
        if cheaper and other.objective >= AS_GOOD * best.objective:
            of_it = share(float(other.objective / best.objective), digits=0)
            spent = share(float(other.outcome.gross_spend / best.outcome.gross_spend), digits=0)
            return f"{text}; plan {other.rank} has {of_it} of that for {spent} of the gross spend"
    return text


def quantile_errors(found: Quantiles, money: MoneyStyle) -> str:
    """Say where the quantiles of all futures may lie, where that is much beside their spread; empty otherwise."""
    ends = (found.p05_low, found.p05_high, found.p95_low, found.p95_high)
    if None in ends:
        return ""
    low, high, other_low, other_high = (Decimal(end or 0) for end in ends)
    if max(high - low, other_high - other_low) <= WIDE * (found.p95 - found.p05):
        return ""
    five, ninety_five = (
        f"{money(one, signed=True)} to {money(two, signed=True)}" for one, two in ((low, high), (other_low, other_high))
    )
    return f"its P5 at {five} and its P95 at {ninety_five}"
