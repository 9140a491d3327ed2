"""From why there is no plan to the next command: the cheapest way out that an option can write."""

from __future__ import annotations

from collections.abc import Sequence

from constraints.infeasible.clash import Conflict
from constraints.infeasible.remedies import Change, Remedy
from scenarios.language.schema import Scenario
from scenarios.language.words import Measure


def typed_way_out(conflict: Conflict, scenario: Scenario) -> Remedy | None:
    """Return the cheapest remedy that only moves limits that the scenario names, or margins; None where none does."""
    written = {limit.id for limit in scenario.limits}

    def typed(change: Change) -> bool:
        return change.kind == "margin" or (change.kind == "bound" and change.id in written)

    return next((way for way in conflict.ways if all(map(typed, way.changes))), None)


def settings_of_a_way_out(conflict: Conflict, scenario: Scenario, given: Sequence[str]) -> tuple[str, ...]:
    """Return all ``--set`` options with those of the cheapest remedy that only moves limits; nothing where none does.

    Parameters
    ----------
    given
        The options of the run; what the remedy sets anew is left out of them.
    """
    way = typed_way_out(conflict, scenario)
    if way is None:
        return ()
    new = _settings(way, scenario)
    keys = tuple(setting.partition("=")[0] for setting in new)
    return (*(each for each in given if each.partition("=")[0].strip() not in keys), *new)


def _settings(way: Remedy, scenario: Scenario) -> tuple[str, ...]:
    return tuple(_setting(change, scenario) for change in way.changes)


def _setting(change: Change, scenario: Scenario) -> str:
    """Write a new bound as the scenario would hold it: plain digits, shares in percent."""
    if change.after is None:
        raise ValueError(f"a bound of {change.id} without its number")
    if change.kind == "margin":
        return f"rules.{change.id}.margin={(100 * change.after).normalize():f}%"
    limit = next(limit for limit in scenario.limits if limit.id == change.id)
    percent = limit.share_of is not None or limit.measure == Measure.MARGIN_RATE
    number = f"{(100 * change.after).normalize():f}%" if percent else f"{change.after.normalize():f}"
    return f"limits.{limit.id}.{'max' if limit.max is not None else 'min'}={number}"
