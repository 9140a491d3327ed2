"""Two rollouts of one plan that keep a tenth of 400 customers out: by pseudonyms and by ids."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from command_line import run
from customer_scores import frame, write
from plan_folders import basic_problem, good_lines, write_folder

from surrogate.data.files.pseudonyms import Pseudonyms, key_for

HELD = 41
"""Customers in each holdout: a tenth of either segment, rounded up."""


def rolled_out_twice(place: Path) -> Path:
    """Write a plan, customers.csv, the key and the rollouts ``numbers`` and ``ids`` into a folder."""
    problem = basic_problem()
    write_folder(problem, place / "plans", good_lines(problem))
    write(place / "customers.csv", frame())
    for name, ids in (("numbers", ()), ("ids", ("--ids",))):
        options = ("--customers", place / "customers.csv", "--holdout", "10%", "--key", place / "customers.key")
        done = run("export", place / "plans", "--rollout", place / name, *options, *ids)
        assert done.exit_code == 0, done.output
    return place


def held_ids(folder: Path) -> set[str]:
    """Ids of those whom the rollout by pseudonyms keeps out."""
    key = Pseudonyms(key_for(folder / "customers.key"))
    numbers = set(pd.read_csv(folder / "numbers" / "holdout.csv")["customer"])
    return {one for one in frame()["customer"] if key.number(one) in numbers}
