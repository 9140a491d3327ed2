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
from plan_sets import limit, plan_set
from printed import printed

from planner.report.sweep import show_sweep
from planner.report.sweep_data import sweep_columns, sweep_json
from planner.sweep import planned
from planner.sweep.binding import stops_binding
from planner.sweep.record import Point, Sweep
from planner.sweep.vary import read_axes
from scenarios.answer.front import Front
from scenarios.answer.notes import Note, Topic
from scenarios.answer.plan import PlanSet
from scenarios.answer.verdicts import LimitResult
from scenarios.loading.load import load_scenario

_few_futures = few_futures

SET = plan_set(load_scenario("phone-flash-sale").scenario, ())


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


def swept(option: str, *verdicts: LimitResult, limit_id: str | None, worth: tuple[str, ...]) -> Sweep:
    """A sweep whose points are worth so much, with these verdicts on the varied limit."""
    (axis,) = read_axes([option])
    points = []
    for place, value in enumerate(axis.values):
        best = replace(SET.plans[0], objective=Decimal(worth[place]), limits=verdicts[place : place + 1])
        points.append(Point(values=(value,), plan_set=replace(SET, plans=(best,))))
    return Sweep(axes=(axis,), points=tuple(points), limit=limit_id, interrupted=False)


def shown(result: Sweep, width: int = 130) -> str:
    """Return what is printed, in one line."""
    return " ".join(
        " ".join(line for part in show_sweep(result, "EUR", "profit") for line in printed(part, width)).split()
    )


def test_shares_count_by_the_percentage_point_however_they_are_written() -> None:
    """0.03 and 3% are one bound: its price is that of a percentage point, as `plan` prints it."""
    verdicts = [limit("margin", "margin_rate", bound, "0.2", sense="min", price=150000.0) for bound in ("0.03", "0.05")]
    for option in ("limits.margin.min=0.03,0.05", "limits.margin.min=3%,5%"):
        text = shown(swept(option, *verdicts, limit_id="margin", worth=("9000", "6000")))
        assert "per point less" in text and "~1,500.00" in text and " 1,500.00" in text and "-1,500.00" not in text


def test_of_a_floor_less_is_what_gives_way() -> None:
    """The rate between two rows has the sign of the price, and less of a floor is said to be worth something."""
    option = "limits.eggs.min=17700,18100"
    verdicts = [
        limit("eggs", "units", bound, used, sense="min", binding=True, price=1.2)
        for bound, used in (("17700", "17750"), ("18100", "18150"))
    ]
    result = swept(option, *verdicts, limit_id="eggs", worth=("3400", "3000"))
    text = shown(result)
    assert "per unit less: what each unit less of the varied value has added" in text and "1.00" in text
    assert "-1.00" not in text
    assert "binds: the plan is less than 1 % above the limit, and less of it is worth something" in text
    assert "price: what one unit less is worth" in text
    assert str(stops_binding(result)).endswith("plans are less than 1 % above it everywhere")
    met = swept(option, *(replace(each, shadow_price=0.0) for each in verdicts), limit_id="eggs", worth=("3", "3"))
    assert "just met: the plan is less than 1 % above it, but less is worth nothing" in shown(met)
    assert str(stops_binding(met)).endswith("1 % above it or more everywhere, or less of it is worth nothing")
    roomy = [replace(verdict, binding=False) for verdict in verdicts]
    text = str(stops_binding(swept(option, *roomy, limit_id="eggs", worth=("3000", "3000"))))
    assert text.endswith("no bound looser than 17,700 was planned: lines come whole, so less of it may still gain")
    text = str(stops_binding(swept(option, *roomy, limit_id="eggs", worth=("3400", "3000"))))
    assert text.startswith("eggs: it holds plans back at 18,100, where plans are above it but lines come whole")


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


def test_a_ceiling_with_room_holds_plans_back_where_a_looser_one_earns_more() -> None:
    """989 spent of 1,000 and a line costs 350: what is left buys nothing, and the next 3,000 bring 2,468 more."""
    verdicts = [
        limit("budget", "spend", bound, used)
        for bound, used in (("1000", "989.28"), ("4000", "3900"), ("7000", "5210"))
    ]
    result = swept("limits.budget.max=1000,4000,7000", *verdicts, limit_id="budget", worth=("1206", "3674", "3676"))
    text = shown(result)
    assert "holds back: lines come whole, and a looser bound of this sweep earned more" in text
    assert text.count(" holds back ") == 1 and text.count(" has room ") == 2
    assert str(stops_binding(result)) == (
        "budget: it holds plans back at 1,000, where some of it is left but lines come whole: a looser bound earned "
        "more; it holds nothing back at 4,000 and 7,000"
    )
    assert [point["holds_back"] for point in sweep_json(result, "s")["points"]] == [True, False, False]
    assert sweep_columns(result)["holds_back"] == [True, False, False]
    falling = swept(
        "limits.budget.max=7000,4000,1000", *verdicts[::-1], limit_id="budget", worth=("3676", "3674", "12")
    )
    assert [falling.holds_back(point) for point in falling.points] == [False, False, True]


def test_a_price_that_the_rows_beside_it_belie_is_not_told() -> None:
    """Measured beats estimated: no row that has room shows a price, nor one that its neighbours' steps contradict."""
    verdicts = [
        limit("roll", "spend", bound, used, price=price)
        for bound, used, price in (
            ("280000", "271929", 0.146),
            ("300000", "282623", 0.184),
            ("320000", "307621", 0.146),
            ("340000", "307621", 0.146),
        )
    ]
    option = "limits.roll.max=280000,300000,320000,340000"
    result = swept(option, *verdicts, limit_id="roll", worth=("156876", "164612", "189635", "189635"))
    text = shown(result)
    assert text.count("holds back") == 3 and text.count("has room") == 2, "two rows and a legend, and two rows"
    assert "~" not in text and "0.387" in text and "1.25" in text
    assert "-: none was made, some of the limit is left, or the rows beside it tell otherwise" in text
    assert [each["price_agrees"] for each in sweep_json(result, "s")["points"]] == [False] * 4
    assert str(stops_binding(result)).endswith("; no bound looser than 340,000 was planned")


def test_a_price_between_what_the_rows_beside_it_measured_is_told() -> None:
    """Where less and less is added, a price lies between the steps on both sides; of a floor the signs turn."""
    budget = [
        limit("b", "spend", bound, bound, binding=True, price=price)
        for bound, price in (("100", 3.0), ("200", 1.5), ("300", 9.0))
    ]
    for worth, wanted in ((("10", "210", "310"), [True, True, False]), (("10", "210", "210"), [True, False, False])):
        result = swept("limits.b.max=100,200,300", *budget, limit_id="b", worth=worth)
        assert sweep_columns(result)["price_agrees"] == wanted
        assert "~1.50" in shown(result) if wanted[1] else "~1.50" not in shown(result)
    floor = [replace(each, sense="min") for each in budget[::-1]]
    result = swept("limits.b.min=300,200,100", *floor, limit_id="b", worth=("10", "110", "150"))
    assert sweep_columns(result)["price_agrees"] == [True, True, False]
    free = [replace(each, shadow_price=0.0) for each in budget]
    result = swept("limits.b.max=100,200,300", *free, limit_id="b", worth=("10", "210", "210"))
    assert sweep_columns(result)["price_agrees"] == [False, True, True]


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


def test_a_limit_with_room_and_a_price_is_not_said_to_be_enough() -> None:
    """Lines come whole: 2 % that no line fits into do not mean that more of the limit brings nothing."""
    verdicts = [limit("total-budget", "spend", bound, "1", price=price) for bound, price in (("10", 0.0), ("20", 1.7))]
    worth = ("2", "2")
    result = swept("limits.total-budget.max=10,20", *verdicts, limit_id="total-budget", worth=worth)
    assert str(stops_binding(result)).endswith(
        "no bound looser than 20 was planned: lines come whole, so more of it may still gain"
    )
    free = [replace(verdict, shadow_price=0.0) for verdict in verdicts]
    result = swept("limits.total-budget.max=10,20", *free, limit_id="total-budget", worth=worth)
    assert str(stops_binding(result)).endswith("is left everywhere")


def test_a_limit_at_risk_is_not_read_beside_the_expected_spend() -> None:
    """162 spent of 200 and yet it binds: the use that counts is that of bad futures."""
    told = "the limit counts its use in 95% of the futures, not the expected one"
    option, worth = "limits.total-budget.max=100,200", ("1", "2")
    for risk in ("99.9", None):
        verdicts = [limit("total-budget", "spend", bound, "80", at_risk=risk, price=1.0) for bound in ("100", "200")]
        assert (told in shown(swept(option, *verdicts, limit_id="total-budget", worth=worth))) == (risk is not None)


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
