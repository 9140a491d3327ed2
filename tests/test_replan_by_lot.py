"""A campaign whose rollout switched prices off by lot, planned again: no departure, no lesson, and kept."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import run
from flight_case import Running, line, running
from little_watch import LIGHT, little_watch
from little_work import little_work
from lived import lived_units, write_actuals
from plan_directory import plans_of
from plan_folders import write_folder
from really_ran import lived_otherwise

from planner.export.rollout import export_rollout
from planner.flight.measure.by_lot import UNTOLD
from planner.flight.measure.measured import Switch
from planner.flight.rollout.lots import lots_to_keep, rollout_switches
from planner.flight.watch.monitor import monitor
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from scenarios.answer.archive import Flown
from scenarios.answer.in_flight import FLIGHT, InFlight, flight_files, read_flight
from scenarios.answer.plan_files import sha256
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.oddities import oddities, ran_otherwise
from scenarios.problems import InvalidInput

DAYS, LAST = 14, 6
LINES = (
    *(line(day, "phone-pro", "cut-15") for day in range(3, 15)),
    *(line(day, "phone", "cut-15") for day in (4, 5)),
)
OFF = (4, 6, 8, 12)
"""Days of November without the cut on phone-pro: the actuals end on the 7th, the notice of two days on the 9th."""
SWITCHES = tuple(
    Switch(period=day - 1, product="phone-pro", offer="cut-15", on=day not in OFF, block=f"roll {(day - 3) // 3}")
    for day in range(3, 15)
)
LOT = "off by the rollout's lot, as it should be: cut-15 on phone-pro, 2026-11-04, 2026-11-06"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """Two weeks of the shop, in which a cut runs on one phone for twelve days and on the other for two."""
    case = running(tmp_path_factory.mktemp("shop"), shop={"periods: 7": f"periods: {DAYS}"})
    return replace(case, plan=case.grid.plan_of(LINES))


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned and kept is tested here, not how good the plan is."""
    little_work(monkeypatch)
    little_watch(monkeypatch)


def _really(case: Running, last: int = LAST) -> Actuals:
    """What was sold with these days off, and the file says so."""
    actuals = lived_otherwise(
        case, [each for each in LINES if each.date.day not in OFF or each.product == "phone"], last
    )
    otherwise = ran_otherwise(actuals, case.grid.lines(case.plan))
    return replace(actuals, otherwise=otherwise, warnings=oddities(actuals, otherwise))


def _again(case: Running, actuals: Actuals, switches: tuple[Switch, ...] = SWITCHES) -> Replanned:
    plan_set, _ = plans_of(case.frozen, [case.plan])
    params = ReplanParams(notice=2)
    return replan(case.frozen, plan_set, plan_set.plans[0], actuals, b"date\n", params, switches=switches)


def _little_again(case: Running, switches: tuple[Switch, ...]) -> Replanned:
    """With little work, for fixtures of the module, which are made before those of a test."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return _again(case, _really(case), switches)


@pytest.fixture(scope="module")
def knowing(case: Running) -> Replanned:
    """Planned again by someone who knows the rollout's lots."""
    return _little_again(case, SWITCHES)


@pytest.fixture(scope="module")
def blind(case: Running) -> Replanned:
    """Planned again without them."""
    return _little_again(case, ())


def test_days_that_the_lot_switched_off_are_no_departure(knowing: Replanned, blind: Replanned) -> None:
    """They are told as off by lot; without the rollout they are told as what ran otherwise."""
    assert any(each.startswith("ran differently from the plan: cut-15 on phone-pro") for each in blind.warnings)
    assert LOT in knowing.warnings and not any("ran differently" in each for each in knowing.warnings)
    said = (
        "from 2026-11-10 on the rollout so far has 1 day off by lot, and the new plan none: campaign export --rollout "
        "writes its prices, and draws lots anew with --switchback"
    )
    assert said in knowing.warnings
    assert not any("by lot" in each for each in blind.warnings)


def test_a_file_that_does_not_tell_what_ran_is_read_by_the_lot(case: Running, knowing: Replanned) -> None:
    """It teaches and costs what it does with the column offer; days that were off by lot granted no cut."""
    told, untold = knowing, _again(case, replace(_really(case), ran=None))
    blind = _again(case, replace(_really(case), ran=None), ())
    factors = [found.recalibration.offers["cut-15"].factor for found in (told, untold)]
    assert factors[0] == factors[1] == pytest.approx(1.0, abs=0.05)
    assert told.before == untold.before and blind.before.spend > told.before.spend
    assert UNTOLD in untold.warnings and UNTOLD not in told.warnings


def test_what_is_off_within_the_notice_is_off_in_the_new_plan(knowing: Replanned, blind: Replanned) -> None:
    """The lot of a day that cannot be changed any more holds, in the account and in the price list that follows."""
    found, kept = knowing, blind
    assert found.plan_set is not None
    ran = {each.date.day for each in found.plan_set.plans[0].plan_lines if each.product == "phone-pro"}
    assert ran & set(range(3, 10)) == {3, 5, 7, 9}
    assert (
        "off by the rollout's lot until the new plan begins, and taken out: cut-15 on phone-pro, 2026-11-08"
        in found.flight.moved
    )
    assert (
        "the past of the plan up to 2026-11-07 is what really ran: 2 lines that did not run are taken out"
        in found.flight.moved
    )
    assert kept.plan_set is not None
    assert {8} <= {each.date.day for each in kept.plan_set.plans[0].plan_lines if each.product == "phone-pro"}


def test_the_new_folder_keeps_the_lots_of_what_is_locked(case: Running, knowing: Replanned) -> None:
    """What follows needs no older rollout: the monitor, the price list, and the next re-planning know the lots."""
    found = knowing
    assert found.plan_set is not None and found.frozen.flight is not None
    assert [each.date.day for each in found.frozen.flight.lots] == list(range(3, 10))
    assert [each.date.day for each in found.frozen.flight.lots if not each.on] == [4, 6, 8]
    assert [each.block for each in found.frozen.flight.lots] == [1, 1, 1, 2, 2, 2, 3]
    own = rollout_switches([], case.grid, flight=found.frozen.flight)
    plan = case.grid.plan_of(found.plan_set.plans[0].plan_lines)
    later = _really(case, LAST + 1)
    report = monitor(found.frozen, plan, later, folder="new", rank=1, switches=own, params=LIGHT)
    assert f"{LOT}, 2026-11-08" in report.notes
    again = replan(
        found.frozen, found.plan_set, found.plan_set.plans[0], later, b"date\n", ReplanParams(), switches=own
    )
    assert again.frozen.flight is not None
    assert [replace(each, block=None) for each in again.frozen.flight.lots] == [
        replace(each, block=None) for each in found.frozen.flight.lots
    ]


@pytest.mark.parametrize(("name", "other"), [("product", "toaster"), ("offer", "cut-99"), ("date", "2031-01-01")])
def test_a_record_of_lots_that_the_scenario_does_not_know_is_refused(
    case: Running, knowing: Replanned, name: str, other: str
) -> None:
    """A folder that somebody edited is told as such, in one line, whatever reads it."""
    found = knowing
    assert found.frozen.flight is not None
    files = flight_files(found.frozen.flight, b"date\n", b"")
    assert read_flight(files, where="new/problem", scenario=case.grid.scenario)[0] == found.frozen.flight
    record = json.loads(files[FLIGHT])
    record["lots"][0][name] = other
    with pytest.raises(InvalidInput) as refused:
        read_flight({**files, FLIGHT: json.dumps(record).encode()}, where="new/problem", scenario=case.grid.scenario)
    (problem,) = refused.value.problems
    assert (problem.where, problem.got) == ("new/problem/flight.json", other)


def test_a_price_that_a_lot_has_off_is_printed_as_off(case: Running, tmp_path: Path) -> None:
    """Where the account had to keep the line, the price list of the new plan all the same holds the regular price."""
    lots = lots_to_keep(SWITCHES, case.grid, LAST + 2)
    day = dt.date(2026, 11, 9)
    flight = InFlight(
        as_of=dt.date(2026, 11, 7),
        locked_until=day,
        known_periods=LAST + 1,
        actuals="a",
        plan_sha256="",
        moved=(),
        lots=lots,
    )
    plan_set, _ = plans_of(case.frozen, [case.plan])
    actuals = b"date,product,units,revenue\n2026-11-01,phone,1,1\n"
    frozen = replace(case.frozen, flown=Flown(record=flight, actuals=actuals, believed=case.frozen.effects))
    export_rollout(frozen, plan_set.plans[0], "0", tmp_path / "out", None)
    rows = [row.split(",") for row in (tmp_path / "out" / "prices.csv").read_text().splitlines()]
    offers = {row[0][-2:]: row[5] for row in rows if row[2] == "phone-pro"}
    assert (offers["08"], offers["09"], offers["12"]) == ("", "cut-15", "cut-15")


def test_beside_the_running_plans_own_rollout_others_count_for_what_is_locked(case: Running, tmp_path: Path) -> None:
    """A day that the first lot had off and the second one has not is no departure where the price ran."""
    day = dt.date(2026, 11, 9)
    flight = InFlight(as_of=day, locked_until=day, known_periods=9, actuals="a", plan_sha256="", moved=(), lots=())
    for name, plans in (("first", "0" * 64), ("second", "1" * 64)):
        _write_rollout(tmp_path / name, case, plans)
    first, second = tmp_path / "first", tmp_path / "second"

    def days(*rollouts: Path) -> set[int]:
        found = rollout_switches(rollouts, case.grid, plans_sha256="1" * 64, flight=flight)
        return {each.period + 1 for each in found if each.block is not None and "first" in each.block}

    assert days(first, second) == set(range(3, 10))
    assert days(first) == set(range(3, 15)), "who goes on with the first rollout goes on with its lots"


def _write_rollout(folder: Path, case: Running, plans_sha256: str) -> None:
    folder.mkdir()
    rows = [
        f"2026-11-{each.period + 1:02d},{each.product},{each.offer},{'yes' if each.on else 'no'},1" for each in SWITCHES
    ]
    lots = ("\n".join(("first_day,product,offer,on,block", *rows)) + "\n").encode()
    (folder / "switchback.csv").write_bytes(lots)
    manifest = {
        "format": "campaign-rollout/1",
        "scenario": case.grid.scenario.scenario,
        "plans_sha256": plans_sha256,
        "plan": 1,
        "files": {"switchback.csv": {"sha256": sha256(lots)}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_commands_hand_the_rollout_on(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The monitor names the re-planning with its rollout; that knows the lots, and the new folder's monitor, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    write_folder(case.problem, tmp_path / "plan", LINES)
    assert run("export", "plan", "--rollout", "out", "--switchback", "40%").exit_code == 0
    off = {
        (row.split(",")[0], row.split(",")[2])
        for row in (tmp_path / "out" / "switchback.csv").read_text().splitlines()
        if ",no," in row
    }
    ran = case.grid.plan_of([each for each in LINES if (str(each.date), each.product) not in off])
    units = lived_units(case.model, case.frozen.effects, ran, seed=3)[0]
    units[:, 2] *= 3
    write_actuals(tmp_path / "a.csv", case.frozen, case.model, ran, units, 8)
    watched = run("monitor", "plan", "a.csv", "--rollout", "out")
    assert watched.exit_code == 1
    assert "next: campaign replan plan a.csv --rollout out --out new/ plans the rest again\n" in watched.stderr
    kept = run("replan", "plan", "a.csv", "--rollout", "out")
    assert "next: campaign replan plan a.csv --rollout out --out new/ keeps the plan\n" in kept.stderr
    done = run("replan", "plan", "a.csv", "--rollout", "out", "--out", "new")
    assert done.exit_code == 0, done.stderr
    assert "(9 of 14 days); what runs until" in " ".join(done.stdout.split())
    assert "off by the rollout's lot, as it should be: cut-15 on phone-pro" in done.stdout
    later = json.loads(run("monitor", "new", "a.csv", "--json").stdout)
    assert later["otherwise"] == []
    assert any(note.startswith("off by the rollout's lot") for note in later["notes"])
