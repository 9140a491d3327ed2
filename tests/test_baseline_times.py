# ruff: noqa: E501 - messages and rows stand as people read and write them
"""Factors that correct a baseline: what they multiply, which row wins, what is refused, and that they count once."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, running
from little_work import little_work
from plan_folders import write_folder
from replan_case import again, happened, sold
from shop import load_shop, problems_of
from test_learned_parts import DATA_SHOP, _learned

from constraints.checking.check import check
from planner.problem import problem_of
from planner.replan.asked_now import asked_now
from scenarios.answer.archive import freeze
from scenarios.answer.plan_files import PROBLEM, read_plans
from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.load import LoadedScenario, load_scenario, schema_json
from scenarios.loading.resolve import resolve
from scenarios.problems import InvalidInput

TABLE = "baseline: {table: baseline.csv}"
BOTH = {TABLE: "baseline: {table: baseline.csv, times: season.csv}"}
LEARNED = DATA_SHOP | {f"{TABLE}\n": "baseline: {times: season.csv}\n"}
SEASON = "period,times\n2026-11-05,1.9\n2026-11-06,210%\n"

ROOM = {
    "max: 80000": "max: 800000",
    "fund: 100000": "fund: 200000",
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
}
"""Limits that hold whatever the season, and nothing that has to run."""


def units_of(loaded: LoadedScenario) -> np.ndarray:
    """Units [S, K, T] without promotion."""
    assert loaded.effects is not None
    return np.asarray(loaded.effects.base_units[0])


def with_season(folder: Path, rows: str, shop: dict[str, str] = BOTH) -> LoadedScenario:
    """Load the shop beside a file of factors."""
    (folder / "season.csv").write_text(rows, encoding="utf-8")
    return load_shop(folder, shop=shop)


def refused(folder: Path, rows: str, shop: dict[str, str] = BOTH) -> list[str]:
    """The problems of the shop beside a file of factors."""
    (folder / "season.csv").write_text(rows, encoding="utf-8")
    return problems_of(folder, shop=shop)


def test_a_baseline_from_a_table_is_multiplied_where_rows_name_a_period(tmp_path: Path) -> None:
    """Two days sell 1.9 and 2.1 times as much, the others as before, and a note says what that comes to."""
    usual, loaded = load_shop(tmp_path), with_season(tmp_path, SEASON)
    factor = np.array([1, 1, 1, 1, 1.9, 2.1, 1])
    np.testing.assert_allclose(units_of(loaded), units_of(usual) * factor)
    assert loaded.effects is not None and usual.effects is not None
    assert "baseline times 1 to 2.1 by season.csv: 1,863 units in place of 1,449" in loaded.effects.notes
    np.testing.assert_array_equal(loaded.effects.base_cv, usual.effects.base_cv)
    np.testing.assert_array_equal(loaded.effects.lift, usual.effects.lift)


def test_the_most_specific_row_of_a_cell_wins_and_a_product_is_more_than_its_category(tmp_path: Path) -> None:
    """Blank and * mean all; a row of a product goes before one of its category, and two keys before one."""
    rows = (
        "segment,product,category,period,times\n,,,,0.5\n*,,phones,,2\n,phone,,,3\n"
        "young,,phones,2026-11-02,4\n,,extras,2026-11-02,5\n"
    )
    units = units_of(with_season(tmp_path, rows)) / units_of(load_shop(tmp_path))
    phones = [[3, 4, 3, 3, 3, 3, 3], [2, 4, 2, 2, 2, 2, 2]]
    np.testing.assert_allclose(units[0], [*phones, [0.5, 5, 0.5, 0.5, 0.5, 0.5, 0.5]])
    np.testing.assert_allclose(units[1, 0], 3)
    np.testing.assert_allclose(units[1, 1], 2)


@pytest.mark.parametrize(
    ("times", "factor"),
    [
        ("190%", [1.9] * 7),
        ("2", [2] * 7),
        ("{2026-11-02: 1.9, 2026-11-04..2026-11-05: 90%}", [1, 1.9, 1, 0.9, 0.9, 1, 1]),
        ("{2026-10-20..2026-11-01: 2, 2026-11-07..2026-12-31: 3}", [2, 1, 1, 1, 1, 1, 3]),
    ],
)
def test_factors_may_stand_in_the_scenario_itself(tmp_path: Path, times: str, factor: list[float]) -> None:
    """One for everything, or one by date or range of dates."""
    usual = units_of(load_shop(tmp_path))
    edits = {TABLE: f"baseline: {{table: baseline.csv, times: {times}}}"}
    np.testing.assert_allclose(units_of(load_shop(tmp_path, shop=edits)), usual * np.array(factor))


def test_a_week_is_named_by_any_of_its_days_and_cut_weeks_are_told(tmp_path: Path) -> None:
    """In weeks a date stands for its week; a range that cuts weeks multiplies them whole, and a note says so."""
    week = {"unit: day": "unit: week", "[2026-11-01..2026-11-02]": "[2026-11-01..2026-11-14]"}
    rows = with_season(tmp_path, "period,times\n2026-11-10,2\n", {**BOTH, **week})
    np.testing.assert_allclose(units_of(rows)[0, 0], [30, 60, 30, 30, 30, 30, 30])
    inline = {TABLE: "baseline: {table: baseline.csv, times: {2026-11-10..2026-11-15: 2}}"}
    loaded = load_shop(tmp_path, shop={**inline, **week})
    np.testing.assert_allclose(units_of(loaded)[0, 0], [30, 60, 60, 30, 30, 30, 30])
    assert any(
        note.startswith("baseline times: 2026-11-10..2026-11-15 cuts the weeks from 2026-11-08, 2026-11-15")
        for note in doubtful(loaded)
    )


def test_orders_and_redemptions_follow_the_baseline(tmp_path: Path) -> None:
    """Twice the sales are twice the orders of the same size, and half the take-up of as many redemptions."""
    redemption = {
        "lift_high,take_up": "lift_high,redemption",
        "0.80,25%": "0.80,0.001",
        "0.50,0.15": "0.50,0.001",
        ",,,buds,0.40,,,0.80": ",,,buds,0.40,,,0.001",
        "0.10,,,0.08": "0.10,,,0.001",
    }
    enough = {"stock: 500, arrivals: {2026-11-03: 100}, ": ""}
    usual = load_shop(tmp_path, shop=enough, effects=redemption)
    shop = {TABLE: "baseline: {table: baseline.csv, times: 2}", **enough}
    twice = load_shop(tmp_path, shop=shop, effects=redemption)
    assert usual.baskets is not None and twice.baskets is not None
    for segment in ("young", "old"):
        assert twice.baskets.orders_per_period(segment) == 2 * usual.baskets.orders_per_period(segment)
        assert twice.baskets.share_at_least(segment, 3000) == usual.baskets.share_at_least(segment, 3000)
    np.testing.assert_allclose(problem_of(twice).model.orders_per_unit, problem_of(usual).model.orders_per_unit)
    assert usual.effects is not None and twice.effects is not None
    coupon = [one.id for one in usual.scenario.offers].index("coupon-20")
    np.testing.assert_allclose(2 * twice.effects.take_up[:, 2, :, coupon], usual.effects.take_up[:, 2, :, coupon])


def test_a_learned_baseline_is_multiplied_once(tmp_path: Path) -> None:
    """What a model foresees is corrected with its orders; a second pass over the result changes nothing."""
    loaded = with_season(tmp_path, SEASON, LEARNED)
    assert loaded.effects is None
    resolved = resolve(loaded, _learned())
    expected = np.ones((2, 3, 7)) * np.array([1, 1, 1, 1, 1.9, 2.1, 1])
    np.testing.assert_allclose(units_of(resolved), expected)
    assert resolved.effects is not None and resolved.baskets is not None
    assert "baseline times 1 to 2.1 by season.csv: 54 units in place of 42" in resolved.effects.notes
    assert resolved.baskets.orders_per_period("savers") == pytest.approx(5 * 9 / 7)
    assert resolved.tables["season.csv"] == SEASON.encode()
    again = resolve(resolved, _learned(effects=resolved.effects))
    np.testing.assert_array_equal(units_of(again), units_of(resolved))


def test_learned_segments_are_known_by_name_once_they_are_learned(tmp_path: Path) -> None:
    """Rows may name them; one that was not learned is refused then, at its line."""
    rows = "segment,times\nsavers,2\n"
    units = units_of(resolve(with_season(tmp_path, rows, LEARNED), _learned()))
    assert (units[0] == 2).all() and (units[1] == 1).all()
    loaded = with_season(tmp_path, "segment,times\nsaver,2\n", LEARNED)
    with pytest.raises(InvalidInput, match=r'season.csv:2: segment: .* got "saver"; did you mean savers\?'):
        resolve(loaded, _learned())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("period,factor\n2026-11-02,2\n", ["season.csv:1: header: expected a known column, got factor; did you mean times?"]),
        ("period,times\n", ["season.csv:1: rows: expected at least one row of factors, got none"]),
        (
            "product,times\nphon,2\nphone,0\ncase,190\nphone-pro,\nphone-pro,x\n",
            [
                'season.csv:2: product: expected a product of the scenario, got "phon"; did you mean phone?',
                "season.csv:3: times: expected a factor above 0, got 0; horizon.closed names days on which nothing is sold; goods that are not sold any more have a last_sale",
                "season.csv:4: times: expected a factor of at most 20, got 190; write 190% if that is meant",
                "season.csv:5: times: expected a factor such as 1.9 or 190%, got a blank",
                'season.csv:6: times: expected a factor such as 1.9 or 190%, got "x"',
                "season.csv:6: row: expected one row for the same cells, got the keys of line 5 again; delete one",
            ],
        ),
        (
            "product,category,times\nphone,phones,2\n,gloves,3\n",
            [
                "season.csv:2: product, category: expected one of them in a row, got phone and phones; leave the category blank",
                'season.csv:3: category: expected a category of the scenario, got "gloves"; known: extras, phones',
            ],
        ),
        (
            "product,period,times\nphone,,2\n,2026-11-02,3\n",
            [
                "season.csv:3: row: expected one most specific row per cell, got lines 2 and 3, equally specific, for the same cells; add a row that names all their keys"
            ],
        ),
    ],
)  # fmt: skip
def test_a_broken_file_of_factors_is_told_line_by_line(tmp_path: Path, rows: str, expected: list[str]) -> None:
    """Every row that cannot be meant is named at once, where effects come from a table and where they are learned."""
    assert refused(tmp_path, rows) == expected
    assert refused(tmp_path, rows, LEARNED) == expected


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        ('{table: baseline.csv, times: "1,9"}', 'baseline.times: expected a factor such as 1.9 or 190%, got "1,9"; write 1.9'),
        ("{table: baseline.csv, times: 0}", "baseline.times: expected a factor above 0, got 0; horizon.closed names days on which nothing is sold; goods that are not sold any more have a last_sale"),
        ("{table: baseline.csv, times: saison.csv}", "file saison.csv: expected a readable file, got no such file; did you mean season.csv?"),
        ("{table: baseline.csv, times: {}}", "baseline.times: expected factors by date, got none; add one, or delete times"),
        ("{table: baseline.csv, times: {2026-12-02: 2}}", "baseline.times.2026-12-02: expected dates within the horizon, 2026-11-01 to 2026-11-07, got 2026-12-02; correct them or change the horizon"),
        (
            "{table: baseline.csv, times: {2026-11-02: 2, 2026-11-01..2026-11-03: 3}}",
            "baseline.times.2026-11-01..2026-11-03: expected one factor for each day, got 2026-11-02 and 2026-11-01..2026-11-03, both of 2026-11-02; let one range end before the next begins",
        ),
        ("{times: season.csv}", "baseline: expected a table of units where effects come from a table, got times alone; add table: FILE, which times then corrects"),
        ("{table: baseline.csv, factor: season.csv}", "baseline: expected a known key, got factor; did you mean times?"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_in_the_scenario_is_refused(tmp_path: Path, baseline: str, expected: str) -> None:
    """Where, what was expected, what was got, and what mends it."""
    assert refused(tmp_path, SEASON, {TABLE: f"baseline: {baseline}"}) == [f"shop.yaml:34: {expected}"]


def test_a_file_of_factors_is_checked_though_the_section_is_broken(tmp_path: Path) -> None:
    """A misspelt key beside it hides none of its slips."""
    found = refused(
        tmp_path, "period,times\n2026-11-02,0\n", {TABLE: "baseline: {tabel: baseline.csv, times: season.csv}"}
    )
    assert [problem.partition(":")[0] for problem in found] == ["shop.yaml", "season.csv"]


def test_rows_beside_the_horizon_and_large_factors_are_noted(tmp_path: Path) -> None:
    """A season of a whole year may be kept in one file; a factor beyond 5 is told, because it may be a slip."""
    rows = "period,times\n2026-12-24,3\n2026-11-02,6.5\n"
    for loaded in (with_season(tmp_path, rows), resolve(with_season(tmp_path, rows, LEARNED), _learned())):
        assert loaded.effects is not None
        assert "1 row of season.csv lies outside the horizon and is not used" in loaded.effects.notes
        far = "season.csv multiplies the baseline by 6.5 on line 3: check what is beyond 5"
        assert far in loaded.effects.notes


def test_a_plan_folder_keeps_the_factors_and_is_checked_with_them(tmp_path: Path) -> None:
    """The frozen baseline is the product, derived again from the folder's own files and against one's own copy."""
    problem = problem_of(with_season(tmp_path, SEASON, {**BOTH, **ROOM}))
    write_folder(problem, tmp_path / "plans", LINES)
    kept = read_plans(tmp_path / "plans").problem()
    np.testing.assert_array_equal(kept.effects.base_units, problem.effects.base_units)
    report = check(tmp_path / "plans", scenario=tmp_path / "shop.yaml")
    assert report.ok, (report.differences, report.violations)
    (tmp_path / "season.csv").write_text(SEASON.replace("210%", "3"), encoding="utf-8")
    differences = check(tmp_path / "plans", scenario=tmp_path / "shop.yaml").differences
    assert any(each.place == "base_units of young, phone, 2026-11-06" for each in differences)
    stored = tmp_path / "plans" / PROBLEM / "question" / "season.csv"
    assert stored.read_text(encoding="utf-8") == SEASON


def test_replanning_keeps_to_the_factors_that_were_planned_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sales as foreseen leave the corrected baseline what it was; other factors are another campaign's question."""
    little_work(monkeypatch)
    (tmp_path / "season.csv").write_text(SEASON, encoding="utf-8")
    shop = running(tmp_path, shop=BOTH)
    rest = again(shop, happened(shop, sold(shop)))
    moved = rest.frozen.effects.base_units[..., 4:] / shop.frozen.effects.base_units[..., 4:]
    np.testing.assert_allclose(moved, 1, atol=0.05)
    (tmp_path / "season.csv").write_text(SEASON.replace("1.9", "1.8"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="base_units of young, phone, 2026-11-05"):
        asked_now(tmp_path, shop.frozen, load_scenario(tmp_path / "shop.yaml"))


def test_replanning_what_was_learned_refuses_other_factors(tmp_path: Path) -> None:
    """Frozen effects of a model hold the product; the same question is taken, one with other factors is not."""
    resolved = resolve(with_season(tmp_path, SEASON, LEARNED), _learned())
    frozen = replace(freeze(resolved, 1), name="shop.yaml")
    asked = asked_now(tmp_path, frozen, load_scenario(tmp_path / "shop.yaml", ("limits.total-budget.max=70000",)))
    assert asked.said == ("limits.total-budget.max is 70000, no longer 80000",)
    other = with_season(tmp_path, SEASON.replace("1.9", "1.8"), LEARNED)
    with pytest.raises(InvalidInput, match=r"baseline.times: expected those that season.csv had, as it was planned"):
        asked_now(tmp_path, frozen, other)
    without = load_shop(tmp_path, shop=DATA_SHOP)
    with pytest.raises(InvalidInput, match=r"baseline.times: expected season.csv, as it was planned, got nothing"):
        asked_now(tmp_path, frozen, without)


def test_editors_know_all_ways_to_write_it() -> None:
    """The JSON Schema has a factor, a file's name and factors by date, of which exactly one fits what is written."""
    times = json.loads(schema_json())["$defs"]["BaselineSource"]["properties"]["times"]
    factor, file, dates = times["anyOf"][0]["oneOf"]
    share, no_number = factor["anyOf"][1]["pattern"], file["not"]["pattern"]
    assert re.search(share, "190%") and re.search(no_number, "190%")
    assert not re.search(share, "2026-season.csv") and not re.search(no_number, "2026-season.csv")
    (pattern,) = dates["patternProperties"]
    assert re.search(pattern, "2026-12-07") and re.search(pattern, "2026-12-07..2026-12-20")
    assert times["description"]
