"""Customers' files with scores for the shipped template's targeted offers, as people would export them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

OFFERS = ("kettle-coupon", "cup-gift", "save-10")
SEGMENTS = ("regulars", "occasional")


def frame(count: int = 400, seed: int = 1) -> pd.DataFrame:
    """Return customers with values, spends and uses; some offers are not open to some."""
    rng = np.random.Generator(np.random.Philox(seed))
    columns: dict[str, object] = {
        "customer": [f"C{number:05d}" for number in rng.permutation(count)],
        "segment": np.array(SEGMENTS)[rng.integers(0, 2, count)],
    }
    for place, offer in enumerate(OFFERS, start=1):
        spend = np.round(0.2 + rng.gamma(2.0, 0.5, count) * place, 3)
        value = np.round(rng.gamma(2.0, 2.0, count) - 0.5, 2)
        value[rng.random(count) < 0.1] = np.nan
        columns[f"value_{offer}"] = value
        columns[f"spend_{offer}"] = spend
        columns[f"uses_{offer}"] = np.round(spend / 4, 3)
    return pd.DataFrame(columns)


def write(path: Path, rows: pd.DataFrame) -> Path:
    """Write a file, CSV or Parquet by its ending."""
    if path.suffix == ".parquet":
        rows.to_parquet(path, index=False)
    else:
        rows.to_csv(path, index=False)
    return path
