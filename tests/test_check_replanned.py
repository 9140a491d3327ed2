"""campaign check --scenario on a re-planned folder: it does not pass, says why, and tells a price from the rest."""

from __future__ import annotations

import io
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import running
from forgery import RESOLVED, edit_json
from little_work import little_work
from replan_case import again, happened, sold
from rich.console import Console

from constraints.checking.check import check
from planner.report.check import show_check
from planner.report.check_json import check_json
from scenarios.answer.plan_files import write_plans

NONE_DIFFERS = "compared all the same: none of these differs"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A re-planned folder, and finance's own copy of the question before the campaign."""
    room = tmp_path_factory.mktemp("replanned")
    case = running(room)
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        found = again(case, happened(case, sold(case, lift={"cut-15": 0.3})), change_cost=Decimal(0))
    assert found.plan_set is not None
    write_plans(room / "rest", found.plan_set, found.accounts, found.frozen)
    own = Path(shutil.copytree(room / "rest" / "problem" / "question", room / "own"))
    return room / "rest", next(own.glob("*.yaml"))


def test_a_replanned_folder_does_not_pass_and_says_what_is_expected(planned: tuple[Path, Path]) -> None:
    """The comparison fails closed; a sentence above the differences says which are expected and what finance can do."""
    folder, own = planned
    report = check(folder, own)
    assert not report.ok and report.own_differences
    screen = Console(file=io.StringIO(), width=2000)
    screen.print(*show_check(report))
    text = screen.file.getvalue()
    assert text.index("rest of a re-planned campaign") < text.index("Not as recomputed")
    assert NONE_DIFFERS in report.replanned
    assert f"with --scenario {own}, and this one with --key" in report.replanned
    assert check_json(report)["replanned"] == report.replanned
    assert check(folder).ok and check(folder).replanned == ""


def test_a_price_that_no_replanning_moves_is_named(planned: tuple[Path, Path]) -> None:
    """Another price in finance's copy is told apart from what a re-planning changes anyway."""
    folder, own = planned
    text = own.read_text("utf-8")
    other = own.with_name("other.yaml")
    product = next(line for line in text.splitlines() if "price: " in line and "unit_cost" in line)
    price = product.split("price: ")[1].split(",")[0]
    other.write_text(text.replace(product, product.replace(f"price: {price}", f"price: {float(price) + 1:g}")), "utf-8")
    report = check(folder, other)
    assert ".price differs, which no re-planning explains" in report.replanned


def test_a_gifts_cost_is_no_part_of_a_replanning(planned: tuple[Path, Path], tmp_path: Path) -> None:
    """A re-planned folder whose gift became cheaper than its own question says does not pass."""
    folder = Path(shutil.copytree(planned[0], tmp_path / "cheap"))
    edit_json(folder, RESOLVED, lambda data: data["gifts"][0].update(unit_cost=1))
    assert any("gifts" in entry.place and "unit_cost" in entry.place for entry in check(folder).differences)
