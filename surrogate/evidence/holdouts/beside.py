"""A holdout beside lift tests of the same offer: what both measured counts once, by whichever is surer.

A lesson of a campaign is often read by a training whose data holds that campaign and its holdout. Tests of other days
measured other purchases, and count beside the holdout, each by its own error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scenarios.first_few import first_few
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.holdouts.lift import Comparison

Runs = Sequence[Comparison]

_NAMED = 4
"""Lift tests that a note names."""
_TWICE = "and the same purchases must not count twice"
_UNDATED = "no first_day and last_day say that it is of other days"


@dataclass(kw_only=True, eq=False)
class Beside:
    """What is left of an offer's holdout and of the lift tests beside it."""

    runs: dict[str, list[Comparison]]
    """By product (blank: all): the runs that count."""
    unused: list[LiftTest] = field(default_factory=list)
    """Lift tests that the holdout takes the place of."""
    notes: list[str] = field(default_factory=list)


def beside_tests(
    tests: Sequence[LiftTest],
    offer: str,
    runs: Mapping[str, Runs],
    measure: Callable[[str, Runs], Sequence[LiftTest]],
) -> Beside:
    """Return which runs of an offer's holdout and which lift tests count.

    Parameters
    ----------
    tests
        Of the data file; those of other offers are left as they are.
    runs
        The offer's, by product (blank: all).
    measure
        Returns what a holdout of some runs on a product measures.
    """
    found = Beside(runs={product: list(each) for product, each in runs.items()})
    for products in _together([test for test in tests if test.offer == offer], runs):
        shared = {one: [run for run in runs[one] if any(_same(test, one, run) for test in tests)] for one in products}
        rivals = [test for test in tests if any(_same(test, one, run) for one in products for run in shared[one])]
        holdout = sum(_precision(measure(one, shared[one])) for one in products if measure(one, runs[one]))
        told = offer if products == ("",) else f"{offer} on {first_few(products, _NAMED)}"
        if holdout > _precision(rivals):
            found.unused += [test for test in rivals if test not in found.unused]
            found.notes.append(_tests_unused(rivals, told))
            continue
        for one in products:
            found.runs[one] = [run for run in found.runs[one] if all(run is not each for each in shared[one])]
        found.notes.append(_runs_unused(rivals, told, sum(map(len, shared.values()))))
    return found


def _together(tests: Sequence[LiftTest], runs: Mapping[str, Runs]) -> list[tuple[str, ...]]:
    """Return products whose holdout meets lift tests; all in one where a test is of several."""
    met = [one for one in sorted(runs) if any(_same(test, one, run) for test in tests for run in runs[one])]
    wide = any(len(test.on) != 1 and _same(test, one, run) for test in tests for one in met for run in runs[one])
    return [tuple(met)] if met and (wide or "" in met) else [(one,) for one in met]


def _same(test: LiftTest, product: str, run: Comparison) -> bool:
    """Return whether a lift test may have measured the purchases of a run on a product (blank: all)."""
    if test.offer != run.offer or (product and test.on and product not in test.on):
        return False
    if test.first_day is None or test.last_day is None:
        return True
    return test.first_day.toordinal() <= run.last_day and run.first_day <= test.last_day.toordinal()


def _precision(tests: Sequence[LiftTest]) -> float:
    return sum(test.standard_error**-2 for test in tests)


def _why(rivals: Sequence[LiftTest]) -> str:
    """Say by which days both may be of the same purchases."""
    dated = all(test.first_day is not None for test in rivals)
    return "days" if dated else f"purchases, as far as is known ({_UNDATED})"


def _tests_unused(rivals: Sequence[LiftTest], told: str) -> str:
    names = first_few([test.title for test in rivals], _NAMED, "; ")
    many = "Lift test" if len(rivals) == 1 else f"{len(rivals):,} lift tests"
    verb = "is" if len(rivals) == 1 else "are"
    return (
        f"{many} of experiments ({names}) {verb} not used: the holdout of {told} measured the same {_why(rivals)}, "
        f"with a smaller error, {_TWICE}."
    )


def _runs_unused(rivals: Sequence[LiftTest], told: str, count: int) -> str:
    runs = "one run" if count == 1 else f"{count:,} runs"
    return (
        f"The holdout of {runs} of {told} is not used: experiments has a lift test of the same {_why(rivals)}, with a "
        f"smaller error, {_TWICE}."
    )
