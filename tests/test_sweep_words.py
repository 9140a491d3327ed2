"""What a sweep says around its figures: units of shares, words without steps, turns, and what to type next."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from few_futures import few_futures
from little_work import little_work
from plan_sets import limit
from printed import printed
from swept import SET, shown, swept

from planner.report.sweep import show_sweep
from planner.report.sweep_data import sweep_json
from planner.sweep import planned
from planner.sweep.binding import stops_binding
from planner.sweep.vary import read_axes
from scenarios.answer.front import Front
from scenarios.answer.notes import Note, Topic
from scenarios.answer.plan import PlanSet

_few_futures = few_futures


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of a sweep is tested here, not how good its plans are."""
    little_work(monkeypatch)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of three points."""
    folder = tmp_path_factory.mktemp("older") / "sweep"
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        options = ("--vary", "limits.margin.min=7%,8%,9%", "--seconds", "0.2", "--out", folder)
        assert run("sweep", "template-basic", *options).exit_code == 0
    return folder


def test_shares_count_by_the_percentage_point_however_they_are_written() -> None:
    """0.03 and 3% are one bound: its price is that of a percentage point, as `plan` prints it."""
    verdicts = [limit("margin", "margin_rate", bound, "0.2", sense="min", price=150000.0) for bound in ("0.03", "0.05")]
    for option in ("limits.margin.min=0.03,0.05", "limits.margin.min=3%,5%"):
        text = shown(swept(option, *verdicts, limit_id="margin", worth=("9000", "6000")))
        assert "per point less" in text and "~1,500.00" in text and " 1,500.00" in text and "-1,500.00" not in text


def test_of_two_values_the_one_that_steps_is_named() -> None:
    """'The varied value' would be either of them."""
    one = swept("limits.total-budget.max=10,20", limit_id=None, worth=("1", "2"))
    assert "each further unit of the varied value has added" in shown(one)
    outer = read_axes(["vendors.nova.fund=5,6"])
    both = replace(one, axes=(*outer, *one.axes), points=tuple(replace(p, values=("5", *p.values)) for p in one.points))
    assert "each further unit of total-budget.max has added" in shown(both)
    first, second = both.points
    told = shown(replace(both, points=(replace(first, lent=second.values), replace(second, plan_set=None))))
    assert "nova.fund 5, total-budget.max 10: from nova.fund 5, total-budget.max 20" in told
    assert "nova.fund 5, total-budget.max 20: none found" in told


def test_a_step_that_luck_may_explain_is_marked_and_said() -> None:
    """Rows closer together than their gaps leave open, or than planning again added, tell little of the step."""
    plain = swept("limits.total-budget.max=10,20,30", limit_id=None, worth=("1000", "1300", "1310"))
    sets = [replace(SET, plans=point.plan_set.plans, bound=Decimal("1350")) for point in plain.points if point.plan_set]
    proven = replace(plain, points=tuple(replace(p, plan_set=s) for p, s in zip(plain.points, sets, strict=True)))
    assert [proven.unsure(number) for number in (1, 2)] == [
        True,
        True,
    ]  # 350 and 50 are left open, 300 and 10 lie there
    near = replace(
        proven,
        points=(replace(plain.points[0], plan_set=replace(sets[0], bound=Decimal("1010"))), *proven.points[1:]),
    )
    assert [near.unsure(number) for number in (1, 2)] == [False, True]
    text = shown(near)
    assert " 30.00 " in text and " 1.00? " in text
    assert "?: the row differs from the one above by less than the searches are sure of (their gaps)" in text
    assert "--effort thorough, or the sweep again with another --seed" in text
    assert [each["per_unit_unsure"] for each in sweep_json(near, "s")["points"]] == [None, False, True]
    sure = replace(SET, bound=None)
    alone = replace(
        plain,
        points=tuple(
            replace(p, plan_set=replace(sure, plans=p.plan_set.plans)) for p in plain.points if p.plan_set is not None
        ),
    )
    assert not any(alone.unsure(number) for number in (1, 2)) and "?:" not in shown(alone)
    lucky = replace(alone, points=(replace(alone.points[0], raised=Decimal(20)), *alone.points[1:]))
    assert [lucky.unsure(number) for number in (1, 2)] == [False, True]


def test_words_have_no_steps() -> None:
    """Between 'gross' and 'net' lies no further unit: neither the column nor its sentence stands there."""
    result = swept("effects.lift_is=gross,net_of_dip,net", limit_id=None, worth=("1", "2", "3"))
    assert "per unit" not in shown(result)
    missing = replace(
        result, points=(replace(result.points[0], plan_set=None, reasons=("too tight",)), *result.points[1:])
    )
    assert "gross: none found: too tight" in shown(missing)


def test_turns_back_and_forth_are_said_to_be_luck_too() -> None:
    """A limit that binds, does not bind and binds again does so by whole lines and luck, which is said."""
    verdicts = [
        limit("total-budget", "spend", bound, "1", binding=binding, price=0.5)
        for bound, binding in (("10", True), ("20", False), ("30", True))
    ]
    result = swept("limits.total-budget.max=10,20,30", *verdicts, limit_id="total-budget", worth=("1", "2", "2"))
    said = str(stops_binding(result))
    assert said.startswith("total-budget: it binds at 10 and 30, and does not bind at 20; such turns come of")
    assert "--effort" in said
    gaining = swept("limits.total-budget.max=10,20,30", *verdicts, limit_id="total-budget", worth=("1", "2", "3"))
    said = str(stops_binding(gaining))
    assert said.startswith("total-budget: it holds plans back at 20, ") and said.endswith("; it binds at 10 and 30")


def test_the_next_command_names_a_point_that_has_a_plan(tmp_path: Path) -> None:
    """Where the first point is infeasible, its folder does not exist: what is to be typed next must work."""
    folder = tmp_path / "sweep"
    options = ("--vary", "limits.margin.min=99%,8%", "--seconds", "0.2", "--out", folder)
    result = run("sweep", "template-basic", *options)
    assert result.exit_code == 0, result.stderr
    assert "infeasible" in result.stdout
    command = result.stderr.rsplit("next: campaign ", 1)[1].split()
    assert command == ["explain", str(folder / "point-002")]
    assert run(*command).exit_code == 0


def test_what_an_objective_counts_is_said_below_the_table() -> None:
    """'objective' alone does not tell worst futures from the leading measure of a front."""
    result = swept("limits.total-budget.max=10,20", limit_id=None, worth=("1", "2"))
    careful = "mean profit over the worst 20% of the futures"
    out = " ".join(" ".join(printed(part, 120)) for part in show_sweep(result, "EUR", careful))
    assert f"objective: {careful}" in out
    front = Front(measures={"spend": "min", "units": "max"}, reference={}, hypervolume=0.0, covered=0.0, knee=1)
    points = tuple(replace(each, plan_set=replace(SET, front=front, plans=SET.plans)) for each in result.points)
    out = shown(replace(result, points=points))
    assert "objective: the leading measure of a front, spend, of which less is better: below 0" in out


def test_rows_without_a_gap_say_why() -> None:
    """Rows with the same reason together; one that a looser limit's bound holds for has a gap."""
    verdicts = [limit("total-budget", "spend", value, "1") for value in ("1", "2", "3")]
    result = swept("limits.total-budget.max=1,2,3", *verdicts, limit_id="total-budget", worth=("100", "200", "300"))
    bounds = (None, Decimal(400), None)
    why = (
        "no bound was computed (the time was over before it), so the distance from the best possible plan is not known"
    )
    notes = (Note(about=Topic.SEARCH, text="another"), Note(about=Topic.BOUND, text=f"{why}; more"))
    points = []
    for point, bound in zip(result.points, bounds, strict=True):
        assert point.plan_set is not None
        best = replace(point.plan_set.plans[0], gap=None)
        points.append(replace(point, plan_set=replace(point.plan_set, plans=(best,), bound=bound, notes=notes)))
    result = replace(result, points=tuple(points))
    assert [result.gap_at(point) for point in result.points] == [0.75, 0.5, None]
    assert [each["no_gap"] for each in sweep_json(result, "s")["points"]] == [None, None, why]
    assert f"Without a gap 3: {why}" in shown(result)
    last = points[2].plan_set
    assert last is not None
    bare = replace(points[2], plan_set=replace(last, notes=()))
    assert replace(result, points=(*points[:2], bare)).no_gap_at(bare) == "no bound is known"


def test_no_plan_of_an_older_sweep_passes_for_a_point(older: Path, tmp_path: Path) -> None:
    """A point without a plan has no folder, also where an older sweep left one; your own files stay."""
    folder = Path(shutil.copytree(older, tmp_path / "sweep"))
    options = ("--seconds", "0.2", "--out", folder)
    (folder / "point-003" / "mine.txt").write_text("read me")
    result = run("sweep", "template-basic", "--vary", "limits.margin.min=8%,99%", *options)
    assert result.exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["point-001", "point-003", "sweep.csv", "sweep.json"]
    assert [path.name for path in (folder / "point-003").iterdir()] == ["mine.txt"]
    assert "the plans of an older sweep in point-003 are removed" in result.stderr


def test_killed_between_points_no_older_table_stands_beside_new_plans(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older table and its plans go before the first new plan comes; after each point the table tells of it."""
    folder = Path(shutil.copytree(older, tmp_path / "sweep"))
    options = ("--seconds", "0.2", "--out", folder)
    writing, seen = planned.write_plans, []

    def killed(*arguments: Any) -> PlanSet:
        table = json.loads((folder / "sweep.json").read_text())
        seen.append([point["values"]["limits.margin.min"] for point in table["points"]])
        assert (folder / "sweep.csv").read_text().count("\n") == 1 + len(table["points"]) and table["interrupted"]
        assert sorted(path.name for path in folder.glob("point-*")) == [
            f"point-00{n + 1}" for n in range(len(seen) - 1)
        ]
        if len(seen) == 2:
            raise MemoryError
        return writing(*arguments)

    monkeypatch.setattr(planned, "write_plans", killed)
    run("sweep", "template-basic", "--vary", "limits.margin.min=2%,3%", *options)
    assert seen == [[], ["2%"]]
    assert run("check", folder / "point-001").exit_code == 0
