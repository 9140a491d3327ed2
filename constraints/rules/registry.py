"""All rules of a scenario: written ones, offers' own longest runs and validities, and contact caps of channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from constraints.limits.book import ContactRule, contact_rule
from constraints.rules.excused import AnyRule, excused
from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.kinds import (
    all_or_nothing,
    at_most_one,
    blackout,
    contacts,
    cycle,
    eligible,
    fairness,
    forbidden,
    locked,
    max_concurrent,
    max_depth,
    max_frequency,
    max_promotions,
    max_run,
    min_gap,
    min_price,
    min_run,
    never_with,
    only_after,
    price_ladder,
    reference_price,
    valid,
)
from constraints.rules.kinds.max_run import offer_run
from constraints.rules.kinds.valid import offer_validity
from constraints.rules.lines import RuleLine, Violation, past_lines, read_lines
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.response.economics import Economics

KINDS: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        all_or_nothing,
        at_most_one,
        blackout,
        contacts,
        cycle,
        eligible,
        fairness,
        forbidden,
        locked,
        max_concurrent,
        max_depth,
        max_frequency,
        max_promotions,
        max_run,
        min_gap,
        min_price,
        min_run,
        never_with,
        only_after,
        price_ladder,
        reference_price,
        valid,
    )
}
"""The file of each kind of rule: its ``violations`` (plain) and its ``compile_rule`` (shared forms)."""


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule and where a plan breaks it."""

    id: str
    kind: str
    violations: tuple[Violation, ...]

    @property
    def satisfied(self) -> bool:
        """Whether the plan keeps the rule."""
        return not self.violations


def all_rules(scenario: Scenario) -> tuple[AnyRule, ...]:
    """Written rules in the scenario's order, then ``max_run:<offer>``, ``valid:<offer>`` and ``contacts:<channel>``.

    What has run may excuse some of them: these count from a later day on.
    """
    runs = (offer_run(offer) for offer in scenario.offers)
    validities = (offer_validity(offer) for offer in scenario.offers)
    caps = (contact_rule(channel, scenario) for channel in scenario.channels)
    found: tuple[AnyRule, ...] = (
        *scenario.rules,
        *(run for run in runs if run is not None),
        *(validity for validity in validities if validity is not None),
        *(cap for cap in caps if cap is not None),
    )
    return tuple(excused(found, scenario))


def kind_of(rule: AnyRule) -> str:
    """Which kind of rule it is, in the scenario's word."""
    return "contacts" if isinstance(rule, ContactRule) else rule.rule


def rule_violations(rule: AnyRule, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Check lines (history among them, with periods below 0) against one rule, in plain Python.

    What is broken first in the horizon comes first, whatever the product; what has no lines comes as the rule says it.
    """
    found: list[Violation] = KINDS[kind_of(rule)].violations(rule, grid, lines)
    start = grid.scenario.horizon.start
    return sorted(found, key=lambda each: min((line.date for line in each.lines if line.date >= start), default=start))


def compile_one(rule: AnyRule, context: RuleContext) -> CompiledRule:
    """Compile one rule to the shared forms."""
    compiled: CompiledRule = KINDS[kind_of(rule)].compile_rule(rule, context)
    return compiled


def check_rules(grid: Grid, lines: Iterable[PlanLine]) -> tuple[RuleResult, ...]:
    """Check a plan's lines against every rule of its scenario, without a solver.

    Parameters
    ----------
    grid
        Grid of the resolved scenario, whose history counts too.
    lines
        The plan's lines. ``applies_to`` is no rule: see `Grid.locate` and ``Grid.allowed``.
    """
    everything = past_lines(grid) + tuple(line for line in read_lines(grid, lines) if line.period >= 0)
    return tuple(
        RuleResult(id=rule.id, kind=kind_of(rule), violations=tuple(rule_violations(rule, grid, everything)))
        for rule in all_rules(grid.scenario)
    )


def compile_rules(grid: Grid, economics: Economics) -> tuple[CompiledRule, ...]:
    """Compile every rule of a scenario, in the order of `all_rules`."""
    context = RuleContext(grid=grid, economics=economics, past=past_lines(grid))
    return tuple(compile_one(rule, context) for rule in all_rules(grid.scenario))
