"""campaign assign on files and options that cannot be: one clear line each, all at once, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import OFFERS, frame, write

from planner.assign.customers.customer_file import open_customers
from planner.assign.run import open_intake
from scenarios.language.schemas.product import LearnedSegments, LearnSpec
from scenarios.language.slips.column_doubts import ColumnDoubts
from scenarios.loading.load import load_scenario

Break = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template as a planner's own file."""
    return own_template(tmp_path_factory.mktemp("question"))


def _cell(column: str, value: object) -> Break:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.astype({column: object})
        rows.loc[3, column] = value
        return rows

    return change


BROKEN: dict[str, tuple[Break, str]] = {
    "no ids": (lambda rows: rows.drop(columns="customer"), "expected the column customer"),
    "ids and pseudonyms": (
        lambda rows: rows.assign(pseudonym=1),
        "one of the columns customer and pseudonym, got both",
    ),
    "no pseudonyms": (
        lambda rows: rows.rename(columns={"customer": "pseudonym"}),
        "pseudonym: expected pseudonyms, whole numbers as campaign profiles writes them",
    ),
    "blank id": (_cell("customer", " "), "customer: expected an id in every row, got a blank in line 5"),
    "twice": (_cell("customer", "C00001"), "expected each customer in one row"),
    "no value": (lambda rows: rows.drop(columns="value_save-10"), "the column value_save-10"),
    "no spend": (lambda rows: rows.drop(columns="spend_save-10"), "the column spend_save-10"),
    "no gifts": (lambda rows: rows.drop(columns="uses_cup-gift"), "the column gifts_cup-gift or uses_cup-gift"),
    "unknown offer": (lambda rows: rows.rename(columns={"value_save-10": "value_save-11"}), "did you mean save-10?"),
    "public offer": (lambda rows: rows.assign(**{"value_coffee-15": 1.0}), "coffee-15 is public: everybody gets it"),
    "words": (_cell("value_cup-gift", "much"), 'value_cup-gift: expected numbers, got "much" in line 5'),
    "infinite": (_cell("value_cup-gift", "inf"), "value_cup-gift: expected finite numbers"),
    "negative": (_cell("spend_cup-gift", -1), "spend_cup-gift: expected numbers from 0"),
    "a blank spend": (_cell("spend_cup-gift", ""), "spend_cup-gift: expected numbers from 0 to 4,398,046 wherever"),
    "a word as spend": (_cell("spend_cup-gift", "x"), 'spend_cup-gift: expected numbers, got "x" in line 5'),
    "a comma as spend": (_cell("spend_cup-gift", "3,20"), 'spend_cup-gift: expected numbers, got "3,20" in line 5'),
    "an endless spend": (_cell("spend_cup-gift", "inf"), "spend_cup-gift: expected finite numbers, got inf in line 5"),
    "an endless debt": (_cell("spend_cup-gift", "-inf"), "spend_cup-gift: expected finite numbers, got -inf in line 5"),
    "an endless count": (lambda rows: rows.assign(contacts_mail="-inf"), "contacts_mail: expected finite numbers"),
    "no number": (
        _cell("value_cup-gift", "nan"),
        'value_cup-gift: expected numbers, got "nan" in line 5; write digits',
    ),
    "a cut id": (
        _cell("customer", "1.23457E+17"),
        "customer: expected ids with all their digits, got 1.23457E+17 in line 5; format the column as text",
    ),
    "a damaged id": (
        _cell("customer", "C\x00001"),
        "customer: expected plain text, got the control character 0x00 in line 5; export it again",
    ),
    "an id on two lines": (
        _cell("customer", "C1\nC2"),
        "customer: expected plain text, got the control character 0x0A in line 5; export it again",
    ),
    "thousands": (
        lambda rows: rows.assign(**{"value_cup-gift": [990, *["1.230"] * 19]}),
        "value_cup-gift: expected a number that can be read in one way only, "
        'got "1.230" in line 3 and in 18 more; write 1230, or 1.23 if decimals were meant',
    ),
    "thousands of a use": (
        lambda rows: rows.assign(**{"spend_cup-gift": [140, *["1.230"] * 19]}),
        'spend_cup-gift: expected a number that can be read in one way only, got "1.230" in line 3',
    ),
    "digits in groups": (
        _cell("uses_cup-gift", "1,00,820"),
        'got "1,00,820" in line 5; leave the commas out and write 100820',
    ),
    "other digits": (_cell("uses_cup-gift", "１"), 'got "１" in line 5; write digits 0 to 9 and a decimal point only'),
    "a huge value": (
        _cell("value_cup-gift", 1e300),
        "value_cup-gift: expected numbers from -4,398,046 to 4,398,046, got 1e+300 in line 5",
    ),
    "a large value": (_cell("value_cup-gift", 1e25), "value_cup-gift: expected numbers from -4,398,046 to 4,398,046"),
    "a huge loss": (_cell("value_cup-gift", -1e300), "value_cup-gift: expected numbers from -4,398,046 to 4,398,046"),
    "strange segment": (
        _cell("segment", "regular"),
        "segment: expected segments of the scenario (regulars, occasional), "
        'got "regular" in line 5; did you mean regulars?',
    ),
    "a huge error": (
        lambda rows: rows.assign(**{"error_cup-gift": 1e308}),
        "error_cup-gift: expected standard errors of at least 0 and at most 4,398,046",
    ),
    "no rows": (lambda rows: rows.head(0), "expected one customer a row"),
    "separator": (lambda rows: rows.rename(columns={"customer": "customer;x"}), "expected the column customer"),
    "paid for by a vendor": (_cell("spend_cup-gift", -2), "write 0 where a vendor pays more than the offer costs"),
    "messages": (lambda rows: rows.assign(contacts_mail=-1), "contacts_mail: expected counts of at least 0"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_every_broken_file_gets_one_clear_line(name: str, scenario: Path, tmp_path: Path) -> None:
    """One mistake, one line that names the column, what was expected and where; exit code 2, and nothing is written."""
    change, words = BROKEN[name]
    rows = frame(20)
    rows[[f"value_{offer}" for offer in OFFERS]] = 1.0
    customers = write(tmp_path / "customers.csv", change(rows))
    result = run("assign", scenario, customers, "--out", tmp_path / "a.parquet")
    assert result.exit_code == 2, result.stdout
    problems = [entry for entry in result.stderr.splitlines() if "expected" in entry]
    assert any(words in entry for entry in problems), result.stderr
    assert len(problems) == 1, result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]


@pytest.mark.parametrize(
    ("row", "cells"),
    [("9,regulars,3,20,1.10,1,2,0.8,1,1,0.4,1,two", 13), ("9,regulars", 2)],
    ids=["a decimal comma", "a row that is cut off"],
)
def test_a_row_with_too_many_or_too_few_cells_is_named_with_its_line(
    row: str, cells: int, scenario: Path, tmp_path: Path
) -> None:
    """As in the scenario's own tables; blank lines and line ends inside quotes count as lines of the file."""
    customers = write(tmp_path / "customers.csv", frame(3).assign(note="two\nlines"))
    with customers.open("a", encoding="utf-8") as file:
        file.write(f"\n{row}\n{row}\n")
    result = run("assign", scenario, customers, "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    expected = (
        f"{customers}:9: row: expected 12 cells as in the header, got {cells} (and on 1 more row); write decimals"
    )
    (told,) = (line for line in result.stderr.splitlines() if "expected" in line)
    assert told.startswith(expected) and "data file" not in told


def test_values_and_uses_up_to_their_bounds_are_taken(scenario: Path, tmp_path: Path) -> None:
    """The largest and the least value, and what is almost nothing, are assigned without a word."""
    rows = frame(20)
    for column, values in {
        "value_cup-gift": [2748778.5, -2748778.5, 1e-300, -1e-300],
        "spend_cup-gift": [2748778.5, 0.0, 1e-300, 1.0],
    }.items():
        rows[column] = [*values, *[1.0] * 16]
    record, _ = assigned(scenario, rows, tmp_path)
    assert record["customers"] == 20


def test_a_column_that_two_measures_read_is_counted_once(scenario: Path, tmp_path: Path) -> None:
    """Uses of a gift count as gifts and, under a limit on uses, as uses: one bad cell stays one."""
    rows = _cell("uses_cup-gift", "x")(frame(20))
    question = tmp_path / "question.yaml"
    text = scenario.read_text("utf-8").replace("basic-", f"{scenario.parent}/basic-")
    question.write_text(text.replace("\nlimits:\n", "\nlimits:\n  - {id: uses, measure: uses, max: 10}\n"), "utf-8")
    result = run("assign", question, write(tmp_path / "c.csv", rows), "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert 'got "x" in line 5; write' in result.stderr, result.stderr


def test_a_segment_that_nothing_asks_for_may_be_blank(scenario: Path, tmp_path: Path) -> None:
    """The template's limits and offers are for all segments: a customer without one gets an offer as well."""
    rows = _cell("segment", "")(frame(20))
    rows[[f"value_{offer}" for offer in OFFERS]] = 1.0
    _, table = assigned(scenario, rows, tmp_path)
    assert table["offer"].notna().all()


def test_several_mistakes_are_told_at_once(scenario: Path, tmp_path: Path) -> None:
    """Three broken columns are three lines."""
    rows = _cell("value_cup-gift", "much")(_cell("spend_save-10", -2)(_cell("customer", "")(frame(20))))
    rows.loc[3, "value_save-10"] = 1.0
    result = run("assign", scenario, write(tmp_path / "c.csv", rows), "--out", tmp_path / "a.parquet")
    assert result.exit_code == 2
    assert sum("expected" in entry for entry in result.stderr.splitlines()) == 3


def test_options_that_cannot_be_are_refused(scenario: Path, tmp_path: Path) -> None:
    """A table of another kind, the customers' own file, a date that is none, a customer who is not there."""
    customers = write(tmp_path / "customers.parquet", frame(20))
    for options, words in (
        (("--out", tmp_path / "a.txt"), ".csv or .parquet"),
        (("--out", customers), "another file than the customers' own"),
        (("--out", tmp_path / "a.parquet", "--date", "soon"), "a date such as 2026-11-01"),
        (("--out", tmp_path / "a.parquet", "--date", "2031-01-01"), "dates from 2027-03-01 to 2027-03-14"),
        (("--out", tmp_path / "a.parquet", "--why", "nobody"), "--why: customer: expected an id"),
        (("--out", tmp_path / "a.parquet", "--quotas", tmp_path / "none"), "expected a plan directory"),
    ):
        result = run("assign", scenario, customers, *options)
        assert result.exit_code == 2, options
        assert words in " ".join(result.stderr.split()), result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["customers.parquet"]
    (tmp_path / "a.json").write_text("{}", "utf-8")
    foreign = run("assign", scenario, customers, "--out", tmp_path / "a.parquet")
    assert foreign.exit_code == 2
    assert "choose another --out" in " ".join(foreign.stderr.split())
    (tmp_path / "a.json").unlink()
    missing = run("decide", scenario, customers, "--at", tmp_path / "a.parquet")
    assert missing.exit_code == 2
    assert "give the table that campaign assign wrote" in " ".join(missing.stderr.split())


def test_mistakes_in_options_scenario_and_file_are_told_together(scenario: Path, tmp_path: Path) -> None:
    """A wrong table, a wrong date, a wrong --set and a column that is missing: four lines in one run."""
    rows = frame(20).drop(columns="customer")
    customers = write(tmp_path / "customers.csv", rows)
    options = ("--out", tmp_path / "a.txt", "--date", "soon", "--set", "limits.total-budgt.max=1")
    result = run("assign", scenario, customers, *options)
    assert result.exit_code == 2
    for words in (".csv or .parquet", "a date such as", "did you mean total-budget", "the column customer"):
        assert words in result.stderr, words
    rows = _cell("value_cup-gift", "much")(_cell("customer", "C00001")(frame(20)))
    customers = write(tmp_path / "customers.csv", rows)
    result = run("assign", scenario, customers, "--out", tmp_path / "new" / "a.csv", "--why", "nobody")
    assert result.exit_code == 2
    for words in ("expected numbers", "each customer in one row", "--why: customer: expected an id"):
        assert words in result.stderr, words
    assert not (tmp_path / "new").exists()


def test_more_offers_than_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    """The language allows so many on products and as many on baskets; together they are one line, not a traceback."""
    scenario = own_template(tmp_path)
    gifts = [f"gift-{number}" for number in range(80)]
    orders = [f"order-{number}" for number in range(60)]
    targeted = "layer: targeted, channel: mail"
    rows = [f"  - {{id: {one}, mechanic: gift, gift: cup, {targeted}}}" for one in gifts]
    rows += [f"  - {{id: {one}, mechanic: threshold, spend: 80, save: 10, {targeted}}}" for one in orders]
    text = scenario.read_text("utf-8")
    scenario.write_text(text.replace("\ngifts:", "\n".join([*rows, "", "gifts:"]), 1), "utf-8")
    with (tmp_path / "basic-effects.csv").open("a", encoding="utf-8") as file:
        file.writelines(f",,,{one},0.35,0.20,0.61,70%\n" for one in gifts)
        file.writelines(f",basket,,{one},0.06,0.03,0.11,\n" for one in orders)
    values = pd.DataFrame({"customer": ["a"], **{f"value_{one}": [1.0] for one in (*OFFERS, *gifts, *orders)}})
    result = run("assign", scenario, write(tmp_path / "c.csv", values), "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert "offers: expected at most 120 targeted offers that may go out, got 143; choose dates" in result.stderr


def test_a_column_of_millions_tells_late_what_its_points_mean(scenario: Path, tmp_path: Path) -> None:
    """Two batches of 1.230 and 990, and 12.5 in the last row: decimals, as one pass over the file tells."""
    rows = frame(20)
    rows["value_cup-gift"] = pd.Series([990, *["1.230"] * 18, "12.5"], dtype=object)
    result = run("assign", scenario, write(tmp_path / "customers.csv", rows), "--out", tmp_path / "a.parquet")
    assert result.exit_code == 0, result.stderr


def test_columns_are_summed_up_over_batches() -> None:
    """The first doubtful cell and the count of all stand over many batches; a batch that is read twice counts once."""
    doubts = ColumnDoubts()
    for first, cells in ((0, ["990", "12"]), (2, ["1.230", "", "4.000"]), (2, ["1.230", "", "4.000"]), (5, ["2.500"])):
        doubts.note(pa.array(cells), "value", first, 2)
    (found,) = doubts.found()
    assert (found.text, found.row, found.count) == ("1.230", 2, 3)
    doubts.note(pa.array(["0.125"]), "value", 6, 2)
    assert not list(doubts.found())


def test_a_file_with_decimal_commas_is_told_to_keep_them(scenario: Path, tmp_path: Path) -> None:
    """Cells that stand apart by semicolons hold decimal commas: the unit behind a number is what is wrong."""
    customers = tmp_path / "customers.csv"
    rows = frame(20).astype({"value_cup-gift": object})
    rows["value_cup-gift"] = "7,39"
    rows.loc[3, "value_cup-gift"] = "7,39 kr"
    rows.to_csv(customers, index=False, sep=";", decimal=",")
    result = run("assign", scenario, customers, "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert 'got "7,39 kr" in line 5; write digits 0 to 9 and a decimal comma only' in result.stderr


def test_segments_that_nobody_reads_are_told(tmp_path: Path) -> None:
    """Where segments are learned and nothing is limited to some, a file of scores may hold any words: it is said so."""
    customers = write(tmp_path / "customers.csv", _cell("segment", "Regulars")(frame(20)))
    template = load_scenario(own_template(tmp_path))
    learned = template.scenario.model_copy(update={"segments": LearnedSegments(learn=LearnSpec())})
    intake = open_intake(open_customers(customers), replace(template, scenario=learned), None, None)
    assert any(one.startswith("column segment: not read") for one in intake.assumed)
    declared = open_intake(open_customers(customers), template, None, None)
    assert not any(one.startswith("column segment") for one in declared.assumed)
