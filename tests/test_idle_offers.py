"""Offers that rules leave no slot are told, with the rule, before and after planning."""

from __future__ import annotations

import datetime as dt

from rule_shop import SHOP

from constraints.idle_offers import idle_offers
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.economics import build_economics


def told(*rules: dict[str, object]) -> tuple[str, ...]:
    """What is said of the shop under rules."""
    grid = build_grid(Scenario.model_validate(SHOP | {"rules": list(rules)}))
    return idle_offers(grid, build_economics(grid))


def test_the_rule_that_leaves_an_offer_no_slot_is_named() -> None:
    """30 % is deeper than 25 %; everything else still has its place."""
    deep = "rule depth alone leaves off30 no slot: it will be in no plan"
    assert deep in told({"id": "depth", "rule": "max_depth", "max": "25%"})
    assert deep not in told({"id": "depth", "rule": "max_depth", "max": "30%"})
    assert told() == ()


def test_a_lock_is_no_mistake() -> None:
    """Where everything is locked as it is, nothing that is left out is told."""
    end = SHOP["horizon"]["start"] + dt.timedelta(days=SHOP["horizon"]["periods"])
    assert told({"id": "in-flight", "rule": "locked", "lines": [], "until": end}) == ()


def test_rules_that_do_so_only_together_are_told_as_such() -> None:
    """One rule keeps the poster for the phone, another for the case."""
    where = {"offers": ["poster"]}
    phone, case = (
        {"id": name, "rule": "eligible", "where": where, "only": {"products": [name]}} for name in ("phone", "case")
    )
    assert told(phone) == told(case) == ()
    assert told(phone, case) == ("the rules together leave poster no slot: it will be in no plan",)
