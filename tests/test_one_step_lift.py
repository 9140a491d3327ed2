"""Lifts of random groups do not follow their own weights: many of them, weighed by their errors, come to the truth."""

from __future__ import annotations

from itertools import starmap

import numpy as np
import pytest

from surrogate.evidence.holdouts.one_step_lift import Believed, Groups, Step, believed, one_step_lift

TRUTH = 0.3


def groups(rng: np.random.Generator, treated: int = 400, held: int = 60, lot: int = 1, lift: float = TRUTH) -> Groups:
    """Units about rates that differ, two a customer without the offer, more purchases with it."""
    rate = 2.0 * rng.gamma(1.0, 1.0, treated + held)
    grown = np.concatenate([np.full(treated, 1.0 + lift), np.ones(held)])
    units = lot * rng.poisson(rate * grown / lot).astype(float)
    number = np.arange(treated + held)
    one, other = units[:treated], units[treated:]
    return Groups(treated=number[:treated], held=number[treated:], bought=one, left=other, offered=other)


def steps(lot: int, shops: int) -> tuple[np.ndarray, float]:
    """Lift and error [tests, 2] of twelve runs in each of many shops, and the share of runs that tell one."""
    rng, found = np.random.Generator(np.random.Philox(12)), list[Step | None]()
    for _ in range(shops):
        runs = [groups(rng, lot=lot) for _ in range(12)]
        alike = believed(runs)
        found += [one_step_lift([run], alike) for run in runs]
    told = [(one.lift, one.standard_error) for one in found if one is not None]
    return np.array(told), len(told) / len(found)


@pytest.mark.parametrize("lot", [1, 2])
def test_many_lifts_weighed_by_their_errors_come_to_the_true_one(lot: int) -> None:
    """The mean by precision is within 2.5 points of +30 %, and intervals hold it; ratios and their own errors: 5 to 8.

    Nor are runs whose left out happened to buy little left aside, by which the others would seem to bring less.
    """
    found, told = steps(lot, 40)
    weights = 1.0 / found[:, 1] ** 2
    assert float(weights @ found[:, 0] / weights.sum()) == pytest.approx(TRUTH, abs=0.025)
    assert float(found[:, 0].mean()) == pytest.approx(TRUTH, abs=0.03)
    inside = np.abs(found[:, 0] - TRUTH) <= 1.96 * found[:, 1]
    assert inside.mean() == pytest.approx(0.95, abs=0.02)
    assert told > 0.9


def test_large_groups_tell_their_own_ratio() -> None:
    """Where many were left out, what others say changes nothing: the lift is the ratio of the means."""
    rng = np.random.Generator(np.random.Philox(3))
    run = groups(rng, treated=40_000, held=40_000)
    found = one_step_lift([run], Believed(lift=0.1, spread=0.2))
    assert found is not None
    assert found.lift == pytest.approx(run.bought.mean() / run.left.mean() - 1.0, abs=0.1 * found.standard_error)
    error = np.sqrt(run.bought.var() / 40_000 + 1.3**2 * run.left.var() / 40_000) / run.left.mean()
    assert found.standard_error == pytest.approx(error, rel=0.1)


def test_what_lies_apart_is_told_apart() -> None:
    """Lifts of 10 and 70 % are not drawn to each other: where the step is taken follows how far they lie apart."""
    rng = np.random.Generator(np.random.Philox(4))
    runs = [groups(rng, 20_000, 2_000, lift=lift) for lift in (0.1, 0.1, 0.7, 0.7)]
    alike = believed(runs)
    assert alike.spread == pytest.approx(0.3, abs=0.1)
    found = [one.lift for one in starmap(one_step_lift, [([run], alike) for run in runs]) if one is not None]
    assert found == pytest.approx([0.1, 0.1, 0.7, 0.7], abs=0.12)


def test_nothing_bought_tells_nothing() -> None:
    """No groups, and groups that buy nothing or next to nothing, tell no lift; what is believed is what was."""
    rng = np.random.Generator(np.random.Philox(5))
    assert one_step_lift([], Believed()) is None
    run = groups(rng)
    idle = Groups(treated=run.treated, held=run.held, bought=0 * run.bought, left=0 * run.left, offered=0 * run.left)
    assert one_step_lift([idle], Believed()) is None
    assert believed([idle]) == believed([]) == Believed()
    lone = Groups(treated=run.treated, held=run.held, bought=run.bought, left=0 * run.left, offered=0 * run.left)
    assert believed([lone], Believed(lift=0.4)).spread == Believed().spread
