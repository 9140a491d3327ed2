"""Closed days: nothing is sold, planned or sent on them, runs pass them, and what contradicts them is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from actuals_files import read_text
from agreement import random_plan
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import price_all_automata, random_prices
from command_line import run
from little_work import little_work
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop, problems_of, write_shop

from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import RuleBook, build_rulebook
from constraints.rules.forms import Fixed, Masks
from constraints.rules.registry import check_rules
from planner.bound.problem import BoundProblem
from planner.problem import problem_of
from planner.reasons.by_itself.break_even import break_even
from scenarios.flight.reading.closed_rows import sold_while_closed
from scenarios.futures.draws import draw
from scenarios.grid import Grid, build_grid
from scenarios.language.schemas.rule import Cycle, MaxRun, MinGap, MinRun
from scenarios.problems import InvalidInput
from scenarios.response.coefficients import build_coefficients
from scenarios.response.priced_choices import build_economics

UNIT = "unit: day"
SHUT = {UNIT: "unit: day, closed: [2026-11-03, friday]"}
"""The shop of seven days from Sunday 2026-11-01 on is closed on Tuesday and Friday; a line is locked between."""


def ruled(seed: int, closed: tuple[str, ...]) -> tuple[np.random.Generator, Grid, RuleBook]:
    """A tiny question of nine days with rules on runs and all others, closed on some days."""
    rng = rng_of(seed)
    shape = {"segments": 1, "products": 2, "periods": 9, "weeks": False, "limits": False, "further": True}
    scenario, _, _ = tiny_scenario(rng, closed=closed, **shape)
    kinds = (MinRun, MaxRun, MinGap)
    runs = [
        kind(id=f"r{number}", rule=word, periods=int(rng.integers(1, 4)))
        for number, (kind, word) in enumerate(zip(kinds, ("min_run", "max_run", "min_gap"), strict=True))
    ]
    runs.append(Cycle(id="turns", rule="cycle", run=2, rest=2, every=bool(rng.random() < 0.5)))
    some = [rule for rule in runs if rng.random() < 0.5]
    grid = build_grid(scenario.model_copy(update={"rules": (*scenario.rules, *some)}))
    return rng, grid, build_rulebook(grid, build_economics(grid))


@pytest.mark.parametrize("seed", range(40))
def test_with_closed_days_compiled_rules_say_what_the_ledger_says(seed: int) -> None:
    """Runs that pass closed days, gaps and cuts over them: the search's rules and the plain ones agree on any plan."""
    closed = (("friday",), ("2026-11-02", "2026-11-04..2026-11-05"), ("saturday", "sunday"))[seed % 3]
    rng, grid, book = ruled(seed, closed)
    for busy in (0.0, 0.2, 0.5, 0.9):
        plan = random_plan(rng, grid, busy)
        plain = {result.id for result in check_rules(grid, grid.lines(plan)) if not result.satisfied}
        broken = set(book.violations_by_rule(plan))
        in_slots = {rule.id for rule in book.rules if any(isinstance(form, Masks | Fixed) for form in rule.forms)}
        assert broken - {"slots"} <= plain and plain - in_slots <= broken and bool(broken) == bool(plain)
    mended = book.repair(random_plan(rng, grid, 0.8))
    assert all(result.satisfied for result in check_rules(grid, grid.lines(mended))) == (book.violations(mended) == 0)


def test_a_run_passes_closed_days_and_a_gap_is_none(tmp_path: Path) -> None:
    """Thursday and Saturday are two days in a row; one day of rest and a closed one are one day of rest."""
    scenario, _, _ = tiny_scenario(rng_of(3), closed=("friday",), periods=9, weeks=False, rules=False, limits=False)
    row = build_grid(scenario)
    asked = (MinRun(id="run", rule="min_run", periods=3), MinGap(id="gap", rule="min_gap", periods=2))
    grid = build_grid(scenario.model_copy(update={"rules": (*asked, MaxRun(id="most", rule="max_run", periods=3))}))
    choice = int(np.flatnonzero(row.allowed.public[0, 0])[1])

    def broken(*days: int) -> set[str]:
        plan = grid.empty()
        plan[[day - 2 for day in days]] = choice  # the horizon begins on Monday, 2 November
        return {
            each.id
            for each in check_rules(grid, grid.lines(plan))
            if each.id in {"run", "gap", "most"} and each.violations
        }

    assert broken(4, 5, 7) == set(), "Friday the 6th is no end of the run"
    assert broken(3, 4, 5, 7) == {"most"}
    assert broken(5, 7) == {"run"}
    assert broken(2, 3, 4, 7, 8, 9) == {"gap"}, "Thursday alone is a day of rest"


@pytest.mark.parametrize("priced", [False, True], ids=["carried", "priced"])
@pytest.mark.parametrize("seed", range(9))
def test_with_closed_days_the_bound_lies_above_every_plan_that_keeps_the_rules(
    seed: int, priced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Automata that programs carry, or that are priced, read no letter on a closed day: no plan is refuted by them."""
    if priced:
        price_all_automata(monkeypatch)
    closed = (("friday",), ("2026-11-03",), ("2026-11-03..2026-11-04",))[seed % 3]
    shape = {"segments": 1, "products": 1, "periods": 6, "weeks": False, "rules": False, "limits": False}
    scenario, effects, baskets = tiny_scenario(rng_of(700 + seed), closed=closed, **shape)
    runs = (MinRun(id="a", rule="min_run", periods=2), MinGap(id="b", rule="min_gap", periods=2))
    scenario = scenario.model_copy(update={"rules": runs[: 1 + seed % 2]})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    book, limits, rng = build_rulebook(model.grid, model.economics), build_limits(model), rng_of(seed)
    plans = plans_of(thin(rng, book.base, 300))
    plans = plans[book.keeps(plans)]
    gains, _ = gains_and_feasible(model, limits, plans, at_risk=True)
    problem = BoundProblem(model, limits, book.base, book.locked_lines(), 6, book.rules)
    for size in (0.0, 1.0):
        prices = random_prices(rng, problem, size) if size else problem.start
        prices = prices._replace(limit=problem.start.limit, stock=problem.start.stock)
        assert problem.evaluate(prices, naive=False)[0] >= gains.max(initial=-np.inf)


def test_on_a_closed_day_nothing_is_sold_and_no_line_may_stand(tmp_path: Path) -> None:
    """The table's rows of every day give nothing there; the ledger alone, without a solver, refuses lines on it."""
    problem = problem_of(load_shop(tmp_path, shop=SHUT))
    units, grid = problem.model.base_units, problem.grid
    assert not units[:, :, [2, 5]].any() and units[:, :, [0, 1, 3, 4, 6]].all()
    assert not any(block[..., [2, 5], 1:].any() for block in grid.allowed[:2])
    plan = grid.empty()
    plan[[2, 5]] = 1  # the phone's public slots
    ledger = Ledger(problem.model, problem.effects, draw(grid, problem.effects, 1))
    assert ledger.verdict(plan).refused == (
        "2 lines stand on closed days (horizon.closed), cut-15 on phone for everybody on 2026-11-03, cut-15 on phone "
        "for everybody on 2026-11-06: move them to open days, or drop them",
    )


def test_orders_are_those_of_an_open_day(tmp_path: Path) -> None:
    """Days without orders give the open ones no more of them: what an order's offer costs there stays."""
    open_, shut = (problem_of(load_shop(tmp_path, shop=edits)).model.orders_per_unit for edits in ({}, SHUT))
    assert shut[..., [0, 1, 3, 4, 6]] == pytest.approx(open_[..., [0, 1, 3, 4, 6]])


def test_no_plan_holds_a_line_there_and_check_finds_one_that_somebody_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan has open days only and is proven again; `score` refuses a file, `check` a folder, with one sentence."""
    little_work(monkeypatch)
    path = write_shop(tmp_path, {"shop.yaml": SHUT})
    out = tmp_path / "out"
    assert run("plan", path, "--out", out, "--effort", "quick", "--plans", "1").exit_code == 0
    text = (out / "plans.json").read_text(encoding="utf-8")
    (plan,) = json.loads(text)["plans"]
    dates = {each["period"] for each in plan["lines"]}
    assert dates and not dates & {"2026-11-03", "2026-11-06"}
    assert run("check", out, "--scenario", path).exit_code == 0
    lines = tmp_path / "mine.csv"
    lines.write_text("date,product,offer\n2026-11-04,phone,cut-15\n2026-11-06,phone,cut-15\n", encoding="utf-8")
    told = " ".join(run("score", path, lines).output.split())
    assert "date: expected an open day, got 2026-11-06, closed by horizon.closed; move the line to an open day" in told
    (out / "plans.json").write_text(text.replace('"2026-11-04"', '"2026-11-03"', 1), encoding="utf-8")
    done = run("check", out)
    assert done.exit_code == 1 and "closed day (horizon.closed)" in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ("[2026-11-01..2026-11-07]", "expected at least one open day in the horizon"),
        ("[2026-12-25]", "expected a date within the horizon, 2026-11-01 to 2026-11-07, got 2026-12-25"),
        ("[friday, friday]", "expected every closed day once, got friday again"),
        ("[friday, 2026-11-06]", "got 2026-11-06, a friday, which is closed already"),
        ("[2026-11-06, 2026-11-06]", "expected every closed day once, got 2026-11-06 again"),
        ("[Fri]", 'expected a weekday such as friday, a date or a range of dates, got "Fri"; write friday'),
        ("[wednesday]", "expected lines on open days, got cut-15 on phone on 2026-11-04, closed by horizon.closed"),
    ],
)
def test_closed_days_that_cannot_be_meant_are_refused(tmp_path: Path, closed: str, expected: str) -> None:
    """All closed, outside the horizon, twice, misspelt, or under a locked line: one problem that says what to do."""
    (problem,) = problems_of(tmp_path, shop={UNIT: f"{UNIT}, closed: {closed}"})
    assert expected in problem


def test_an_offer_that_may_run_on_closed_days_only_is_refused(tmp_path: Path) -> None:
    """Its window holds no day on which it could stand."""
    window = {"{id: front, mechanic: feature,": "{id: front, mechanic: feature, applies_to: {periods: [2026-11-06]},"}
    (problem,) = problems_of(tmp_path, shop={**SHUT, **window})
    assert "expected at least one open day, got 2026-11-06, closed by horizon.closed" in problem


def test_in_weeks_only_whole_weeks_are_closed(tmp_path: Path) -> None:
    """A weekday closes a part of every week, which its units know; a whole week may be closed."""
    weeks = {"periods: 7, unit: day": "periods: 7, unit: week, closed: [friday, 2026-11-09..2026-11-12]"}
    one, two = problems_of(tmp_path, shop=weeks)
    assert "got friday; delete it: units of a week are those of its open days" in one
    assert "2026-11-09..2026-11-12, a part of the week 2026-11-08..2026-11-14" in two
    whole = {"periods: 7, unit: day": "periods: 7, unit: week, closed: [2026-11-08..2026-11-14]"}
    loaded = load_shop(tmp_path, shop=whole)
    assert loaded.effects is not None and not loaded.effects.base_units[..., 1].any()


def test_actuals_need_no_rows_for_closed_days_and_sales_then_are_told(tmp_path: Path) -> None:
    """A till that was closed writes no row: nothing was sold; what it sold all the same the monitor tells."""
    grid = problem_of(load_shop(tmp_path, shop=SHUT)).grid
    days = (1, 2, 4, 5, 7)
    rows = [f"2026-11-0{day},{product.id},{day},{20 * day}" for product in grid.products for day in days]
    actuals = read_text("\n".join(["date,product,units,revenue", *rows]), grid)
    assert actuals.units_total[:, [2, 5]].tolist() == [[0.0, 0.0]] * 3 and actuals.observed.all()
    assert sold_while_closed(actuals) == []
    sold = read_text("\n".join(["date,product,units,revenue", *rows, "2026-11-06,case,9,600"]), grid)
    assert sold_while_closed(sold) == [
        "9 units were sold on 2026-11-06, a closed day (horizon.closed), and the plan foresaw none of them"
    ]
    with pytest.raises(InvalidInput, match="open day"):
        read_text("\n".join(["date,product,units,revenue", *rows[1:]]), grid)


ZEROS = {"baseline.csv": {"young,phone,,30\n": "young,phone,,30\n,,2026-11-06,0\n"}}


def test_rows_that_more_specific_ones_outdo_are_told(tmp_path: Path) -> None:
    """A zero for everybody on a day, beside rows of segments and products, closes nothing: it is told."""
    loaded = load_shop(tmp_path, baseline=ZEROS["baseline.csv"])
    assert loaded.effects is not None and loaded.effects.base_units[..., 5].all()
    told = [note for note in loaded.effects.notes if note.startswith("row 3 of baseline.csv holds for no cell")]
    assert len(told) == 1 and "horizon.closed" in told[0]
    quiet = load_shop(tmp_path)
    assert quiet.effects is not None and not any("holds for no cell" in note for note in quiet.effects.notes)
    named = load_shop(tmp_path, shop=SHUT, baseline={"young,phone,,30\n": "young,phone,,30\nold,case,2026-11-06,9\n"})
    assert named.effects is not None
    assert "row 3 of baseline.csv holds for no cell: nothing is sold there (a closed day, or after a last_sale)" in (
        named.effects.notes
    )


def test_what_offers_need_is_the_same_whether_days_are_closed_or_hold_zeros(tmp_path: Path) -> None:
    """Break-even lifts and funding are means over days on which a plan may put a line: zeros in a table are none."""
    edits = {
        f"{who},{product},,{n}\n": f"{who},{product},,{n}\n{who},{product},2026-11-03,0\n{who},{product},2026-11-06,0\n"
        for who, product, n in (
            ("young", "phone", 30),
            ("young", "phone-pro", 12),
            ("young", "case", 70),
            ("old", "phone", 25),
            ("old", "phone-pro", 20),
            ("old", "case", 50),
        )
    }
    calm = {"halo: 0}": "halo: 0, carry_over: ignore}"}  # a Tuesday that is closed once weighs on no later week
    shops = ({"shop": {**SHUT, **calm}}, {"shop": calm, "baseline": edits})
    shut, zeros = (problem_of(load_shop(tmp_path, **each)) for each in shops)
    cut, same = (break_even(each.model, each.effects)[0] for each in (shut, zeros))
    assert cut.slots == same.slots
    assert cut.break_even_lift == pytest.approx(same.break_even_lift) and cut.profit == pytest.approx(same.profit)


def test_fatigue_that_is_left_over_is_priced_by_open_days(tmp_path: Path) -> None:
    """An average line after the horizon earns what one earns on an open day; closed weekdays after it earn nothing."""
    week = {"fatigue_half_life: 3": "fatigue_half_life: 6"}  # up to Friday, 13 November
    open_, shut, longer = (problem_of(load_shop(tmp_path, shop=each)).model for each in ({}, SHUT, {**SHUT, **week}))
    assert shut.carry_value == pytest.approx(open_.carry_value) and shut.carry_value.any()
    assert longer.carry_value == pytest.approx(5 / 6 * shut.carry_value)
