"""Change a scenario as a remedy says: another bound, more stock, without a rule or a locked line; and only in part."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from constraints.infeasible.remedies import Change
from constraints.infeasible.rule_conflict import locked_lines
from scenarios.grid import Grid
from scenarios.language.implied_ids import CONTACTS, FUND, GIFT, MAX_RUN, STOCK, VALID, parts_of
from scenarios.language.one_record import with_record
from scenarios.language.schema import Limit, Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.language.words import RATIOS

FAR = Decimal(10) ** 12
"""A bound that no plan reaches; ..."""
FARTHER = 10
"""... of one that is larger itself, so many times it."""
FAR_RATIO = Decimal(100)
"""The same for a ratio."""


def eased(grid: Grid, changes: Iterable[Change]) -> Scenario:
    """Make the changes of a remedy.

    Raises
    ------
    ValueError
        For a change that only words say.
    """
    scenario = grid.scenario
    for change in changes:
        if change.kind == "bound" and change.after is not None:
            scenario = with_bound(scenario, change.id, change.after)
        elif change.kind == "stock":
            name = change.id.removeprefix(STOCK)
            product = grid.products[grid.product_index[name]]
            scenario = with_record(scenario, "products", name, stock=(product.stock or 0) + int(change.after or 0))
        elif change.kind == "margin" and change.after is not None:
            scenario = with_record(scenario, "rules", change.id, margin=float(change.after))
        elif change.kind == "rule":
            scenario = _without_rule(scenario, change.id)
        elif change.kind == "line":
            scenario = _without_lines(scenario, grid, {change.id})
        else:
            raise ValueError(f"no change of a scenario: {change.text}")
    return scenario


def with_bound(scenario: Scenario, name: str, bound: Decimal) -> Scenario:
    """Give a written or implied limit another bound."""
    kind, own = parts_of(name)
    if kind == FUND:
        return with_record(scenario, "vendors", own, fund=bound)
    if kind == GIFT:
        return with_record(scenario, "gifts", own, stock=int(bound))
    limit = next(limit for limit in scenario.limits if limit.id == own)
    return with_record(scenario, "limits", own, **{"max" if limit.max is not None else "min": bound})


def released(scenario: Scenario, name: str) -> Scenario:
    """Move the bound of a limit out of reach; the limit stays, so that nothing has to be compiled anew."""
    limit = next((limit for limit in scenario.limits if limit.id == name), None)
    if limit is None:
        kind, own = parts_of(name)
        fund = next((each.fund for each in scenario.vendors if kind == FUND and each.id == own), None)
        return with_bound(scenario, name, max(FAR, FARTHER * (fund or Decimal(0))))
    return with_bound(scenario, name, _far(limit))


def only(grid: Grid, kept: Collection[str]) -> Scenario:
    """Keep only some limits, stocks, rules and locked lines of a scenario, by their ids."""
    scenario = grid.scenario
    for product in grid.products:
        if product.stock is not None and f"{STOCK}{product.id}" not in kept:
            scenario = with_record(scenario, "products", product.id, stock=None)
    for name in [limit.id for limit in scenario.limits if limit.id not in kept]:
        scenario = released(scenario, name)
    for vendor in scenario.vendors:
        if vendor.fund is not None and f"{FUND}{vendor.id}" not in kept:
            scenario = released(scenario, f"{FUND}{vendor.id}")
    for gift in scenario.gifts:
        if gift.stock is not None and f"{GIFT}{gift.id}" not in kept:
            scenario = released(scenario, f"{GIFT}{gift.id}")
    gone = {each.text for each in locked_lines(grid) if each.text not in kept and each.rule_id not in kept}
    for rule in scenario.rules:
        if rule.id not in kept:
            scenario = _without_rule(scenario, rule.id)
    for offer in scenario.offers:
        if offer.max_run is not None and f"{MAX_RUN}{offer.id}" not in kept:
            scenario = _without_rule(scenario, f"{MAX_RUN}{offer.id}")
    for channel in scenario.channels:
        if channel.contacts_per_customer is not None and f"{CONTACTS}{channel.id}" not in kept:
            scenario = _without_rule(scenario, f"{CONTACTS}{channel.id}")
    return _without_lines(scenario, grid, gone)


def _far(limit: Limit) -> Decimal:
    far = FAR_RATIO if limit.share_of is not None or limit.measure in RATIOS else FAR
    if limit.max is not None:
        return max(far, FARTHER * abs(limit.max))
    return -max(far, FARTHER * abs(limit.min or Decimal(0)))


def _without_rule(scenario: Scenario, name: str) -> Scenario:
    kind, own = parts_of(name)
    if kind == MAX_RUN:
        return with_record(scenario, "offers", own, max_run=None)
    if kind == VALID:
        return with_record(scenario, "offers", own, valid=None)
    if kind == CONTACTS:
        return with_record(scenario, "channels", own, contacts_per_customer=None)
    # What a rule locks are members of their own: of the rule itself only its `until` goes.
    rules = (
        rule.model_copy(update={"until": None}) if rule.id == own and isinstance(rule, Locked) else rule
        for rule in scenario.rules
        if rule.id != own or isinstance(rule, Locked)
    )
    return scenario.model_copy(update={"rules": tuple(rules)})


def _without_lines(scenario: Scenario, grid: Grid, gone: Collection[str]) -> Scenario:
    """Unlock some lines, named in words."""
    lines = [each.line for each in locked_lines(grid) if each.text in gone]
    rules = tuple(
        rule.model_copy(update={"lines": tuple(line for line in rule.lines if line not in lines)})
        if isinstance(rule, Locked)
        else rule
        for rule in scenario.rules
    )
    return scenario.model_copy(update={"rules": rules})
