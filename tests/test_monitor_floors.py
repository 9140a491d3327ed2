"""Floors in the monitor: foreseen while days that count are to come, and missed when they are over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, running
from little_watch import LIGHT
from replan_case import happened, sold

from planner.flight.watch.drawn_paths import draw_paths
from planner.flight.watch.monitor import monitor
from planner.flight.watch.readings import LimitReading
from planner.report.flight.monitor_findings import warning_sentence
from surrogate.flight.chance import ChanceParams

BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"
FIRST = "where: {periods: [2026-11-01..2026-11-03]}"
FLOORS = (
    "  - {id: whole, measure: units, min: 100000}\n"
    f"  - {{id: begin, measure: units, min: 100000, {FIRST}}}\n"
    f"  - {{id: easy, measure: units, min: 10, {FIRST}}}\n"
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with floors."""
    folder: Path = tmp_path_factory.mktemp("shop")
    return running(folder, shop={BUDGET: BUDGET + FLOORS})


def _floors(case: Running, last: int) -> dict[str, LimitReading]:
    actuals = happened(case, sold(case), last=last)
    found = monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=LIGHT)
    return {each.id: each for each in found.limits}


def test_a_floor_is_missed_once_its_days_are_over(case: Running) -> None:
    """Before, a sentence foresees it; after, it says that the floor is broken and foresees nothing."""
    early, late = _floors(case, last=3), _floors(case, last=6)
    assert not early["whole"].broken
    assert "will almost certainly be missed" in warning_sentence(early["whole"], "CNY")
    assert late["whole"].broken
    assert warning_sentence(late["whole"], "CNY").startswith("limit whole is broken: ")
    assert early["begin"].broken
    assert not early["easy"].broken
    assert early["easy"].probability == 0


def test_a_limit_on_units_scatters_as_the_counting_of_customers(tmp_path: Path) -> None:
    """What a limit on a product's units will come to is as uncertain as its sales are, single customers among it."""
    limit = "  - {id: few, measure: units, max: 5000, where: {products: [phone-pro]}}\n  - {id: margin"
    shop = running(tmp_path, shop={"  - {id: margin": limit})
    sure = replace(
        shop.frozen.effects,
        lift_sd=np.zeros_like(shop.frozen.effects.lift_sd),
        base_cv=np.zeros_like(shop.frozen.effects.base_cv),
    )
    still = ChanceParams(everywhere=0.0, product=0.0)
    paths = draw_paths(shop.model, sure, shop.plan, seed=1, count=400, chance=still)
    use = paths.use[:, [entry.id for entry in paths.entries].index("few")].sum(axis=1)
    assert 0.7 * use.mean() < use.var(ddof=1) < 1.4 * use.mean()
