"""What a reader must know beside the figures: assumptions, notes, and why no promotion can be the best plan."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from planner.figures import money_style, plural
from planner.reasons.alone import Alone
from planner.reasons.break_even import BreakEven
from planner.report.break_even import show_break_even
from scenarios.grid import Grid
from scenarios.language.words import BASKET, EVERYBODY

NAMED = 4
"""Limits and rules that are named of one line."""


def show_sentences(title: str, sentences: Sequence[str], *, style: str = "") -> Group:
    """Put a title above one sentence a line, indented."""
    lines: list[RenderableType] = [Text(title, style="bold")]
    lines += [Padding(Text(sentence, style=style), (0, 0, 0, 2)) for sentence in sentences]
    return Group(*lines)


def why_no_promotion(grid: Grid, needs: tuple[BreakEven, ...], alone: Sequence[Alone], currency: str) -> Group:
    """Answer "why is no promotion best?" with what every offer would need, and what bars those that would pay."""
    paying = [need for need in needs if need.pays]
    ways = "More vendor funding, a smaller depth or a larger lift changes the answer; the table says by how much."
    if not paying:
        reason = "No offer earns more than it costs in any slot where it may be chosen."
    else:
        names = ", ".join(grid.scenario.offers[need.offer].id for need in paying)
        slots = plural(sum(need.paying_slots for need in paying), "slot")
        # What a line takes from rivals and later periods is in the table; these are what it leaves out.
        causes = "by limits and rules, or by fatigue, also what is left of it after the horizon"
        if grid.scenario.objective != "profit":
            causes += ", or by an objective that is not expected profit"
        reason = f"Alone, {names} would pay in {slots}, but that is taken away {causes}."
        ways = (
            "The table looks at lines alone; campaign score shows the bridge of a plan of one line, and with it which "
            "of these costs most."
        )
    return Group(
        Text("Why is no promotion best?", style="bold"),
        Text(f"{reason} {ways}"),
        *(Padding(Text(_barred(each, currency)), (0, 0, 0, 2)) for each in alone),
        Text(""),
        show_break_even(grid, needs),
    )


def _barred(alone: Alone, currency: str) -> str:
    """Say of an offer's most promising line alone what it gains, and what it breaks."""
    line = alone.line
    where = "on the whole basket" if line.product == BASKET else f"on {line.product}"
    where += "" if line.segment == EVERYBODY else f" for {line.segment}"
    amount, verb = money_style(currency, [alone.gain])(abs(alone.gain)), "gains" if alone.gain > 0 else "loses"
    gains = f"{alone.offer}: a line alone, {where} on {line.date}, {verb} {amount}"
    if not alone.breaks:
        return gains if alone.gain <= 0 else f"{gains} and breaks nothing"
    more = len(alone.breaks) - NAMED
    names = ", ".join(alone.breaks[:NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{gains}, but breaks {names}"
