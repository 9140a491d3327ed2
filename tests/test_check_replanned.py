"""campaign check --scenario on a re-planned folder: it passes by a signature, if nothing differs that none explains."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run
from flight_case import running
from forgery import RESOLVED, edit_effects, edit_json, edit_text, rehash
from little_work import little_work
from plan_directory import plans_of
from replan_case import happened, sold
from rich.console import Console

from constraints.checking.check import CheckReport, check, sign_checked
from planner.replan.replan import ReplanParams, replan
from planner.report.check import show_check
from planner.report.check_json import check_json
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.flight.actuals import Actuals

NONE_DIFFERS = "compared all the same: none of these differs"


def raw_of(actuals: Actuals) -> bytes:
    """The file that actuals by segment were read from."""
    grid = actuals.grid
    rows = ["date,product,segment,units,revenue"]
    for s, segment in enumerate(grid.segments):
        for k, product in enumerate(grid.products):
            for period in range(actuals.last + 1):
                units = f"{actuals.units[s, k, period]:.0f}"
                rows.append(f"{grid.scenario.horizon.date_of(period)},{product.id},{segment.id},{units},{units}")
    return "\n".join(rows).encode()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A re-planned folder, and finance's own copy of the question before the campaign."""
    room = tmp_path_factory.mktemp("replanned")
    case = running(room)
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        actuals = happened(case, sold(case, lift={"cut-15": 0.3}))
        plan_set, _ = plans_of(case.frozen, [case.plan])
        params = ReplanParams(notice=1, change_cost=Decimal(0))
        found = replan(case.frozen, plan_set, plan_set.plans[0], actuals, raw_of(actuals), params)
    assert found.plan_set is not None
    write_plans(room / "rest", found.plan_set, found.accounts, found.frozen)
    own = Path(shutil.copytree(room / "rest" / "problem" / "question", room / "own"))
    return room / "rest", next(own.glob("*.yaml"))


def verdict_of(report: CheckReport) -> str:
    """What stands first."""
    screen = Console(file=io.StringIO(), width=2000)
    screen.print(*show_check(report))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_without_a_signature_a_replanned_folder_says_that_it_lacks_only_that(planned: tuple[Path, Path]) -> None:
    """The first line says that a re-planning explains all differences; lifts that it learned nobody has proven."""
    folder, own = planned
    report = check(folder, own)
    assert not report.ok and report.as_replanned and report.own_differences and report.replanned is not None
    text = verdict_of(report)
    count = len(report.differences)
    assert text.startswith(f"This folder passes but for a signature: {count} differences from {own}, all of them what")
    assert "it is not signed" in text.splitlines()[0]
    assert text.index("rest of a re-planned campaign") < text.index("Differs from your copy")
    assert NONE_DIFFERS in report.replanned.sentence
    assert f"what was believed before the campaign is what {own} says" in report.replanned.sentence
    told = check_json(report)
    assert told["replanned"] == report.replanned.sentence and told["as_replanned"] and not told["ok"]
    assert check(folder).ok and check(folder).replanned is None


def test_signed_by_who_planned_it_again_it_passes(planned: tuple[Path, Path], tmp_path: Path) -> None:
    """Then nobody has changed what was learned since; another's key, or a change, proves nothing."""
    folder, own = Path(shutil.copytree(planned[0], tmp_path / "signed")), planned[1]
    key, other = b"1" * 32, b"2" * 32
    sign_checked(check(folder), key)
    report = check(folder, own, key)
    assert report.ok and report.differences
    assert verdict_of(report).startswith(
        f"This folder passes; {len(report.differences)} differences from {own}, all of"
    )
    assert "has to be verified (--key FILE)" in verdict_of(check(folder, own)).splitlines()[0]
    assert not check(folder, own, other).ok and verdict_of(check(folder, own, other)).startswith("This folder does not")
    edit_effects(folder, lambda arrays: arrays["lift"].__imul__(1.1))
    rehash(folder)
    changed = check(folder, own, key)
    assert not changed.ok and "does not pass" in verdict_of(changed)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda folder: edit_json(folder, RESOLVED, lambda data: data["limits"][0].update(max=99999)), "limits"),
        (lambda folder: edit_json(folder, RESOLVED, lambda data: data["vendors"][0].update(fund=200000)), "vendors"),
        (lambda folder: edit_json(folder, RESOLVED, _unlocked), "rules.in-flight"),
        (
            lambda folder: edit_text(folder, "problem/flight/actuals.csv", "phone,young,", "phone,young,1"),
            "the past of",
        ),
        (
            lambda folder: edit_text(folder, "problem/flight/actuals.csv", "units", "pieces"),
            "the actuals, which cannot",
        ),
        (lambda folder: edit_effects(folder, _sold_more), "the past of plan 1"),
        (lambda folder: edit_effects(folder, _believed_more, "problem/flight/believed.npz"), "lift"),
    ],
)
def test_what_no_replanning_explains_does_not_pass_whatever_the_hashes_say(
    planned: tuple[Path, Path], tmp_path: Path, change: Callable[[Path], None], named: str
) -> None:
    """A bound, a fund, a lock, sales, or what was believed: changed, and all hashes made to fit, they are named."""
    folder, own = Path(shutil.copytree(planned[0], tmp_path / "changed")), planned[1]
    change(folder)
    rehash(folder)
    report = check(folder, own)
    assert report.replanned is not None and not report.replanned.expected and not report.ok
    assert f"Not proven to be a re-planning's: {named}" in report.replanned.sentence
    assert "This folder does not pass" in verdict_of(report).splitlines()[0]


def _unlocked(data: dict[str, Any]) -> None:
    (rule,) = (each for each in data["rules"] if each["id"] == "in-flight")
    rule["lines"].pop()


def _sold_more(arrays: dict[str, np.ndarray]) -> None:
    arrays["base_units"][..., 1] *= 1.2


def _believed_more(arrays: dict[str, np.ndarray]) -> None:
    arrays["lift"] *= 1.1


def test_a_price_that_no_replanning_moves_is_named(planned: tuple[Path, Path]) -> None:
    """Another price in finance's copy is told apart from what a re-planning changes anyway."""
    folder, own = planned
    text = own.read_text("utf-8")
    other = own.with_name("other.yaml")
    product = next(line for line in text.splitlines() if "price: " in line and "unit_cost" in line)
    price = product.split("price: ")[1].split(",")[0]
    other.write_text(text.replace(product, product.replace(f"price: {price}", f"price: {float(price) + 1:g}")), "utf-8")
    report = check(folder, other)
    assert report.replanned is not None and not report.as_replanned
    assert ".price differs, which no re-planning explains" in report.replanned.sentence


def test_a_gifts_cost_is_no_part_of_a_replanning(planned: tuple[Path, Path], tmp_path: Path) -> None:
    """A re-planned folder whose gift became cheaper than its own question says does not pass."""
    folder = Path(shutil.copytree(planned[0], tmp_path / "cheap"))
    edit_json(folder, RESOLVED, lambda data: data["gifts"][0].update(unit_cost=1))
    assert any("gifts" in entry.place and "unit_cost" in entry.place for entry in check(folder).differences)


def test_lines_are_scored_by_the_question_of_a_replanned_folder(planned: tuple[Path, Path]) -> None:
    """Its own lines come to its own figures, to the cent; it is asked as it was answered, so nothing is changed."""
    folder, own = planned
    lines = folder.parent / "csv" / "lines.csv"
    assert run("export", folder, "--csv", "--out", lines.parent).exit_code == 0
    scored = json.loads(run("score", folder, lines, "--json").stdout)["plan"]
    best = read_plans(folder).plan_set.plans[0]
    assert f"{scored['outcome']['profit']:.2f}" == f"{best.outcome.profit}"
    assert [each["used"] for each in scored["limits"]] == [float(each.used) for each in best.limits]
    before = json.loads(run("score", own, lines, "--json").stdout)["plan"]
    assert before["outcome"]["profit"] != scored["outcome"]["profit"], "the question before the campaign is another"
    refused = run("score", folder, lines, "--set", "seed=2")
    assert refused.exit_code == 2 and "scored as it was answered" in refused.stderr
