# ruff: noqa: E501 - scenarios and tables stand as people write them
"""Segments, products, history and locked lines in CSV files, and what-ifs that reach into them."""

from decimal import Decimal

import pytest
from shop import FILES, write_shop

from scenarios.language.schema import Segment
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

RECORDS = {
    "people.csv": "id,customers,name,age\nyoung,4000,Young,24\nold,6000,,58\n",
    "goods.csv": "id,category,price,unit_cost,stock,arrivals,vendor\nphone,phones,2699,1890,500,2026-11-03:100;2026-11-05:20,nova\n"
    "phone-pro,phones,3999,69%,,,nova\ncase,extras,79.90,20,,,\n",
    "past.csv": "date,product,segment,offer,coverage\n2026-10-30,case,old,coupon-20,50%\n",
    "fixed.csv": "date,product,offer\n2026-11-04,phone,cut-15\n",
}  # fmt: skip


def _tabled(folder, **edits):
    """The shop with segments, products, history and locked lines in CSV files."""
    text = FILES["shop.yaml"]
    for section, name in (("segments", "people"), ("products", "goods"), ("history", "past")):
        head, _, tail = text.partition(f"{section}:\n")
        rest = tail.split("\n")
        kept = [
            line for index, line in enumerate(rest) if any(not each.startswith("  - ") for each in rest[: index + 1])
        ]
        text = f"{head}{section}: {{table: {name}.csv}}\n" + "\n".join(kept)
    text = text.replace("lines: [{date: 2026-11-04, product: phone, offer: cut-15}]", "lines: {table: fixed.csv}")
    write_shop(folder)
    folder.joinpath("shop.yaml").write_text(text)
    for name, content in RECORDS.items():
        folder.joinpath(name).write_text(edits.get(name.removesuffix(".csv"), content))
    return folder / "shop.yaml"


def test_segments_products_and_lines_come_from_csv(tmp_path):
    """Tables of records read like records written out; amounts stay exact, other segment columns are the profile."""
    scenario = load_scenario(_tabled(tmp_path)).scenario
    assert scenario.segments == (
        Segment(id="young", customers=4000, name="Young", profile={"age": 24}),
        Segment(id="old", customers=6000, profile={"age": 58}),
    )
    assert scenario.products[2].price == Decimal("79.90")
    assert list(scenario.products[0].arrivals.values()) == [100, 20]
    assert scenario.history[0].coverage == 0.5
    assert scenario.rules[2].lines[0].offer == "cut-15"


def test_mistakes_in_record_tables_have_their_own_lines(tmp_path):
    """Every bad row of every table is named with its file and line, together with the scenario's own mistakes."""
    path = _tabled(
        tmp_path,
        people="id,customers,age\nyoung,many,24\nold,6000,58\n",
        goods=RECORDS["goods.csv"].replace("79.90", "-1").replace("2026-11-05:20", "soon"),
        past=RECORDS["past.csv"].replace("coupon-20", "coupon-21"),
        fixed="date,product,offer\n2026-11-04,phone\n2026-11-04,phone,cut-51\n",
    )
    with pytest.raises(InvalidInput) as caught:
        load_scenario(path)
    found = [str(problem) for problem in caught.value.problems]
    assert all(line.startswith(f"{tmp_path}/") for line in found), "with the folder, as the scenario is named"
    assert [":".join(line.removeprefix(f"{tmp_path}/").split(":")[:2]) for line in found] == [
        "goods.csv:2",
        "goods.csv:4",
        "fixed.csv:2",
        "fixed.csv:3",
        "people.csv:2",
        "past.csv:2",
    ]


def test_what_ifs_change_the_data_before_validation(tmp_path):
    """--set goes through keys, ids and places, into tables of records, and may start a section."""
    path = _tabled(tmp_path)
    options = [
        "limits.total-budget.max=900000",
        "products.case.price=99.90",
        "rules.1.periods=2",
        "risk.draws=400",
        "offers.cut-15.applies_to={products: [phone-pro, phone]}",
        "title='12:30'",
    ]
    loaded = load_scenario(path, options)
    scenario = loaded.scenario
    assert scenario.limits[0].max == 900000 and scenario.products[2].price == Decimal("99.9")
    assert scenario.rules[0].periods == 2 and scenario.risk.draws == 400 and scenario.title == "12:30"
    assert loaded.overrides == tuple(options) and loaded.raw == path.read_bytes()
