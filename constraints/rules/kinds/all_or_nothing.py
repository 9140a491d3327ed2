"""all_or_nothing: matching lines for every member of ``across``, or for none.

Example: ``{rule: all_or_nothing, across: [segment], per: [product], where: {offers: [vip-coupon]}}``: on a day and
product the coupon goes to all segments or to nobody. Members are all combinations of ``across`` in which some offer
of the scope may run by its ``applies_to``; a member counts as served by any matching line. Each period is decided
apart, and each of ``per``; ``across: [period]`` joins all periods of the scope instead. A blackout of one member
leaves only "nothing". History plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from constraints.rules.forms import CompiledRule, Entries, Patterns
from constraints.rules.groups import RuleContext, literal_groups
from constraints.rules.lines import AXES, Key, RuleLine, Violation, categories, key_text, keys_of, line_text, touches
from scenarios.arrays import Flag
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer
from scenarios.language.schemas.axes import Axis
from scenarios.language.schemas.rule import AllOrNothing
from scenarios.language.where import admitted, offered
from scenarios.language.words import Layer
from scenarios.scope_mask import in_scope, in_scope_on_some, with_basket

Group = tuple[Key, int]
"""Values of ``per`` and the period; -1 where periods go together."""
Member = tuple[Key, int]
"""Values of ``across`` and the period; -1 where each period is decided apart."""


def _axes(rule: AllOrNothing) -> tuple[Axis, ...]:
    """All axes that the rule tells apart, in the order of keys."""
    return tuple(axis for axis in AXES if axis in (*rule.across, *rule.per))


def _parts(rule: AllOrNothing, key: Key) -> tuple[Key, Key]:
    """Part a key into values of ``per`` and values of ``across``."""
    axes = _axes(rule)
    own = tuple(value for axis, value in zip(axes, key, strict=True) if axis not in rule.across)
    return own, tuple(value for axis, value in zip(axes, key, strict=True) if axis in rule.across)


def _split(rule: AllOrNothing, key: Key, period: int) -> tuple[Group, Member]:
    """Part the key of a line into its group and its member."""
    own, member = _parts(rule, key)
    joined = "period" in rule.across
    return (own, -1 if joined else period), (member, period if joined else -1)


def members(rule: AllOrNothing, grid: Grid) -> dict[Group, list[Member]]:
    """Members of each group: where some offer of the scope may run."""
    found: dict[Group, dict[Member, None]] = {}
    joined = "period" in rule.across
    for number, offer in enumerate(grid.scenario.offers):
        periods = _periods(rule, grid, offer) if in_scope_on_some(rule.where, offer, grid.products) else []
        keys = product(*(_values(rule, grid, offer, number, axis) for axis in _axes(rule))) if periods else ()
        for key in keys:
            own, member = _parts(rule, key)
            for period in periods if _exists(rule, grid, key) else ():
                group = (own, -1) if joined else (own, period)
                found.setdefault(group, {})[(member, period) if joined else (member, -1)] = None
    return {group: list(inside) for group, inside in found.items()}


def _exists(rule: AllOrNothing, grid: Grid, key: Key) -> bool:
    """Whether the product and the category of a key, where it has both, belong together."""
    value = dict(zip(_axes(rule), key, strict=True))
    if "product" not in value or "category" not in value:
        return True
    names, place = categories(grid), value["product"]
    own = len(names) if place == len(grid.products) else names.index(grid.products[place].category)
    return own == value["category"]


def _periods(rule: AllOrNothing, grid: Grid, offer: Offer) -> list[int]:
    """Periods of the scope in which an offer may run somewhere."""
    where = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    own = offered(offer, grid.segments, grid.products, grid.scenario.horizon)
    people = where.segments.any() if offer.layer is Layer.PUBLIC else (where.segments & own.segments).any()
    goods = with_basket(rule.where) if offer.is_basket else _goods(rule, grid, offer).any()
    return [int(t) for t in np.flatnonzero(where.periods & own.periods)] if people and goods else []


def _goods(rule: AllOrNothing, grid: Grid, offer: Offer) -> Flag:
    """[K] products on which an offer may have a matching line."""
    where = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    own = offered(offer, grid.segments, grid.products, grid.scenario.horizon)
    matches = [in_scope(rule.where, offer, product.vendor) for product in grid.products]
    return np.asarray(where.products & own.products & np.array(matches, dtype=bool))


def _values(rule: AllOrNothing, grid: Grid, offer: Offer, number: int, axis: Axis) -> list[int]:
    """Values of an axis at which an offer may have a matching line."""
    if axis == "offer":
        return [number]
    where = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    own = offered(offer, grid.segments, grid.products, grid.scenario.horizon)
    if axis == "segment":
        reached = where.segments if offer.layer is Layer.PUBLIC else where.segments & own.segments
        return [int(s) for s in np.flatnonzero(reached)]
    names = categories(grid)
    if offer.is_basket:
        return [len(grid.products) if axis == "product" else len(names)]
    here = [int(k) for k in np.flatnonzero(_goods(rule, grid, offer))]
    return here if axis == "product" else sorted({names.index(grid.products[k].category) for k in here})


def violations(rule: AllOrNothing, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Groups that are served in part."""
    served: dict[Group, dict[Member, list[RuleLine]]] = {}
    for line in lines:
        if line.period >= 0 and touches(rule.where, line, grid):
            for key in keys_of(line, rule.where, _axes(rule), grid):
                group, member = _split(rule, key, line.period)
                served.setdefault(group, {}).setdefault(member, []).append(line)
    found: list[Violation] = []
    everyone = members(rule, grid) if served else {}
    for group, here in served.items():
        missing = [member for member in everyone.get(group, []) if member not in here]
        if missing:
            names = "; ".join(_member_text(rule, grid, member) for member in missing[:3])
            more = f" and {len(missing) - 3} more" if missing[3:] else ""
            one = next(iter(here.values()))[0].line
            message = (
                f"{_group_text(rule, grid, group)}: {len(here)} of {len(here) + len(missing)} have lines, "
                f"{names}{more} {'has' if len(missing) == 1 else 'have'} none; serve all or drop {line_text(one)}"
                f"{' and the others' if len(here) > 1 else ''}"
            )
            broken = tuple(dict.fromkeys(each.line for some in here.values() for each in some))
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


@dataclass(frozen=True, kw_only=True)
class Joined:
    """One group of a rule that joins periods."""

    first: int
    last: int
    """First and last period in which it must have lines, where it has any."""
    lines: tuple[PlanLine, ...]


def joined_groups(rule: AllOrNothing, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Joined]:
    """Groups whose periods go together, with their lines; none of a rule that decides each period apart."""
    if "period" not in rule.across:
        return []
    served: dict[Group, dict[PlanLine, None]] = {}
    for line in lines:
        if line.period >= 0 and touches(rule.where, line, grid):
            for key in keys_of(line, rule.where, _axes(rule), grid):
                served.setdefault(_split(rule, key, line.period)[0], {})[line.line] = None
    found = []
    for group, everyone in members(rule, grid).items():
        periods = [period for _, period in everyone]
        found.append(Joined(first=min(periods), last=max(periods), lines=tuple(served.get(group, ()))))
    return found


def _group_text(rule: AllOrNothing, grid: Grid, group: Group) -> str:
    key, period = group
    per = tuple(axis for axis in _axes(rule) if axis not in rule.across)
    words = [key_text(key, per, grid)] if per else []
    words += [f"on {grid.scenario.horizon.date_of(period)}"] if period >= 0 else []
    return " ".join(words) or "all lines together"


def _member_text(rule: AllOrNothing, grid: Grid, member: Member) -> str:
    key, period = member
    across = tuple(axis for axis in _axes(rule) if axis in rule.across)
    words = [key_text(key, across, grid)] if across else []
    words += [str(grid.scenario.horizon.date_of(period))] if period >= 0 else []
    return " on ".join(words)


def compile_rule(rule: AllOrNothing, context: RuleContext) -> CompiledRule:
    """One word per group, one column per member: all quiet or all active."""
    grid = context.grid
    periods = grid.shape[2]
    cells = literal_groups(grid, rule.where, _axes(rule))
    places: dict[Group, dict[Member, int]] = {}
    group_of = np.zeros(len(cells.keys) * periods, dtype=np.int64)
    column_of = np.zeros_like(group_of)
    numbers: dict[Group, int] = {}
    for cell in np.unique(cells.entries.cell):
        group, member = _split(rule, cells.keys[cell // periods], int(cell % periods))
        inside = places.setdefault(group, {})
        column_of[cell] = inside.setdefault(member, len(inside))
        group_of[cell] = numbers.setdefault(group, len(numbers))
    width = max((len(inside) for inside in places.values()), default=1)
    old = cells.entries
    entries = Entries(
        cell=group_of[old.cell] * width + column_of[old.cell],
        slot=old.slot,
        choice_set=old.choice_set,
        sets=old.sets,
    )
    low = np.zeros((len(places), 2, width), dtype=bool)
    for group, inside in places.items():
        low[numbers[group], 1, : len(inside)] = True
    form = Patterns(entries=entries, low=low, high=low)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=(form,))
