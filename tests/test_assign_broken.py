"""campaign assign on files and options that cannot be: one clear line each, all at once, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import OFFERS, frame, write

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


def _semicolons(rows: pd.DataFrame) -> pd.DataFrame:
    texts = rows.astype(str).agg(";".join, axis=1)
    return texts.to_frame(";".join(rows.columns))


BROKEN: dict[str, tuple[Break, str]] = {
    "no ids": (lambda rows: rows.drop(columns="customer"), "expected the column customer"),
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
    "strange segment": (
        _cell("segment", "regular"),
        "segment: expected segments of the scenario (regulars, occasional), "
        'got "regular" in line 5; did you mean regulars?',
    ),
    "semicolons": (_semicolons, 'expected columns separated by commas, got "customer;segment;'),
    "no rows": (lambda rows: rows.head(0), "expected one customer a row"),
    "separator": (lambda rows: rows.rename(columns={"customer": "customer;x"}), "expected the column customer"),
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
    assert len(problems) <= 2
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]


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
