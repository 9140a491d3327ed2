"""Ids that cannot be a customer's are told with their row, also where a table holds them in a dictionary."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from scenarios.problems import InvalidInput
from surrogate.data.files.broken_ids import refuse_broken_ids
from surrogate.privacy import _groups_of_actuals


def _batch(column: pa.Array) -> Any:
    return SimpleNamespace(column=lambda name: column, where=lambda row: f"sales:{row}")


@pytest.mark.parametrize("coded", [False, True])
def test_the_row_of_a_broken_id_is_named(coded: bool) -> None:
    """Plain, and as Parquet keeps texts."""
    column = pa.array(["a", "b", None, "C1\nC2"])
    column = column.dictionary_encode() if coded else column
    with pytest.raises(InvalidInput, match="sales:3: cust: expected plain text, got the control character 0x0A"):
        refuse_broken_ids(_batch(column), "cust")


def test_ids_that_no_row_holds_are_nobodys() -> None:
    """A dictionary keeps the values of rows that were dropped, or of other batches."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), pa.array(["a", "b", "C1\tC2"]))
    refuse_broken_ids(_batch(column), "cust")


@pytest.mark.parametrize("written", ["7", "7.0"])
def test_small_groups_of_actuals_are_seen_however_they_are_written(tmp_path: Path, written: str) -> None:
    """A column with gaps is written 7.0 by many programs."""
    (tmp_path / "problem" / "flight").mkdir(parents=True)
    text = f"date,product,segment,group,customers,units\n2026-11-02,phone,young,holdout,{written},1\n"
    (tmp_path / "problem" / "flight" / "actuals.csv").write_text(text, "utf-8")
    (told,) = _groups_of_actuals(tmp_path, 50)
    assert "of as few as 7 customers, fewer than 50" in told
