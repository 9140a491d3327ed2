"""docs/files.md describes every key of plans.json and every column of cells.parquet."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from scenarios.answer.cells_file import AMOUNTS, KEYS
from scenarios.answer.plan import Bridge, LineResult, Outcome, PlanSet, Quantiles, RankedPlan
from scenarios.answer.verdicts import LimitResult, RuleResult

TEXT = (Path(__file__).parents[1] / "docs" / "files.md").read_text("utf-8")


def test_every_key_is_described():
    """No key or column is missing from the document."""
    words = set(re.findall(r"`([a-z_0-9]+)`", TEXT))
    records = (PlanSet, RankedPlan, Outcome, Bridge, Quantiles, LimitResult, RuleResult, LineResult)
    keys = {field.name for record in records for field in fields(record)} | set(KEYS) | set(AMOUNTS)
    assert sorted(keys - words) == []
