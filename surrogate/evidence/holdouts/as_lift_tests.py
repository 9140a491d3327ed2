"""A holdout's measured lifts as lift tests of the model: where chance decided, what it says corrects what was learned.

The network has seen the same purchases, but not whom chance left out: it sets those who were sent an offer against what
they usually buy. What is unsure of a contrast comes mostly from the few who were left out, so that both count as
independent, and the chance in both groups stands in the test's error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from scenarios.arrays import Int
from scenarios.first_few import first_few
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.gather import TESTS, store_tests
from surrogate.evidence.holdouts.beside import beside_tests
from surrogate.evidence.holdouts.groups import Found, comparisons
from surrogate.evidence.holdouts.lift import Comparison
from surrogate.evidence.holdouts.pools import Part, Parts, Pools, pools
from surrogate.evidence.holdouts.ran_beside import BESIDE, TestsBeside, pack_beside
from surrogate.evidence.holdouts.rows_beside import rows_beside
from surrogate.model import Model
from surrogate.parts import Section, pack, unpack
from surrogate.people.placing import place
from surrogate.people.profiles import build_features
from surrogate.people.segments import Segmentation

_NAMED, _TOLD = 6, 3
"""Measured lifts, and what is not used for one reason, that a note names."""


HOLDOUT = "holdout"
"""Name of the section that says what of a holdout tells nothing."""


@dataclass(frozen=True, kw_only=True)
class Untold:
    """What of a holdout is in no lift test."""

    by_reason: dict[str, tuple[str, ...]]
    """Offers, products and runs by reason."""


def untold(sections: Mapping[str, Section]) -> dict[str, tuple[str, ...]]:
    """Return by reason what of a model's holdout is in no lift test."""
    return unpack(sections[HOLDOUT], Untold).by_reason if HOLDOUT in sections else {}


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
    of_rows = rows_beside(spec.experiments, events, model.categories)
    if events.holdout.empty:
        section = {BESIDE: pack_beside(TestsBeside(by_offer={}, by_row=of_rows))} if of_rows else {}
        return replace(model, sections={**model.sections, **section})
    notes, unused = list[str](), list[LiftTest]()
    past = {name: each.as_offer(name) for name, each in spec.past_offers.items()}

    def measured(parts: Parts) -> Pools:
        return pools(parts, past, segments.ids, model.min_segment_size)

    def alone(offer: str, product: str, runs: Sequence[Comparison]) -> Sequence[LiftTest]:
        return measured({(offer, product): runs}).tests

    compare = partial(comparisons, events, model.categories, _placed(model, events, segments), len(segments.ids))
    found = compare()
    too_few = [
        offer
        for offer, each in found.beside.items()
        if each.partly and not (each.enough and measured(_parts(found, offer)).tests)
    ]
    found = compare(too_few) if too_few else found
    parts: dict[Part, list[Comparison]] = {}
    for offer in sorted({run.offer for run in found.runs}):
        products = {product: runs for (_, product), runs in _parts(found, offer).items()}
        left = beside_tests(spec.experiments, offer, products, partial(alone, offer))
        unused += left.unused
        notes += left.notes
        parts |= {(offer, product): runs for product, runs in left.runs.items() if runs}
    of_holdout = measured(parts)
    tests = list(of_holdout.tests)
    runs: dict[str, list[str]] = {}
    for offer, reasons in sorted(found.unused.items()):
        for reason, count in sorted(reasons.items()):
            runs.setdefault(reason, []).append(f"{'one run' if count == 1 else f'{count:,} runs'} of {offer}")
    by_reason = {why: tuple(of) for why, of in (of_holdout.unused | runs).items()}
    notes += [_unused(why, of) for why, of in by_reason.items()]
    if of_holdout.pooled:
        notes.insert(0, _pooled(of_holdout))
    if tests:
        notes.insert(0, _measured(tests, len({offer for offer, _ in of_holdout.used})))
    if not (found.runs or found.unused):
        notes.append("The holdout is about no run of the data's targeted offers: are its since and until right?")
    sections = {**model.sections, HOLDOUT: pack(Untold(by_reason=by_reason))}
    sections |= {BESIDE: pack_beside(TestsBeside(by_offer=found.beside, by_row=of_rows))}
    kept = (*(test for test in spec.experiments if test not in unused), *tests)
    if kept:
        sections[TESTS] = pack(store_tests(kept, spec.past_offers))
    return replace(model, sections=sections, notes=(*model.notes, *notes))


def _parts(found: Found, offer: str) -> Parts:
    """Return the comparisons of an offer by product."""
    parts = dict[Part, list[Comparison]]()
    for run in found.runs:
        if run.offer == offer:
            parts.setdefault((offer, run.product or ""), []).append(run)
    return parts


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


def _measured(tests: Sequence[LiftTest], offers: int) -> str:
    """Say what was measured, the first few one by one."""
    lifts = [f"{test.what} {test.lift:+.1%} (standard error {test.standard_error:.1%})" for test in tests]
    return (
        f"Chance left customers out of {'one past offer' if offers == 1 else f'{offers} past offers'}. What it "
        f"measured by them corrects what was learned, as lift tests do: {first_few(lifts, _NAMED, '; ')}."
    )


def _pooled(found: Pools) -> str:
    """Say what was pooled."""
    parts, tests = len(found.pooled_parts), len(found.pooled)
    return (
        f"The holdouts of {parts:,} offers on products, each too thin to tell a lift by segment, make "
        f"{'one lift test' if tests == 1 else f'{tests:,} lift tests'} together: pooled over products of an offer, and "
        "over coupons of similar depth; no purchase stands in two of them."
    )


def _unused(why: str, of: Sequence[str]) -> str:
    """Say what is not used for one reason."""
    return f"The holdout of {first_few(of, _TOLD)} is not used: {why}."
