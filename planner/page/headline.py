"""The top of a page: what the plan is, what it comes to, and whether it keeps everything."""

from __future__ import annotations

from dataclasses import dataclass

from planner.figures import count, money_style, part, plural, share, up_to_many
from planner.report.one_plan.outcome import broken_sentences
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.language.schema import Scenario


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure of the top, and a sentence below it."""

    label: str
    figure: str
    below: str = ""


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The top of a page."""

    title: str
    subtitle: str
    tiles: tuple[Tile, ...]
    kept: str
    """What is well; empty where something is wrong, or nothing is to be said."""
    broken: tuple[str, ...]
    """A sentence for each thing that is wrong."""
    alarm: str
    """What is said above these."""


def headline(plan_set: PlanSet, plan: RankedPlan, scenario: Scenario) -> Headline:
    """Say what a plan is in a few figures; amounts are changes against no promotion, or spent on it."""
    horizon = scenario.horizon
    last = horizon.dates[-1]
    span = f"{plural(horizon.periods, horizon.unit.value)}, {horizon.start} to {last}"
    if horizon.unit.value == "week":
        span = f"{plural(horizon.periods, 'week')}, the first from {horizon.start}, the last from {last}"
    broken = broken_sentences(plan.limits, plan.rules, (), plan_set.currency)
    kept = f"Keeps all of its {plural(len(plan.limits), 'limit')} and {plural(len(plan.rules), 'rule')}."
    return Headline(
        title=scenario.title or scenario.scenario,
        subtitle=f"Plan {plan.rank} of {len(plan_set.plans)}: {span}. Money in {plan_set.currency}, net of tax.",
        tiles=tuple(_tiles(plan_set, plan, scenario)),
        kept="" if broken else kept,
        broken=broken,
        alarm="This plan breaks what was asked:",
    )


def _tiles(plan_set: PlanSet, plan: RankedPlan, scenario: Scenario) -> list[Tile]:
    outcome, range_ = plan.outcome, plan.outcome.quantiles.get("profit")
    amounts = [outcome.profit_change, outcome.spend, plan.objective, plan_set.bound]
    money = money_style(plan_set.currency, amounts)
    tiles = [
        Tile(
            label="Profit gained",
            figure=money(outcome.profit_change, signed=True),
            below="against no promotion"
            if range_ is None
            else f"{money(range_.p05)} to {money(range_.p95)} in 90% of the futures",
        )
    ]
    if scenario.objective != "profit" and plan_set.front is None:
        tiles.append(Tile(label="Objective", figure=money(plan.objective, signed=True), below=plan_set.objective))
    if plan.gap is not None:
        tiles.append(
            Tile(
                label="From the best possible"
                + ("" if plan_set.front is None else f", {plan_set.front.leading.words}"),
                figure=up_to_many(plan.gap, share(plan.gap, digits=1)),
                # Of a front the bound may be a count, or one from below: the share says enough.
                below=""
                if plan_set.bound is None or plan_set.front is not None
                else f"at most {money(plan_set.bound - plan.objective)} more, proven",
            )
        )
    tiles.append(
        Tile(
            label="Spend",
            figure=money(outcome.spend),
            below=f"{money(outcome.gross_spend)} less {money(outcome.vendor_funding)} that vendors pay"
            if outcome.vendor_funding
            else "discounts, gifts, messages and fixed costs",
        )
    )
    if outcome.roi is not None:
        tiles.append(Tile(label="Profit for each 1 spent", figure=f"{outcome.roi:.2f}", below="of gross spend (ROI)"))
    before = outcome.units - outcome.units_change
    more = f"{share(float(outcome.units_change / before), signed=True)} of {count(before)}" if before > 0 else ""
    tiles.append(Tile(label="Units gained", figure=count(outcome.units_change, signed=True), below=more))
    if outcome.customers_reached:
        tiles.append(
            Tile(
                label="Customers reached",
                figure=count(outcome.customers_reached),
                below=f"by {plural(round(outcome.contacts), 'message')}"
                if outcome.contacts
                else "by offers of their own",
            )
        )
    if outcome.loss_share is not None:
        tiles.append(
            Tile(label="Futures that lose money", figure=part(outcome.loss_share), below="of those that were drawn")
        )
    return tiles
