"""Numbers that cannot be meant: refused before anything is planned, one problem each, or read as 0."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from command_line import run
from little_work import little_work

from planner.run import answer as answering
from planner.run.shadow import Shadow
from scenarios.loading.load import load_scenario, read_effects
from scenarios.loading.magnitude import EXACT


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Return the scenario that ``init`` writes."""
    target = tmp_path / "b.yaml"
    assert run("init", target).exit_code == 0
    return target


def _refused(scenario: Path, *options: str) -> list[str]:
    """Return the problems that ``validate`` names."""
    result = run("validate", scenario, *(word for option in options for word in ("--set", option)))
    assert result.exit_code == 2, result.output
    return [line for line in result.stderr.splitlines() if ": expected " in line]


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        ("b-baseline.csv", "regulars,filter-1kg,2027-03-01,1e300", ("units", "1,000,000,000", "1e+300")),
        ("b-baseline.csv", "regulars,filter-1kg,2027-03-01,-1", ("units", "at least 0", "-1")),
        ("b-baskets.csv", "regulars,1e18,3,1", ("order_value", "1,000,000,000,000", "1e+18")),
        ("b-baskets.csv", "regulars,50,1e18,1", ("orders", "1,000,000,000", "1e+18")),
        ("b-baskets.csv", "regulars,50,3,1e9", ("units", "1,000,000", "1000000000")),
        (
            "b-effects.csv",
            "regulars,kettle,,equipment-20,1e-8,-0.1,1000,",
            ("lift_low, lift, lift_high", "an interval whose ends are comparable", "-0.1, 1e-08, 1000"),
        ),
    ],
)
def test_a_row_beyond_all_bounds_is_refused_with_its_line(
    file: str, row: str, words: tuple[str, str, str], scenario: Path
) -> None:
    """File, line, column, the bound and what came."""
    table = scenario.parent / file
    lines = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([*lines, row]) + "\n", "utf-8")
    (line,) = _refused(scenario)
    what, expected, got = words
    assert line.startswith(f"{table}:{len(lines) + 1}: {what}: expected ")
    assert expected in line and f"got {got}" in line


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("products.espresso-1kg.price=999999999999999", "EUR of sales without promotion over the horizon"),
        ("offers.home-page.fixed_cost=99999999999999", "fixed costs of all lines"),
        ("gifts.cup.unit_cost=99999999999999", "EUR of gifts over the horizon"),
        ("channels.mail.cost_per_contact=99999999999", "EUR of messages"),
        ("segments.regulars.customers=999999999999", "messages to all customers"),
        ("segments.regulars.customers=9999999999999", "a whole number below 1,000,000,000,000"),
        ("products.kettle.stock=99999999999999999999", "a whole number below 1,000,000,000,000"),
        ("products.kettle.units_per_use=0.0000001", "at least 0.001"),
        ("objective={weights: {profit: 999999999999999}}", "weights count against each other only"),
        ("response.fatigue_half_life=0.0000000000001", "more than 0"),
        ("response.fatigue_half_life=999999999999", "at most 1000"),
    ],
)
def test_a_sum_that_the_account_cannot_hold_is_refused(option: str, words: str, scenario: Path) -> None:
    """The place is the option; the problem is one, although many sums hang on it."""
    (line,) = _refused(scenario, option)
    assert line.startswith(f"--set {option.partition('{')[0]}")
    assert words in line, line


def test_a_question_just_below_the_bound_is_planned_and_checked(
    monkeypatch: pytest.MonkeyPatch, scenario: Path, tmp_path: Path
) -> None:
    """Sales of nearly 2^53 cents: no warning, an account that is recomputed to the digit."""
    little_work(monkeypatch)
    loaded = load_scenario(scenario)
    units = float(read_effects(loaded).base_units[0, :, 0].sum())
    price = int(0.99 * EXACT / 100 / units)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        option = f"products.espresso-1kg.price={price}"
        planned = run("plan", scenario, "--effort", "quick", "--plans", 1, "--out", tmp_path / "out", "--set", option)
        assert planned.exit_code == 0, planned.output
        assert run("check", tmp_path / "out").exit_code == 0


def test_dust_is_read_as_nothing(scenario: Path) -> None:
    """1e-300 units, a lift or an order of 1e-300 are 0."""
    table = scenario.parent / "b-baseline.csv"
    table.write_text(table.read_text("utf-8") + "regulars,filter-1kg,2027-03-01,1e-300\n", "utf-8")
    effects = read_effects(load_scenario(scenario, ("risk.lift_cv=0.0000000000001",)))
    assert effects.base_units[0, 0, 1, 0] == 0
    assert (effects.base_units[0, 0, 1, 1:] > 0).all()
    assert load_scenario(scenario, ("risk.lift_cv=0.0000000000001",)).scenario.risk.lift_cv == 0


def test_missing_shadow_prices_are_said(monkeypatch: pytest.MonkeyPatch, scenario: Path) -> None:
    """Where the solver has none, prices are null in the plan and a note says so."""
    little_work(monkeypatch)
    monkeypatch.setattr(answering, "shadow_prices", lambda *_: Shadow(prices={}, beyond=0.0))
    result = run("plan", scenario, "--effort", "quick", "--plans", 1)
    assert result.exit_code == 0
    assert "shadow prices are not known" in " ".join(result.stdout.split())
