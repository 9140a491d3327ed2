"""What taking back a unit costs: by hand through a file, in the market's till, in words, and in no older file."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from command_line import run
from plan_folders import write_folder
from scenario_factory import rng_of, tiny_scenario

from planner.problem import problem_of
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import MoneyTerms, Scenario
from scenarios.language.schemas.product import Product
from scenarios.loading.load import load_scenario
from scenarios.market.account import Tally, account_of

DRESS = """
scenario: fashion
currency: SEK
horizon: {start: 2026-11-23, periods: 1, unit: week}
objective: profit
money: {tax_rate: 25%, return_rate: 35%, return_cost: 60}
segments: [{id: all, customers: 1000}]
products:
  - {id: dress, category: fashion, price: 1000, unit_cost: 320}
  - {id: hat, category: hats, price: 300, unit_cost: 100, return_rate: 10%, return_cost: 12.5}
offers: [{id: off-30, mechanic: price_discount, depth: 30%}]
baseline: {table: base.csv}
effects: {table: effects.csv, lift_is: net}
response: {fatigue: 0, cannibalisation: 0, pull_forward: {share: 0, periods: 1}, halo: 0}
"""

FREE = ((", return_rate: 35%, return_cost: 60", ""), (", return_rate: 10%", ""))
"""Nothing comes back."""


def dress(folder: Path, *edits: tuple[str, str]) -> Path:
    """Write the question of docs/money.md: 100 dresses and 100 hats a week, and what 30 % off does to both."""
    text = DRESS
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path = folder / "dress.yaml"
    path.write_text(text)
    (folder / "base.csv").write_text("segment,product,units\nall,dress,100\nall,hat,100\n")
    (folder / "effects.csv").write_text("segment,product,offer,lift,take_up\n,,off-30,0.5,\n")
    return path


def scored(folder: Path, *edits: tuple[str, str]) -> dict:
    """Score one line: 30 % off the dress."""
    path = dress(folder, *edits)
    (folder / "plan.csv").write_text("date,product,offer\n2026-11-23,dress,off-30\n")
    found = run("score", path, folder / "plan.csv", "--json")
    assert found.exit_code == 0, found.output
    plan = json.loads(found.stdout)["plan"]
    assert isinstance(plan, dict)
    return plan


def test_what_comes_back_costs_as_the_page_says(tmp_path: Path) -> None:
    """520.00 - 229.00 is left of a dress, 364.00 - 229.00 at 30 % off: 150 of these against 100 of the others."""
    plan = scored(tmp_path)
    assert float(plan["objective"]) == pytest.approx(150 * 135.0 - 100 * 291.0)
    free = scored(tmp_path, (", return_cost: 60", ""))
    assert float(free["objective"]) == pytest.approx(150 * 156.0 - 100 * 312.0)
    own = scored(tmp_path, ("unit_cost: 320", "unit_cost: 320, return_cost: 100"))
    assert float(own["objective"]) == pytest.approx(150 * (364.0 - 243.0) - 100 * (520.0 - 243.0))


def test_more_returns_than_expected_are_a_shock(tmp_path: Path) -> None:
    """At 52.5 % a dress leaves 196.50 and one at 30 % off 82.50; where nothing comes back nothing changes."""
    for edits, gained in (((), 150 * 82.5 - 100 * 196.5), (FREE, 150 * (560.0 - 320.0) - 100 * (800.0 - 320.0))):
        problem = problem_of(load_scenario(str(dress(tmp_path, *edits))))
        line = PlanLine(date=problem.grid.scenario.horizon.start, product="dress", offer="off-30")
        write_folder(problem, tmp_path / f"plans{len(edits)}", (line,))
        found = json.loads(run("stress", tmp_path / f"plans{len(edits)}", "--json").stdout)
        shock = next(each for each in found["shocks"] if each["id"] == "returns-rise")
        assert float(shock["profit_gained"]) == pytest.approx(gained)
        assert ("nothing changes" in shock["assumed"]) is bool(edits) is not shock["changes"]


def test_validate_and_assumptions_tell_it(tmp_path: Path) -> None:
    """Who reads the question sees what returns cost, and for which products otherwise."""
    said = " ".join(run("validate", dress(tmp_path)).stdout.split())
    assert "returns 35.0% at 60.00 each" in said and "a return costs 12.50 on hat" in said
    plain = " ".join(run("validate", dress(tmp_path, (", return_cost: 60", ""))).stdout.split())
    assert "returns 35.0%," in plain


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("return_cost: 60%", "return_cost"),
        ("return_cost: -1", "return_cost"),
        ("handling_cost: 60", "got handling_cost; did you mean return_cost?"),
        ("return_cost: 900000000000000", "of costs of returns over the horizon"),
    ],
)
def test_amounts_that_cannot_be_are_refused(written: str, said: str, tmp_path: Path) -> None:
    """A share is no amount, and a sum beyond what is exact is none either."""
    found = run("validate", dress(tmp_path, ("return_cost: 60", written)))
    assert found.exit_code == 2 and said in " ".join(found.output.split())


def test_the_market_pays_for_what_comes_back() -> None:
    """Its account costs a sold unit what the response model's does."""
    product = Product.model_validate({"id": "dress", "category": "f", "price": 1000, "unit_cost": 320})
    tally = Tally.empty(1, 1, 1)
    tally.units[0, 0, 0], tally.listed[0, 0, 0], tally.cost[0, 0, 0] = 100, 100_000, 32_000
    terms = MoneyTerms.model_validate({"tax_rate": "25%", "return_rate": "35%", "return_cost": 60})
    assert float(account_of(tally, [product], terms).totals()["cost_of_goods"]) == 22_900.00


def test_questions_without_a_cost_of_returns_are_written_as_before() -> None:
    """No key of it reaches a plan's folder, and so no hash changes; an amount that is given is kept."""
    random = [tiny_scenario(rng_of(seed))[0] for seed in range(30)]
    own = [any(product.return_cost is not None for product in each.products) for each in random]
    assert 3 <= sum(own) <= 25, "the properties that hold ledger and response equal run on both kinds of scenarios"
    for scenario, has in zip(random, own, strict=True):
        dumped = scenario.model_dump(mode="json", by_alias=True)
        assert "return_cost" not in dumped["money"]
        assert any("return_cost" in product for product in dumped["products"]) is has
        assert Scenario.model_validate(dumped) == scenario
    terms = MoneyTerms.model_validate({"return_cost": 60})
    assert terms.model_dump()["return_cost"] == 60 and MoneyTerms.model_validate(terms.model_dump()) == terms
    hat = Product.model_validate({"id": "hat", "category": "h", "price": 300, "unit_cost": 100})
    assert terms.cost_of_return(hat) == 60
    assert terms.cost_of_return(hat.model_copy(update={"return_cost": Decimal("12.5")})) == Decimal("12.5")
