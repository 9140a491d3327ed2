"""Profit and loss by department: by hand, against the ledger's scopes and totals, as table and as sheet."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from billed_shop import billed
from command_line import run
from plan_folders import good_lines, write_folder
from spreadsheet import formulas, read

from constraints.checking.check import check
from planner.export.claims import claims
from planner.export.departments import departments, without_promotion
from planner.export.plan_rows import plan_rows
from planner.export.workbook import workbook
from planner.problem import build_problem
from scenarios.answer.plan_files import read_plans
from scenarios.answer.sums import margin_rate, measured
from scenarios.language.scope import Scope
from scenarios.language.words import BASKET, Measure
from scenarios.problems import InvalidInput

HAND = {
    # 550 + 525 + 500 + 500 units at 20.00; 550 cuts of 2.00, for each of which the dairy pays 1.50
    ("category", "grocery"): {
        "units": "2075.000", "sales_at_regular_price": "41500.00", "discount": "1100.00", "revenue": "40400.00",
        "cost": "29050.00", "fees": "464.80", "fees_spared": "12.32", "vendor_funding": "825.00", "margin": "11722.52",
        "gifts": "0.00", "messages": "0.00", "fixed_costs": "0.00", "profit": "11722.52", "margin_rate": "0.290161",
        "profit_without_promotion": "11552.00", "profit_gained": "170.52",
    },
    # 84 + 58.8 + 84 + 56 units at 40.00; twice 672.00 and 14 coupons of 5.00; 1,000 messages; twice 100.00
    ("category", "drugstore"): {
        "units": "282.800", "sales_at_regular_price": "11312.00", "discount": "1414.00", "revenue": "9898.00",
        "cost": "6221.60", "fees": "141.40", "fees_spared": "17.68", "vendor_funding": "842.00", "margin": "4394.68",
        "messages": "50.00", "fixed_costs": "200.00", "profit": "4144.68", "margin_rate": "0.443996",
        "profit_without_promotion": "3920.00", "profit_gained": "224.68",
    },
    # 12 + 10.5 + 10 + 10 units, of which nine in ten stay
    ("category", "household"): {
        "units": "42.500", "sales_at_regular_price": "3825.00", "discount": "0.00", "revenue": "3825.00",
        "cost": "1530.00", "fees": "47.60", "vendor_funding": "64.00", "margin": "2311.40", "fixed_costs": "20.00",
        "profit": "2291.40", "profit_without_promotion": "2115.20", "profit_gained": "176.20",
    },
    # what whole orders save belongs to no department: 790.83 less the fees spared on 65 x 14.00
    ("baskets", ""): {
        "units": "0.000", "discount": "790.83", "revenue": "-790.83", "fees_spared": "9.10",
        "vendor_funding": "197.70", "margin": "-584.03", "profit": "-584.03", "margin_rate": "",
        "profit_without_promotion": "0.00", "profit_gained": "-584.03",
    },
    ("total", ""): {
        "units": "2400.300", "discount": "3304.83", "revenue": "53332.17", "vendor_funding": "1928.70",
        "margin": "17844.57", "messages": "50.00", "fixed_costs": "220.00", "profit": "17574.57",
        "profit_without_promotion": "17587.20", "profit_gained": "-12.63",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop planned as `LINES`."""
    return billed(tmp_path_factory.mktemp("billed"))[1]


def test_departments_by_hand(folder: Path, tmp_path: Path) -> None:
    """Every department, offers on baskets, and the total, to the cent."""
    assert run("export", folder, "--csv", "--out", tmp_path).exit_code == 0
    with (tmp_path / "departments.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["kind"], row["department"]): row for row in csv.DictReader(file)}
    assert list(rows) == list(HAND)
    for place, wanted in HAND.items():
        assert {name: rows[place][name] for name in wanted} == wanted, place


def test_totals_are_the_ledgers(folder: Path) -> None:
    """Departments and offers on baskets add up to every total that the ledger states."""
    directory = read_plans(folder)
    out = directory.plan_set.plans[0].outcome
    found = departments(
        plan_rows(directory, directory.plan_set.plans[0]), without_promotion(directory.problem()), directory.problem()
    )
    stated = {
        "units": out.units * 10,
        "revenue": out.revenue,
        "discount": out.discount,
        "vendor funding": out.vendor_funding,
        "margin": out.margin,
        "gifts": out.gifts_cost,
        "messages": out.contacts_cost,
        "fixed costs": out.fixed_cost,
        "charged beyond": out.charges,
        "profit": out.profit,
    }
    assert {title: Decimal(int(found.amounts[title].sum())) / 100 for title in stated} == stated
    assert Decimal(int(found.gained.sum())) / 100 == out.profit_change
    assert found.rate(None) == out.margin_rate


def test_a_department_is_the_scope_of_its_category(tmp_path: Path) -> None:
    """Discount, funding, margin and its rate of a department are those of a limit on the category."""
    problem = build_problem("template-basic")
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    directory = read_plans(tmp_path / "plans")
    found = departments(
        plan_rows(directory, directory.plan_set.plans[0]), without_promotion(directory.problem()), directory.problem()
    )
    book = check(tmp_path / "plans").reports[0].account
    assert len(found.categories) > 1
    for number, name in enumerate(found.categories):
        scope = Scope(categories=(name,))
        for title, measure in (
            ("discount", Measure.DISCOUNT),
            ("vendor funding", Measure.VENDOR_FUNDING),
            ("margin", Measure.MARGIN),
        ):
            assert found.amounts[title][number] == measured(book, measure, scope)
        rate = found.rate(number)
        assert rate is not None and 0 <= margin_rate(book, scope) - Fraction(repr(rate)) < Fraction(1, 10**6)
    orders = measured(book, Measure.DISCOUNT, Scope(products=(BASKET,)))
    assert found.amounts["discount"][-1] == orders != 0


def test_cells_of_another_scenario_are_refused(folder: Path) -> None:
    """Rows of a product that the question does not know name the file and the remedy; nothing falls over."""
    import pyarrow as pa

    directory = read_plans(folder)
    rows = plan_rows(directory, directory.plan_set.plans[0])
    place = rows.column_names.index("product")
    names = ["tea" if each == "milk" else each for each in rows.column("product").to_pylist()]
    foreign = rows.set_column(place, "product", pa.array(names))
    frozen = directory.problem()
    for sums in (lambda: departments(foreign, without_promotion(frozen), frozen), lambda: claims(foreign, frozen)):
        with pytest.raises(InvalidInput, match=r"column product: expected products of the scenario, got .*tea"):
            sums()


def test_the_sheet_adds_up_by_formulas(folder: Path) -> None:
    """Sums are numbers, what follows from them and the totals are formulas, and Summary holds them to the ledger."""
    directory = read_plans(folder)
    raw = workbook(directory, directory.plan_set.plans[0])
    cells, made = read(raw)["Departments"], formulas(raw)["Departments"]
    assert [cells[f"A{row}"] for row in range(2, 7)] == [
        *("grocery", "drugstore", "household"),
        "offers on baskets",
        "Total",
    ]
    titles = {cells[f"{letter}1"]: letter for letter in "BCDEFGHIJKLMNOPQRST"}
    gained, rate, revenue = (titles[name] for name in ("profit gained", "margin rate", "revenue"))
    assert [cells[f"{gained}{row}"] for row in range(2, 7)] == [170.52, 224.68, 176.2, -584.03, -12.63]
    assert [cells[f"{rate}{row}"] for row in (2, 5)] == [0.290161, "-"]
    assert all(f"{letter}6" in made for letter in titles.values())
    assert made[f"{revenue}6"] == f"ROUND(SUM({revenue}2:{revenue}5),2)"
    summary = read(raw)["Summary"]
    from_here = [row for row in range(6, 40) if summary.get(f"E{row}") == "sheet Departments"]
    assert [summary[f"A{row}"] for row in from_here] == ["profit gained by the plan", "margin"]
    assert all(summary[f"D{row}"] == 0 and summary[f"B{row}"] == summary[f"C{row}"] for row in from_here)


def test_tax_by_department_and_rate_by_hand(folder: Path, tmp_path: Path) -> None:
    """Grocery and household at 12 %, the drugstore at 25 %; nothing is rounded anew."""
    assert run("export", folder, "--csv", "--out", tmp_path).exit_code == 0
    with (tmp_path / "tax.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    assert rows[:3] == [
        ("department", "grocery", "0.12", "40400.00", "4848.0000", "45248.0000"),
        ("department", "drugstore", "0.25", "9898.00", "2474.5000", "12372.5000"),
        ("department", "household", "0.12", "3825.00", "459.0000", "4284.0000"),
    ]
    # what whole orders save is taken off goods of both rates
    kind, _, rate, revenue, tax, paid = rows[3]
    assert (kind, rate, revenue) == ("baskets", "mean", "-790.83") and Decimal(revenue) + Decimal(tax) == Decimal(paid)
    assert Decimal("0.12") < Decimal(tax) / Decimal(revenue) < Decimal("0.25")
    assert rows[4:6] == [
        ("rate", "", "0.12", "44225.00", "5307.0000", "49532.0000"),
        ("rate", "", "0.25", "9898.00", "2474.5000", "12372.5000"),
    ]
    with (tmp_path / "departments.csv").open(encoding="utf-8", newline="") as file:
        departments_ = list(csv.DictReader(file))
    assert [row["revenue_with_tax"] for row in departments_[:4]] == [row[5] for row in rows[:4]]
    assert (departments_[-1]["tax"], departments_[-1]["revenue_with_tax"]) == rows[6][4:]


def test_what_whole_orders_save_with_tax_is_what_customers_save(folder: Path) -> None:
    """65 orders save 14.00 each, and of the goods that they are taken off some come back."""
    directory = read_plans(folder)
    found = departments(
        plan_rows(directory, directory.plan_set.plans[0]), without_promotion(directory.problem()), directory.problem()
    )
    paid = -found.tax(len(found.categories)).with_tax
    assert Decimal("0.9") * 65 * 14 < paid <= 65 * 14


def test_the_sheet_of_tax_adds_up_by_formulas(folder: Path) -> None:
    """Tax is revenue times rate, and totals are sums."""
    directory = read_plans(folder)
    raw = workbook(directory, directory.plan_set.plans[0])
    cells, made = read(raw)["Tax"], formulas(raw)["Tax"]
    assert (cells["A2"], cells["B2"], cells["C2"], cells["D2"], cells["E2"]) == ("grocery", 0.12, 40400, 4848, 45248)
    assert made["D2"] == "C2*B2" and made["E2"] == "C2+D2"
    assert cells["A8"] == "Total" and made["C8"] == "SUM(C$2:C$5)" and cells["C8"] == 53332.17


def test_what_customers_pay_under_each_line_by_hand(folder: Path, tmp_path: Path) -> None:
    """550 units of milk at 20.16 instead of 22.40, and 84 of shampoo at 40.00 instead of 50.00, tax included."""
    assert run("export", folder, "--csv", "--out", tmp_path).exit_code == 0
    with (tmp_path / "turnover.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    milk = next(row for row in rows if row["offer"] == "scan")
    assert (milk["units"], milk["tax_rate"], milk["revenue"]) == ("550.000", "0.12", "9900.00")
    assert Decimal(milk["revenue_with_tax"]) == 550 * Decimal("20.16")
    shampoo = next(row for row in rows if row["offer"] == "off-20")
    assert Decimal(shampoo["revenue_with_tax"]) == 84 * 40 and Decimal(shampoo["tax"]) == 84 * 8
    assert not [row for row in rows if row["product"] == BASKET]
