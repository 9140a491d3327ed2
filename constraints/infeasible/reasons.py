"""Why some limits, rules and locked lines exclude each other, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from constraints.infeasible.members import Kind, Member, words
from constraints.rules.registry import RuleResult, check_rules
from scenarios.grid import Grid


def reason_of(grid: Grid, members: tuple[Member, ...]) -> str:
    """Say why members conflict: rules and locked lines by the rules' own messages, limits by what no plan keeps."""
    lines = [each.line for each in members if each.line is not None]
    others = tuple(each for each in members if each.line is None)
    if len(members) == 1 and lines:
        return f"{members[0].id} lies where its offer does not apply"
    if not others:
        return f"{words(members)} take the same slot"
    if lines and all(each.kind is Kind.RULE for each in others):
        found = [
            violation.message
            for result in check_rules(grid, (each.line for each in lines))
            for violation in result.violations
            if result.id in {each.id for each in others} and (result.kind != "locked" or violation.lines)
        ]
        if len(lines) == 1:
            return f"{lines[0].text} is excluded by {words(others)}" + (f": {found[0]}" if found else "")
        return f"the locked lines {words(members)} exclude each other" + (f": {found[0]}" if found else "")
    if len(members) == 1:
        return f"no plan keeps {members[0].id}, whatever lines it holds"
    return f"no plan keeps {words(members)} together"


def messages_of(results: Iterable[RuleResult]) -> tuple[str, ...]:
    """All that rules have to say against a plan."""
    return tuple(violation.message for result in results for violation in result.violations)
