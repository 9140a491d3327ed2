"""Parts in several files: each is read once, found by its own name, and named where one of its rows is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.data.data_parts import ProductsFile
from surrogate.data.files.table_files import paths_of, read_part


def _part(*names: str) -> ProductsFile:
    return ProductsFile(file=names, product="sku", category="cat")


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("sku,cat\np1,A\n")


@pytest.mark.parametrize(
    ("files", "place"),
    [(["a.csv", "b.csv", "c.csv"], "b.csv:3: "), (["a.parquet", "b.parquet", "c.parquet"], "b.parquet: row 2: ")],
)
def test_a_wrong_row_is_named_with_its_own_file(tmp_path, files, place):
    """Not with the first file of the part, in which the row of that number may not even be."""
    shop = Shop()
    rows = pd.DataFrame({"sku": "p0", "who": "c1", "first": pd.Timestamp("2026-03-02"), "last": "2026-03-08"}, range(6))
    rows["last"] = pd.to_datetime(rows["last"])
    rows.loc[3, "last"] = pd.Timestamp("2026-03-01")
    shop.tables |= {name: rows.iloc[2 * number : 2 * number + 2] for number, name in enumerate(files)}
    shop.data["files"]["mailings"] = {
        "file": files, "customer": "who", "product": "sku", "first_day": "first", "last_day": "last",
    }  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        load(shop, tmp_path)
    assert f"{place}last: expected a last on or after first, got 2026-03-02 to 2026-03-01" in str(caught.value)


def test_rows_that_are_kept_keep_their_files(tmp_path):
    """Dropping rows of a joined table moves no other row to another file."""
    _write(tmp_path, "a.csv", "b.csv")
    batch = read_part(tmp_path, _part("a.csv", "b.csv"))
    assert batch.where(0).endswith("a.csv:2") and batch.where(1).endswith("b.csv:2")
    assert batch.keep(np.array([False, True])).where(0).endswith("b.csv:2")


def test_files_that_several_patterns_hold_are_read_once(tmp_path):
    """A file's rows would count twice, unseen."""
    (tmp_path / "more").mkdir()
    _write(tmp_path, "m1.csv", "m2.csv", "more/n.csv")
    (tmp_path / "latest.csv").symlink_to(tmp_path / "m2.csv")
    names = ("m*.csv", "m1.csv", "more", "*/n.csv", "latest.csv")
    assert [path.name for path in paths_of(tmp_path, _part(*names))] == ["m1.csv", "m2.csv", "n.csv"]


@pytest.mark.parametrize(
    ("names", "got"),
    [
        (("m1.csv", "m1.csv"), "got m1.csv twice"),
        (("m1.csv", "./m1.csv"), "got m1.csv and ./m1.csv, which are one file"),
    ],
)
def test_a_file_that_is_listed_twice_is_refused(tmp_path, names, got):
    """It is probably another one that was meant."""
    _write(tmp_path, "m1.csv")
    with pytest.raises(InvalidInput, match=f"expected each file once, {got}; take one of them out"):
        paths_of(tmp_path, _part(*names))


def test_a_name_with_brackets_is_a_file_where_there_is_one(tmp_path):
    """Browsers call a second download sales[1].csv; as a pattern it would mean sales1.csv."""
    _write(tmp_path, "sales[1].csv", "sales1.csv", "sales2.csv")
    assert [path.name for path in paths_of(tmp_path, _part("sales[1].csv"))] == ["sales[1].csv"]
    assert [path.name for path in paths_of(tmp_path, _part("sales[2].csv"))] == ["sales2.csv"]
