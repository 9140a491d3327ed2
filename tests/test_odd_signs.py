# ruff: noqa: E501 - messages stand as people read them
"""Signs of other keyboards and typesetting in scenarios and tables: one line that names the sign and what to write."""

import pytest
from command_line import run
from shop import problems_of

SHOP = {
    "a wide colon behind a key": (
        {"currency: CNY": "currency：CNY"},
        "shop.yaml:3: YAML: expected plain signs and spaces, got U+FF1A FULLWIDTH COLON; write a plain :",
    ),
    "a wide colon in braces": (
        {"{id: phone, category": "{id：phone, category"},
        'shop.yaml:11: key: expected plain signs and spaces, got U+FF1A FULLWIDTH COLON in "id：phone"; write a plain :',
    ),
    "a wide comma": (
        {"{id: phone, category": "{id: phone， category"},
        "shop.yaml:11: YAML: expected plain signs and spaces, got U+FF0C FULLWIDTH COMMA; write a plain ,",
    ),
    "a wide space in front": (
        {"  - {id: phone, category": "\u3000 - {id: phone, category"},
        'shop.yaml:11: key: expected plain signs and spaces, got U+3000 IDEOGRAPHIC SPACE in "\u3000 - {id"; write a plain space',
    ),
    "a space without width in a key": (
        {"category: phones, price: 2699": "category: phones, price\u200b: 2699"},
        'shop.yaml:11: key: expected plain signs and spaces, got U+200B ZERO WIDTH SPACE in "price\u200b"; delete it: nobody sees it',
    ),
    "a space that does not break behind a colon": (
        {"currency: CNY": "currency:\u00a0CNY"},
        "shop.yaml:3: YAML: expected plain signs and spaces, got U+00A0 NO-BREAK SPACE; write a plain space",
    ),
    "a space that does not break in front of a key": (
        {"category: phones, price: 2699": "category: phones,\u00a0price: 2699"},
        'shop.yaml:11: key: expected plain signs and spaces, got U+00A0 NO-BREAK SPACE in "\u00a0price"; write a plain space',
    ),
    "no space behind a colon": (
        {"currency: CNY": "currency:CNY"},
        "shop.yaml:3: YAML: expected a space behind the colon, got currency:CNY; write currency: CNY",
    ),
    "curly quotes around a share": (
        {"depth: 15%": "depth: “15%”"},
        'shop.yaml:15: offers.cut-15.depth: expected a share such as 18%, got "“15%”"; write 15%',
    ),
    "curly quotes around an id": (
        {"id: calm": "id: ‘calm’"},
        'shop.yaml:28: rules.‘calm’.id: expected an id: letters from a to z, digits, dots, dashes and underscores, got "‘calm’"; write calm',
    ),
    "curly quotes around a currency": (
        {"currency: CNY": "currency: „CNY“"},
        'shop.yaml:3: currency: expected a currency code of three capital letters such as CNY, got "„CNY“"; write CNY',
    ),
    "a minus of typesetters": (
        {"value: 20": "value: −20"},
        'shop.yaml:17: offers.coupon-20.value: expected an amount of money such as 19.90, got "−20"; write -20',
    ),
    "an id that is a text": (
        {"id: calm": f"id: {'a' * 101}"},
        f'shop.yaml:28: rules.{"a" * 40}....id: expected an id of at most 100 characters, got "{"a" * 57}..."; shorten it; put the wording for people under name:',
    ),
    "a scenario's id that is a text": (
        {"scenario: shop": "scenario: Tea in Advent"},
        'shop.yaml:1: scenario: expected an id: letters from a to z, digits, dots, dashes and underscores, got "Tea in Advent"; put the wording for people under title:',
    ),
    "a table from the net": (
        {"effects.csv": "https://shop.example/effects.csv"},
        "shop.yaml:35: file https://shop.example/effects.csv: expected a readable file, got no such file; download it, and name the file",
    ),
    "a plan set": (
        {"scenario: shop": "format: campaign-plans/1\nscenario: shop"},
        "shop.yaml:1: scenario: expected a scenario, got a file of another kind (format: campaign-plans/1); of a plan folder, the question is in problem/question/",
    ),
}
TABLES = {
    "a line above the header": (
        {"segment,product,period,units": "# our numbers\nsegment,product,period,units"},
        'baseline.csv:1: header: expected 4 column names, as all rows have cells, got "# our numbers"; write one name for each column in the first line, and nothing above it',
    ),
    "a separator for a spreadsheet": (
        {"segment,product,period,units": "sep=,\nsegment,product,period,units"},
        'baseline.csv:1: header: expected 4 column names, as all rows have cells, got "sep=,"; write one name for each column in the first line, and nothing above it',
    ),
    "bytes of a file that was cut off": (
        {"old,case,,50": "old,case,,50\n\0\0\0"},
        "baseline.csv:8: characters: expected plain text, got the control character 0x00; export it again: the file may be damaged",
    ),
    "a day number of a spreadsheet": (
        {"old,case,,50": "old,case,,50\nold,case,46330,9"},
        'baseline.csv:8: period: expected a date such as 2026-11-01, or a blank for every period, got "46330"; write 2026-11-04 if the day number of a spreadsheet is meant: give the column the format of dates',
    ),
    "no header": (
        {"segment,product,period,units\n": ""},
        'baseline.csv:1: header: expected names of columns, got "young,phone,,30"; write one name for each column in the first line',
    ),
    "a column twice": (
        {"segment,product,period,units": "segment,product,period,units,units"},
        "baseline.csv:1: header: expected each column once, got units twice; delete or rename one",
    ),
}


@pytest.mark.parametrize("name", SHOP)
def test_a_sign_in_a_scenario_is_named_once(name, tmp_path):
    """The line where it stands, not the one where YAML gave up, and nothing that only follows from it."""
    edits, expected = SHOP[name]
    assert problems_of(tmp_path, shop=edits) == [expected]


@pytest.mark.parametrize("name", TABLES)
def test_a_slip_in_a_table_is_told_once(name, tmp_path):
    """One mistake that touches every row is one line."""
    edits, expected = TABLES[name]
    assert problems_of(tmp_path, baseline=edits) == [expected]


def test_of_many_uneven_rows_the_first_are_told_and_the_others_counted(tmp_path):
    """Five lines, of which the last says how many more there are."""
    rows = "\n".join(["old,case,,50", *["old,case,9"] * 40])
    problems = problems_of(tmp_path, baseline={"old,case,,50": rows})
    assert len(problems) == 5 and "got 3; add or delete commas" in problems[0]
    assert "got 3, and 35 more rows like it; add or delete commas" in problems[-1]


def test_wording_for_people_may_have_such_signs(tmp_path):
    """A title in any script and its signs is read as it is, a scenario may be JSON."""
    assert problems_of(tmp_path, shop={"title: A small shop": "title: 双十一：大促，“精选”"}) == []


def test_a_json_document_is_no_table_and_no_start(tmp_path):
    """Plans instead of lines, and any JSON instead of plans: one line each."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    (tmp_path / "plans.json").write_text('{"format": "campaign-plans/1",\n "scenario": {}}')
    (tmp_path / "other.json").write_text('{"a": 1}')
    result = run("score", tmp_path / "shop.yaml", tmp_path / "plans.json")
    assert result.exit_code == 2 and "expected a CSV file, got a JSON document" in result.stderr
    result = run("plan", tmp_path / "shop.yaml", "--start", tmp_path / "other.json")
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1
    assert "expected a document that campaign has written, got another JSON document" in result.stderr
    result = run("score", tmp_path / "shop.yaml", tmp_path)
    assert result.exit_code == 2 and f"{tmp_path}: file:" in result.stderr and "got a directory" in result.stderr


def test_documents_of_others_are_told_once(tmp_path):
    """Not by every key that they do not have: a record of an assignment that is none."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    (tmp_path / "customers.csv").write_text("customer\n1\n")
    (tmp_path / "record.json").write_text("{}")
    result = run("decide", tmp_path / "shop.yaml", tmp_path / "customers.csv", "--at", tmp_path / "record.json")
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1
    assert "got another JSON document; check that it is the file that is meant" in result.stderr
