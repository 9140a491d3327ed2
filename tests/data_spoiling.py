"""Ways to spoil purchase data: a column, a cell, what the data file says, a table beside, a file's bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from purchase_files import Shop

Break = Callable[[Shop, Path], object]


def column(name: str, value: object) -> Break:
    """Put one value into a whole column of the purchases."""
    return lambda shop, _: shop.sales.__setitem__(name, value)


def cell(name: str, value: object, row: int = 5) -> Break:
    """Put a value into one row."""

    def spoil(shop: Shop, _: Path) -> None:
        shop.sales[name] = shop.sales[name].astype(object)
        shop.sales.loc[row, name] = value

    return spoil


def mapped(**keys: object) -> Break:
    """Change what the data file says of the purchases."""
    return lambda shop, _: shop.columns.update(keys)


def top(**keys: object) -> Break:
    """Change the data file itself."""
    return lambda shop, _: shop.data.update(keys)


def dates(form: str) -> Break:
    """Write all dates in another format."""

    def spoil(shop: Shop, _: Path) -> None:
        shop.sales["at"] = pd.to_datetime(shop.sales["at"]).dt.strftime(form)

    return spoil


def side(name: str, part: str, table: dict[str, object], **columns: object) -> Break:
    """Add a table beside the purchases."""

    def spoil(shop: Shop, _: Path) -> None:
        shop.tables[name] = pd.DataFrame(table)
        shop.data["files"][part] = {"file": name, **columns}

    return spoil


def text(name: str, content: str | bytes) -> Break:
    """Replace a file's content after it is written."""

    def spoil(_: Shop, folder: Path) -> None:
        (folder / "late").mkdir(exist_ok=True)
        (folder / "late" / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return spoil


def mixed(name: str, values: list[object]) -> Break:
    """Fill a column with repeating values."""
    return lambda shop, _: shop.sales.__setitem__(name, np.resize(np.array(values, dtype=object), len(shop.sales)))
