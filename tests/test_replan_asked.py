"""Re-planning with a question that is asked otherwise: other limits, rules, stock and funds; nothing that has run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import Running, running
from little_work import little_work
from plan_directory import plans_of
from replan_case import LAST, happened, sold
from typer.testing import CliRunner

from constraints.checking.check import check
from planner.cli import app
from planner.replan.asked_now import asked_now, kept_question
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.problems import InvalidInput

FREE = "2026-11-06"
"""First day that can still change: four days are known, one is the notice."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[Running, Path, Path]:
    """The shop with its plan, the plan's folder, and the shop's own file."""
    room = tmp_path_factory.mktemp("asked")
    shop = running(room)
    plan_set, accounts = plans_of(shop.frozen, [shop.plan])
    write_plans(room / "plans", plan_set, accounts, shop.frozen)
    return shop, room / "plans", room / "shop.yaml"


@pytest.fixture
def again(case: tuple[Running, Path, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[[LoadedScenario], Replanned]:
    """Plan the rest again under another question."""
    little_work(monkeypatch)
    shop, folder, _ = case

    def planned(own: LoadedScenario) -> Replanned:
        plan_set = read_plans(folder).plan_set
        actuals, params = happened(shop, sold(shop)), ReplanParams(notice=1, change_cost=Decimal(0))
        asked = asked_now(folder, shop.frozen, own)
        return replan(shop.frozen, plan_set, plan_set.plans[0], actuals, b"date,product\n", params, asked=asked)

    return planned


def test_a_budget_that_changed_holds_is_told_and_stays(case, again, tmp_path) -> None:
    """The new bound is kept, every reader is told of it, and the next re-planning starts from it."""
    shop, folder, _ = case
    spent = float(read_plans(folder).plan_set.plans[0].outcome.spend)
    budget = round(0.9 * spent)
    found = again(kept_question(folder, shop.frozen, (f"limits.total-budget.max={budget}",)))
    assert found.plan_set is not None and "total-budget" in found.before.broken
    assert found.plan_set.plans[0].outcome.spend <= budget
    assert found.flight.asked == (f"as of 2026-11-04, limits.total-budget.max is {budget}, no longer 80000",)
    assert found.flight.asked[0] in found.plan_set.note_texts
    write_plans(tmp_path / "rest", found.plan_set, found.accounts, found.frozen)
    report = check(tmp_path / "rest")
    assert report.ok, (report.differences, report.violations)
    assert found.flight.asked[0] in report.unproven
    kept = read_plans(tmp_path / "rest").problem()
    assert kept.flight is not None and kept.flight.asked == found.flight.asked
    own = kept_question(tmp_path / "rest", kept, ("limits.margin.min=7%",))
    later = asked_now(tmp_path / "rest", kept, own)
    assert later.said == ("limits.margin.min is 0.07, no longer 0.08",)
    assert next(limit.max for limit in later.scenario.limits if limit.id == "total-budget") == budget


def test_an_amount_that_is_written_otherwise_is_the_same(case) -> None:
    """A budget of 80000.000 is one of 80000: nothing is told as asked otherwise, and nobody reads 80000.0."""
    shop, folder, _ = case
    same = asked_now(folder, shop.frozen, kept_question(folder, shop.frozen, ("limits.total-budget.max=80000.000",)))
    assert same.said == ()
    less = asked_now(folder, shop.frozen, kept_question(folder, shop.frozen, ("limits.total-budget.max=70000.00",)))
    assert less.said == ("limits.total-budget.max is 70000, no longer 80000",)


def test_a_file_may_add_rules_and_move_stock_and_funds(case, again) -> None:
    """What a file asks from the first free day on is kept; arrivals and funds are those of the file."""
    _, _, file = case
    text = file.read_text("utf-8")
    other = file.with_name("now.yaml")
    days = f"periods: [{FREE}..2026-11-07]"
    for old, new in (
        ("rules:\n", f"rules:\n  - {{id: no-cuts, rule: blackout, where: {{offers: [cut-15], {days}}}}}\n"),
        ("arrivals: {2026-11-03: 100}", "arrivals: {2026-11-07: 90}"),
        ("fund: 100000", "fund: 90000"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    other.write_text(text, "utf-8")
    found = again(load_scenario(other))
    assert found.plan_set is not None and "no-cuts" in found.before.broken
    late = [each for each in found.plan_set.plans[0].plan_lines if str(each.date) >= FREE]
    assert "cut-15" not in {each.offer for each in late}
    assert set(found.flight.asked) == {
        "as of 2026-11-04, rules.no-cuts is asked for, too",
        "as of 2026-11-04, products.phone.arrivals is 90 on 2026-11-07, no longer 100 on 2026-11-03",
        "as of 2026-11-04, vendors.nova.fund is 90000, no longer 100000",
    }
    assert found.frozen.raw == other.read_bytes() and found.frozen.name == str(other)


def test_what_is_spent_already_cannot_be_cut(case, again) -> None:
    """A budget below what has been used comes up to that, and says so."""
    shop, folder, _ = case
    found = again(kept_question(folder, shop.frozen, ("limits.total-budget.max=10",)))
    assert found.plan_set is not None
    assert any(each.startswith("limit total-budget: ") and "are used by what" in each for each in found.flight.moved)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("products.phone.price=2599", "products.phone.price"),
        ("offers.cut-15.depth=14%", "offers.cut-15.depth"),
        ("segments.old.customers=6001", "segments.old.customers"),
        ("response.fatigue=0.2", "response.fatigue"),
    ],
)
def test_what_has_run_stays_as_it_was_counted(case, change: str, place: str) -> None:
    """Prices, offers, segments and what they do are no part of what may change on the way."""
    shop, folder, _ = case
    with pytest.raises(InvalidInput, match="as it was planned") as refused:
        asked_now(folder, shop.frozen, kept_question(folder, shop.frozen, (change,)))
    assert [each.what for each in refused.value.problems] == [place]


def test_other_effects_and_other_questions_are_refused(case) -> None:
    """Another effect table is not what the plan was made with; a question about other days is another campaign's."""
    shop, folder, file = case
    own = load_scenario(file)
    other = replace(own, effects=replace(own.effects, lift=own.effects.lift * 1.1))
    with pytest.raises(InvalidInput, match="lift of "):
        asked_now(folder, shop.frozen, other)
    with pytest.raises(InvalidInput, match="asks another question"):
        asked_now(folder, shop.frozen, load_scenario("phone-flash-sale"))


def test_a_question_whose_effects_are_learned_is_checked_with_what_was_learned(case) -> None:
    """Where data says what segments and effects are, the plan's own are taken; limits must fit them."""
    shop, folder, file = case
    learned = replace(load_scenario(file, ("limits.margin.min=6%",)), effects=None)
    asked = asked_now(folder, shop.frozen, learned)
    assert asked.said == ("limits.margin.min is 0.06, no longer 0.08",)
    assert asked.scenario.segments == shop.frozen.scenario.segments


def _told(shop: Running, folder: Path) -> Path:
    """The first days as they were forecast, as a file of actuals."""
    actuals = folder / "actuals.csv"
    rows = ["date,product,segment,units,revenue"]
    for (s, k, t), units in zip(
        ((s, k, t) for s in range(2) for k in range(3) for t in range(LAST + 1)),
        sold(shop)[..., : LAST + 1].reshape(-1),
        strict=True,
    ):
        product = shop.grid.products[k]
        price = float(product.price)
        rows.append(f"2026-11-0{t + 1},{product.id},{('young', 'old')[s]},{round(units)},{0.9 * price * round(units)}")
    actuals.write_text("\n".join(rows), "utf-8")
    return actuals


def test_the_command_changes_a_plan_whose_model_lies_elsewhere(case, monkeypatch, tmp_path) -> None:
    """The folder holds its effects: the model that its question names need not lie in it, and another is refused."""
    little_work(monkeypatch)
    shop, _, _ = case
    scenario, raw = shop.frozen.scenario, shop.frozen.raw
    text = raw.replace(b"effects: {table: effects.csv, lift_is: gross}", b"effects: {model: m1}")
    text = text.replace(b"baseline: {table: baseline.csv}\n", b"")
    assert text.count(b"m1") == 1
    source = scenario.effects.model_copy(update={"table": None, "model": "m1"})
    learned = scenario.model_copy(update={"effects": source, "baseline": None})
    tables = {name: rows for name, rows in shop.frozen.tables.items() if name == "baskets.csv"}
    frozen = replace(shop.frozen, scenario=learned, raw=text, tables=tables)
    folder = tmp_path / "plans"
    plan_set, accounts = plans_of(frozen, [shop.plan])
    write_plans(folder, plan_set, accounts, frozen)
    command = ["replan", str(folder), str(_told(shop, tmp_path)), "--out", str(tmp_path / "new")]
    found = CliRunner().invoke(app, [*command, "--set", "limits.total-budget.max=70000"])
    assert found.exit_code == 0, found.output
    assert "limits.total-budget.max is 70000, no longer 80000" in found.output
    assert check(tmp_path / "new").ok
    other = CliRunner().invoke(app, [*command, "--set", "effects.model=m2"])
    assert other.exit_code == 2 and "effects.model" in other.output and "as it was planned" in other.output


def test_the_command_says_what_it_was_told_and_where_it_is_wrong(case, monkeypatch, tmp_path) -> None:
    """One message and exit code 2 for what does not exist; the suggested command asks the same."""
    little_work(monkeypatch)
    shop, folder, _ = case
    actuals = _told(shop, tmp_path)
    wrong = CliRunner().invoke(app, ["replan", str(folder), str(actuals), "--set", "limits.totl-budget.max=1"])
    assert wrong.exit_code == 2 and "did you mean total-budget" in wrong.output
    told = CliRunner().invoke(app, ["replan", str(folder), str(actuals), "--set", "limits.total-budget.max=70000"])
    assert told.exit_code == 0, told.output
    assert "What is asked otherwise" in told.output and "is 70000, no longer 80000" in told.output
    assert "--set limits.total-budget.max=70000 --out new/" in told.output
