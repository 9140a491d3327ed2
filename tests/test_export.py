"""Exported CSV files: lines are read back as the same plan, bridge terms add up."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from forgery import contents
from plan_folders import basic_problem, good_lines, write_folder

from planner.commands.given.lines_file import read_plan
from planner.export.plan_files import export_csv
from planner.reasons.told_price import told_price
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import read_plans
from scenarios.answer.verdicts import PriceRange
from scenarios.problems import InvalidInput


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_exported_lines_are_read_back_as_the_same_plan(tmp_path: Path) -> None:
    """What ``export`` writes, ``score`` and ``plan --start`` read: not a line is lost or changed."""
    problem = basic_problem()
    plan_set = write_folder(problem, tmp_path / "plans", good_lines(problem))
    export_csv(read_plans(tmp_path / "plans"), plan_set.plans[0], tmp_path / "csv")
    again = read_plan(tmp_path / "csv" / "lines.csv", problem.grid)
    assert np.array_equal(again, problem.grid.plan_of(good_lines(problem)))


def test_a_vendor_who_does_not_fund_the_offer_is_refused(tmp_path: Path) -> None:
    """Whoever writes another vendor counts on his money: the offer says who pays, and nobody for one's own offers."""
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    directory = read_plans(tmp_path / "plans")
    path = next(
        each
        for each in export_csv(directory, directory.plan_set.plans[0], tmp_path / "csv")
        if each.name == "lines.csv"
    )
    rows = _rows(path)
    funded = [row for row in rows if row["vendor"]]
    assert funded and len(funded) < len(rows)
    for row in rows:
        row["vendor"] = "somebody"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InvalidInput) as refused:
        read_plan(path, problem.grid)
    said = [str(each) for each in refused.value.problems]
    assert len(said) == len(rows)
    assert sum("who funds" in each for each in said) == len(funded)
    assert sum("a blank, because nobody funds" in each for each in said) == len(rows) - len(funded)


def test_pieces_of_an_offer_that_counts_none_are_refused(tmp_path: Path) -> None:
    """Whoever writes 50 pieces expects the offer to end with them."""
    problem = basic_problem()
    path = tmp_path / "lines.csv"
    line = good_lines(problem)[0]
    path.write_text(f"date,product,segment,offer,pieces\n{line.date},{line.product},{line.segment},{line.offer},50\n")
    with pytest.raises(InvalidInput, match=f"a blank, because pieces of {line.offer} are not counted, got 50"):
        read_plan(path, problem.grid)


def _limits(plan: RankedPlan, folder: Path) -> list[dict[str, str]]:
    export_csv(read_plans(folder / "plans"), plan, folder / "csv")
    return _rows(folder / "csv" / "limits.csv")


def test_exported_bridge_adds_up_to_the_cent(tmp_path: Path) -> None:
    """The terms of bridge.csv sum to its last row, which is the profit gained."""
    problem = basic_problem()
    plan = write_folder(problem, tmp_path / "plans", good_lines(problem)).plans[0]
    export_csv(read_plans(tmp_path / "plans"), plan, tmp_path / "csv")
    rows = _rows(tmp_path / "csv" / "bridge.csv")
    assert rows[-1]["term"] == "net"
    assert sum(Decimal(row["amount"]) for row in rows[:-1]) == Decimal(rows[-1]["amount"]) == plan.outcome.profit_change


def test_exported_limits_hold_every_limit_exactly(tmp_path: Path) -> None:
    """limits.csv lists written and implied limits with their exact use."""
    problem = basic_problem()
    plan = write_folder(problem, tmp_path / "plans", good_lines(problem)).plans[0]
    export_csv(read_plans(tmp_path / "plans"), plan, tmp_path / "csv")
    rows = {row["id"]: row for row in _rows(tmp_path / "csv" / "limits.csv")}
    assert rows.keys() == {limit.id for limit in plan.limits}
    assert {"total-budget", "fund:roaster", "stock:grinder"} <= rows.keys()
    for limit in plan.limits:
        assert Decimal(rows[limit.id]["used"]) == limit.used
        assert rows[limit.id]["kept"] == "yes"


def test_a_limit_with_much_room_has_no_price_in_tables_either(tmp_path: Path) -> None:
    """The screen shows a dash for a price of what is left in plenty; limits.csv and the workbook are blank there."""
    problem = basic_problem()
    plan = write_folder(problem, tmp_path / "plans", good_lines(problem)).plans[0]
    roomy, full = (
        replace(each, shadow_price=0.5, binding=binding, price_holds=PriceRange(low=each.limit, high=2 * each.limit))
        for each, binding in zip(plan.limits[:2], (False, True), strict=True)
    )
    roomy = replace(roomy, headroom=roomy.limit / 2)
    written = {row["id"]: row for row in _limits(replace(plan, limits=(roomy, full)), tmp_path)}
    priced = [[written[each.id][name] for name in ("shadow_price", "price_from", "price_to")] for each in (roomy, full)]
    assert priced[0] == ["", "", ""] and "" not in priced[1] and priced[1][0] == "0.5"
    assert told_price(roomy) is None and told_price(full) == 0.5


def test_exports_have_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Exporting twice writes equal files."""
    problem = basic_problem()
    plan = write_folder(problem, tmp_path / "plans", good_lines(problem)).plans[0]
    one, two = (export_csv(read_plans(tmp_path / "plans"), plan, tmp_path / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_a_full_disk_leaves_all_older_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three tables of one plan, never some of this plan and some of the last one."""
    problem = basic_problem()
    plans = write_folder(problem, tmp_path / "plans", good_lines(problem), good_lines(problem)[:2]).plans
    export_csv(read_plans(tmp_path / "plans"), plans[0], tmp_path / "csv")
    before = contents(tmp_path / "csv")
    write, room = Path.write_bytes, iter((True, True, False))

    def full(path: Path, content: bytes) -> int:
        if not next(room):
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        export_csv(read_plans(tmp_path / "plans"), plans[1], tmp_path / "csv")
    assert contents(tmp_path / "csv") == before
