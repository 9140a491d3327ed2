"""Spreadsheets of Japan, China, Korea and Hungary: the year first is read everywhere, slips are told once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from actuals_files import messages, read_text, text_of
from shop import FILES, load_shop, problems_of

from planner.commands.given.lines_file import read_plan
from scenarios.grid import Grid, build_grid
from scenarios.language.text.csv_files import read_csv
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

WAYS: dict[str, Callable[[str], str]] = {
    "slashes": lambda text: re.sub(r"(\d{4})-(\d{2})-(\d{2})", r"\1/\2/\3", text),
    "slashes-without-zeros": lambda text: re.sub(r"(\d{4})-0?(\d+)-0?(\d+)", r"\1/\2/\3", text),
    "hungarian": lambda text: re.sub(r"(\d{4})-(\d{2})-(\d{2})", r"\1. \2. \3.", text),
    "points": lambda text: re.sub(r"(\d{4})-(\d{2})-(\d{2})", r"\1.\2.\3", text),
    "japanese": lambda text: re.sub(r"(\d{4})-0?(\d+)-0?(\d+)", r"\1年\2月\3日", text),
}
LINES = "date,product,segment,offer,coverage\n2026-11-03,phone,*,flash-12,1.0\n2026-11-02,case,old,coupon-20,0.5\n"
PRODUCTS = (
    "id,category,price,unit_cost,stock,arrivals,vendor,last_sale\n"
    "phone,phones,2699.90,70.5%,500,2026-11-03:100;2026-11-05:50,nova,\n"
    "phone-pro,phones,3999,2760.25,,,nova,2026-11-06\n"
    "case,extras,79,20,,,,\n"
)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The shop's axes."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


@pytest.mark.parametrize("way", WAYS)
def test_lines_and_actuals_say_the_same(way: str, grid: Grid, tmp_path: Path) -> None:
    """A file that was opened and saved again is the same plan, and the same sales."""
    write = WAYS[way]
    (tmp_path / "plain.csv").write_text(LINES, "utf-8")
    (tmp_path / "read.csv").write_text(write(LINES), "utf-8")
    assert write(LINES) != LINES
    assert (read_plan(tmp_path / "read.csv", grid) == read_plan(tmp_path / "plain.csv", grid)).all()
    plain, read = read_text(text_of(), grid), read_text(write(text_of()), grid)
    assert read.tables.keys() == plain.tables.keys() and (read.ran, read.last) == (plain.ran, plain.last)
    for name, table in plain.tables.items():
        np.testing.assert_array_equal(read.tables[name], table)


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("way", WAYS)
def test_tables_of_a_scenario_say_the_same(way: str, separator: str, tmp_path: Path) -> None:
    """Arrivals, last sales, history, locked lines and a baseline by period."""
    shop = FILES["shop.yaml"]
    for section, after in (("products", "offers"), ("history", "baskets")):
        listed = shop[shop.index(f"{section}:") : shop.index(f"{after}:")]
        shop = shop.replace(listed, f"{section}: {{table: {section}.csv}}\n")
    shop = shop.replace("lines: [{date: 2026-11-04, product: phone, offer: cut-15}]", "lines: {table: locked.csv}")
    tables = {
        "products.csv": PRODUCTS,
        "history.csv": "date,product,segment,offer\n2026-10-30,case,old,coupon-20\n",
        "locked.csv": "date,product,offer\n2026-11-04,phone,cut-15\n",
        "baseline.csv": FILES["baseline.csv"] + "young,phone,2026-11-05,33\n",
    }

    def load(folder: Path, write: Callable[[str], str], separator: str):
        folder.mkdir()
        for name, text in {**FILES, **tables}.items():
            written = write(text).replace(";", "|").replace(",", separator) if name in tables else text
            if separator == ";" and "|" in written:  # several arrivals in a cell stand in quotes
                written = re.sub(r"([^;\n]*)\|([^;\n]*)", r'"\1;\2"', written)
            folder.joinpath(name).write_text(written.replace("|", ";"), "utf-8")
        (folder / "shop.yaml").write_text(shop, "utf-8")
        return load_scenario(folder / "shop.yaml")

    plain, read = load(tmp_path / "plain", str, ","), load(tmp_path / "read", WAYS[way], separator)
    assert read.scenario == plain.scenario
    assert read.effects is not None and plain.effects is not None
    np.testing.assert_array_equal(read.effects.base_units, plain.effects.base_units)


def test_a_name_that_looks_like_a_date_stays_a_name() -> None:
    """Only columns of dates are read so."""
    table = read_csv(b"date,product,note\n2026/12/7,2026/12/7,2026/12/7\n", "lines.csv")
    assert {name: cells[0] for name, cells in table.columns.items()} == {
        "date": "2026-12-07",
        "product": "2026/12/7",
        "note": "2026/12/7",
    }


def test_an_order_that_is_not_sure_is_refused_once(grid: Grid, tmp_path: Path) -> None:
    """The year last says nothing of day and month: one message a column, with the first line and a count."""
    lines = "date,product,offer\n03/11/2026,phone,flash-12\n14/11/2026,phone,flash-12\nsoon,phone,flash-12\n"
    (tmp_path / "lines.csv").write_text(lines, "utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_plan(tmp_path / "lines.csv", grid)
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems] == [
        'lines.csv:2: date: expected a date such as 2026-11-01, got "03/11/2026" (and on 1 more row); '
        "write 2026-11-03, because 14/11/2026 has the day first",
        'lines.csv:4: date: expected a date such as 2026-11-01, got "soon"; write year-month-day',
    ]


def test_locked_lines_with_such_dates_are_one_message(tmp_path: Path) -> None:
    """Nothing else is said of them, and other lines keep their places."""
    rows = "13/11/2026,phone,cut-15\n14/11/2026,phone,cut-15\n2026-11-03,fone,cut-15\n"
    (tmp_path / "locked.csv").write_text(f"date,product,offer\n{rows}", "utf-8")
    edit = {"lines: [{date: 2026-11-04, product: phone, offer: cut-15}]": "lines: {table: locked.csv}"}
    first, second = problems_of(tmp_path, shop=edit)
    assert first == (
        'locked.csv:2: date: expected a date such as 2026-11-01, got "13/11/2026" (and on 1 more row); write 2026-11-13'
    )
    assert second.startswith("locked.csv:4: ") and "did you mean phone?" in second


def test_messages_show_the_date_as_the_file_writes_it(grid: Grid) -> None:
    """People look for what stands there."""
    (told,) = messages(text_of().replace("2026-11-02", "2026/10/2"), grid)
    assert "got 2026/10/2, before it" in told


def test_shift_jis_is_named_and_not_read(grid: Grid) -> None:
    """Excel's plain CSV in Japan: what it is, and how to save it."""
    raw = text_of().replace("phone", "携帯電話").encode("cp932")
    assert messages(raw, grid) == [
        'actuals.csv:2: encoding: expected UTF-8 text, got what looks like Shift-JIS (CP932), as "CSV" of a Japanese '
        "Excel; save as CSV UTF-8"
    ]


def test_lines_that_call_a_product_by_its_name_are_told_its_id(tmp_path: Path) -> None:
    """The id first, in place of a list of what is known."""
    named = {"{id: case, category": "{id: case, name: スマホケース, category"}
    grid = build_grid(load_shop(tmp_path, shop=named).scenario)
    (tmp_path / "lines.csv").write_text(
        "date,product,offer\n2026-11-03,スマホケース,front\n2026-11-04,スマホケース,front\n", "utf-8"
    )
    with pytest.raises(InvalidInput) as caught:
        read_plan(tmp_path / "lines.csv", grid)
    (told,) = caught.value.problems
    assert told.where.endswith(":2") and str(told).endswith("got スマホケース (on 2 rows); write case")
