"""Times in two formats are told as such, too, where the other one begins after rows that were read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from scenarios.problems import InvalidInput
from surrogate.data.data_parts import ProductsFile
from surrogate.data.files.columns import days, microseconds
from surrogate.data.files.table_files import Batch


@pytest.mark.parametrize(("first", "mixes"), [(0, False), (100, True)])
@pytest.mark.parametrize("coded", [False, True])
def test_a_later_part_of_a_file_in_another_format_mixes(tmp_path: Path, first: int, mixes: bool, coded: bool) -> None:
    """A time_format would then refuse the rows before; at the file's beginning it is the remedy."""
    lines = ["at", *["2026-01-05"] * first, *["05.01.2026 09:00"] * 3]
    (tmp_path / "sales.csv").write_text("\n".join(lines) + "\n")
    texts = pa.array(["05.01.2026 09:00"] * 3)
    batch = Batch(
        path=tmp_path / "sales.csv",
        part=ProductsFile(file=("sales.csv",), product="sku", category="cat"),
        table=pa.RecordBatch.from_arrays([texts.dictionary_encode() if coded else texts], names=["at"]),
        rows=np.arange(first, first + 3),
    )
    with pytest.raises(InvalidInput) as caught:
        days(batch, "at")
    said = str(caught.value)
    assert f"sales.csv:{first + 2}: at: " in said
    assert ("the column mixes formats" in said) == mixes
    assert ("write time_format: '%d.%m.%Y %H:%M' beside the file" in said) != mixes


def test_an_hour_of_one_digit_is_read(tmp_path: Path) -> None:
    """9:16 is 09:16, whatever its neighbours look like; a day that does not exist is still named as it is written."""
    texts = ["2026-01-05 9:16", "2026-01-05 18:30", "2026-01-06T7:05:30"]

    def read(texts: list[str]) -> list[int]:
        part = ProductsFile(file=("sales.csv",), product="sku", category="cat")
        (tmp_path / "sales.csv").write_text("\n".join(["at", *texts]) + "\n")
        table = pa.RecordBatch.from_arrays([pa.array(texts)], names=["at"])
        batch = Batch(path=tmp_path / "sales.csv", part=part, table=table, rows=np.arange(len(texts)))
        return microseconds(batch, "at", None).tolist()

    assert read(texts) == [int(pd.Timestamp(text).value // 1000) for text in texts]
    with pytest.raises(InvalidInput, match=r"sales.csv:3: at: .* got \"2026-02-30 9:16\""):
        read(["2026-01-05 9:16", "2026-02-30 9:16"])
