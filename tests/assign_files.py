"""A planner's own file to assign for, and one assignment as its files tell it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from command_line import run
from customer_scores import write


def own_template(folder: Path) -> Path:
    """Write the template as a planner's own file, plain of what this machine has cached."""
    path = folder / "basic.yaml"
    assert run("init", path).exit_code == 0
    return path


def assigned(scenario: Path, rows: pd.DataFrame, folder: Path, *options: object) -> tuple[dict, pd.DataFrame]:
    """Assign and return the record and the table."""
    customers = write(folder / "customers.csv", rows)
    out = folder / "assigned.parquet"
    result = run("assign", scenario, customers, "--out", out, "--json", *options)
    assert result.exit_code == 0, result.stdout
    return json.loads(result.stdout), pd.read_parquet(out)
