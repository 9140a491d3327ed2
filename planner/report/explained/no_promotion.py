"""Why no promotion is the best plan: what every offer would need to pay, and what bars those that would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from constraints.ledger import Ledger
from planner.figures import money_style, plural
from planner.reasons.by_itself.alone import TRIED, Alone, best_alone
from planner.reasons.by_itself.break_even import BreakEven, break_even
from planner.report.offers.break_even import show_break_even
from planner.report.table import FittedTable
from scenarios.first_few import first_few
from scenarios.futures.draws import draw
from scenarios.grid import Grid
from scenarios.language.plan_lines import whom
from scenarios.language.words import BASKET
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects

NAMED = 4
"""Limits and rules that are named of one line."""


@dataclass(frozen=True, kw_only=True)
class NoPromotion:
    """The answer to "why is no promotion best?"."""

    reason: str
    barred: tuple[str, ...]
    """Of each offer that would pay in some slot its most promising line alone, and what that breaks."""
    needs: FittedTable
    title: str = "Why is no promotion best?"

    def show(self) -> Group:
        """Lay it out for a terminal."""
        return Group(
            Text(self.title, style="bold"),
            Text(self.reason),
            *(Padding(Text(sentence), (0, 0, 0, 2)) for sentence in self.barred),
            Text(""),
            self.needs,
        )


def find_why_no_promotion(model: Coefficients, effects: Effects, seed: int, currency: str) -> NoPromotion:
    """Find out what every offer would need, and what bars those that would pay.

    Parameters
    ----------
    seed
        Of the futures that single lines are checked in.
    """
    grid, needs = model.grid, break_even(model, effects)
    ledger = Ledger(model, effects, draw(grid, effects, seed))
    alone = best_alone(grid, ledger, [need.offer for need in needs if need.pays])
    return why_no_promotion(grid, needs, alone, currency)


def why_no_promotion(grid: Grid, needs: tuple[BreakEven, ...], alone: Sequence[Alone], currency: str) -> NoPromotion:
    """Put into words what every offer would need, and what bars those that would pay."""
    paying = [need for need in needs if need.pays]
    ways = "More vendor funding, a smaller depth or a larger lift changes the answer; the table says by how much."
    if not paying:
        reason = "No offer earns more than it costs in any slot where it may be chosen."
    else:
        names = ", ".join(grid.scenario.offers[need.offer].id for need in paying)
        slots = plural(sum(need.paying_slots for need in paying), "slot")
        tried = f"Up to {TRIED} lines of each were tried, each as the only line of a plan, with all that it is charged"
        reason = f"Alone, {names} would pay in {slots}. {tried}: {'; '.join(_tried(alone))}."
        if grid.scenario.objective != "profit":
            reason += " The objective is not expected profit."
        ways = "The table looks at lines alone; campaign score shows of a plan of one line what it gains and breaks."
    return NoPromotion(
        reason=f"{reason} {ways}",
        barred=tuple(_barred(each, currency) for each in alone),
        needs=show_break_even(grid, needs),
    )


def _tried(alone: Sequence[Alone]) -> list[str]:
    """Say what came of the lines that were tried, and no more: of each offer the one that breaks least is told."""
    barred = [each.offer for each in alone if each.gain > 0 and each.breaks]
    losing = [each.offer for each in alone if not each.gain > 0]
    free = [each.offer for each in alone if each.gain > 0 and not each.breaks]
    found = []
    if barred:
        found.append(f"of {', '.join(barred)} each one that gains breaks a limit or a rule")
    if losing:
        found.append(f"of {', '.join(losing)} none gains")
    if free:
        found.append(f"of {', '.join(free)} one gains and breaks nothing")
    return found or ["no slot may hold one"]


def _barred(alone: Alone, currency: str) -> str:
    """Say of an offer's most promising line alone what it gains, and what it breaks."""
    line = alone.line
    where = "on the whole basket" if line.product == BASKET else f"on {line.product}"
    where += whom(line.segment)
    amount, verb = money_style(currency, [alone.gain])(abs(alone.gain)), "gains" if alone.gain > 0 else "loses"
    gains = f"{alone.offer}: a line alone, {where} on {line.date}, {verb} {amount}"
    if not alone.breaks:
        return gains if alone.gain <= 0 else f"{gains} and breaks nothing"
    return f"{gains}, but breaks {first_few(alone.breaks, NAMED)}"
