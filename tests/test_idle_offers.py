"""Offers that rules leave no slot are told, with the rule, before and after planning."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from command_line import run
from grocery_sample import sample_model
from rule_shop import SHOP
from typer.testing import Result

from constraints.idle_offers import idle_offers
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.priced_choices import build_economics
from surrogate.model_file import save_model


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


def validated(folder: Path, more: str) -> Result:
    """The answer of validate on a scenario with a model of purchases, its own segments and no prices."""
    save_model(sample_model(), folder / "model")
    (folder / "own.yaml").write_text(
        "scenario: own\ncurrency: USD\nhorizon: {start: 2017-10-30, periods: 2, unit: week}\n"
        "segments: [{id: all, customers: 900}]\nproducts: [{id: milk, category: dairy, unit_cost: 65%}]\n"
        f"effects: {{model: model}}\n{more}"
    )
    return run("validate", folder / "own.yaml")


def test_prices_that_a_model_holds_are_no_trouble_to_validate(tmp_path: Path) -> None:
    """Where the model knows the prices, what rules make of them is known when planning, and nothing is told before."""
    floor = "offers: [{id: cut-20, mechanic: price_discount, depth: 20%}]\nrules: [{id: floor, rule: min_price}]\n"
    answer = validated(tmp_path, floor)
    assert answer.exit_code == 0 and "has no problem" in answer.stdout


def test_offers_that_a_model_cannot_know_are_refused_when_validating(tmp_path: Path) -> None:
    """Purchases that show no gift say nothing of one: that is told before anybody plans."""
    gift = "offers: [{id: free-cup, mechanic: gift, gift: cup}]\ngifts: [{id: cup, unit_cost: 1}]\n"
    answer = validated(tmp_path, gift)
    assert answer.exit_code == 2 and "offers.free-cup: expected" in answer.stderr
