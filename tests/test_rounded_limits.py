"""Limits that hold to the cent by rounding alone: what the ledger accepts is found, and no bound lies below it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from little_work import little_search, little_work
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from constraints.ledger import Ledger
from constraints.limits.booked import booked, rounding_of
from planner.run.notes.run_notes import bound_notes
from scenarios.futures.draws import draw
from scenarios.response.totals import evaluate

SHOP = """
scenario: tie
currency: EUR
horizon: {start: 2027-03-01, periods: 3}
money: {tax_rate: 19%}
segments: [{id: a, customers: 1000}]
products: [{id: p, category: c, price: 10, unit_cost: 2}]
offers:
  - {id: ten, mechanic: coupon, depth: 10%, layer: targeted, applies_to: {periods: [PERIODS]}}
limits:
  - LIMIT
baseline: {table: baseline.csv}
effects: {table: effects.csv}
response: {fatigue: 0%, pull_forward: {share: 0%}, cannibalisation: 0%}
"""


FEATURES = """{id: one, mechanic: feature}
  - {id: two, mechanic: feature, fixed_cost: 5}"""


def _shop(folder: Path, *, limit: str, periods: str, units: str) -> Path:
    (folder / "baseline.csv").write_text(f"segment,product,period,units\n,,,{units}\n")
    (folder / "effects.csv").write_text("segment,product,period,offer,lift,take_up\n,,,ten,0.5,0.2\n")
    path = folder / "shop.yaml"
    path.write_text(SHOP.replace("LIMIT", limit).replace("PERIODS", periods))
    return path


def _planned(path: Path, *more: str) -> tuple[float, float]:
    """Objective of the best plan, and the bound."""
    result = run("plan", path, "--effort", "quick", "--plans", "1", "--out", path.with_name("plans"), "--json", *more)
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    return float(answer["plans"][0]["objective"]), float(answer["bound"])


def test_a_printed_use_taken_as_the_budget_still_pays_for_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two lines spend 40.0235, booked as 40.02: with that budget both are found again, with a cent less one is."""
    little_search(monkeypatch)
    path = _shop(
        tmp_path,
        # Scoped like the limit of the next test, to all days of the offer: what is compiled for one serves both.
        limit="{id: budget, measure: spend, max: 100, where: {periods: [2027-03-01..2027-03-02]}}",
        periods="2027-03-01, 2027-03-02",
        units="34.02",
    )
    free, _ = _planned(path)
    kept, bound = _planned(path, "--set", "limits.budget.max=40.02")
    less, _ = _planned(path, "--set", "limits.budget.max=40.01")
    assert free == kept == pytest.approx(177.82) and bound >= kept
    assert less == pytest.approx(88.91)


def test_a_limit_that_no_promotion_keeps_by_rounding_alone_hides_no_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revenue without promotion is 285.714..., booked as 285.71: a ceiling there leaves the other days free."""
    little_search(monkeypatch)
    limit = "{id: first-day, measure: revenue, max: 285.71, where: {periods: [2027-03-01]}}"
    found, bound = _planned(_shop(tmp_path, limit=limit, periods="2027-03-03", units="34"))
    assert found == pytest.approx(88.86) and bound >= found


@pytest.mark.parametrize("seed", range(12))
def test_the_ledgers_sums_are_as_near_as_rounding_is_said_to_bring_them(seed: int) -> None:
    """Whatever a limit sums, the ledger's use differs from the true one by what its booked amounts can come to."""
    rng = rng_of(seed)
    asked = problem(*tiny_scenario(rng))
    plan = np.array([rng.choice(np.flatnonzero(row)) for row in asked.grid.allowed_flat], dtype=np.int8)
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 1))
    told = {limit.id: limit for limit in ledger.verdict(plan).limits}
    for row, (record, functional) in enumerate(zip(asked.limits.records, asked.limits.functionals, strict=True)):
        if len(asked.limits.rows_of[record.id]) > 1 or not np.isnan(asked.limits.rate[row]):
            continue
        true = float(evaluate(functional, asked.model, plan, np))  # type: ignore[arg-type]
        used = float(told[record.id].used) - asked.limits.past[row]
        assert abs(used - true) <= asked.limits.rounding[row] + 1e-9, record.id


def test_more_amounts_hide_more() -> None:
    """Rounding grows with the number of amounts at most, and with its root as a rule."""
    functional = problem(*tiny_scenario(rng_of(0))).limits.atoms[0]
    one, four = rounding_of((1.0, 2, functional)), rounding_of((4.0, 2, functional))
    assert booked(functional) >= 1
    assert one.most == pytest.approx(0.005 * booked(functional))
    assert four.most == pytest.approx(4 * one.most) and four.likely == pytest.approx(4 * one.likely)


def test_where_rounding_hides_much_the_bound_says_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty cells of ten yen: two yen more in each of them are booked as nothing, and the other way round."""
    little_work(monkeypatch)  # what is said of a bound is the same at any prices
    ids = [f"s{number:02d}" for number in range(40)]
    (tmp_path / "baseline.csv").write_text("segment,product,period,units\n,,,1\n")
    (tmp_path / "effects.csv").write_text("segment,product,period,offer,lift\n,,,one,0.18\n,,,two,0.2\n")
    path = tmp_path / "shop.yaml"
    path.write_text(
        SHOP.replace("EUR", "JPY")
        .replace("periods: 3", "periods: 1")
        .replace("[{id: a, customers: 1000}]", f"[{', '.join(f'{{id: {name}, customers: 10}}' for name in ids)}]")
        .replace("unit_cost: 2", "unit_cost: 0")
        .replace("{id: ten, mechanic: coupon, depth: 10%, layer: targeted, applies_to: {periods: [PERIODS]}}", FEATURES)
        .replace("limits:\n  - LIMIT\n", "")
    )
    result = run("plan", path, "--effort", "quick", "--plans", "1", "--out", tmp_path / "plans", "--json")
    said = [each["text"] for each in json.loads(result.stdout)["notes"] if each["about"] == "bound"]
    (note,) = [each for each in said if each.startswith("the bound is of sums before")]
    assert "smallest amount of JPY" in note and note.endswith("more in them")
    assert len(bound_notes(Decimal(1000), False, 1.0, "JPY")) == 1
