"""Spans that refuse nothing and amounts of another unit are noted by validate: valid, and hardly meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop import load_shop

from scenarios.loading.doubtful.notes import doubtful


def test_goods_that_come_inside_a_week_are_noted(tmp_path: Path) -> None:
    """They count from its first day on, so up to six days of sales are promised without them; days have no inside."""
    weeks = {
        "start: 2026-11-01, periods: 7, unit: day": "start: 2026-11-01, periods: 7, unit: week",
        "2026-11-01..2026-11-02": "2026-11-01..2026-11-07",
    }
    said = doubtful(load_shop(tmp_path, shop=weeks))
    assert len(said) == 2 and said[1].startswith("channel push: a customer gets one message a week at most")
    assert said[:1] == (
        "the arrival of phone of 2026-11-03 counts from 2026-11-01 on, the first day of its week: write a later week "
        "where that promises too much",
    )
    first = weeks | {"arrivals: {2026-11-03: 100}": "arrivals: {2026-11-08: 100}"}
    assert doubtful(load_shop(tmp_path, shop=first)) == said[1:]
    assert doubtful(load_shop(tmp_path)) == ()


ALONE = {
    "history:\n": "history: []\n",
    "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
}
"""Nothing ran before the horizon."""


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ("rules:\n", "rules:\n  - {id: once, rule: max_run, periods: 7}\n"),
            "rule once: 7 days are all 7 of the horizon, so it refuses nothing",
        ),
        (
            ("rules:\n", "rules:\n  - {id: rest, rule: min_gap, periods: 14}\n"),
            "rule rest: a gap of 14 days is as long as the horizon, so what it looks at runs once",
        ),
        (
            ("max_run: 2", "max_run: 9"),
            "offer flash-12: max_run: 9 days are all 7 of the horizon, so it refuses nothing",
        ),
        (
            ("{max: 3, days: 7}", "{max: 7, days: 7}"),
            "channel push: a customer gets one message a day at most, 7 in 7 days, so contacts_per_customer with "
            "max: 7 refuses nothing",
        ),
        (
            ("cost_per_contact: 0.02", "cost_per_contact: 80"),
            "channel push: one message costs 80 CNY, more than the cheapest product",
        ),
        (("unit_cost: 89", "unit_cost: 4000"), "gift earbuds: one costs 4000 CNY, more than the dearest product"),
        (
            ("unit_cost: 89", "unit_cost: 0.1"),
            "gift earbuds: one costs 0.1 CNY, next to nothing beside any price; write 10% if points are meant",
        ),
        (
            ("measure: margin_rate, min: 8%", "measure: roi, min: 25"),
            "limit margin: a min of 25 asks for 2500% of what is spent; a percentage is written 25%",
        ),
    ],
)
def test_spans_and_amounts_of_another_unit_are_noted(tmp_path: Path, edit: tuple[str, str], said: str) -> None:
    """Days where weeks are meant, fils for dinars, 25 for 25%: valid, and hardly meant."""
    assert doubtful(load_shop(tmp_path, shop=ALONE)) == ()
    assert doubtful(load_shop(tmp_path, shop=ALONE | dict([edit]))) == (said,)


def test_a_longest_run_that_goes_on_from_before_the_horizon_refuses_something(tmp_path: Path) -> None:
    """With lines before it a run may be longer than the horizon."""
    longest = {"rules:\n": "rules:\n  - {id: once, rule: max_run, periods: 7}\n"}
    assert doubtful(load_shop(tmp_path, shop=longest)) == ()
