"""A holdout's lift beside a larger learned one: it errs as there, its luck counts once, and it is of all sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.language.words import Mechanic
from surrogate.evidence.by_chance import ChanceTest, Contrast, told_by, with_shared_luck
from surrogate.evidence.holdouts.lift import Comparison, mean_sendings
from surrogate.evidence.holdouts.one_step_lift import Believed, Groups, one_step_lift
from surrogate.evidence.holdouts.other_sendings import OtherSendings, Sendings
from surrogate.evidence.lift_update import Measured, update_lifts
from surrogate.evidence.spill import LiftCells
from surrogate.scoring.fresh_lifts import contrasts


def alone(count: int = 1) -> Contrast:
    """Contrasts of one offer alone."""
    none = np.zeros((count, 3))
    return Contrast(left=np.ones(count), kept=np.ones(count), left_errors=none, kept_errors=none)


def chance_test(**changed: Any) -> ChanceTest:
    """+76 % of hunters, taken at a ratio of 1.5 because families bring less."""
    own = {"lift": 0.76, "standard_error": 0.3, "ratio": 1.5, "held": 0.9, "growth": 1.0}
    return ChanceTest.model_validate({"offer": "mail", "segment": "hunters"} | own | changed)


def learned(lift: float, tests: list[ChanceTest], contrast: Contrast) -> float:
    """Take tests of one cell in, of which ``lift`` was learned."""
    field = LiftCells(
        lift=np.full((1, 1, 1, 1), lift), sd=np.full((1, 1, 1), 0.4), log_price=np.full((1, 1), 0.2),
        mechanics=(Mechanic.COUPON,), names=("mail",), selected=np.zeros(1), carried=np.zeros((1, 1)),
    )  # fmt: skip
    count = len(tests)
    tested = LiftCells(
        lift=np.repeat(field.lift, count, axis=3), sd=np.repeat(field.sd, count, axis=2),
        log_price=np.full((1, count), 0.2), mechanics=(Mechanic.COUPON,) * count, names=("mail",) * count,
        selected=np.zeros(count), carried=np.zeros((1, count)),
    )  # fmt: skip
    measured = Measured(
        lift=np.array([test.lift for test in tests]),
        standard_error=np.array([test.standard_error for test in tests]),
        weight=np.ones((count, 1, 1)),
        same=(0,) * count,
        cells=tested,
        told=told_by(tests, contrast),
    )
    return float(update_lifts(field, measured, ("a",), np.ones((1, 1, 1))).lift[0, 0, 0, 0])


@pytest.mark.parametrize("ratio", [1.2, 2.2, 3.0])
def test_a_kept_step_tells_what_its_groups_tell_at_any_ratio(ratio: float) -> None:
    """Lift and error of a step at 1.5, held against another lift, are those of a step that is taken there."""
    rng = np.random.Generator(np.random.Philox(7))
    number, rate = np.arange(2_300), 3.0 * rng.gamma(2.0, 0.5, 2_300)
    units = rng.poisson(rate * np.where(number < 2_000, 2.0, 1.0)).astype(float)
    group = Groups(
        treated=number[:2_000], held=number[2_000:], bought=units[:2_000], left=units[2_000:], offered=units[2_000:]
    )

    def step(at: float) -> ChanceTest:
        found = one_step_lift([group], Believed(lift=at - 1.0, spread=1e-6, growth=1.0))
        assert found is not None
        return chance_test(
            lift=found.lift, standard_error=found.standard_error, ratio=found.ratio, held=found.held, growth=1.0
        )

    lift, error = told_by([step(1.5)], alone()).at(np.array([ratio - 1.0]))
    there = step(ratio)
    assert lift[0] == pytest.approx(there.lift, abs=0.01)
    assert np.sqrt(error[0, 0]) == pytest.approx(there.standard_error, rel=0.1)


def test_a_thin_test_below_a_larger_lift_says_less() -> None:
    """Beside a learned +120 % a test of +76 % at 1.5 errs by over half as much again, and moves the lift less."""
    test = chance_test()
    _, error = told_by([test], alone()).at(np.array([1.2]))
    assert np.sqrt(error[0, 0]) > 1.5 * test.standard_error
    as_taken = chance_test(ratio=2.2)  # had it been taken near what was learned
    assert learned(1.2, [as_taken], alone()) + 0.05 < learned(1.2, [test], alone()) < 1.2


def test_luck_of_the_same_customers_counts_once() -> None:
    """Errors of tests that the same few make are as alike as these customers' shares in them; two say less by it."""
    rng = np.random.Generator(np.random.Philox(8))
    common, own = rng.normal(size=4_000), rng.normal(size=(3, 4_000))
    tests = [chance_test(product=name) for name in ("p", "q", "r")]
    one, two, _ = with_shared_luck(tests, list(common + own))
    assert one.shared == two.shared == pytest.approx(0.5, abs=0.05)
    assert all(test.shared < 0.05 for test in with_shared_luck(tests, list(own)))
    other = chance_test(segment="families")
    assert with_shared_luck([tests[0], other], [common, common])[0].shared == 0.0
    both = [chance_test(shared=0.9), chance_test(shared=0.9)]
    apart = [chance_test(), chance_test()]
    assert learned(1.2, apart, alone(2)) + 0.03 < learned(1.2, both, alone(2)) < learned(1.2, apart[:1], alone()) + 0.01


def test_other_sendings_are_those_of_the_treated_alone() -> None:
    """A run on choc is told the week before on choc and nuts beside it, by stratum; what both had is not told."""
    rows = [(0, 0, who, 1, 7) for who in (0, 1)]
    rows += [(1, on, who, 8, 14) for on in (0, 1) for who in (0, 1, 2, 3)]
    rows += [(2, 2, who, 8, 14) for who in range(8)]
    named = pd.DataFrame(rows, columns=["run", "on", "customer", "first_day", "last_day"])
    sent = np.arange(8) < 4
    stratum = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    found = OtherSendings(named, ("choc", "nuts", "milk"), 8).of(0, np.arange(8, 15), 8, np.arange(8), sent, stratum)
    assert found.before.keys() == {1} and found.before[1].tolist() == [1.0, 0.0]
    assert found.beside["nuts"].tolist() == [1.0, 1.0] and found.beside["milk"].tolist() == [0.0, 0.0]


def test_a_contrast_after_sendings_and_beside_rivals_is_of_a_larger_lift() -> None:
    """By the response model: fatigue and a dip of the week before, a rival's theft lie between lift and contrast."""
    products = tuple(SimpleNamespace(id=name, rivals=None, category=name[0]) for name in ("sa", "sb", "x"))
    axes: Any = SimpleNamespace(products=products, index=np.arange(3), model=SimpleNamespace(sections={}))
    weight = np.zeros((3, 1, 4))
    weight[:, 0, 0] = 1.0
    tests = [chance_test(), chance_test(before={1: 1.0}), chance_test(beside={"sb": 1.0, "x": 1.0})]
    lift, base = np.full((1, 4, 3), 0.6), np.array([[10.0, 20.0, 5.0]])
    found = contrasts(axes, tests, weight, lift, base)
    kept = (1.0 - 0.25 * 0.5) - 0.10  # a dip lasts one week
    assert found.kept == pytest.approx([1.0, kept, 1.0])
    assert found.left == pytest.approx([1.0, 1.0, 1.0 - 0.2 * 0.6 * 20.0 / 10.0])
    assert (np.abs(found.kept_errors[1, :2]) > 0).all() and found.left_errors[2, 2] < 0
    assert found.alone(found.of(np.full(3, 0.6))) == pytest.approx(np.full(3, 0.6))
    plain, net = learned(0.6, [chance_test(lift=0.4, ratio=1.6)], alone()), 0.6 * kept
    after = Contrast(
        left=np.ones(1), kept=np.array([kept]), left_errors=np.zeros((1, 3)), kept_errors=found.kept_errors[1:2]
    )
    assert plain < 0.57 < learned(0.6, [chance_test(lift=net, ratio=1.6)], after) < 0.63


def test_sendings_of_a_test_are_the_mean_over_what_it_compares() -> None:
    """Of two runs that weigh the same the second came a week after the first; what stratum b was sent is not a's."""

    def run(others: Sendings) -> Comparison:
        number, units = np.arange(40), np.ones(40)
        return Comparison(
            offer="mail", product="p", first_day=8, last_day=14, others=others, customer=number, sent=number % 2 == 0,
            stratum=number // 20, units=units, offered=units, past=units, spend=units,
        )  # fmt: skip

    second = Sendings(before={1: np.array([1.0, 0.0])}, beside={"q": np.array([0.4, 1.0])})
    runs = [run(Sendings()), run(second)]
    assert mean_sendings(runs, (0,), 0.0) == {"before": {1: 0.5}, "beside": {"q": 0.2}}
    assert mean_sendings(runs, (1,), 0.0) == {"before": {}, "beside": {"q": 0.5}}
