"""Times in two formats are told as such, too, where the other one begins after rows that were read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from scenarios.problems import InvalidInput
from surrogate.data.data_parts import ProductsFile
from surrogate.data.files.columns import days
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
