"""Firm limits and rules: what stands on law or contract, and no way out changes or drops.

What an offer is belongs to them: that it is sent once and stays ``valid`` is no rule that a planner could drop.

A remedy that only the firm leave is told all the same, where a proven conflict has no other member: then one of them
is what has to give way, and whoever reads it is told that nothing else can.
"""

from __future__ import annotations

from collections.abc import Iterable

from constraints.infeasible.clash import Clash
from constraints.infeasible.remedies import Remedy
from constraints.infeasible.rule_conflict import locked_lines
from scenarios.grid import Grid
from scenarios.language.implied_ids import VALID


def firm_members(grid: Grid) -> frozenset[str]:
    """Return the ids of limits and rules that are firm, and the lines, in words, that firm rules lock."""
    scenario = grid.scenario
    found = {each.id for each in (*scenario.limits, *scenario.rules) if each.firm}
    found |= {f"{VALID}{offer.id}" for offer in scenario.offers if offer.valid is not None}
    return frozenset((*found, *(line.text for line in locked_lines(grid) if line.rule_id in found)))


def stays(grid: Grid, clashes: Iterable[Clash]) -> frozenset[str]:
    """Return the firm members that no way out may touch: all but those of conflicts that have firm members only."""
    firm = firm_members(grid)
    only = (clash.members for clash in clashes if firm.issuperset(clash.members))
    return firm.difference(*only)


def without_firm(ways: Iterable[Remedy], staying: frozenset[str]) -> tuple[Remedy, ...]:
    """Leave out remedies that change or drop what stays."""
    return tuple(way for way in ways if not any(change.id in staying for change in way.changes))
