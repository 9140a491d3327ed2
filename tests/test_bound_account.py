"""The bound of the tables beside the account of the ledger, which rounds every cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from little_work import little_work

SNACKS = """
scenario: popcorn
currency: GBP
horizon: {start: 2026-10-05, periods: 21}
money: {tax_rate: 20%}
segments:
  - {id: students, customers: 3500}
  - {id: families, customers: 5200}
products:
  - {id: popcorn, category: snacks, price: 6.50, unit_cost: 0.90}
offers:
  - {id: off-10, mechanic: price_discount, depth: 10%}
baseline: {table: units.csv}
effects: {table: effects.csv}
response: {fatigue: 0%}
"""


def test_a_best_plan_whose_days_all_round_up_passes_its_own_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account comes to more than the bound in float64: no plan is then said to be worth less than this one."""
    little_work(monkeypatch)
    (tmp_path / "popcorn.yaml").write_text(SNACKS, "utf-8")
    (tmp_path / "units.csv").write_text("segment,product,period,units\nstudents,,,20\nfamilies,,,35\n", "utf-8")
    (tmp_path / "effects.csv").write_text("segment,product,period,offer,lift\n,,,off-10,0.29\n", "utf-8")
    folder = tmp_path / "plans"
    answered = run("plan", tmp_path / "popcorn.yaml", "--effort", "quick", "--plans", "1", "--out", folder)
    assert answered.exit_code == 0, answered.stderr
    plans = json.loads((folder / "plans.json").read_text("utf-8"))
    assert float(plans["bound"]) >= float(plans["plans"][0]["objective"])
    checked = run("check", folder)
    assert checked.exit_code == 0, checked.stdout


def test_a_bound_that_only_guards_against_rounding_is_no_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is to be gained the empty plan is best: a billionth of all sales, a yen at most, is no gap."""
    little_work(monkeypatch)
    asked = SNACKS.replace("GBP", "JPY").replace("6.50", "650").replace("0.90", "500")
    (tmp_path / "popcorn.yaml").write_text(asked, "utf-8")
    (tmp_path / "units.csv").write_text("segment,product,period,units\n,,,20\n", "utf-8")
    (tmp_path / "effects.csv").write_text("segment,product,period,offer,lift\n,,,off-10,0.01\n", "utf-8")
    folder = tmp_path / "plans"
    command = ("plan", tmp_path / "popcorn.yaml", "--effort", "quick", "--plans", "1", "--out", folder)
    answered = run(*command, "--explain-gap")
    assert answered.exit_code == 0, answered.stderr
    assert "the best plan reaches the bound, to less than 1" in answered.stdout
    plans = json.loads((folder / "plans.json").read_text("utf-8"))
    assert (plans["bound"], plans["plans"][0]["objective"], plans["plans"][0]["gap"]) == (0, 0, 0.0)
    assert run("check", folder).exit_code == 0
