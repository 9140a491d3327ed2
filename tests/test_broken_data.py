"""Broken data gives one clear message (where, expected, got, remedy), exit code 2, and nothing half-written."""

from __future__ import annotations

import tempfile

import pandas as pd
import pytest
from broken_data_facts import FACTS
from broken_data_files import FILES
from purchase_files import Shop, goods_of, sales_of
from typer.testing import CliRunner

from planner.cli import app

CASES = FILES | FACTS


@pytest.mark.parametrize("case", CASES)
def test_broken_data_gives_one_clear_message(case, tmp_path, monkeypatch):
    """One line says where, what was expected, what came and what to do; no traceback, no model, no leftovers."""
    spoil, message = CASES[case]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    shop = Shop()
    spoil(shop, tmp_path)
    path = shop.write(tmp_path)
    for late in (tmp_path / "late").glob("*"):
        late.replace(tmp_path / late.name)
    out = tmp_path / "model"
    result = CliRunner().invoke(app, ["train", str(path), "--out", str(out)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == 2
    lines = [line for line in result.stderr.strip().splitlines() if not line.endswith(" ...")]
    found = pd.Series(lines).str.contains(message, regex=True)
    assert found.any(), result.stderr
    assert len(lines) == 1, result.stderr
    assert "expected" in lines[0] and "Traceback" not in result.stderr
    assert not out.exists()
    assert not list((tmp_path / "temporary").iterdir())
    assert not [file for file in tmp_path.iterdir() if file.name.startswith((".", "model"))]


def test_healthy_data_is_read(tmp_path):
    """The data that every case breaks is fit to learn from."""
    from surrogate.data.data_spec import read_data_spec
    from surrogate.data.loading import load_events

    path = Shop().write(tmp_path)
    spec = read_data_spec(path)
    events = load_events(spec, until=spec.test_until, base=tmp_path)
    assert events.cleaning.lines() == (f"{len(sales_of()):,} purchase rows read, {len(sales_of()):,} kept",)
    assert len(events.products) == len(goods_of())
