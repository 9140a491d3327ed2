"""A careful objective on the command line: choices, record, decide and --why, beside choosing by expected values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import run
from scenario_factory import rng_of
from test_assign_futures import GETS, assign, mean_customers, write_shop
from typer.testing import CliRunner

from planner.cli import app

BUDGET = [{"id": "budget", "measure": "spend", "max": 60}]
TWO = {"risk": {"mean_minus_sd": 2}}


def differing(path: Path) -> pd.DataFrame:
    """Return customers around the mean one of their segment."""
    rows, rng = mean_customers(path), rng_of(1)
    for offer in ("ten", "twenty"):
        rows[f"value_{offer}"] *= rng.gamma(3.0, 1 / 3, len(rows))
        rows[f"spend_{offer}"] *= rng.gamma(4.0, 0.25, len(rows))
    return rows


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    """Return a folder with customers assigned carefully, its record, and that of the same by expected values."""
    folder = tmp_path_factory.mktemp("careful")
    drawn = {"draws": 400}
    path = write_shop(folder, limits=BUDGET, risk=drawn)
    rows = differing(path)
    plain = assign(path, rows)
    return folder, assign(write_shop(folder, limits=BUDGET, risk=drawn, objective=TWO), rows), plain


def test_what_caution_costs_and_brings_is_told(careful: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    """Worth and bound by the objective; beside them the choices by expected values, to the cent those of plain profit.

    The spread is less, and so is the expected value. Where the objective is plain profit the record says none of it.
    """
    _, record, plain = careful
    told = record["careful"]
    assert told["objective"] == "mean profit over the futures less 2 standard deviations"
    assert told["by_expectation"]["value"] == plain["value"]
    assert told["by_expectation"]["p05"] == plain["outlook"]["quantiles"]["value"]["p05"]
    assert told["costs"] == pytest.approx(plain["value"] - record["value"], abs=1e-9) and told["costs"] > 0
    assert told["by_expectation"]["worth"] < told["worth"] <= record["bound"]
    assert record["gap"] < 1e-3
    spread = [each["outlook"]["quantiles"]["value"] for each in (record, plain)]
    assert spread[0]["p95"] - spread[0]["p05"] < spread[1]["p95"] - spread[1]["p05"]
    assert "careful" not in plain and not any("chosen by" in one for one in record["assumed"])


def test_new_customers_are_counted_at_the_stored_tilt(careful: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    """The same customers get what assign gave them, but for who fills the limit; a changed tilt is refused."""
    folder, record, _ = careful
    got = pd.read_csv(folder / "out.csv")["offer"].fillna("")
    told = run("decide", folder / "shop.yaml", folder / "customers.csv", "--at", folder / "out.csv", "--json")
    decided = [one["offer"] or "" for one in json.loads(told.stdout)["customers"]]
    assert (np.array(decided) == got.to_numpy()).mean() > 0.98
    record["careful"]["tilt"].pop()
    (folder / "out.json").write_text(json.dumps(record), "utf-8")
    refused = run("decide", folder / "shop.yaml", folder / "customers.csv", "--at", folder / "out.json")
    assert refused.exit_code == 2 and "careful.tilt" in refused.stderr and "assign anew" in refused.stderr


def test_why_says_at_what_a_value_is_counted(careful: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    """The value beside what it counts, in plain words, and the summary says what being careful costs; 80 columns."""
    folder, _, _ = careful
    asked = ["assign", folder / "shop.yaml", folder / "customers.csv", "--out", folder / "again.csv", "--why", "b7"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(one) for one in asked], catch_exceptions=False)
    said = " ".join(result.stdout.split())
    assert "objective: mean profit over the futures less 2 standard deviations worth" in said
    assert "being careful costs" in said and "with a P5 of" in said
    assert "is counted at" in said and "because it is worth little in the futures that count most" in said
    assert "counted: the same where bad futures count more" in said
    assert max(len(row) for row in result.stdout.splitlines()) <= 80


def test_mean_customers_are_worth_what_the_plan_is_by_its_own_objective(tmp_path: Path) -> None:
    """The ledger says of the same offers to the same segments what their objective over the futures is."""
    path = write_shop(tmp_path, objective={"risk": {"cvar": "20%"}})
    record = assign(path, mean_customers(path, **GETS))
    assert record["given"] == 400
    lines = "".join(f"2027-03-01,{segment},goods,{offer},100%\n" for segment, offer in GETS.items())
    (tmp_path / "lines.csv").write_text(f"date,segment,product,offer,coverage\n{lines}", "utf-8")
    told = json.loads(run("score", path, tmp_path / "lines.csv", "--json").stdout)
    assert record["careful"]["worth"] == pytest.approx(told["plan"]["objective"], abs=0.03)


def test_of_a_front_it_is_said_which_objective_decides(tmp_path: Path) -> None:
    """One offer a customer is one choice, not a front: the first of the objectives decides, and that is assumed."""
    path = write_shop(tmp_path, objective={"pareto": ["profit", "customers_reached"]})
    (said,) = [one for one in assign(path, mean_customers(path))["assumed"] if "trades off" in one]
    assert "customers are chosen by profit alone" in said
