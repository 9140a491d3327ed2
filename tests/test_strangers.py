"""Customers whose numbers a model has never met are told where there are too many of them for chance."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from planner.assign.customers.strangers import Strangers

SCORER = SimpleNamespace(
    levels={},
    ranges={"share of children": (-0.163, 0.443), "visits": (-0.5, 3.0), "age": (-4.0, 90.0), "coupons": (-0.3, 0.3)},
    shares=("share of children", "coupons"),
    amounts=("visits",),
)


def told(name: str, *, far: int, of: int) -> list[str]:
    """What is said of customers of whom so many lie beyond the ends of a feature."""
    strangers = Strangers(scorer=SCORER, columns={name: name})  # type: ignore[arg-type]
    values = np.where(np.arange(of) < far, SCORER.ranges[name][1] + 0.1, 0.2)
    strangers.note(of, {}, {name: values})
    return list(strangers.sentences())


@pytest.mark.parametrize(
    ("far", "of", "said"),
    [(1, 4, False), (2, 4, False), (4, 4, True), (1, 1, False), (15, 40, True), (250, 1000, True)],
)
def test_few_customers_beyond_the_ends_may_be_chance(far: int, of: int, said: bool) -> None:
    """One of four is nothing; all of four, or a quarter of a thousand, are others or in another unit."""
    assert bool(told("visits", far=far, of=of)) == said


def test_a_share_has_no_negative_end_and_no_other_unit() -> None:
    """What is beyond 0 and 1 is refused, so a strange share is a strange customer; amounts begin at 0, too."""
    (said,) = told("share of children", far=30, of=100)
    assert "(0 to 0.443)" in said and "check the unit" not in said and said.endswith("like those it learned from?")
    assert "(0 to 3) and are taken as its ends; check the unit" in told("visits", far=30, of=100)[0]
    assert "(-4 to 90)" in told("age", far=30, of=100)[0]


def test_a_share_that_most_have_nothing_of_tells_some_from_none() -> None:
    """A quarter of a model's own customers may lie above its upper quartile: only more of them are others."""
    assert told("coupons", far=240, of=1000) == [] != told("visits", far=240, of=1000)
    (said,) = told("coupons", far=400, of=1000)
    assert said.startswith("coupons: 40% of the customers lie beyond") and said.endswith("like those it learned from?")
