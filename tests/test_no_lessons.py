"""What a report says is no lesson names the segments that it means: a lesson of the same offer may stand above."""

from __future__ import annotations

from dataclasses import replace

from planner.flight.measure.lessons import lesson_of
from planner.flight.measure.measured import Effect, Source
from planner.flight.measure.no_lessons import no_lessons
from surrogate.flight.measure.effects_measured import Measured


def _effect(offer: str, segment: str) -> Effect:
    measured = Measured(
        method="difference", lift=0.5, low=0.2, high=0.9, standard_error=0.2, treated=900, held=300, mean=0.5
    )
    return Effect(offer=offer, product="case", segment=segment, measured=measured, planned=0.5, source=Source.ROWS)


def test_segments_without_a_lesson_are_named_where_others_have_one() -> None:
    """Of the young everybody found a piece; the old and the rest have no lesson, and of the gift nobody has."""
    effects = [_effect("coupon", who) for who in ("young", "old", "rest")]
    effects += [_effect("gift", who) for who in ("young", "old")]
    (said,) = no_lessons(effects, lambda each: each.offer == "coupon" and each.segment == "young")
    assert said.startswith("no lessons of coupon on case to old and rest, gift: not everybody who wanted one")
    assert not list(no_lessons(effects[:1], lambda _: True))


def test_what_one_of_two_measurements_teaches_is_no_missing_lesson_and_each_is_named_once() -> None:
    """Customers one by one say too little of the young, rows of the same customers enough; of the old neither does."""
    young, old = _effect("coupon", "young"), _effect("coupon", "old")
    few = replace(young, measured=replace(young.measured, method="CUPED", mean=0.001, dispersion=1.0))
    assert not list(no_lessons([few, young], lambda _: True))
    none = [replace(old, measured=replace(few.measured, method=name)) for name in ("CUPED", "difference")]
    (said,) = no_lessons([few, young, *none], lambda _: True)
    assert said.startswith("no lesson of coupon on case to old: too little is sold")


def test_no_lesson_is_of_less_than_nobody() -> None:
    """Chance in few customers measured the loss of more than everything: the lesson is that of everything."""
    effect = _effect("coupon", "young")
    lost = replace(effect, measured=replace(effect.measured, lift=-1.2), planned=None)
    found = lesson_of(lost)
    assert found is not None
    assert (found.lift, found.standard_error) == (-1.0, effect.measured.standard_error)
