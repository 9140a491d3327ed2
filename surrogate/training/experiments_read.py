"""What a training says of its lift tests: how many rows, of which offers, what they moved, and what ran beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenarios.first_few import first_few
from surrogate.data.data_spec import DataSpec
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.gather import TESTS, StoredTests, store_tests
from surrogate.evidence.holdouts.ran_beside import ran_beside
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.scoring.moved_by_tests import moved_by_tests

_NAMED = 4
"""Offers that a sentence names."""


def experiments_read(spec: DataSpec, model: Model) -> tuple[str, ...]:
    """Return sentences on the rows of ``experiments``, if any, and on what ran beside tests and holdouts.

    Parameters
    ----------
    spec
        What the model was trained on.
    model
        As trained, with the lift tests that it keeps.
    """
    beside = ran_beside(model.sections)
    return (
        *(_sentences(spec, model) if spec.experiments else ()),
        *(each.told(offer) for offer, each in beside.by_offer.items()),
        *(each.told_of_rows(offer) for offer, each in beside.by_row.items()),
    )


def _sentences(spec: DataSpec, model: Model) -> Iterator[str]:
    tests = spec.experiments
    kept = set(unpack(model.sections[TESTS], StoredTests).tests) if TESTS in model.sections else set()
    used = [test for test, text in zip(tests, store_tests(tests, {}).tests, strict=True) if text in kept]
    yield f"{_rows(len(tests))} of experiments read: {_by_offer(tests)}."
    if len(used) < len(tests):
        yield (
            f"{len(tests) - len(used):,} of them not used: the holdout of the data measured the same purchases more "
            "surely (see the notes)."
        )
    unknown = sorted({test.offer for test in used if test.offer is not None and test.offer not in spec.past_offers})
    known = {test.offer_words for test in used if test.offer not in unknown}
    moved = [each for each in moved_by_tests(model) if each.offer in known]
    if moved:
        lifts = first_few([f"{each.offer} from {each.learned:+.1%} to {each.now:+.1%}" for each in moved], _NAMED, "; ")
        beside = " and the holdout" if len(model_tests(model)) > len(used) else ""
        yield (
            f"With all lift tests{beside} mean lifts move: {lifts} (over all products and segments, weighted by what "
            "they buy)."
        )
    left = sorted(known - {each.offer for each in moved})
    if left:
        yield f"Not used: {first_few(left, _NAMED)}, which the model cannot score, because nothing like it ran."
    if unknown:
        one = len(unknown) == 1
        yield (
            f"{first_few(unknown, _NAMED)} {'is' if one else 'are'} not among past_offers: the rows count in scenarios "
            f"that have {'an offer of this id' if one else 'offers of these ids'}, and campaign effects says there how "
            "far they move it."
        )
    yield from _untold(used)


def model_tests(model: Model) -> tuple[LiftTest, ...]:
    """Return all lift tests that a model keeps, those of a holdout too."""
    return unpack(model.sections[TESTS], StoredTests).read() if TESTS in model.sections else ()


def _untold(tests: Sequence[LiftTest]) -> Iterator[str]:
    """Say which rows are of several segments or products and tell no weights, and what they are taken to mean."""
    found = [test for test in tests if test.untold]
    if found:
        columns = " and ".join(f"{name[:-1]}_weights" for name in dict.fromkeys(n for t in found for n in t.untold))
        yield (
            f"{_rows(len(found))} of several together without {columns}: read as averages weighted by what the "
            "customers of a scenario buy. Older lessons of campaign report are no such averages; write them again "
            "(campaign report --lessons)."
        )


def _by_offer(tests: Sequence[LiftTest]) -> str:
    counts: dict[str, int] = {}
    for test in tests:
        counts[test.offer_words] = counts.get(test.offer_words, 0) + 1
    return first_few([f"{name} ({_rows(count)})" for name, count in counts.items()], _NAMED)


def _rows(count: int) -> str:
    return "one row" if count == 1 else f"{count:,} rows"
