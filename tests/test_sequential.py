"""The sequential test behind alarms: it keeps its error, finds what begins later, and says what it can find."""

import numpy as np
import pytest

from scenarios.streams import stream
from scenarios.tolerance import may_break
from surrogate.flight.chance import ChanceParams, with_chance
from surrogate.flight.lots import lot_size
from surrogate.flight.watch.predicted import predict
from surrogate.flight.watch.sequential import Bar, SequentialParams, detectable, fix_tests, peak, set_bar, weighted
from surrogate.flight.watch.sequential import Tests as FixedTests


def level(rng: np.random.Generator, count: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Two series of 12 periods whose forecast errs by a lasting factor: expected, and with chance."""
    base = np.array([[80.0], [300.0]]) * np.ones(12)
    means = base * np.exp(spread * rng.standard_normal((count, 2, 1)) - spread**2 / 2)
    return means, rng.poisson(means).astype(float)


def _peak(tests: FixedTests, units: np.ndarray) -> np.ndarray:
    """Highest weighted evidence of each campaign."""
    return peak(weighted(tests, tests.evidence(tests.predicted.innovations(units))))


def _bar(tests: FixedTests, undisturbed: np.ndarray) -> Bar:
    return set_bar(_peak(tests, undisturbed), SequentialParams())


def test_few_undisturbed_campaigns_pass_the_bar_and_uncertainty_is_no_alarm() -> None:
    """With lasting errors of 20 % in every forecast, 4,000 fresh campaigns pass the bar as rarely as stated.

    Counting 4,000 leaves a standard error of 0.35 points, of which three are granted.
    """
    rng = stream(5, "tests", "bar")
    means, chanced = level(rng, 400, 0.2)
    tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(2))
    bar = _bar(tests, level(rng, 1000, 0.2)[1])
    assert bar.alarmed <= may_break(1000, 0.95)
    fresh = _peak(tests, level(rng, 4000, 0.2)[1])
    assert (fresh > bar.log_evidence).mean() <= 0.05 + 3 * 0.0035
    halved = _peak(tests, rng.poisson(0.4 * level(rng, 200, 0.2)[0]) * 1.0)
    assert (halved > bar.log_evidence).mean() >= 0.9


def test_evidence_keeps_villes_bound() -> None:
    """For normal innovations the peak of the evidence passes 20 in at most 5 % of the paths, whatever the look."""
    rng = stream(6, "tests", "martingale")
    means, chanced = level(rng, 400, 0.1)
    tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(0))
    evidence = tests.evidence(rng.standard_normal((4000, 2, 12)))
    assert (peak(weighted(tests, evidence)) > np.log(20)).mean() <= 0.05


def test_a_change_that_begins_later_is_found_though_the_level_was_unknown() -> None:
    """Earlier days teach the level: a fall by 40 % half-way is found although the forecast itself errs by 30 %."""
    rng = stream(7, "tests", "later")
    means, chanced = level(rng, 400, 0.3)
    tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(2))
    bar = _bar(tests, level(rng, 500, 0.3)[1])
    fallen = level(rng, 100, 0.3)[0]
    fallen[..., 6:] *= 0.6
    found = _peak(tests, rng.poisson(fallen).astype(float))
    assert (found > bar.log_evidence).mean() >= 0.8


def test_what_can_be_found_shrinks_with_certainty() -> None:
    """A forecast that is known better finds smaller shortfalls; the error's share of a series counts too."""
    rng = stream(8, "tests", "detectable")
    shares = []
    for spread in (0.05, 0.3):
        means, chanced = level(rng, 300, spread)
        tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(2))
        shares.append(detectable(tests, _bar(tests, level(rng, 200, spread)[1])))
    assert (shares[0] < shares[1]).all()


def test_lots_are_told_by_how_days_differ() -> None:
    """Sales in lots of 12 are told as such whatever lasting errors the forecast has; single purchases as ones."""
    rng = stream(16, "tests", "lots")
    expected = rng.uniform(40, 200, size=(4, 10, 1)) * np.ones(14)
    wrong = np.exp(0.3 * rng.standard_normal((4, 10, 1)))
    usable = np.ones((10, 14), dtype=bool)
    for size in (1.0, 12.0):
        sold = with_chance(expected * wrong, ChanceParams(lot=size), rng)
        assert lot_size(sold, expected, usable, ChanceParams()) == pytest.approx(size, rel=0.4)
    assert lot_size(expected[:1, :2], expected[:1, :2], usable[:2], ChanceParams()) == 1.0
    with pytest.raises(ValueError, match="at least 1 unit"):
        ChanceParams(lot=0.5)


def test_an_offer_that_brings_nothing_is_looked_for() -> None:
    """A tenth of its sales is missing: far from half of them, and found where it is known that it brings a tenth.

    Both tests keep their error in fresh undisturbed campaigns: 2,000 leave a standard error of 0.5 points.
    """
    rng = stream(17, "tests", "brings")
    means, chanced = level(rng, 400, 0.03)
    predicted, found = predict(means, chanced, np.ones((2, 12), dtype=bool)), []
    for brings in (None, np.array([0.0, 0.1])):
        tests = fix_tests(predicted, np.ones(2), np.arange(2), brings)
        bar = _bar(tests, level(stream(18, "tests", "brings"), 1000, 0.03)[1])
        fresh = level(stream(19, "tests", "brings"), 2000, 0.03)
        assert (_peak(tests, fresh[1]) > bar.log_evidence).mean() <= 0.065
        gone = fresh[0][:300] * np.array([[1.0], [0.9]])
        sold = stream(20, "tests", "brings").poisson(gone).astype(float)
        found.append((_peak(tests, sold) > bar.log_evidence).mean())
    assert found[1] > found[0] + 0.1
