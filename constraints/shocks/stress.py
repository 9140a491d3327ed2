"""Stress: one plan under every shock, judged by the ledger on changed tables. No solver, no search.

The plan stays as it is: nobody reacts. What a shock costs is what the plan earns less than planned, on expected effects
with stock served in time order; limits and rules are judged as ever, those at risk in the same draws. No vendor pays
more than his fund: the retailer bears the rest. The price of fatigue that is left after the horizon is a price of the
future: it stays as planned unless demand itself falls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from constraints.ledger import Ledger
from constraints.shocks.earned import earned
from constraints.shocks.pieces import Pieces, counted_pieces, with_pieces
from constraints.shocks.stock import Wanted, broken_by_shock
from scenarios.answer.archive import Frozen
from scenarios.answer.plan import RankedPlan
from scenarios.answer.planned import planned
from scenarios.answer.shocks import Shock, shocks
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.arrays import Float, Plan
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a plan stands under one set of tables."""

    profit: Decimal
    """Of the whole horizon, promotion or not; what is sold out is lost."""
    gained: Decimal
    """`profit` less that of no promotion under the same tables."""
    spend: Decimal
    beyond_funds: dict[str, Decimal]
    """What each vendor is asked for beyond his fund; the retailer bears it."""
    kept_limits: frozenset[str]
    """Their ids."""
    broken_limits: tuple[LimitResult, ...]
    broken_rules: tuple[RuleResult, ...]
    refused: tuple[str, ...]
    """Sentences about lines that the scenario does not allow."""

    @property
    def kept(self) -> bool:
        """Whether every limit and rule holds."""
        return not (self.broken_limits or self.broken_rules or self.refused)


@dataclass(frozen=True, kw_only=True, eq=False)
class Stressed:
    """One shock and what it does to the plan."""

    shock: Shock
    after: Standing
    """As planned, where the shock changes nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StressReport:
    """A plan under every shock."""

    currency: str
    planned: Standing
    """Without any shock."""
    shocks: tuple[Stressed, ...]
    charges_fatigue: bool
    """Whether fatigue left at the end costs anything."""

    @property
    def kept(self) -> bool:
        """Whether the plan keeps every limit and rule, as planned and under every shock."""
        return self.planned.kept and all(each.after.kept for each in self.shocks)


def _nobody(_: str) -> None:
    """Where nobody watches."""


def stress(frozen: Frozen, ranked: RankedPlan, *, where: str, told: Callable[[str], None] = _nobody) -> StressReport:
    """Put one plan under every shock of the standard set.

    Parameters
    ----------
    frozen
        The problem that was planned.
    ranked
        The plan.
    where
        What messages call the plan.
    told
        Called with the title of each shock before it is reckoned.

    Raises
    ------
    InvalidInput
        Where a line of the plan is none of the problem.
    """
    plan = planned(build_grid(frozen.scenario, frozen.custom), ranked.plan_lines, where=where)
    told("as planned")
    model = build_coefficients(build_grid(frozen.scenario, frozen.custom), frozen.effects, frozen.baskets)
    before = standing_of(frozen, plan)
    pieces = counted_pieces(frozen, plan)
    wanted = Wanted(frozen=frozen, plan=plan, pieces=pieces)
    used = frozenset((line.offer, line.product) for line in ranked.lines)
    found = []
    for shock in shocks(frozen, used):
        told(shock.title)
        held = None if shock.demand_falls else model.carry_value
        after = before if shock.changed is None else shocked(shock.changed, before, wanted, held)
        found.append(Stressed(shock=shock, after=after))
    return StressReport(
        currency=frozen.scenario.currency,
        planned=before,
        shocks=tuple(found),
        charges_fatigue=bool(model.carry_value.any() and model.strengths.fatigue > 0),
    )


def shocked(changed: Frozen, planned: Standing, before: Wanted, carry_value: Float | None = None) -> Standing:
    """Judge a plan on the tables of a shock; stock breaks where the shock made it worse.

    ``carry_value`` [S, K] is the price of left-over fatigue to hold. On the tables of a shock it would be another: it
    is the mean over all offers of the menu, and falls where one earns less, so that a loss would look like a gain.
    """
    standing = standing_of(changed, before.plan, before.pieces, carry_value)
    after = Wanted(frozen=changed, plan=before.plan, pieces=before.pieces)
    broken = broken_by_shock(standing.broken_limits, planned.kept_limits, before, after)
    return replace(standing, broken_limits=broken)


def standing_of(frozen: Frozen, plan: Plan, pieces: Pieces | None = None, carry_value: Float | None = None) -> Standing:
    """Judge a plan on the tables of a problem; pieces stay as many as were counted."""
    grid = build_grid(frozen.scenario, frozen.custom)
    model = (
        build_coefficients(grid, frozen.effects, frozen.baskets)
        if pieces is None
        else with_pieces(frozen, plan, pieces)
    )
    if carry_value is not None:
        model = replace(model, carry_value=carry_value)
    ledger = Ledger(model, frozen.effects, draw(grid, frozen.effects, frozen.seed, name=frozen.draws))
    report = ledger.audit(plan)
    money, limits = earned(ledger, report), ledger.limits_as_paid(report)
    return Standing(
        profit=money.profit,
        gained=money.gained,
        spend=money.spend,
        beyond_funds=money.beyond_funds,
        kept_limits=frozenset(limit.id for limit in limits if limit.ok),
        broken_limits=tuple(limit for limit in limits if not limit.ok),
        broken_rules=tuple(rule for rule in report.rules if not rule.satisfied),
        refused=report.refused,
    )
