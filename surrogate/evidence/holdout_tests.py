"""A holdout's measured lifts as lift tests of the model: where chance decided, what it says corrects what was learned.

The network has seen the same purchases, but not whom chance left out: it sets those who were sent an offer against what
they usually buy. What is unsure of a contrast comes mostly from the few who were left out, so that both count as
independent, and the chance in both groups stands in the test's error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from scenarios.first_few import first_few
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.digits import to_digits
from surrogate.evidence.gather import TESTS, store_tests
from surrogate.evidence.holdout_beside import beside_tests
from surrogate.evidence.holdout_groups import comparisons
from surrogate.evidence.holdout_lift import Comparison, MeasuredLift, apart_before, measured_lift
from surrogate.model import Model
from surrogate.parts import pack
from surrogate.people.placing import place
from surrogate.people.profiles import build_features
from surrogate.people.segments import Segmentation

Int = NDArray[np.int64]

MOST = 0.8
"""Share of those sent an offer who must be in segments that can be measured by themselves; else all are together."""
_NAMED = 6
"""Measured lifts that a note names; scores name all."""
BEYOND_CHANCE = 3.3
"""Standard errors that groups may differ by beforehand: more is once in a thousand."""


def with_holdout_tests(model: Model, events: Events, spec: DataSpec, segments: Segmentation) -> Model:
    """Return a model with what the data's holdout measured among its lift tests, and sentences on it.

    Parameters
    ----------
    model
        As trained, with the lift tests of the data file.
    events
        What was bought, who was sent what, and whom chance left out.
    spec
        For its own lift tests and its past offers.
    segments
        Of the model.
    """
    if events.holdout.empty:
        return model
    found = comparisons(events, model.categories, _placed(model, events, segments), len(segments.ids))
    tests, notes, unused = list[LiftTest](), list[str](), list[LiftTest]()
    groups: dict[str, dict[str, list[Comparison]]] = {}
    for run in found.runs:
        groups.setdefault(run.offer, {}).setdefault(run.product or "", []).append(run)
    for offer, products in sorted(groups.items()):
        measure = partial(_tests, offer, segments=segments.ids, least=model.min_segment_size)
        left = beside_tests(spec.experiments, offer, products, measure)
        unused += left.unused
        notes += left.notes
        for product, runs in sorted(left.runs.items()):
            if not runs:
                continue
            told = offer if not product else f"{offer} on {product}"
            mine, why = measure(product, runs)
            tests += mine
            if why:
                notes.append(f"The holdout of {told} is not used: {why}.")
    for offer, reasons in sorted(found.unused.items()):
        for reason, count in sorted(reasons.items()):
            times = "one run" if count == 1 else f"{count:,} runs"
            notes.append(f"The holdout of {times} of {offer} is not used: {reason}.")
    if tests:
        notes.insert(0, _measured(tests))
    if not (found.runs or found.unused):
        notes.append("The holdout is about no run of the data's targeted offers: are its since and until right?")
    sections = dict(model.sections)
    kept = (*(test for test in spec.experiments if test not in unused), *tests)
    if kept:
        sections[TESTS] = pack(store_tests(kept, spec.past_offers))
    return replace(model, sections=sections, notes=(*model.notes, *notes))


def _placed(model: Model, events: Events, segments: Segmentation) -> Callable[[int], Int]:
    """Return what gives the segment [N] of every customer by purchases up to a week, -1 for those unknown then."""
    if segments.everybody is not None:
        own = segments.everybody
        return lambda _: own
    space = model.profile_space

    def placed(week: int) -> Int:
        features = build_features(events, model.categories, last_week=week)
        label = np.full(len(events.customers), -1, dtype=np.int64)
        label[features.customers] = place(space, features.raw)
        return label

    return placed


def _tests(
    offer: str, product: str, runs: Sequence[Comparison], *, segments: tuple[str, ...], least: int
) -> tuple[list[LiftTest], str]:
    """Return the lift tests of an offer on a product (blank: all), or why there are none."""
    sent, held = (np.unique(np.concatenate([run.customer[run.sent == side] for run in runs])) for side in (True, False))
    if min(sent.size, held.size) < least:
        size = f"{sent.size:,} customers who were sent it and {held.size:,} who were not"
        return [], f"{size} bought before it, and groups below {least} are not looked at (min_segment_size)"
    share, errors = apart_before(runs)
    if abs(errors) > BEYOND_CHANCE:
        more = f"{abs(share):.1%} {'more' if share > 0 else 'less'}"
        return [], (
            f"those who were sent it had spent {more} before than those left out, {abs(errors):.1f} standard errors: "
            "these do not look drawn by chance; list only customers who would have been sent it, run by run"
        )
    by_segment = [
        (name, found)
        for number, name in enumerate(segments)
        if (found := measured_lift(runs, (number,))) is not None and min(found.sent, found.held) >= least
    ]
    measured = {name for name, _ in by_segment}
    counts = np.bincount(np.concatenate([run.stratum[run.sent] for run in runs]), minlength=len(segments) + 1)
    inside = sum(int(counts[number]) for number, name in enumerate(segments) if name in measured)
    if by_segment and inside >= MOST * counts.sum():
        return [_test(offer, product, name, found) for name, found in by_segment], ""
    whole = measured_lift(runs)
    if whole is None or min(whole.sent, whole.held) < least:
        return [], "too few of those left out bought enough to tell a lift from"
    return [_test(offer, product, None, whole)], ""


def _measured(tests: Sequence[LiftTest]) -> str:
    """Say what was measured, the first few one by one."""
    offers = len({test.offer for test in tests})
    lifts = [
        f"{', '.join(part for part in (test.offer, test.product, test.segment) if part)} {test.lift:+.1%} "
        f"(standard error {test.standard_error:.1%})"
        for test in tests
    ]
    return (
        f"Chance left customers out of {'one past offer' if offers == 1 else f'{offers} past offers'}. What it "
        f"measured by them corrects what was learned, as lift tests do: {first_few(lifts, _NAMED, '; ')}."
    )


def _test(offer: str, product: str, segment: str | None, found: MeasuredLift) -> LiftTest:
    lift, error = to_digits(np.array([found.lift, found.standard_error]), 4).tolist()
    runs = "one run" if found.runs == 1 else f"{found.runs:,} runs"
    return LiftTest(
        name=f"holdout of {runs}: {found.held:,} customers left out, {found.sent:,} sent it",
        offer=offer,
        product=product or None,
        segment=segment,
        lift=lift,
        standard_error=error,
    )
