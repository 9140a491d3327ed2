"""350.000 is 350 thousand or 350: where the currency has two decimals it is refused with both readings."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run
from shop import load_shop, problems_of, write_shop

from planner.sweep.vary import read_axes
from scenarios.loading.load import load_scenario

SAID = "expected an amount with at most 2 decimals, in one reading only, got"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"max: 80000": "max: 80.000"}, f"limits.total-budget.max: {SAID} 80.000; write 80000 or 80"),
        ({"max: 80000": "max: '120.500'"}, f"limits.total-budget.max: {SAID} 120.500; write 120500 or 120.50"),
        ({"fund: 100000": "fund: 120.000"}, f"vendors.nova.fund: {SAID} 120.000; write 120000 or 120"),
        ({"price: 2699": "price: 2.699"}, f"products.phone.price: {SAID} 2.699; write 2699 or 2.70"),
        ({"price: 2699": "price: 2.690"}, f"products.phone.price: {SAID} 2.690; write 2690 or 2.69"),
        ({"spend: 3000": "spend: 3.000"}, f"offers.save-200.spend: {SAID} 3.000; write 3000 or 3"),
        ({"value: 20,": "value: 20.000,"}, f"offers.coupon-20.value: {SAID} 20.000; write 20000 or 20"),
        ({"fixed_cost: 100": "fixed_cost: 1.500"}, f"offers.front.fixed_cost: {SAID} 1.500; write 1500 or 1.50"),
    ],
)
def test_both_readings_are_told(tmp_path: Path, edit: dict[str, str], said: str) -> None:
    """The number that YAML reads has no zeros any more: what was written is what counts."""
    (problem,) = [each for each in problems_of(tmp_path, shop=edit) if "one reading" in each]
    assert problem.endswith(said)


@pytest.mark.parametrize(
    "edit",
    [
        {"max: 80000": "max: 80000.000"},
        {"max: 80000": "max: 8000.50"},
        {"max: 80000": "max: 80.000", "CNY": "KWD"},
        {"unit_cost: 20}": "unit_cost: 1.234}"},
        {"unit_cost: 20}": "unit_cost: 0.0375}"},
        {"cost_per_contact: 0.02": "cost_per_contact: 1.125"},
        {"share: 60%}": "per_unit: 1.125}"},
        {"margin, measure: margin_rate, min: 8%": "roi, measure: roi, min: 1.125"},
        {"margin, measure: margin_rate, min: 8%": "sold, measure: units, min: 124.757"},
    ],
)
def test_what_has_one_reading_is_read(tmp_path: Path, edit: dict[str, str]) -> None:
    """Four digits before the point, dinars, costs that are finer than a cent, and ratios."""
    load_shop(tmp_path, shop=edit)


@pytest.mark.parametrize("measure", ["contacts", "lines", "units", "customers_reached"])
@pytest.mark.parametrize("currency", ["CNY", "KWD"])
def test_what_is_counted_has_no_thousands_behind_a_point(tmp_path: Path, measure: str, currency: str) -> None:
    """Five thousand messages, which would be five; dinars have three decimals, messages have none."""
    edit = {"measure: spend, max: 80000": f"measure: {measure}, max: 5.000", "CNY": currency}
    (problem,) = [each for each in problems_of(tmp_path, shop=edit) if "one reading" in each]
    assert problem.endswith(
        "limits.total-budget.max: expected a count, in one reading only, got 5.000; write 5000 or 5"
    )


@pytest.mark.parametrize(("measure", "written"), [("contacts", "1.234"), ("lines", "12.500"), ("lines", "'1.234'")])
def test_whole_things_have_no_decimals(tmp_path: Path, measure: str, written: str) -> None:
    """A German's 1.234 messages are 1,234: nobody means one message and a quarter (it was read so before)."""
    edit = {"measure: spend, max: 80000": f"measure: {measure}, max: {written}"}
    (problem,) = [each for each in problems_of(tmp_path, shop=edit) if "one reading" in each]
    number = written.strip("'")
    thousands, ones = number.replace(".", ""), {"1.234": "1", "12.500": "13"}[number]
    assert problem.endswith(f"expected a count, in one reading only, got {number}; write {thousands} or {ones}")


def test_an_option_is_refused_as_the_file_is(tmp_path: Path) -> None:
    """``--set`` is read as the file is."""
    done = run("validate", write_shop(tmp_path), "--set", "limits.total-budget.max=350.000")
    assert done.exit_code == 2
    assert "got 350.000; write 350000 or 350" in " ".join(done.stderr.split())


def test_a_sweep_reads_its_ends_as_options_and_makes_no_amounts_that_are_refused(tmp_path: Path) -> None:
    """Both ends stand as they are typed; of what lies between, 1.875 is written with four decimals."""
    (axis,) = read_axes(["limits.total-budget.max=350.000:500.000:4"])
    assert (axis.values[0], axis.values[-1]) == ("350.000", "500.000")
    (fine,) = read_axes(["limits.total-budget.max=1.5:3:5"])
    assert fine.values == ("1.5", "1.8750", "2.25", "2.6250", "3")
    for value in fine.values:
        load_scenario(write_shop(tmp_path), (f"limits.total-budget.max={value}",))


PRODUCTS = "id,category,price,unit_cost,stock,vendor\nphone,phones,{},1890,500,nova\nphone-pro,phones,3999,2760,,nova\n"


def with_table(folder: Path, price: str, case: str) -> Path:
    """Write the shop with its products in a table."""
    path = write_shop(folder)
    text = path.read_text("utf-8")
    first, last = text.index("products:"), text.index("offers:")
    path.write_text(text[:first] + "products: {table: products.csv}\n" + text[last:], "utf-8")
    (folder / "products.csv").write_text(PRODUCTS.format(price) + f"case,extras,{case},20,,\n", "utf-8")
    return path


def test_tables_are_read_as_the_file_is(tmp_path: Path) -> None:
    """A price of a table may be either, too; where others of its column have decimals it is none but decimal."""
    done = run("validate", with_table(tmp_path, "2.699", "79"))
    assert done.exit_code == 2
    assert 'got "2.699"; write 2699, or 2.70 if decimals were meant' in " ".join(done.stderr.split())
    assert run("validate", with_table(tmp_path, "2699.500", "79.500")).exit_code == 0
