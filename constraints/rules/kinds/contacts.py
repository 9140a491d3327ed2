"""contacts: at most ``max`` messages to one customer on a channel in ``days`` consecutive days.

Example: ``contacts_per_customer: {max: 3, days: 7}`` on channel push. A segment gets one message a period, however many
offers it carries, and the same customers are taken to be hit every time, whatever the coverage: with coverage 25 % the
true load on one customer is lower. History counts. An offer that is ``valid`` for some days sends its message once.
"""

from __future__ import annotations

from constraints.limits.book import ContactRule
from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.kinds.max_frequency import crowded
from constraints.rules.lines import RuleLine, Violation, active_lines, told_lines
from constraints.rules.series import window_series
from scenarios.grid import Grid
from scenarios.language.schemas.axes import Axis
from scenarios.language.scope import Scope

_PER: tuple[Axis, ...] = ("segment",)


def violations(rule: ContactRule, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Windows in which a segment gets too many messages."""
    active = active_lines(told_lines(lines, grid), _scope(rule), _PER, grid)
    return crowded(active, rule.max, rule.window, _PER, grid, rule.id, "contacts", f"{rule.channel} messages")


def compile_rule(rule: ContactRule, context: RuleContext) -> CompiledRule:
    """One count per segment and window."""
    form = window_series(context, _scope(rule), _PER, rule.max, rule.window, told=True)
    return CompiledRule(id=rule.id, kind="contacts", forms=(form,))


def _scope(rule: ContactRule) -> Scope:
    return Scope(channels=(rule.channel,), periods=rule.periods)
