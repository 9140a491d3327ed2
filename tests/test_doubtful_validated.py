"""What `campaign validate` says of a scenario that can be read and is hardly meant so."""

from __future__ import annotations

from pathlib import Path

from command_line import run
from shop import write_shop


def test_validate_notes_and_passes(tmp_path: Path) -> None:
    """The note is shown, and the scenario is usable all the same."""
    path = write_shop(tmp_path, {"shop.yaml": {"unit_cost: 2760": "unit_cost: 0.62"}})
    result = run("validate", path)
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "phone-pro costs 0.62" in text and "has no problem" in text


def test_validate_says_that_no_plan_keeps_a_floor_above_all_stock(tmp_path: Path) -> None:
    """It can be read, but what there is of the phone decides against every plan; nobody is told of no problem."""
    edit = {"measure: spend, max: 80000": "measure: units, min: 601, where: {products: [phone]}"}
    result = run("validate", write_shop(tmp_path, {"shop.yaml": edit}))
    text = " ".join(result.stdout.split())
    assert result.exit_code == 0 and "no plan sells 601 units" in text
    assert "can be read, but no plan keeps all its limits" in text and "has no problem" not in text
