"""Segments of two trainings are matched by their customers, and what moved is said in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from people_case import trained

from planner.report.learned.profiles import drift_sentences, shift_words, show_drift, what_moved
from scenarios.problems import InvalidInput
from surrogate.people.blur import noise_spread
from surrogate.people.drift import segment_drift
from surrogate.people.profile_axes import ProfileSpace


def space_of(order=(0, 1, 2), **changes):
    """Made-up segments in another order, with changes."""
    space, _, _ = trained(unknown=40)
    order = [*order, 3]
    moved = {name: getattr(space, name)[order] for name in ("customers", "features", "raw")}
    return replace(space, **moved, names=tuple(space.names[number] for number in order), **changes)


def test_nothing_moved():
    """A model against itself: every segment is itself, nothing moved, plans can be kept."""
    drift = segment_drift(space_of(), space_of())
    assert [(match.before, match.after, match.verdict) for match in drift.matches] == [(n, n, "same") for n in range(4)]
    assert drift.share_moved == 0 and drift.population == () and drift.steady
    assert drift_sentences(drift, space_of())[0].startswith("0.0% of the customers")


def test_renumbered_segments_are_recognised():
    """Ids follow spend and may swap; customers are matched, rest only with rest."""
    drift = segment_drift(space_of(), space_of(order=(2, 0, 1)))
    assert [match.before for match in drift.matches] == [2, 0, 1, 3]
    assert drift.share_moved == 0 and drift.steady


def test_growth_and_moved_features_are_named():
    """Shares and means that moved are told in people's units, the strongest first, where noise is small."""
    before = replace(space_of(), customers=space_of().customers * 30)
    after = before
    column = after.scale.names.index("discount share")
    raw, features = after.raw.copy(), after.features.copy()
    raw[0, column], features[0, column] = before.raw[0, column] + 0.2, before.features[0, column] + 0.6
    after = replace(after, raw=raw, features=features, customers=after.customers * np.array([3, 1, 1, 1]))
    drift = segment_drift(before, after)
    assert drift.matches[0].verdict == "grew" and drift.matches[1].verdict != "new"
    assert drift.matches[0].shifts[0].feature == "discount share"
    assert shift_words(drift.matches[0].shifts[0]).startswith("discount share up, ")
    shares = np.array([match.shares for match in drift.matches])
    assert drift.share_moved == pytest.approx(np.abs(shares[:, 1] - shares[:, 0]).sum() / 2, abs=1e-5)
    assert np.allclose(shares.sum(axis=0), 1, atol=1e-5)


def blurred_again(space: ProfileSpace, seed: int, customers: int) -> ProfileSpace:
    """The same customers, so many in each segment, under other noise."""
    rng = np.random.Generator(np.random.Philox(seed))
    features = space.features.shape[1]
    noise = rng.standard_normal((4, features)) * noise_spread(customers, features)
    raw = space.raw + noise * space.scale.spread
    return replace(space, features=space.features + noise, raw=raw, customers=np.full(4, customers))


def test_what_noise_moves_is_told_as_within_the_noise():
    """Segments whose customers stay the same, blurred anew: hardly a feature is told as moved, and none as changed."""
    plain = space_of()
    drifts = [
        segment_drift(blurred_again(plain, 2 * seed, size), blurred_again(plain, 2 * seed + 1, size))
        for seed in range(40)
        for size in (60, 200)
    ]
    matches = [match for drift in drifts for match in drift.matches]
    assert sum(bool(match.shifts) for match in matches) <= 0.1 * len(matches)
    assert sum(match.verdict == "changed" for match in matches) <= 0.1 * len(matches)
    assert sum(bool(drift.population) for drift in drifts) <= 0.1 * len(drifts)
    small = drifts[0]
    assert any(match.within_noise for match in small.matches) and any(match.blurred for match in small.matches)
    told = drift_sentences(small, plain)
    assert any("carry noise" in one for one in told) and any("so few customers (60 and 60)" in one for one in told)
    assert "within the noise" in what_moved(small.matches[0])


def test_what_moves_beyond_the_noise_is_told_in_large_segments():
    """The same move is told of 5,000 customers, and within the noise of 60."""
    found = []
    for size in (60, 5000):
        before = replace(space_of(), customers=np.full(4, size))
        features, raw = before.features.copy(), before.raw.copy()
        column = before.scale.names.index("discount share")
        features[0, column] += 0.6
        raw[0, column] += 0.1
        match = segment_drift(before, replace(before, features=features, raw=raw)).matches[0]
        found.append((tuple(shift.feature for shift in match.shifts), match.within_noise))
    assert found == [((), ("discount share",)), (("discount share",), ())]


def test_noise_on_a_constant_feature_is_no_shift():
    """Nobody used a coupon then or now: means of 0 that differ by their blur only are not told as moved."""
    before, after = space_of(), space_of()
    column = after.scale.names.index("coupon share")
    flat = before.raw.copy()
    flat[:, column] = 0.0
    features = after.features.copy()
    features[0, column] += 0.6
    drift = segment_drift(replace(before, raw=flat), replace(after, raw=flat, features=features))
    assert [match.shifts for match in drift.matches] == [()] * 4


def test_scales_of_the_two_trainings_do_not_matter():
    """The same customers under another normalisation have not moved."""
    before = space_of()
    scale = replace(before.scale, centre=before.scale.centre + 0.7, spread=before.scale.spread * 2.5)
    features = (before.features * before.scale.spread + before.scale.centre - scale.centre) / scale.spread
    drift = segment_drift(before, replace(before, scale=scale, features=features))
    assert drift.steady and drift.population == () and max(match.distance for match in drift.matches) < 1e-6


def test_new_gone_and_changed_segments_are_said():
    """A segment without a partner is new or gone; one of other customers is changed; plans must be remade."""
    full = space_of()
    less = replace(
        full, ids=("s1", "s3", "rest"), names=tuple(full.names[n] for n in (0, 2, 3)),
        customers=full.customers[[0, 2, 3]], features=full.features[[0, 2, 3]], raw=full.raw[[0, 2, 3]],
    )  # fmt: skip
    assert [match.verdict for match in segment_drift(full, less).matches].count("gone") == 1
    assert [match.verdict for match in segment_drift(less, full).matches].count("new") == 1
    other = segment_drift(full, replace(full, features=full.features + 2.0))
    assert not other.steady and {match.verdict for match in other.matches} == {"changed"}
    assert "plan again" in drift_sentences(other, full)[-1]


def test_features_that_only_one_knows_are_named():
    """Models with other features are compared by the shared ones; without any the comparison is refused."""
    before = space_of()
    names = tuple("age" if name == "coupon share" else name for name in before.scale.names)
    after = replace(before, scale=replace(before.scale, names=names))
    drift = segment_drift(before, after)
    assert drift.only_before == ("coupon share",) and drift.only_after == ("age",) and drift.steady
    assert any("age" in sentence for sentence in drift_sentences(drift, after))
    foreign = replace(before, scale=replace(before.scale, names=tuple(f"f{n}" for n in range(len(names)))))
    with pytest.raises(InvalidInput, match="none shared"):
        segment_drift(before, foreign)


def test_table_shows_both_sides():
    """Then and now stand side by side."""
    table = show_drift(space_of(), space_of(), segment_drift(space_of(), space_of(order=(1, 0, 2))))
    assert [row[:2] for row in table.rows] == [("s2", "s1"), ("s1", "s2"), ("s3", "s3"), ("rest", "rest")]
