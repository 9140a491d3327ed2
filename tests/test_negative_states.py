"""The state of an order tells returned goods, where the data file says which; where it does not, it is asked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput


def _with_returns(state: str = "Retur", **keys: object) -> Shop:
    """Four goods come back on later days, with a state of their own."""
    shop = Shop()
    back = shop.sales.iloc[100:104].assign(at="2026-07-01", receipt=range(900_001, 900_005), qty=-1, state=state)
    back = back.assign(paid=-back["paid"])
    shop.sales = pd.concat([shop.sales.assign(state="Sent"), back], ignore_index=True)
    shop.columns.update({"status": "state", **keys})
    return shop


def test_the_state_that_negative_rows_share_is_asked_about(tmp_path: Path) -> None:
    """All four say the same word, and no sale does: the report says what to write."""
    lines = load(_with_returns(cancelled=["Void"]), tmp_path).cleaning.lines()
    said = '4 of 4 negative rows that no mark explains say state "Retur"'
    assert any(said in line and 'returned_status: ["Retur"]' in line for line in lines)


def test_named_states_are_returns(tmp_path: Path) -> None:
    """Then nothing is taken for anything, and ``cancelled`` need not stand beside it."""
    lines = load(_with_returns(returned_status="Retur"), tmp_path).cleaning.lines()
    assert not any("no mark explains" in line for line in lines)
    assert any(line.startswith("4 left out: returned goods, set against") for line in lines)


def test_the_state_of_sales_tells_nothing(tmp_path: Path) -> None:
    """Negative rows that say what sales say, too: no word to name."""
    lines = load(_with_returns("Sent", cancelled=["Void"]), tmp_path).cleaning.lines()
    assert not any("returned_status" in line for line in lines)


def test_one_state_is_not_two_things(tmp_path: Path) -> None:
    """Cancelled or returned: the first takes nothing off, so both is refused."""
    with pytest.raises(InvalidInput, match="Retur under both"):
        load(_with_returns(cancelled=["Retur"], returned_status=["Retur"]), tmp_path)
