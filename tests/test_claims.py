"""Claim statements: what each vendor is billed for, by hand and against the ledger, as table and as sheet."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from billed_shop import LINES, billed, day
from command_line import run
from flight_case import LINES as RUNNING
from flight_case import running_shop
from little_work import little_work
from plan_folders import good_lines, write_folder
from replan_case import LAST, again, happened, sold
from spreadsheet import SOFFICE, formulas, read, recalculated

from constraints.checking.check import check
from planner.commands.given.lines_file import read_plan
from planner.export.claims import EXPECTED, KNOWN, claims
from planner.export.claims_sheet import column_of
from planner.export.lines import column_of as line_column
from planner.export.plan_rows import plan_rows
from planner.export.workbook import workbook
from planner.problem import build_problem
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.words import Measure

case = running_shop

HAND = [
    # vendor, day, product, offer, amount, so far, left of the fund
    ("brand", 1, "shampoo", "off-20", "386.00", "386.00", "1614.00"),  # 50 % of 84 x 8.00 and 100.00
    ("brand", 1, "cups", "display", "64.00", "450.00", "1550.00"),  # 50 % of 20.00; 12 sold, 10.8 stay, at 5.00
    # 65 x 14.00, of which 13140 / 15120 is left: 790.83, a quarter of it by segment, 118.62 and 79.08
    ("brand", 2, "basket", "save", "197.70", "647.70", "1352.30"),
    ("brand", 3, "shampoo", "off-20", "386.00", "1033.70", "966.30"),
    ("brand", 4, "shampoo", "coupon", "70.00", "1103.70", "896.30"),  # 14 uses at 5.00 net, both segments
    ("dairy", 1, "milk", "scan", "825.00", "825.00", ""),  # 550 x 1.50, without a fund
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop planned as `LINES`."""
    return billed(tmp_path_factory.mktemp("billed"))[1]


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _exported(folder: Path, out: Path, name: str) -> list[dict[str, str]]:
    assert run("export", folder, "--csv", "--out", out).exit_code == 0
    return _table(out / name)


def test_a_statement_by_hand(folder: Path, tmp_path: Path) -> None:
    """Every claim, its running total and what is left of the fund are what paper and pencil say."""
    rows = _exported(folder, tmp_path, "claims.csv")
    found = [
        (*(row[name] for name in ("vendor", "date", "product", "offer", "amount", "so_far", "left")),) for row in rows
    ]
    assert found == [(vendor, day(number).isoformat(), *more) for vendor, number, *more in HAND]


def test_what_a_claim_rests_on(folder: Path, tmp_path: Path) -> None:
    """Units, uses, what is shared and what is paid by the unit: enough for the vendor to compute it again."""
    rows = {(row["offer"], row["date"]): row for row in _exported(folder, tmp_path, "claims.csv")}
    basis = ("units", "uses", "discount", "gifts", "fixed_cost", "share", "per_unit", "units_claimed", "fund")
    told = {offer: [row[name] for name in basis] for (offer, _), row in rows.items()}
    assert told["off-20"] == ["84.000", "84.000", "672.00", "0.00", "100.00", "0.5", "", "", "2000.00"]
    assert told["display"] == ["12.000", "0.000", "0.00", "0.00", "20.00", "0.5", "5", "10.800", "2000.00"]
    assert told["save"] == ["65.000", "65.000", "790.83", "0.00", "0.00", "0.25", "", "", "2000.00"]
    assert told["coupon"] == ["14.000", "14.000", "70.00", "0.00", "0.00", "1.0", "", "", "2000.00"]
    assert told["scan"] == ["550.000", "550.000", "1100.00", "0.00", "0.00", "", "1.5", "550.000", ""]
    assert {row["sales"] for row in rows.values()} == {EXPECTED}


def test_a_claim_by_the_unit_is_computed_again_from_its_row(tmp_path: Path) -> None:
    """No more units are claimed than stay sold, and a controller who multiplies finds the amount, rounding and all.

    At hundreds a unit a thousandth of a unit is money: the ledger pays for units as they are.
    """
    edits = {
        "share: 50%, per_unit: 5}": "share: 50%, per_unit: 612.35}",
        "per_unit: 1.50": "per_unit: 337.77",
        "return_rate: 10%": "return_rate: 7%",
    }
    tables = {"near,milk,300": "near,milk,301.37", "near,cups,6": "near,cups,6.123", "far,cups,4": "far,cups,3.71"}
    plans = billed(tmp_path, edits={**edits, **tables})[1]
    rows = [row for row in _exported(plans, tmp_path / "csv", "claims.csv") if row["units_claimed"]]
    assert {row["offer"] for row in rows} == {"display", "scan"}
    for row in rows:
        parts = sum(Decimal(row[name]) for name in ("discount", "gifts", "fixed_cost"))
        again = Decimal(row["share"] or "0") * parts + Decimal(row["per_unit"]) * Decimal(row["units_claimed"])
        assert again + Decimal(row["rounding"]) == Decimal(row["amount"])
        assert abs(Decimal(row["rounding"])) <= 2 * (Decimal("0.02") + Decimal(row["per_unit"]) / 2000)
        kept = Decimal(row["units"]) * (Decimal("0.93") if row["product"] == "cups" else 1)
        assert Decimal(row["units_claimed"]) == kept
    assert any(Decimal(row["rounding"]) for row in rows)
    directory = read_plans(plans)
    cells = read(workbook(directory, directory.plan_set.plans[0]))["Claims"]
    shown = [cells.get(f"{column_of('units claimed')}{row}") for row in range(3, 3 + len(HAND))]
    assert [each for each in shown if each] == [float(row["units_claimed"]) for row in rows]
    rounded = [cells.get(f"{column_of('rounding')}{row}") for row in range(3, 3 + len(HAND))]
    assert [each for each in rounded if each] == [float(row["rounding"]) for row in rows if Decimal(row["rounding"])]


def test_the_lines_name_who_pays(folder: Path, tmp_path: Path) -> None:
    """lines.csv and the sheet Lines name the vendor of a funded line, and nobody beside a line of one's own."""
    problem, plans = billed(tmp_path, *LINES, PlanLine(date=day(4), product="milk", offer="own"))
    rows = _exported(plans, tmp_path / "csv", "lines.csv")
    wanted = {"scan": "dairy", "own": ""}
    assert all(row["vendor"] == wanted.get(row["offer"], "brand") for row in rows)
    directory = read_plans(plans)
    cells = read(workbook(directory, directory.plan_set.plans[0]))["Lines"]
    shown = [cells.get(f"{line_column('vendor')}{number}") for number in range(3, 3 + len(rows))]
    assert [each or "" for each in shown] == [row["vendor"] for row in rows]
    again_ = read_plan(tmp_path / "csv" / "lines.csv", problem.grid)
    assert problem.grid.lines(again_) == problem.grid.lines(
        problem.grid.plan_of(directory.plan_set.plans[0].plan_lines)
    )


def test_exported_lines_are_read_as_history_too(folder: Path, tmp_path: Path) -> None:
    """A scenario takes lines.csv as its history, vendors and all."""
    _exported(folder, tmp_path, "lines.csv")
    text = (folder.parent / "billed.yaml").read_text("utf-8").replace("2026-11-02, periods", "2026-11-09, periods")
    for name in ("baskets", "baseline", "effects"):
        (tmp_path / f"{name}.csv").write_bytes((folder.parent / f"{name}.csv").read_bytes())
    (tmp_path / "next.yaml").write_text(f"{text}history: {{table: lines.csv}}\n", "utf-8")
    assert len(build_problem(tmp_path / "next.yaml").loaded.scenario.history) == len(LINES)


def test_claims_of_a_vendor_add_up_to_the_ledger(folder: Path, tmp_path: Path) -> None:
    """By vendor what the ledger says of him, all together the plan's vendor funding, to the minor unit."""
    rows = _exported(folder, tmp_path, "claims.csv")
    plan = read_plans(folder).plan_set.plans[0]
    by_vendor = {
        vendor: sum(Decimal(row["amount"]) for row in rows if row["vendor"] == vendor)
        for vendor in ("brand", "dairy", "idle")
    }
    book = check(folder).reports[0].account
    from scenarios.answer.sums import measured

    for vendor, amount in by_vendor.items():
        assert amount * 100 == measured(book, Measure.VENDOR_FUNDING, Scope(vendor=vendor))
    assert by_vendor["brand"] == next(limit.used for limit in plan.limits if limit.id == "fund:brand")
    assert sum(by_vendor.values()) == plan.outcome.vendor_funding
    assert [row["left"] for row in rows if row["vendor"] == "brand"][-1] == str(
        next(limit.headroom for limit in plan.limits if limit.id == "fund:brand")
    )


@pytest.mark.parametrize("code", ["EUR", "JPY", "KWD"])
def test_claims_of_the_template_add_up_in_every_currency(tmp_path: Path, code: str) -> None:
    """Whatever the digits of the currency, and with both layers, claims are the funds' use."""
    whole = ("products.espresso-1kg.price=20", "products.filter-1kg.price=18")
    problem = build_problem("template-basic", (f"currency={code}", *whole))
    write_folder(problem, tmp_path / "plans", good_lines(problem), good_lines(problem)[:2])
    directory = read_plans(tmp_path / "plans")
    for plan in directory.plan_set.plans:
        found = claims(plan_rows(directory, plan), directory.problem())
        assert found and sum(claim.amount for claim in found) == plan.outcome.vendor_funding
        funds = {limit.id: limit for limit in plan.limits if limit.id.startswith("fund:")}
        for last in {claim.vendor: claim for claim in found}.values():
            fund = funds[f"fund:{last.vendor}"]
            assert (last.so_far, last.left) == (fund.used, fund.headroom)


def test_the_sheet_is_sums_of_numbers(folder: Path) -> None:
    """Amounts are numbers; running totals, what is left, totals and the sum of each vendor are formulas."""
    directory = read_plans(folder)
    raw = workbook(directory, directory.plan_set.plans[0])
    cells, made = read(raw)["Claims"], formulas(raw)["Claims"]
    amount, so_far, left = (column_of(title) for title in ("amount", "claimed so far", "left of the fund"))
    for row, (vendor, _, _, _, claimed, running, rest) in enumerate(HAND, start=3):
        assert cells[f"A{row}"] == vendor
        assert cells[f"{amount}{row}"] == float(claimed) and f"{amount}{row}" not in made
        assert cells[f"{so_far}{row}"] == float(running) and made[f"{so_far}{row}"]
        assert cells.get(f"{left}{row}") == (float(rest) if rest else None)
    assert cells[f"{amount}1"] == 1928.7 and made[f"{amount}1"] == f"ROUND(SUM({amount}3:{amount}8),2)"
    top = next(int(place[1:]) for place, value in cells.items() if value == "vendor" and place not in ("A2",))
    below = {cells[f"A{row}"]: [cells.get(f"{letter}{row}") for letter in "CDEFG"] for row in range(top + 1, top + 4)}
    assert below == {
        "brand": [1103.7, 1103.7, 0, 2000, 896.3],
        "dairy": [825, 825, 0, None, None],
        "idle": [0, 0, 0, 500, 500],
    }


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_a_spreadsheet_calculates_the_same_statement(folder: Path, tmp_path: Path) -> None:
    """With stored values taken out, LibreOffice finds the same claims and departments, and no error."""
    directory = read_plans(folder)
    raw = workbook(directory, directory.plan_set.plans[0])
    before, after = read(raw), read(recalculated(raw, tmp_path))
    for name in ("Claims", "Departments", "Summary"):
        for place in formulas(raw)[name]:
            assert after[name][place] == pytest.approx(before[name][place], abs=1e-9), f"{name}!{place}"


def test_without_funding_there_is_nothing_to_claim(tmp_path: Path) -> None:
    """The table has its header only, and the sheet's total is 0."""
    _, plans = billed(tmp_path, PlanLine(date=day(1), product="milk", offer="own"))
    assert _exported(plans, tmp_path / "csv", "claims.csv") == []
    directory = read_plans(plans)
    cells = read(workbook(directory, directory.plan_set.plans[0]))
    assert cells["Claims"][f"{column_of('amount')}1"] == 0
    assert cells["Summary"]["B3"] == "all totals add up"


def test_an_export_of_before_is_renewed(folder: Path, tmp_path: Path) -> None:
    """Lines that name no vendor are an older export, and make room for the new one."""
    (tmp_path / "lines.csv").write_text("date,product,segment,offer,coverage,quantity,pieces\n", "utf-8")
    assert all("vendor" in row for row in _exported(folder, tmp_path, "lines.csv"))


def test_periods_that_ran_are_named(case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned again in flight, what is claimed for the days that ran goes by their sales, and says so."""
    little_work(monkeypatch)
    units = sold(case, base=1.5)
    found = again(case, happened(case, units))
    write_plans(tmp_path / "rest", found.plan_set, found.accounts, found.frozen)
    directory = read_plans(tmp_path / "rest")
    plan = directory.plan_set.plans[0]
    told = claims(plan_rows(directory, plan), directory.problem())
    ran = [claim for claim in told if claim.date.day <= LAST + 1]
    assert ran and all((claim.sales == KNOWN) == (claim in ran) for claim in told)
    assert sum(claim.amount for claim in told) == plan.outcome.vendor_funding
    cut = next(claim for claim in ran if claim.product == "phone-pro" and claim.offer == "cut-15")
    line = next(each for each in RUNNING if each.product == "phone-pro")
    assert cut.date == line.date
    product = [each.id for each in case.grid.products].index("phone-pro")
    real = float(units[:, product, line.date.day - 1].round().sum())
    assert float(cut.units) == pytest.approx(real, abs=0.01)
