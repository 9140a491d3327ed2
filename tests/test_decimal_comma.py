"""Files of a Polish, German or French spreadsheet say what the same file with commas says, or one message tells."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from actuals_files import messages, read_text, text_of
from assign_files import assigned, own_template
from command_line import run
from customer_scores import frame
from decimal_comma_files import decimal_comma
from shop import FILES, load_shop

from planner.commands.given.lines_file import read_plan
from scenarios.flight.reading.columns import KEYS
from scenarios.grid import Grid, build_grid
from scenarios.language.schema import Product, Segment
from scenarios.language.slips.decimal_comma import WORDS
from scenarios.language.text.csv_files import read_csv
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.problems import InvalidInput
from surrogate.data.lift_test_file import read_lift_tests

TABLES = {
    "segments.csv": (
        'id,name,customers,age,spend\nyoung,"Under 30; students",4000,24,12.5\nold,Over 30,6000,58,1310.25\n'
    ),
    "products.csv": (
        "id,category,price,unit_cost,stock,arrivals,vendor,tax_rate,last_sale\n"
        "phone,phones,2699.90,70.5%,500,2026-11-03:100;2026-11-05:50,nova,,\n"
        "phone-pro,phones,3999,2760.25,,,nova,12.5%,2026-11-06\n"
        "case,extras,79,20,,,,,\n"
    ),
    "history.csv": "date,product,segment,offer,coverage\n2026-10-30,case,old,coupon-20,50%\n",
    "locked.csv": "date,product,offer\n2026-11-04,phone,cut-15\n",
}
"""Beside those of the shop: every other kind of table that a scenario names."""
LINES = (
    "date,product,segment,offer,coverage,quantity,pieces\n"
    "2026-11-03,phone,*,flash-12,1.0,,\n"
    "2026-11-02,case,old,coupon-20,0.5,,\n"
)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The shop's axes."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


def _shop(folder: Path, separator: str | None = None) -> LoadedScenario:
    """Load the shop with all that may be a table in one, as it is or as a spreadsheet saves it."""
    shop = FILES["shop.yaml"]
    for section, after in (("segments", "products"), ("products", "offers"), ("history", "baskets")):
        listed = shop[shop.index(f"{section}:") : shop.index(f"{after}:")]
        shop = shop.replace(listed, f"{section}: {{table: {section}.csv}}\n")
    lines = "lines: [{date: 2026-11-04, product: phone, offer: cut-15}]"
    shop = shop.replace(lines, "lines: {table: locked.csv}")
    assert shop.count("table: ") == 7
    folder.mkdir()
    for name, text in {**FILES, **TABLES}.items():
        table = name != "shop.yaml"
        raw = decimal_comma(text, separator) if table and separator else (text if table else shop).encode()
        folder.joinpath(name).write_bytes(raw)
    return load_scenario(folder / "shop.yaml")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_every_table_of_a_scenario_says_the_same(separator: str, tmp_path: Path) -> None:
    """Products, segments, history, locked lines, baseline, baskets and effects: the loaded scenario is the same."""
    plain, read = _shop(tmp_path / "plain"), _shop(tmp_path / "read", separator)
    assert read.scenario == plain.scenario and read.baskets == plain.baskets
    assert isinstance(read.scenario.products, tuple) and len(read.scenario.products[0].arrivals) == 2
    assert read.effects is not None and plain.effects is not None
    for name in ("base_units", "lift", "lift_sd", "take_up", "take_up_cv"):
        np.testing.assert_array_equal(getattr(read.effects, name), getattr(plain.effects, name))
    assert read.effects.notes == plain.effects.notes


@pytest.mark.parametrize("separator", [";", "\t"])
def test_actuals_say_the_same(separator: str, grid: Grid) -> None:
    """A survey of 4,5 and dates with the day first land on the same cells."""
    plain, read = read_text(text_of(), grid), read_text(decimal_comma(text_of(), separator), grid)
    assert read.tables.keys() == plain.tables.keys() and read.ran == plain.ran
    for name, table in plain.tables.items():
        np.testing.assert_array_equal(read.tables[name], table)
    assert read.tables["survey"][np.isfinite(read.tables["survey"])].tolist() == [4.5, 4.4]


def test_lines_of_a_plan_say_the_same(grid: Grid, tmp_path: Path) -> None:
    """Lines that were opened and saved again are the same plan."""
    (tmp_path / "plain.csv").write_text(LINES, "utf-8")
    (tmp_path / "read.csv").write_bytes(decimal_comma(LINES))
    plan = read_plan(tmp_path / "read.csv", grid)
    assert plan.any() and (plan == read_plan(tmp_path / "plain.csv", grid)).all()


def test_lift_tests_say_the_same(tmp_path: Path) -> None:
    """A table of lessons is read by the same rules."""
    text = "name,offer,lift,standard_error\nMay,cut-15,12.5%,3.1%\n"
    (tmp_path / "plain.csv").write_text(text, "utf-8")
    (tmp_path / "read.csv").write_bytes(decimal_comma(text))
    plain, read = (read_lift_tests({"table": f"{name}.csv"}, tmp_path, "data.yaml:1") for name in ("plain", "read"))
    assert read == plain == [{"name": "May", "offer": "cut-15", "lift": "12.5%", "standard_error": "3.1%"}]


def test_customers_get_the_same_offers(tmp_path: Path) -> None:
    """Values and spends with decimal commas are those with points; ids stay as they are."""
    scenario, rows = own_template(tmp_path), frame(200)
    rows["customer"] = [f"{number}.{number:03d}" for number in range(1, 201)]
    _, plain = assigned(scenario, rows, tmp_path)
    (tmp_path / "excel.csv").write_bytes(decimal_comma(rows.to_csv(index=False)))
    result = run("assign", scenario, tmp_path / "excel.csv", "--out", tmp_path / "excel.parquet")
    assert result.exit_code == 0, result.stderr
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "excel.parquet"), plain)


def test_what_may_be_a_thousand_is_one_message_a_column(grid: Grid) -> None:
    """It names the first line that has it, counts the others, and shows the cell as the file writes it."""
    text = text_of().replace("80970", "80.970").replace("67475", "67.475").replace(",", ";")
    assert messages("\ufeff" + text.replace("\n", "\r\n"), grid) == [
        'actuals.csv:2: revenue: expected a number that can be read in one way only, got "80.970" (and on 1 more row); '
        "write 80970, or 80,970 if decimals were meant"
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "column"),
    [
        ("baskets.csv", ";2700;", ";2.700;", 3, "order_value"),
        ("baseline.csv", ";;70", ";;1.070", 4, "units"),
        ("effects.csv", ";0,50;0,30;", ";1.500;0,30;", 5, "lift"),
        ("segments.csv", ";4000;", ";4.000;", 2, "customers"),
        ("products.csv", ";2699,90;", ";2.699;", 2, "price"),
        ("products.csv", "03.11.2026:100", "03.11.2026:1.100", 2, "arrivals"),
        ("history.csv", ";50%", ";1.500", 2, "coverage"),
    ],
)
def test_a_doubt_in_a_table_is_the_only_message(
    name: str, old: str, new: str, line: int, column: str, tmp_path: Path
) -> None:
    """Nothing else is said of a table, or of others, because of one number that nobody can read."""
    _shop(tmp_path / "shop", ";")
    path = tmp_path / "shop" / name
    text = path.read_bytes().decode()
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode())
    with pytest.raises(InvalidInput) as caught:
        load_scenario(tmp_path / "shop" / "shop.yaml")
    (told,) = caught.value.problems
    assert (told.where, told.what) == (f"{path}:{line}", column)
    assert told.expected == "a number that can be read in one way only" and " if decimals were meant" in told.remedy


def test_messages_show_what_the_file_says_on_its_line(grid: Grid) -> None:
    """Lines are counted through line ends in quotes, and a wrong number stands there with its comma."""
    text = text_of().replace("young,80,", "young,80.5,").replace("case,old,51", '"ca\nse",old,51')
    assert messages(decimal_comma(text), grid) == [
        'actuals.csv:9: product: expected a product of the scenario, got "ca\nse"; did you mean case?',
        'actuals.csv:8: units: expected a whole number, got "80,5"; count whole pieces',
    ]


def test_a_customer_whose_spend_may_be_a_thousand_is_named(tmp_path: Path) -> None:
    """The same message for a file that is read in batches."""
    rows = frame(20).astype({"spend_cup-gift": object})
    rows["spend_cup-gift"] = "1,5"
    rows.loc[3, "spend_cup-gift"] = "1.234"
    rows.to_csv(tmp_path / "customers.csv", sep=";", index=False)
    result = run("assign", own_template(tmp_path), tmp_path / "customers.csv", "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert (
        'customers.csv: spend_cup-gift: expected a number that can be read in one way only, got "1.234" in line 5; '
        "write 1234, or 1,234 if decimals were meant"
    ) in result.stderr


def test_a_customer_row_with_a_cell_too_many_is_told_of_its_separator(tmp_path: Path) -> None:
    """The remedy speaks of semicolons, not of the commas of other files."""
    path = tmp_path / "customers.csv"
    frame(3).to_csv(path, sep=";", index=False)
    path.write_text(path.read_text("utf-8") + "9;regulars\n", "utf-8")
    result = run("assign", own_template(tmp_path), path, "--out", tmp_path / "a.csv")
    told = "customers.csv:5: row: expected 11 cells as in the header, got 2; put quotes around texts that contain semi"
    assert told in result.stderr


def test_words_stay_words() -> None:
    """Ids and names that look like numbers or dates, and quoted separators, are kept to the letter."""
    table = read_csv(b'"id";"name";"customers"\n1.234;"1,5; 31.12.2026";1 200\n', "s.csv")
    assert table.columns == {"id": ["1.234"], "name": ["1,5; 31.12.2026"], "customers": ["1200"]}


def _is_text(annotation: object) -> bool:
    """Whether a field holds a text, or one that may be left out."""
    parts = get_args(annotation)
    texts = [getattr(each, "__origin__", each) is str for each in parts]
    return annotation is str or (type(None) in parts and any(texts))


def test_every_text_of_a_product_and_a_segment_is_a_word() -> None:
    """A field that is added as a text is not taken for a number."""
    texts = {
        name
        for record in (Product, Segment)
        for name, found in record.model_fields.items()
        if _is_text(found.annotation)
    }
    assert {"id", "name", "category", "rivals"} <= texts <= WORDS
    assert {*KEYS} - {"date"} <= WORDS


def test_a_file_with_commas_is_read_as_ever() -> None:
    """Decimal commas, dates with points and what may be thousands are told there as before; nothing is read anew."""
    table = read_csv(b'units,day\n"12,50",31.12.2026\n"1.234",x;y\n', "t.csv")
    assert table.columns == {"units": ["12,50", "1.234"], "day": ["31.12.2026", "x;y"]}
    assert read_csv(b'"of; two\nlines",units\nx,"1,5"\n', "t.csv").columns["units"] == ["1,5"]
    table.numbers("units")
    assert [str(one) for one in table.problems] == ['t.csv:2: units: expected a number, got "12,50"; write 12.50']


def test_rows_that_are_separated_otherwise_than_the_header_are_told() -> None:
    """One mistake, made in every row, is told once, with both signs, whichever of the two the header has."""
    for header, sign, other in (("a;b", "semicolons", "commas"), ("a,b", "commas", "semicolons")):
        rows = "1,2\n3,4" if sign == "semicolons" else "1;2\n3;4"
        table = read_csv(f"{header}\n{rows}\n".encode(), "t.csv")
        assert [str(one) for one in table.problems] == [
            f"t.csv:2: row: expected {sign} between cells, as in the header, got {other}; "
            "write the same sign everywhere"
        ]


def test_lines_that_say_what_may_be_a_thousand_are_no_plan(grid: Grid, tmp_path: Path) -> None:
    """A level that nobody can read is refused before any line is."""
    path = tmp_path / "lines.csv"
    path.write_text("date;product;offer;coverage\n03.11.2026;phone;cut-15;1.000\n", "utf-8")
    with pytest.raises(InvalidInput, match=r'lines\.csv:2: coverage: .* got "1\.000"; write 1000, or 1,000 if'):
        read_plan(path, grid)
