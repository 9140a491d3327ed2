"""Offers that a scenario allows somewhere and its rules nowhere: most often a rule that was meant for others."""

from __future__ import annotations

from constraints.rulebook import RuleBook
from constraints.rules.registry import compile_rules
from scenarios.arrays import Flag
from scenarios.grid import Grid
from scenarios.response.economics import Economics

LOCKED = "locked"


def idle_offers(grid: Grid, economics: Economics) -> tuple[str, ...]:
    """Return a sentence for each offer that rules leave no slot, with the rules that do so alone.

    Locks are left out: whoever locks the past of a running campaign knows that what is over is over.
    """
    rules = tuple(rule for rule in compile_rules(grid, economics) if rule.kind != LOCKED)
    idle = _placed(grid, grid.allowed_flat) - _placed(grid, RuleBook(grid, rules).base)
    if not idle:
        return ()
    names = list(dict.fromkeys(rule.id for rule in rules))
    left = {
        name: _placed(grid, RuleBook(grid, tuple(each for each in rules if each.id == name)).base) for name in names
    }
    found = []
    for offer in sorted(idle):
        alone = [name for name in names if offer not in left[name]]
        which = f"rule {' or '.join(alone)} alone leaves" if alone else "the rules together leave"
        found.append(f"{which} {grid.scenario.offers[offer].id} no slot: it will be in no plan")
    return tuple(found)


def _placed(grid: Grid, allowed: Flag) -> set[int]:
    """Offers that some slot may hold."""
    found: set[int] = set()
    for block, choices in enumerate(grid.choices):
        rows = allowed[grid.offsets[block] : grid.offsets[block + 1]]
        found |= {choice.offer for number, choice in enumerate(choices, start=1) if rows[:, number].any()}
    return found
