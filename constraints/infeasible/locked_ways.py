"""Ways out where locked lines or rules stand against each other, in words: nothing that is firm is proposed.

Where all that conflicts is firm, one of it has to give way all the same. What has run cannot be undone. A locked line
that breaks one `min_price` by little is told the margin that would do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from constraints.rules.kinds.min_price import margin_that_does
from constraints.rules.lines import read_lines
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.rule import MinPrice


def locked_ways(
    grid: Grid,
    gone: str,
    against: Sequence[str],
    *,
    owners: Collection[str],
    ran: bool,
    joined: Literal["and", "or"] = "or",
    lines: Sequence[PlanLine] = (),
) -> tuple[str, ...]:
    """Say in one sentence how to mend; nothing where all that could is firm, and something else is not.

    Parameters
    ----------
    gone
        What it means to do without locked lines; empty where none takes part.
    against
        Rules that stand against them.
    owners
        Rules that lock the lines.
    ran
        Whether all of the lines have run, where that is so.
    joined
        Whether all of ``against`` have to be relaxed, or any one.
    lines
        Lines for which a margin that would do is told.
    """
    rules = {rule.id: rule for rule in grid.scenario.rules}
    firm = {name for name in (*against, *owners) if name in rules and rules[name].firm}
    all_firm = firm.issuperset((*against, *owners))
    free = list(against) if all_firm else [name for name in against if name not in firm]
    relaxed = f"relax {f' {joined} '.join(free)}" if free and (joined == "or" or len(free) == len(against)) else ""
    if relaxed and len(against) == 1:
        relaxed += _margin(grid, rules.get(against[0]), lines)
    gone = "" if firm.intersection(owners) and not all_firm else gone
    if ran:
        gone = f"{gone} only where it has not run" if gone else ""
        return ("; ".join(way for way in (relaxed, gone) if way),) if relaxed or gone else ()
    return (", or ".join(way for way in (gone, relaxed) if way),) if relaxed or gone else ()


def _margin(grid: Grid, rule: object, lines: Sequence[PlanLine]) -> str:
    if not (lines and isinstance(rule, MinPrice)):
        return ""
    margin = margin_that_does(rule, grid, read_lines(grid, lines))
    return "" if margin is None or margin >= rule.margin else f" (a margin of {100 * margin:g}% would do)"
