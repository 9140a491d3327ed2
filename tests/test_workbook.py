"""The workbook for finance: numbers are numbers, formulas lead to the ledger's totals, the same plan the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

import pytest
from few_futures import few_futures
from plan_folders import good_lines, write_folder
from spreadsheet import SOFFICE, formulas, read, recalculated, totals_of
from typer.testing import CliRunner
from xlsxwriter import Workbook

from constraints.checking.check import check
from planner.cli import app
from planner.export.lines import column_of
from planner.export.sheet import Sheet, Styles
from planner.export.workbook import SHEETS, workbook
from planner.problem import build_problem
from planner.report.one_plan.bridge import show_bridge
from scenarios.answer.plan_files import read_plans
from scenarios.answer.verdicts import PriceRange
from scenarios.problems import InvalidInput

_few_futures = few_futures

CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3}
WHOLE_PRICES = ("products.espresso-1kg.price=20", "products.filter-1kg.price=18")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One folder a currency; prices have no fraction, which yen lack."""
    found = {}
    for code in CURRENCIES:
        found[code] = tmp_path_factory.mktemp(code) / "plans"
        problem = build_problem("template-basic", (f"currency={code}", *WHOLE_PRICES))
        write_folder(problem, found[code], good_lines(problem), good_lines(problem)[:2], ())
    return found


@pytest.mark.parametrize("code", CURRENCIES)
def test_a_currency_s_digits_reach_every_file(folders, code):
    """Amounts in plans.json and number formats have the digits of the currency, and the check passes."""
    directory = read_plans(folders[code])
    plan = directory.plan_set.plans[0]
    amounts = (plan.objective, plan.outcome.spend, plan.lines[0].discount, plan.limits[0].used)
    assert all(-amount.as_tuple().exponent == CURRENCIES[code] for amount in amounts)
    report = check(folders[code])
    assert report.ok and report.adds_up
    styles = zipfile.ZipFile(_path(workbook(directory, plan), folders[code])).read("xl/styles.xml").decode()
    wanted = "#,##0" + ("." + "0" * CURRENCIES[code] if CURRENCIES[code] else "")
    assert f'formatCode="{wanted};[Red]-{wanted}"' in styles


def _path(raw, folder):
    (path := folder.parent / "book.xlsx").write_bytes(raw)
    return path


def test_formulas_hold_the_ledgers_values(folders):
    """Every total stands beside the ledger's figure; the stored values do not differ, and the headroom is exact."""
    directory = read_plans(folders["EUR"])
    for plan in directory.plan_set.plans:
        raw = workbook(directory, plan)
        assert list(read(raw)) == list(SHEETS)
        rows = totals_of(raw)
        assert len(rows) >= 21
        assert all(added == wanted and difference == 0 for added, wanted, difference in rows.values())
        cells = read(raw)["Limits"]
        for number, limit in enumerate(plan.limits, start=2):
            assert Decimal(repr(cells[f"J{number}"])) == pytest.approx(limit.headroom, abs=Decimal("1e-9"))


@pytest.mark.parametrize("text", ["9516.11", "-0.07", "4", "0.1", "123456789.01", "1e22", "0"])
def test_amounts_are_stored_with_the_digits_of_the_currency(text):
    """The file says 9516.11, not 9516.110000000001, as 16 digits of the nearest float would."""
    raw = io.BytesIO()
    with Workbook(raw) as book:
        sheet = Sheet(book, "Amounts", Styles(book, 2))
        sheet.number(0, 0, Decimal(text), "money")
    with zipfile.ZipFile(raw) as archive:
        (stored,) = re.findall(r"<v>([^<]*)</v>", archive.read("xl/worksheets/sheet1.xml").decode())
    assert Decimal(stored) == Decimal(text)


def test_totals_are_formulas_over_lines_and_account(folders):
    """Nothing that is a sum is typed in: totals of Lines, Bridge, the account and Summary are formulas."""
    directory = read_plans(folders["EUR"])
    found = formulas(workbook(directory, directory.plan_set.plans[0]))
    assert len([place for place in found["Lines"] if place.endswith("1") and len(place) == 2]) == 13
    assert found["Bridge"]["B2"] == "ROUND(SUM(B3:B14),2)"
    assert all(found["Summary"][f"{letter}{row}"] for row in range(6, 26) for letter in "BD")
    assert any("Lines!" in formula for formula in found["Summary"].values())


def test_the_bridge_has_the_words_of_the_screen(folders):
    """Who signs the workbook and who looks at the screen speak of the same terms."""
    directory = read_plans(folders["EUR"])
    plan = directory.plan_set.plans[0]
    cells = read(workbook(directory, plan))["Bridge"]
    shown = [str(row[0]) for row in show_bridge(plan, "EUR").rows]
    assert [cells[f"A{row}"] for row in range(3, 15)] == shown[:-1]


def test_what_is_issued_and_where_a_price_holds_is_shown(folders):
    """A line's quantity, what it issues and owes, and the bounds of a shadow price stand as numbers."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = directory.plan_set.plans[0]
    line = replace(plan.lines[0], pieces=40, quantity=0.8, issued=Decimal(40), liability=Decimal("62.50"))
    holds = PriceRange(low=Decimal(900), high=Decimal(1100))
    limit = replace(plan.limits[0], binding=True, shadow_price=0.5, price_holds=holds)
    changed = replace(plan, lines=(line, *plan.lines[1:]), limits=(limit, *plan.limits[1:]))
    found = read(workbook(directory, changed))
    lines, limits = found["Lines"], found["Limits"]
    assert [lines[f"{column_of(title)}3"] for title in ("quantity", "pieces", "issued", "liability")] == [
        0.8,
        40,
        40,
        62.5,
    ]
    assert not lines.get(f"{column_of('quantity')}4")
    assert [limits[f"{letter}2"] for letter in "NOP"] == [0.5, 900, 1100]
    assert lines[f"{column_of('liability')}1"] == sum(float(each.liability) for each in changed.lines)


def test_prices_of_shares_and_odd_shares_read_as_in_the_report(folders):
    """A share's price is per percentage point, as printed (it stood there a hundredfold); an eighth is no 13 %."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = directory.plan_set.plans[0]
    place = next(number for number, limit in enumerate(plan.limits) if limit.percent)
    limits = list(plan.limits)
    limits[place] = replace(limits[place], binding=True, shadow_price=150320.0, at_risk=0.999)
    line = replace(plan.lines[0], coverage=0.125)
    raw = workbook(directory, replace(plan, lines=(line, *plan.lines[1:]), limits=tuple(limits)))
    assert read(raw)["Limits"][f"N{place + 2}"] == pytest.approx(1503.20)
    assert "percentage point" in read(raw)["Limits"]["N1"]
    styles = zipfile.ZipFile(io.BytesIO(raw)).read("xl/styles.xml").decode()
    assert "0.0##%" in styles, "12.5% and 99.9% need more than whole percent"


def test_a_limit_on_return_is_written_as_the_return_itself(folders):
    """The summary says 0.221884; a floor under it that reads 15 % seems to be of something else."""
    from dataclasses import replace

    from planner.export.limits import number_kind

    plan = read_plans(folders["EUR"]).plan_set.plans[0]
    ratio = next(limit for limit in plan.limits if limit.percent)
    assert number_kind(ratio, 2)[0] == "rate"
    assert number_kind(replace(ratio, measure="roi"), 2)[0] == "ratio"


def test_ratios_show_what_they_divide_and_make_nothing_up(folders):
    """Finance divides again what stands there; without anything to divide by there is a dash, on the sheet Risk too."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = directory.plan_set.plans[0]
    place = next(number for number, limit in enumerate(plan.limits) if limit.measure == "margin_rate")
    cells = read(workbook(directory, plan))["Limits"]
    part, whole = (cells[f"{letter}{place + 2}"] for letter in "QR")
    assert (part, whole) == (float(plan.outcome.margin), float(plan.outcome.revenue))
    assert cells[f"G{place + 2}"] == pytest.approx(part / whole, abs=1e-6)
    assert not any(cells.get(f"Q{row + 2}") for row, limit in enumerate(plan.limits) if not limit.ratio)
    nothing = {"part": Decimal("-31.50"), "whole": Decimal("0.00"), "used": Decimal("-31.3"), "ok": False}
    made_up = {"at_risk": 0.9, "used_at_risk": Decimal("-32.1"), "headroom": Decimal("-32.3")}
    limits = list(plan.limits)
    limits[place] = replace(limits[place], **nothing, **made_up)
    sheets = read(workbook(directory, replace(plan, limits=tuple(limits))))
    cells = sheets["Limits"]
    assert [cells.get(f"{letter}{place + 2}") for letter in "GHJKQR"] == ["-", None, "-", "BROKEN", -31.5, 0.0]
    row = next(name[1:] for name, value in sheets["Risk"].items() if name[0] == "A" and value == limits[place].id)
    assert [sheets["Risk"][f"{letter}{row}"] for letter in "CDF"] == ["-", "-", "BROKEN"]


def test_what_others_would_reach_is_named_as_in_the_report(folders):
    """'uniform' says nothing to finance; gap and optimism are percentages, and no label of theirs is cut off."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = replace(directory.plan_set.plans[0], baselines={"no_promotion": Decimal(0), "uniform": Decimal(1)}, gap=0.07)
    sheet = read(workbook(directory, plan))["Risk"]
    assert {"no promotion at all", "the best single offer everywhere"} <= set(sheet.values())


@pytest.mark.parametrize(("objective", "fair"), [("1000.00", 1087.0), ("-1000.00", -913.0), ("-0.50", -0.41)])
def test_what_an_objective_is_without_optimism_also_of_a_loss(folders, objective, fair):
    """A loss told 8.7 % too pessimistically is a smaller one; the workbook made it larger."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = replace(directory.plan_set.plans[0], objective=Decimal(objective), optimism=-0.087)
    sheet = read(workbook(directory, plan))["Risk"]
    place = next(cell for cell, value in sheet.items() if value == "objective without optimism")
    assert sheet[f"B{place[1:]}"] == pytest.approx(fair, abs=0.005)
    made = formulas(workbook(directory, plan))["Risk"][f"B{place[1:]}"]
    assert "MAX(1,ABS(" in made


def test_a_front_shows_what_the_plan_has_of_every_measure(folders):
    """The objective of a front is its leading measure; the others stand below it, spend as spend."""
    from dataclasses import replace

    from scenarios.answer.front import Front

    directory = read_plans(folders["EUR"])
    front = Front(measures={"spend": "min", "units": "max"}, reference={}, hypervolume=0.0, covered=0.0, knee=1)
    sets = replace(directory.plan_set, front=front)
    values = {"spend": Decimal("12.50"), "units": Decimal("7.250")}
    plan = replace(directory.plan_set.plans[0], objective=Decimal("-12.50"), objectives=values)
    sheet = read(workbook(replace(directory, plan_set=sets), plan))["Risk"]
    beside = {value: sheet.get(f"B{cell[1:]}") for cell, value in sheet.items() if cell.startswith("A")}
    leading = "objective: the leading measure of a front, spend, of which less is better: below 0"
    assert beside[leading] == -12.5
    assert beside["of the front: spend, change against no promotion"] == 12.5
    assert beside["of the front: units, change against no promotion"] == 7.25


def test_the_same_plan_gives_the_same_bytes(folders):
    """No time and no order of dictionaries is left in a workbook."""
    directory = read_plans(folders["EUR"])
    one, two = (workbook(directory, directory.plan_set.plans[0]) for _ in range(2))
    assert one == two
    made = zipfile.ZipFile(io.BytesIO(one)).read("docProps/core.xml").decode()
    assert re.findall(r"<dcterms:created[^>]*>([^<]*)<", made) == ["2000-01-01T00:00:00Z"]


def test_texts_are_never_formulas(folders):
    """A reason that begins with an equals sign, or in wide characters, is text as it stands."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = directory.plan_set.plans[0]
    for words in ("=HYPERLINK(1)", "双十一手机限时促销", "@SUM(A1)", "https://x.example"):
        changed = replace(plan, lines=(replace(plan.lines[0], why=words), *plan.lines[1:]))
        raw = workbook(directory, changed)
        assert words in read(raw)["Lines"].values()
        assert not any("HYPERLINK" in formula for formula in formulas(raw)["Lines"].values())


def test_the_command_writes_what_is_asked_for(folders, tmp_path):
    """--xlsx writes the workbook alone; with --csv or --out the tables too; another ending is refused."""
    folder, book = folders["EUR"], tmp_path / "plan.xlsx"
    run = CliRunner().invoke
    assert run(app, ["export", str(folder), "--xlsx", str(book)]).exit_code == 0
    assert book.exists() and not (folder / "csv").exists()
    assert run(app, ["export", str(folder), "--xlsx", str(book), "--out", str(tmp_path / "csv")]).exit_code == 0
    assert (tmp_path / "csv" / "lines.csv").exists()
    refused = run(app, ["export", str(folder), "--xlsx", str(tmp_path / "plan.ods")])
    assert refused.exit_code == 2 and ".xlsx" in refused.stderr


def test_cells_of_another_plan_are_refused(folders, tmp_path):
    """A folder whose cells hold no rows of the plan is unusable input."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    with pytest.raises(InvalidInput, match="rows of plan 9"):
        workbook(directory, replace(directory.plan_set.plans[0], rank=9))


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("code", ["KWD"])
def test_libreoffice_calculates_the_ledgers_totals(folders, tmp_path, code):
    """With all stored values taken out, LibreOffice calculates every total to the minor unit, and finds no error."""
    directory = read_plans(folders[code])
    plan = directory.plan_set.plans[0]
    raw = workbook(directory, plan)
    again = recalculated(raw, tmp_path)
    before, after = read(raw), read(again)
    assert after["Summary"]["B3"] == "all totals add up"
    for name, cells in formulas(raw).items():
        for place in cells:
            assert after[name][place] == pytest.approx(before[name][place], abs=1e-9), f"{name}!{place}"
    assert not any(str(value).startswith("#") for cells in after.values() for value in cells.values() if value != "#")


def test_what_the_draw_leaves_open_stands_on_the_risk_sheet(folders):
    """Optimism with its range, the share of futures with a loss, and where the quantiles of all futures may lie."""
    from dataclasses import replace

    directory = read_plans(folders["EUR"])
    plan = replace(directory.plan_set.plans[0], optimism=0.045, optimism_error=0.056)
    sheet = read(workbook(directory, plan))["Risk"]
    assert "± 9.2% by the luck of the draw (90%): cannot be told from 0" in " ".join(map(str, sheet.values()))
    place = next(cell for cell, value in sheet.items() if str(value).startswith("futures in which the plan loses"))
    assert sheet[f"B{place[1:]}"] == pytest.approx(plan.outcome.loss_share)
    found = plan.outcome.quantiles["profit"]
    ends = (found.p05_low, found.p05_high, found.p95_low, found.p95_high)
    assert [sheet[f"{letter}2"] for letter in "GHIJ"] == [pytest.approx(float(end)) for end in ends]
    small = replace(plan, objective=Decimal(5), outcome=replace(plan.outcome, gross_spend=Decimal(1000)))
    assert "optimistic by 0.22 ± 0.46" in " ".join(map(str, read(workbook(directory, small))["Risk"].values()))
