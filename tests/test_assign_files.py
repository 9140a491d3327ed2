"""Customers' files as programs and people write them: read as meant or refused, never as something else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import OFFERS, frame, write
from typer.testing import Result

from planner.assign import written

Break = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template as a planner's own file."""
    return own_template(tmp_path_factory.mktemp("question"))


def _rows(count: int = 4) -> pd.DataFrame:
    rows = frame(count)
    rows[[f"value_{offer}" for offer in OFFERS]] = 1.0
    return rows


def _assign(scenario: Path, customers: Path) -> Result:
    """Assign, and see that what is refused leaves nothing."""
    out = customers.with_name("offers.csv")
    result = run("assign", scenario, customers, "--out", out)
    assert out.exists() == (result.exit_code == 0)
    return result


def _said(result: Result) -> str:
    """Return the one problem that a command names."""
    assert result.exit_code == 2, result.stdout
    (problem,) = (line for line in result.stderr.splitlines() if "expected" in line)
    return problem


def test_spaces_around_names_of_columns_are_no_part_of_them(scenario: Path, tmp_path: Path) -> None:
    """As in the scenario's own tables: ``customer, segment`` is a header of two columns."""
    rows = _rows()
    plain, _ = assigned(scenario, rows, tmp_path)
    spaced, _ = assigned(scenario, rows.rename(columns=lambda name: f" {name} "), tmp_path)
    assert spaced["value"] == plain["value"] and spaced["offers"] == plain["offers"]


def test_line_ends_in_quotes_are_read_in_files_of_any_size(scenario: Path, tmp_path: Path) -> None:
    """Remarks of two lines, in more rows than are read at a time."""
    rows = pd.concat([_rows(40)] * 1500, ignore_index=True)
    rows["customer"] = [f"C{number}" for number in range(len(rows))]
    rows["remark"] = "called twice,\nwants a letter"
    record, _ = assigned(scenario, rows, tmp_path)
    assert record["customers"] == len(rows)
    assert (tmp_path / "customers.csv").stat().st_size > 1 << 22


def test_lines_are_those_of_the_file(scenario: Path, tmp_path: Path) -> None:
    """Blank lines and line ends inside quotes count, so that an editor shows the line that is named."""
    rows = _rows().assign(remark="two\nlines")
    rows.loc[2, "customer"] = ""
    text = rows.to_csv(index=False).replace("two\nlines", '"two\nlines"').replace('""', '"')
    customers = tmp_path / "customers.csv"
    customers.write_text(text.replace("\n", "\n\n", 1), "utf-8")
    line = next(number for number, line in enumerate(customers.read_text().splitlines(), 1) if line.startswith(","))
    assert "got a blank in line 7;" in _said(_assign(scenario, customers))
    assert line == 7


TYPES: dict[str, tuple[str, pa.Array, str]] = {
    "lists": ("customer", pa.array([["a"], ["b"], ["c"], ["d"]]), "a column of plain values, got list"),
    "records": ("segment", pa.array([{"id": 1}] * 4), "a column of plain values, got struct"),
    "ids without their last digits": (
        "customer",
        pa.array(np.array([1.0, 2.0, 3.0, 4.0e16])),
        "ids with all their digits, got 40000000000000000 in row 4; store ids as texts or whole numbers",
    ),
    "ids in 32 bits": ("customer", pa.array([1.0, 2.0, 3.0, 2.0**24], pa.float32()), "ids with all their digits"),
    "who may get it": (
        "value_save-10",
        pa.array([True, None, False, True]),
        "amounts of money, got true in row 1 and in 2 more; write what the offer adds for each customer",
    ),
    "who uses it": (
        "spend_cup-gift",
        pa.array([False, True, True, True]),
        "amounts of money, got false in row 1 and in 3 more",
    ),
    "other encodings": ("customer", pa.array([b"a", b"b", b"c", b"\xff"]).view(pa.string()), "text in UTF-8"),
}


@pytest.mark.parametrize("name", sorted(TYPES))
def test_parquet_columns_that_mean_something_else_are_refused(name: str, scenario: Path, tmp_path: Path) -> None:
    """None of them is taken for ids or amounts that nobody has written."""
    column, values, words = TYPES[name]
    table = pa.Table.from_pandas(_rows())
    table = table.set_column(table.schema.get_field_index(column), column, values)
    pq.write_table(table, tmp_path / "customers.parquet")
    assert words in _said(_assign(scenario, tmp_path / "customers.parquet"))


def test_ids_in_16_bits_are_read_in_silence(scenario: Path, tmp_path: Path) -> None:
    """No warning of a library stands before the answer."""
    table = pa.Table.from_pandas(_rows())
    ids = pa.array(np.arange(4, dtype=np.float16))
    pq.write_table(table.set_column(table.schema.get_field_index("customer"), "customer", ids), tmp_path / "c.parquet")
    assert _assign(scenario, tmp_path / "c.parquet").exit_code == 0


def test_a_parquet_file_without_columns_is_told(scenario: Path, tmp_path: Path) -> None:
    """It has no first line that could be blank."""
    pq.write_table(pa.table({}), tmp_path / "customers.parquet")
    said = _said(_assign(scenario, tmp_path / "customers.parquet"))
    assert "the column customer, got no column; check that the export has run" in said


def test_a_changed_byte_in_a_checked_page_is_found(scenario: Path, tmp_path: Path) -> None:
    """Parquet files may hold checksums: what a disk has changed is no other customer."""
    customers = tmp_path / "customers.parquet"
    table = pa.Table.from_pandas(_rows().astype({"customer": "string"}))
    pq.write_table(table, customers, compression="none", use_dictionary=False, write_page_checksum=True)
    raw = customers.read_bytes()
    assert raw.count(b"C00001") >= 1
    customers.write_bytes(raw.replace(b"C00001", b"C00007", 1))
    assert "a whole Parquet file" in _said(_assign(scenario, customers))


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "a blank first line": (lambda text: f"\n\n{text}", "got a blank first line; remove the lines above the header"),
    "a cell without an end": (lambda text: f"customer,{'x' * 200_000}\n{text}", "a cell or a row without an end"),
    "two columns without names": (lambda text: text.replace("\n", ",,\n"), "each column once, got a blank twice"),
    "a header and no line end": (lambda text: text.split("\n")[0], "a header and rows, got nothing below the first"),
    "a hyphen that is another": (
        lambda text: text.replace("value_save-10", "value_save\u201010"),
        "did you mean save-10? It looks the same",
    ),
    "zeros": (lambda _: "\0" * 5000, 'the column customer, got "'),
    "messages under another name": (
        lambda text: text.replace("uses_cup-gift", "Contact_mail"),
        "the column contacts_mail, got Contact_mail; write contacts_mail for the messages",
    ),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_headers_that_cannot_be_are_told(name: str, scenario: Path, tmp_path: Path) -> None:
    """One short line says what stands there."""
    change, words = BROKEN[name]
    rows = _rows().assign(**{"gifts_cup-gift": 0.1})
    customers = tmp_path / "customers.csv"
    customers.write_text(change(rows.to_csv(index=False)), "utf-8")
    said = _said(_assign(scenario, customers))
    assert words in said
    assert len(said) < 400


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(scenario: Path, tmp_path: Path) -> None:
    """Customers are read several times, which a pipe does not allow: half of them would be missing."""
    os.mkfifo(tmp_path / "pipe.csv")
    assert "got a pipe or device; write the customers to a file first" in _said(
        _assign(scenario, tmp_path / "pipe.csv")
    )


def test_messages_that_the_file_does_not_tell_are_said(scenario: Path, tmp_path: Path) -> None:
    """A cap on messages counts from nothing where the column is missing, and the answer says so."""
    without, _ = assigned(scenario, _rows(), tmp_path)
    told, _ = assigned(scenario, _rows().assign(contacts_mail=0), tmp_path)
    words = "messages on mail: nobody has had any yet (no column contacts_mail in the file); the cap is 3"
    assert words in without["assumed"] and words not in told["assumed"]


def test_a_file_that_changes_while_it_is_read_is_refused(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorted anew, with a row less or with another batch: offers would go to others than they were meant for."""
    customers = write(tmp_path / "customers.csv", _rows())
    for change in (lambda rows: rows[::-1], lambda rows: rows[1:], lambda rows: rows[:0]):

        def meanwhile(path: Path, change: Break = change) -> str:
            write(path, change(_rows()))
            return "0" * 64

        monkeypatch.setattr("planner.assign.run.file_hash", meanwhile)
        assert "somebody has written it meanwhile" in _said(_assign(scenario, customers))
        write(customers, _rows())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.csv"]


def test_prices_are_those_of_the_table_that_is_named(scenario: Path, tmp_path: Path) -> None:
    """Where table and record are not of one run, ``decide`` says so; the record itself may still be given."""
    customers = write(tmp_path / "customers.csv", _rows())
    assert _assign(scenario, customers).exit_code == 0
    table, record = tmp_path / "offers.csv", written.record_path(tmp_path / "offers.csv")
    assert run("decide", scenario, customers, "--at", table).exit_code == 0
    table.write_text(table.read_text("utf-8").replace("kettle-coupon", "save-10"), "utf-8")
    assert "another, or one that was changed since" in _said(run("decide", scenario, customers, "--at", table))
    assert run("decide", scenario, customers, "--at", record).exit_code == 0


EDITED: dict[str, tuple[Callable[[dict], object], str]] = {
    "another currency": (lambda record: record.update(currency="JPY"), "currency: expected EUR, the scenario's"),
    "no dates": (lambda record: record.update(dates="soon"), 'dates: expected a date or FIRST..LAST, got "soon"'),
    "a negative price": (
        lambda record: record["limits"][0].update(price=-1.0),
        "price: expected a price of at least 0",
    ),
    "an endless cost": (
        lambda record: record["limits"][0].update(price=1e308),
        "price: expected a price of at least 0 and below 1,000,000,000,000,000, got",
    ),
}


@pytest.mark.parametrize("name", sorted(EDITED))
def test_a_record_that_was_edited_decides_nothing(name: str, scenario: Path, tmp_path: Path) -> None:
    """One line says what no assignment writes."""
    customers = write(tmp_path / "customers.csv", _rows())
    assert _assign(scenario, customers).exit_code == 0
    change, words = EDITED[name]
    record = json.loads((tmp_path / "offers.json").read_text("utf-8"))
    change(record)
    (tmp_path / "offers.json").write_text(json.dumps(record), "utf-8")
    assert words in _said(run("decide", scenario, customers, "--at", tmp_path / "offers.json"))


def test_a_folder_is_no_assignment(scenario: Path, tmp_path: Path) -> None:
    """``--at .`` and the like: what to give instead."""
    customers = write(tmp_path / "customers.csv", _rows())
    for place in (".", tmp_path):
        assert "got a folder; give the table that campaign assign wrote" in _said(
            run("decide", scenario, customers, "--at", place)
        )
