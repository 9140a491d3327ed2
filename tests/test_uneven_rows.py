"""A row with too many or too few cells is named with its line, in purchases and experiments as in scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.problems import InvalidInput
from surrogate.data.data_parts import TransactionsFile
from surrogate.data.files.table_files import read_part
from surrogate.experiment.reading.columns import read_columns


def test_an_experiment_is_told_what_its_data_file_can_mend(tmp_path: Path) -> None:
    """Its data file knows delimiter and decimal mark, as that of purchases does: rows are uneven by its own."""
    path = tmp_path / "exp.csv"
    path.write_text("customer,arm,bought\n1,a,3\n\n2,b,4,5\n3,b\n", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        read_columns(path, ("customer", "bought"))
    (told,) = refused.value.problems
    assert str(told).startswith(f"{path}:4: row: expected 3 cells as in the header, got 4 (and on 1 more row); check")
    path.write_text("customer;arm;bought\n1;a;3\n2;b;4,5;6\n", "utf-8")
    with pytest.raises(
        InvalidInput, match=r"exp.csv:3: row: expected 3 cells as in the header, got 4; check delimiter"
    ):
        read_columns(path, ("customer", "bought"), delimiter=";")


def test_purchases_are_told_with_their_own_delimiter(tmp_path: Path) -> None:
    """Semicolons separate, commas mark decimals: only the row that is uneven by semicolons is named."""
    path = tmp_path / "sales.csv"
    path.write_text("who;day;what;pieces;value\n1;2026-01-01;a;1;3,20\n2;2026-01-01;a;1;4,50;x\n", "utf-8")
    names = {"customer": "who", "time": "day", "product": "what", "quantity": "pieces", "paid": "value"}
    part = TransactionsFile(file=("sales.csv",), delimiter=";", decimal_mark=",", **names)
    with pytest.raises(InvalidInput) as refused:
        read_part(tmp_path, part)
    (told,) = refused.value.problems
    assert str(told).startswith(f"{path}:3: row: expected 5 cells as in the header, got 6; check delimiter")
