"""An assignment says what speaks against the scores that it rests on, with the figures of those who get an offer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from planner.assign.doubts import Given, doubts_of

FEW = "the data's coupons went to few of its customers, and to 74% of those of regulars"
AGAINST = "Do not trust the lifts of baby-15 until a test confirms them."


def counted(segment: list[int], choice: list[int], value: float = 2.0) -> Given:
    """Customers of two segments and one offer, worth the same to each; half of them in each of two blocks."""
    offers: Any = (SimpleNamespace(id="baby-15"),)
    given = Given(offers=offers, digits=2, currency="EUR")
    for half in (np.s_[::2], np.s_[1::2]):
        placed, gets = np.array(segment, dtype=np.int16)[half], np.array(choice, dtype=np.int8)[half]
        given.add(placed, gets, np.full((1, gets.size), value))
    return given


def learned(**changed: object) -> Any:
    """What a model says of the two segments: of the second that few were sent such coupons."""
    segments = (SimpleNamespace(id="regulars"), SimpleNamespace(id="strangers"))
    told = {"segments": segments, "distrust": "", "untrusted": (AGAINST,), "elsewhere": {"baby-15": {"strangers": FEW}}}
    return SimpleNamespace(**(told | changed))


def test_messages_that_rest_on_other_segments_are_counted_and_so_is_their_value() -> None:
    """Three of four who get the offer are of a segment that was hardly ever sent one: so is 6 of the value of 8."""
    given = counted([0, 1, 1, 1, 0, 1], [1, 1, 1, 1, 0, 0])
    against, carried = doubts_of(learned(), given)
    assert against == AGAINST
    assert carried == (
        f"3 of the 4 messages of baby-15 go to strangers, whose answer is carried over from others: {FEW}. They bring "
        "6.00 of the value of 8.00 (75%); without them it is 2.00. A test on a few of these customers tells "
        "(experiments, or a rollout's holdout)."
    )
    (count,) = given.by_offer()
    assert (count.customers, count.value) == (4, 8)


def test_who_gets_nothing_rests_on_nothing() -> None:
    """Where no such customer gets the offer only the test's verdict is told; where nobody gets any, nothing."""
    assert doubts_of(learned(), counted([0, 1], [1, 0])) == (AGAINST,)
    assert doubts_of(learned(distrust="Do not trust this model."), counted([0, 1], [1, 0]))[0].endswith("this model.")
    assert doubts_of(learned(), counted([0, 1], [0, 0])) == ()
