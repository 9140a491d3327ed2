"""``campaign sweep``: values, order, warm starts, what it says of limits, and what Ctrl-C keeps."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from command_line import run
from little_work import little_work
from rich.console import Console
from sweep_case import BUDGET, SCENARIO, Scripted, planned_at

from planner.report.sweep import bar, show_sweep
from planner.report.sweep_data import sweep_columns, sweep_json
from planner.sweep.binding import stops_binding
from planner.sweep.planned import carried, varied_limit
from planner.sweep.record import Point, Sweep
from planner.sweep.sweep import sweep
from planner.sweep.vary import Axis, points_of, read_axes
from planner.typed_numbers import typed_share
from scenarios.answer.plan import PlanSet
from scenarios.grid import build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.problems import InvalidInput


def test_values_are_even_steps_with_the_digits_that_were_written() -> None:
    """Whole ends give whole values, shares stay shares, lists may be words; the path keeps its dots."""
    (axis,) = read_axes([f"{BUDGET}=500000:1500000:5"])
    assert axis.path == BUDGET and axis.values == ("500000", "750000", "1000000", "1250000", "1500000")
    assert read_axes(["offers.a.depth=10%:30%:5"])[0].values == ("10%", "15%", "20%", "25%", "30%")
    assert read_axes(["response.fatigue=0.1:0.4:3"])[0].values == ("0.1", "0.25", "0.4")
    assert read_axes(["effects.lift_is=gross,net"])[0].values == ("gross", "net")
    assert typed_share("12.5%") == Decimal("0.125") and typed_share("gross") is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["limits.a.max"], "FIRST:LAST:POINTS"),
        (["limits.a.max=1:2"], "FIRST:LAST:POINTS"),
        (["limits.a.max=1:2:1"], "2 to 200 points"),
        (["limits.a.max=1:3:9"], "points that differ"),
        (["limits.a.max=1%:2:3"], "both ends"),
        (["limits.a.max=7"], "at least two values"),
        (["limits.a.max=1,2", "limits.a.max=3,4"], "each once"),
        (["a.b=0:99:100", "c.d=1,2,3"], "at most 200 points"),
    ],
)
def test_a_wrong_option_is_refused_with_what_was_expected(options: list[str], expected: str) -> None:
    """Every mistake is one sentence."""
    with pytest.raises(InvalidInput, match="--vary") as error:
        read_axes(options)
    assert expected in str(error.value)


def test_each_point_of_a_grid_is_one_step_from_the_one_before() -> None:
    """Points go back and forth, so that every start is a neighbour's plan."""
    axes = (Axis(path="a", values=("1", "2", "3")), Axis(path="b", values=("x", "y")))
    points = points_of(axes)
    assert len(points) == 6 and len(set(points)) == 6
    places = [(axes[0].values.index(a), axes[1].values.index(b)) for a, b in points]
    for (a, b), (c, d) in itertools.pairwise(places):
        assert abs(a - c) + abs(b - d) == 1


def test_points_begin_from_their_neighbour_and_are_levelled_going_back() -> None:
    """All but the first have a start; a point whose neighbour's plan is worth more is planned again."""
    axes = read_axes([f"{BUDGET}=1,2,3"])
    planner = Scripted({"1": "10", "2": "12", "3": "30"}, elsewhere={"2": "29"})
    result = sweep(axes, planner, "total-budget")
    assert planner.asked == [("1", False), ("2", True), ("3", True), ("2", True)]
    assert [str(point.best.objective) for point in result.points if point.best] == ["10", "29", "30"]
    assert result.per_unit(0) is None and result.per_unit(1) == 19.0 and result.per_unit(2) == 1.0


def test_a_point_without_a_plan_says_why_and_the_next_one_begins_from_the_last_plan() -> None:
    """Infeasible points stand in the table with their reason; no rate is made up across them."""
    result = sweep(read_axes([f"{BUDGET}=1,2,3"]), Scripted({"1": "10", "3": "30"}), "total-budget")
    assert [point.status for point in result.points] == ["planned", "infeasible", "planned"]
    assert result.per_unit(1) is None and result.per_unit(2) is None
    out = Console(width=150, record=True, file=io.StringIO())
    for part in show_sweep(result, "CNY", "profit"):
        out.print(part)
    text = out.export_text()
    assert "infeasible" in text and "2: infeasible: too tight" in text and "█" in text
    document = sweep_json(result, "s")
    assert document["points"][1] == {
        "values": {BUDGET: "2"},
        "status": "infeasible",
        "folder": None,
        "reasons": ["too tight"],
    }


def test_shares_are_told_by_the_percentage_point() -> None:
    """Ten points of margin cost 20: 2 a point, and not 200 for the whole."""
    path, values = "limits.margin.min", ("10%", "20%")
    points = tuple(
        replace(planned_at(("1",), worth), values=(value,)) for value, worth in zip(values, ("30", "10"), strict=True)
    )
    result = Sweep(axes=(Axis(path=path, values=values),), points=points, limit=None, interrupted=False)
    assert result.per_unit(1) == -200.0
    out = Console(width=120, record=True, file=io.StringIO())
    for part in show_sweep(result, "CNY", "profit"):
        out.print(part)
    text = out.export_text()
    assert "per point" in text and "-2.00" in text and "-200" not in text


def test_ctrl_c_keeps_the_points_that_are_done() -> None:
    """What was planned before the interruption is the answer."""
    result = sweep(read_axes([f"{BUDGET}=1,2,3"]), Scripted({"1": "10", "2": "12"}, stop_at="3"), None)
    assert result.interrupted and len(result.points) == 2


def test_it_is_said_where_a_limit_stops_binding() -> None:
    """Between which values it stops, in one sentence however often; what is used up but worth nothing does not bind."""
    axes = (Axis(path=BUDGET, values=("1000", "2000", "3000")),)

    def said(*states: tuple[bool, float]) -> str | None:
        points = tuple(
            planned_at((value,), "5", binding=binds, price=price)
            for value, (binds, price) in zip(axes[0].values, states, strict=True)
        )
        return stops_binding(Sweep(axes=axes, points=points, limit="total-budget", interrupted=False))

    assert said((True, 2.0), (True, 1.0), (False, 0.0)) == (
        "total-budget: it binds at 2,000 and no longer binds at 3,000"
    )
    assert said((True, 2.0), (True, 1.0), (False, 0.5)) == (
        "total-budget: it binds at 2,000 and no longer binds at 3,000; at 3,000 it has room, but no looser bound was "
        "planned: lines come whole, so more of it may still gain there"
    )
    assert said((True, 2.0), (False, 1.0), (True, 0.0)) == (
        "total-budget: it binds at 1,000 and no longer binds at 2,000"
    ), "that 3,000 earned no more says more than a price at 2,000"
    assert said((False, 0.0), (True, 1.0), (True, 1.0)) == (
        "total-budget: it does not bind at 1,000 and binds at 2,000"
    )
    assert said((True, 2.0), (False, 0.0), (True, 1.0)) == (
        "total-budget: it binds at 1,000 and 3,000, and does not bind at 2,000; such turns come of lines that come "
        "whole and of luck in the search, which more --effort makes smaller"
    )
    assert "at every value" in str(said((True, 2.0), (True, 1.0), (True, 1.0)))
    assert "at no value" in str(said((False, 0.0), (False, 0.0), (False, 0.0)))
    assert str(said((True, 0.0), (False, 0.0), (False, 0.0))).endswith("everywhere, or more of it is worth nothing")


def test_the_table_says_binds_where_the_limits_own_verdict_does() -> None:
    """A price above 0 beside a limit with room is still room, in the table as in the JSON and in the sentence."""
    axes = read_axes([f"{BUDGET}=3000,5000"])
    points = (planned_at(("3000",), "5", price=0.5), planned_at(("5000",), "5", price=0.1))
    result = Sweep(axes=axes, points=points, limit="total-budget", interrupted=False)
    out = Console(record=True, width=150, file=io.StringIO())
    for part in show_sweep(result, "EUR", "profit"):
        out.print(part)
    text = out.export_text()
    assert text.count("has room") == 2 and "total-budget binds at no value" in text
    assert sweep_columns(result)["binding"] == [False, False]
    assert not sweep_json(result, "s")["points"][0]["limit"].binding


def test_a_limit_that_is_used_up_at_price_0_is_told_as_such() -> None:
    """Table, JSON, columns and sentence say the same of it: nothing is left, and more would bring nothing."""
    axes = read_axes([f"{BUDGET}=3000,6000,9000"])
    points = tuple(
        planned_at((value,), "5", binding=binding, price=price)
        for value, binding, price in (("3000", True, 0.24), ("6000", False, 0.12), ("9000", True, 0.0))
    )
    result = Sweep(axes=axes, points=points, limit="total-budget", interrupted=False)
    out = Console(record=True, width=150, file=io.StringIO())
    for part in show_sweep(result, "EUR", "profit"):
        out.print(part)
    text = out.export_text()
    assert "used up: the plan leaves less than 1 % of it, but more is worth nothing by the estimate" in text
    assert text.rstrip().endswith("it binds at 3,000 and no longer binds at 6,000"), "9,000 tells what more adds there"
    assert [point["binds"] for point in sweep_json(result, "s")["points"]] == [True, False, False]
    assert sweep_columns(result)["binds"] == [True, False, False]


def test_bars_grow_with_the_objective() -> None:
    """The best point has the longest bar, a loss none."""
    assert bar(10, 10) == 24 and bar(5, 10) == 12 and bar(-3, 10) == 0 and bar(0, 0) == 0


def test_lines_that_have_no_place_are_left_out_and_limits_are_known_by_their_path() -> None:
    """A start carries over what the next scenario still has; funds, gifts and stock are limits too."""
    grid = build_grid(SCENARIO)
    line = PlanLine(date="2026-11-03", product="nova-12", offer=SCENARIO.offers[0].id)
    assert carried(grid, (line, line.model_copy(update={"product": "gone"}))).sum() > 0
    assert varied_limit(SCENARIO, BUDGET) == "total-budget" and varied_limit(SCENARIO, "limits.1.max") == "total-budget"
    assert varied_limit(SCENARIO, "vendors.nova.fund") == "fund:nova"
    assert varied_limit(SCENARIO, "products.nova-12.stock") == "stock:nova-12"
    assert varied_limit(SCENARIO, "response.fatigue") is None and varied_limit(SCENARIO, "limits.none.max") is None


def test_the_command_plans_every_point_and_writes_folders_that_pass_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From end to end on the small template: table, files, each point's folder, a wrong value refused beforehand."""
    little_work(monkeypatch)
    folder = tmp_path / "sweep"
    options = ("--vary", f"{BUDGET}=2000:6000:2", "--seconds", "0.2", "--out", folder)
    result = run("sweep", "template-basic", *options)
    assert result.exit_code == 0, result.stderr
    assert "profit gained" in result.stdout and "6,000" in result.stdout
    document = json.loads((folder / "sweep.json").read_text())
    first, second = document["points"]
    assert document["limit"] == "total-budget" and second["objective"] >= first["objective"]
    header = (folder / "sweep.csv").read_text().splitlines()[0].split(",")
    assert header[0] == BUDGET and {"limit_used", "limit_used_at_risk"} <= set(header)
    assert run("check", folder / "point-002").exit_code == 0
    wrong = run("sweep", "template-basic", "--vary", "limits.total-budgt.max=1:2:2")
    assert wrong.exit_code == 2 and "total-budget" in wrong.stderr
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    assert run("sweep", "template-basic", "--vary", f"{BUDGET}=1:2:2", "--out", tmp_path / "other").exit_code == 2


def test_spend_and_gap_are_seen_on_a_narrow_screen() -> None:
    """At 80 columns bounds, profit, spend, gap and verdict stay; bars and prices give way first."""
    axes = read_axes([f"{BUDGET}=300000,500000"])
    points = (planned_at(("300000",), "1234567.89", price=0.5), planned_at(("500000",), "2345678.90", price=0.1))
    out = Console(record=True, width=80, file=io.StringIO())
    for part in show_sweep(Sweep(axes=axes, points=points, limit="total-budget", interrupted=False), "EUR", "profit"):
        out.print(part)
    header = next(line for line in out.export_text().splitlines() if "profit gained" in line)
    assert all(word in header for word in ("total-budget.max", "spend", "gap", "per unit", "limit"))


def _with_limit_named(point: Point, name: str) -> PlanSet | None:
    assert point.plan_set is not None
    (best,) = point.plan_set.plans
    return replace(point.plan_set, plans=(replace(best, limits=(replace(best.limits[0], id=name),)),))


def test_a_bound_under_a_looser_limit_holds_under_a_tighter_one_too() -> None:
    """Nothing that a budget of 500 allows is worth more than the bound at 600; the other way round nothing follows."""
    axes = (Axis(path=BUDGET, values=("400", "500", "600")),)
    bounds = {"400": "90", "500": "120", "600": "100"}
    points = []
    for value, bound in bounds.items():
        point = planned_at((value,), "80")
        assert point.plan_set is not None
        best = replace(point.plan_set.plans[0], gap=0.5)
        points.append(replace(point, plan_set=replace(point.plan_set, bound=Decimal(bound), plans=(best,))))
    result = Sweep(axes=axes, points=tuple(points), limit="total-budget", interrupted=False)
    assert [result.bound_at(point) for point in points] == [Decimal(90), Decimal(100), Decimal(100)]
    assert [result.gap_at(point) for point in points] == pytest.approx([1 / 9, 0.2, 0.2], abs=1e-5)
    assert sweep_columns(result)["gap"][1] == pytest.approx(0.2)
    other = replace(result, limit=None)
    assert [other.bound_at(point) for point in points] == [Decimal(bound) for bound in bounds.values()]
    # Baselines are cut at stock: with less of a rival's, an offer may well earn more.
    stocked = [replace(point, plan_set=_with_limit_named(point, "stock:nova")) for point in points]
    cut = replace(result, points=tuple(stocked), limit="stock:nova")
    assert [cut.bound_at(point) for point in stocked] == [Decimal(bound) for bound in bounds.values()]
