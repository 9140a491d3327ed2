"""How a campaign will end: errors that last go on, errors of days do not; a break has a date and a probability."""

import numpy as np
import pytest

from scenarios.streams import stream
from surrogate.flight.watch.foresee import Beside, breaks, foresee


def test_foresight_follows_what_lasts() -> None:
    """Where errors last, a use 30 % above plan is foreseen to go on; where days err alone, it is not."""
    rng = stream(9, "tests", "foresee")
    lasting = 100 * np.exp(0.2 * rng.standard_normal((500, 1))) * np.ones(10)
    alone = 100 * np.exp(0.2 * rng.standard_normal((500, 10)))
    seen = np.full(5, 130.0)
    assert np.median(foresee(lasting, seen).total) == pytest.approx(1300, rel=0.03)
    assert np.median(foresee(alone, seen).total) == pytest.approx(650 + 500, rel=0.05)


@pytest.mark.parametrize("known", [2, 7])
def test_foresight_is_as_uncertain_as_it_should_be(known: int) -> None:
    """Where errors that last and errors of days are Gaussian, the spread of the end is that of Bayes' rule."""
    rng, days = stream(11, "tests", "foresee"), 14
    paths = 1000 + 10 * rng.standard_normal((20_000, 1)) + 10 * rng.standard_normal((20_000, days))
    rest = days - known
    lasting, alone = np.array([known, rest]) * 10.0, np.array([known, rest]) * 100.0
    seen, left = lasting**2 + alone
    exact = np.sqrt(left - (lasting[0] * lasting[1]) ** 2 / seen)
    assert foresee(paths, np.full(known, 1000.0)).total.std() == pytest.approx(exact, rel=0.03)


def test_breaks_come_with_date_and_probability() -> None:
    """A budget used up on the eighth day breaks there; a larger one never; a least amount is missed at the end."""
    paths = np.full((50, 10), 100.0)
    foreseen = foresee(paths, np.full(3, 100.0))
    broke = breaks(foreseen, np.full(10, 750.0))
    assert (broke.probability, broke.period, broke.earliest) == (1.0, 7, 7)
    assert breaks(foreseen, np.full(10, 1000.0)).probability == 0.0
    assert breaks(foreseen, np.full(10, 1100.0), at_end=True, below=True).period == 9


def test_parts_that_run_ahead_and_behind_are_foreseen_apart() -> None:
    """One coupon is used twice as often, another not at all: the sum is as expected, its rest is the first one's."""
    rng = np.random.default_rng(4)
    one, other = np.exp(0.5 * rng.standard_normal((2, 4000)))
    # Both cost 100 a period for four periods; afterwards only the first one runs.
    paths = np.concatenate([np.repeat(100.0 * (one + other)[:, None], 4, axis=1), 100.0 * one[:, None]], axis=1)
    uses = np.stack([rng.poisson(400.0 * one), rng.poisson(400.0 * other)], axis=1).astype(float)
    middle = float(np.median(foresee(paths, np.full(4, 200.0 * np.exp(0.125))).rest))
    apart = foresee(paths, np.full(4, 200.0 * np.exp(0.125)), Beside(drawn=uses, seen=np.array([900.0, 2.0])))
    assert middle == pytest.approx(100.0 * np.exp(0.125), rel=0.1)
    assert float(np.median(apart.rest)) == pytest.approx(225.0, rel=0.1)
