"""A plan set with made-up figures over a real scenario, for tests of reports that need no search."""

from __future__ import annotations

from decimal import Decimal

from scenarios.answer.notes import Topic, notes_about
from scenarios.answer.plan import (
    Bridge,
    EffectsSource,
    Hash,
    LineResult,
    Outcome,
    PlanSet,
    Quantiles,
    RankedPlan,
    Source,
)
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario

Line = tuple[int, str, str, str, float]
"""Period, product, segment, offer, coverage."""
PHONE_LINES: tuple[Line, ...] = (
    *((period, "nova-12", "*", "nova-cut-12", 1.0) for period in range(2, 6)),
    *((period, "lite-8", "*", "nova-flash-10", 1.0) for period in (0, 1, 7)),
    *((period, "nova-12", who, "nova-coupon-200", 0.3) for period in (3, 4, 8) for who in ("students", "silver")),
    (5, "basket", "students", "save-200", 0.25),
    (13, "orion-5-max", "*", "front-page", 1.0),
)
"""Public and targeted lines of phone-flash-sale, on products and baskets."""


def plan_set(scenario: Scenario, *plans: tuple[Line, ...], scale: str = "1") -> PlanSet:
    """Return a plan set that holds the given lines; amounts grow with ``scale``."""
    return PlanSet(
        format="campaign-plans/1",
        scenario=Source(id=scenario.scenario, sha256="0" * 64),
        effects=EffectsSource(source="table effects.csv", sha256="1" * 64),
        cells=Hash(sha256="2" * 64),
        seed=7,
        effort="normal",
        versions={"campaign-planner": "0.1.0"},
        assumed=("fatigue 25% (default)", "return_rate 0% (default)"),
        notes=notes_about(Topic.EFFECTS, ["effects are assumed, not measured"]),
        objective="profit",
        currency=scenario.currency,
        bound=Decimal("1100000.00") * Decimal(scale),
        plans=tuple(
            ranked(scenario, number, lines, Decimal(scale) / number) for number, lines in enumerate(plans, start=1)
        ),
    )


def ranked(scenario: Scenario, rank: int, lines: tuple[Line, ...], scale: Decimal = Decimal(1)) -> RankedPlan:
    """Return one plan whose bridge and contributions add up."""

    def money(text: str) -> Decimal:
        return round(Decimal(text) * scale, 2)

    terms = {
        "gross_bump": money("2500000.50"),
        "fatigue": money("-180000.25"),
        "cannibalisation": money("-240000"),
        "pull_forward": money("-130000"),
        "halo": money("0"),
        "basket": money("45000"),
        "discount_on_base": money("-900000"),
        "discount_on_bump": money("-700000"),
        "gifts": money("-80000"),
        "contacts": money("-5000"),
        "fixed_costs": money("-44000"),
        "vendor_funding": money("734567.89"),
    }
    net = sum(terms.values(), Decimal(0))
    worth = [money("1234.56")] * len(lines)
    zero = Decimal(0)
    outcome = Outcome(
        profit=money("9000000"),
        profit_change=net,
        revenue=money("70000000"),
        revenue_change=money("6000000"),
        margin=money("9100000"),
        margin_rate=0.13,
        units=money("52000"),
        units_change=money("4321.5"),
        orders=money("40000"),
        discount=money("1600000"),
        discount_on_base=money("900000"),
        gifts_cost=money("80000"),
        contacts_cost=money("5000"),
        fixed_cost=money("44000"),
        cash_cost=money("129000"),
        gross_spend=money("1729000"),
        vendor_funding=money("734567.89"),
        spend=money("994432.11"),
        charges=money("12000"),
        roi=float(net / money("1729000")),
        uses=money("8000"),
        gifts=money("900"),
        contacts=money("1250000"),
        customers_reached=money("400000"),
        issued=money("0"),
        max_liability=money("0"),
        bridge=Bridge(**terms, net=net),
        quantiles={"profit": Quantiles(p05=net * Decimal("0.4"), p50=net, p95=net * Decimal("1.7"))},
    )
    return RankedPlan(
        rank=rank,
        objective=net,
        gap=0.0123,
        optimism=0.02,
        outcome=outcome,
        baselines={"no_promotion": zero, "uniform": net / 2, "greedy": net - money("1000"), "last_campaign": None},
        interaction=net - sum(worth, zero),
        limits=(
            limit("total-budget", "spend", "800000", "799999.10", binding=True, price=0.42),
            limit("coupon-budget", "spend", "120000", "81000", at_risk="119500.5", binding=True, price=0.1),
            limit("margin", "margin_rate", "0.08", "0.1304", sense="min"),
            limit("stock:nova-12", "units", "6700", "6120.125", at="2026-11-05"),
        ),
        rules=(RuleResult(id="calm", rule="min_gap", satisfied=True, violations=()),),
        lines=tuple(line(scenario, each, worth[0]) for each in lines),
    )


def limit(
    id_: str,
    measure: str,
    bound: str,
    used: str,
    *,
    sense: str = "max",
    at_risk: str | None = None,
    binding: bool = False,
    price: float | None = None,
    at: str | None = None,
) -> LimitResult:
    """Return one limit's result."""
    most, use = Decimal(bound), Decimal(at_risk or used)
    room = most - use if sense == "max" else use - most
    return LimitResult(
        id=id_,
        measure=measure,
        scope={},
        sense=sense,
        limit=most,
        used=Decimal(used),
        used_at_risk=None if at_risk is None else Decimal(at_risk),
        at_risk=None if at_risk is None else 0.95,
        headroom=room,
        binding=binding,
        ok=room >= 0,
        at=at,
        shadow_price=price,
    )


def line(scenario: Scenario, each: Line, contribution: Decimal) -> LineResult:
    """Return one line's result."""
    period, product, segment, offer, coverage = each
    return LineResult(
        period=scenario.horizon.date_of(period),
        product=product,
        segment=segment,
        offer=offer,
        coverage=coverage,
        quantity=1.0,
        pieces=None,
        units=Decimal("310.250"),
        incremental_units=Decimal("98.125"),
        uses=Decimal("310.250"),
        gifts=Decimal(0),
        contacts=Decimal(0),
        discount=Decimal("41234.56"),
        gross_spend=Decimal("41234.56"),
        vendor_funding=Decimal("20000.00"),
        spend=Decimal("21234.56"),
        issued=Decimal(0),
        liability=Decimal(0),
        contribution=contribution,
        why="the best offer of its slot",
    )


def plan_line(scenario: Scenario, each: Line) -> PlanLine:
    """Return one line as people write it."""
    period, product, segment, offer, coverage = each
    return PlanLine(
        date=scenario.horizon.date_of(period), product=product, segment=segment, offer=offer, coverage=coverage
    )
