"""Many lift tests beside a plan or its effects, counted: what each of them says is a matter of its offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.figures import plural
from surrogate.evidence.lift_test_words import FAR_APART, LIFT_TEST, NOT_USED

TESTS = 3
"""Lift tests that are told one by one beside a plan or its effects."""


def fewer_lift_tests(sentences: Sequence[str]) -> tuple[str, ...]:
    """Count what many lift tests say in one sentence a reason; those that lie far off what was learned stay."""
    tests = [each for each in sentences if each.startswith(LIFT_TEST) and FAR_APART not in each]
    if len(tests) <= TESTS:
        return tuple(sentences)
    reasons = Counter(each.split(NOT_USED, 1)[1].rstrip(".") for each in tests if NOT_USED in each)
    used = len(tests) - reasons.total()
    said = [f"{plural(count, 'lift test')} not used: {why}; --json has each." for why, count in reasons.items()]
    if used:
        moved = "--why SEGMENT OFFER tells those that speak of an offer, --json all"
        said.insert(0, f"{plural(used, 'lift test')} corrected what was learned: {moved}.")
    return (*(each for each in sentences if each not in tests), *said)
