"""``report --customers``: units by customer are those of the days on which the offer ran, as the actuals tell them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from plan_folders import basic_problem, good_lines, write_folder

TREATED, HELD = 16200, 1800
DAILY = {"treated": 400, "holdout": 30}
"""Units of kettles a day; on the fifth the coupon runs."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, and five days of kettles of both groups."""
    place = tmp_path_factory.mktemp("plans")
    problem = basic_problem()
    write_folder(problem, place / "plans", good_lines(problem))
    price = float(next(each for each in problem.loaded.scenario.products if each.id == "kettle").price)
    rows = ["date,product,segment,group,customers,units,revenue"]
    for day in range(1, 6):
        for segment in ("regulars", "occasional"):
            for group, people in (("treated", TREATED), ("holdout", HELD)):
                units = DAILY[group]
                rows.append(f"2027-03-0{day},kettle,{segment},{group},{people},{units},{units * price:.2f}")
    (place / "actuals.csv").write_text("\n".join(rows) + "\n")
    return place


def said(folder: Path, tmp_path: Path, days: int, share: float = 1.0, named: bool = True) -> list[str]:
    """What the report says where so many days' units are spread over some of the customers."""
    rng = np.random.Generator(np.random.Philox(5))
    rows = ["segment,group,units,offer,product"]
    for group, people in (("treated", TREATED), ("holdout", HELD)):
        everybody = rng.multinomial(days * DAILY[group], np.full(people, 1 / people))
        own = ("kettle-coupon", "kettle") if named else ("", "")
        rows += [f"regulars,{group},{units},{own[0]},{own[1]}" for units in everybody[: int(share * people)]]
    (tmp_path / "units.csv").write_text("\n".join(rows) + "\n")
    done = run(
        *("report", folder / "plans", folder / "actuals.csv", "--customers", tmp_path / "units.csv", "--json"),
    )
    assert done.exit_code == 0, done.output
    return [each for each in json.loads(done.stdout)["attention"] if "single customers" in each]


def test_the_days_of_the_offer_pass_and_the_whole_time_is_told(folder: Path, tmp_path: Path) -> None:
    """Five days' units beside one day's; the sentence says that they are those of all days."""
    assert said(folder, tmp_path, 1) == []
    (found,) = said(folder, tmp_path, 5)
    assert "kettle-coupon on kettle to regulars, treated (2,000 units, by the actuals 400)" in found
    assert "kettle-coupon on kettle to regulars, holdout (150 units, by the actuals 30)" in found
    assert "they are as many as on all days told" in found
    (found,) = said(folder, tmp_path, 2)
    assert "all days" not in found


def test_some_of_the_customers_may_differ_by_chance(folder: Path, tmp_path: Path) -> None:
    """Half of them with the same days' units pass, and with all days' units do not."""
    assert said(folder, tmp_path, 1, share=0.5) == []
    assert len(said(folder, tmp_path, 5, share=0.5)) == 1


def test_units_of_no_one_offer_are_not_compared(folder: Path, tmp_path: Path) -> None:
    """Nothing tells of which days and products they are."""
    assert said(folder, tmp_path, 5, named=False) == []
