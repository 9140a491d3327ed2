"""CSV files in the encodings that spreadsheets write are read alike, where the data file says which it is."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.data.events import Events
from surrogate.data.files.text_encoding import Encoding
from surrogate.data.loading import load_events

_LETTERS = {"cp932": "日"}
"""What stands in an id, where it is no umlaut."""


@pytest.mark.parametrize("encoding", get_args(Encoding))
def test_what_an_encoding_writes_is_read(tmp_path: Path, encoding: str) -> None:
    """Purchases and products with a letter that is no ASCII are joined, as they are in UTF-8."""
    shop, letter = Shop(), _LETTERS.get(encoding, "ü")
    shop.sales["sku"] = shop.sales["sku"].str.replace("p", letter)
    goods = shop.tables["goods.csv"]
    goods["sku"] = goods["sku"].str.replace("p", letter)
    plain = load(shop, _folder(tmp_path, "plain"))
    folder = _folder(tmp_path, "other")
    shop.columns["encoding"] = shop.data["files"]["products"]["encoding"] = encoding
    read = _encoded(shop, folder, encoding, {"sales.csv": shop.sales, "goods.csv": goods})
    pd.testing.assert_frame_equal(read.sales, plain.sales)
    assert read.cleaning.lines() == plain.cleaning.lines()


def test_lines_are_counted_in_the_encoding(tmp_path: Path) -> None:
    """A cell that is no number is told with its line in a file that is not UTF-8."""
    shop = Shop()
    shop.sales["cust"] = shop.sales["cust"].str.replace("c", "ü")
    shop.sales["qty"] = shop.sales["qty"].astype(object)
    shop.sales.loc[8, "qty"] = "ü"
    shop.columns["encoding"] = "utf-16"
    with pytest.raises(InvalidInput, match=r'sales.csv:10: qty: expected a number, got "ü"'):
        _encoded(shop, tmp_path, "utf-16", {"sales.csv": shop.sales})


def _encoded(shop: Shop, folder: Path, encoding: str, tables: dict[str, pd.DataFrame]) -> Events:
    """Read a shop some of whose files are encoded otherwise."""
    spec = read_data_spec(shop.write(folder))
    for name, table in tables.items():
        (folder / name).write_bytes(table.to_csv(index=False).encode(encoding))
    return load_events(spec, until=spec.test_until, base=folder)


def _folder(base: Path, name: str) -> Path:
    (base / name).mkdir()
    return base / name
