"""How customers were chosen is an error of its own: told by chance, it moves segments apart and all products alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.report.offers.fewer_lift_tests import fewer_lift_tests
from scenarios.language.words import Mechanic
from surrogate.evidence.lift_update import Measured, Updated, update_lifts
from surrogate.evidence.spill import LiftCells

COUPON, CUT = 0, 1
CHOSEN = np.array([0.4, 0.0])


def cells(selected: np.ndarray) -> LiftCells:
    """One member, two segments, three products of their own categories; a coupon and a cut of one depth."""
    return LiftCells(
        lift=np.full((1, 2, 3, 2), 0.3),
        sd=np.full((2, 3, 2), 0.3),
        log_price=np.full((3, 2), 0.22),
        mechanics=(Mechanic.COUPON, Mechanic.PRICE_DISCOUNT),
        names=("coupon", "cut"),
        selected=selected,
        carried=np.zeros((2, 2)),
    )


def told(selected: np.ndarray, lift: float = 0.5, error: float = 0.05) -> Updated:
    """What a test of the coupon on all products to the first segment leaves."""
    field = cells(selected)
    weight = np.zeros((1, 2, 3))
    weight[0, 0] = 1 / 3
    mine = replace(
        field,
        lift=field.lift[..., [COUPON]],
        sd=field.sd[..., [COUPON]],
        log_price=field.log_price[:, [COUPON]],
        mechanics=field.mechanics[:1],
        names=field.names[:1],
        selected=field.selected[[COUPON]],
        carried=field.carried[:, [COUPON]],
    )
    test = Measured(lift=np.array([lift]), standard_error=np.array([error]), weight=weight, same=(COUPON,), cells=mine)
    return update_lifts(field, test, ("a", "b", "c"), np.ones((2, 3, 2)))


def test_a_test_of_chosen_customers_moves_its_segment_most_and_all_products_alike() -> None:
    """With the error, the tested segment comes nearer to what was measured, and further off the other one."""
    with_it, without = told(CHOSEN), told(np.zeros(2))
    tested, other = with_it.lift[0, :, :, COUPON].mean(axis=1)
    assert 0.5 > tested > without.lift[0, 0, :, COUPON].mean() > 0.3
    assert tested - other > 0.02 + np.ptp(without.lift[0, :, :, COUPON].mean(axis=1))
    np.testing.assert_allclose(with_it.lift[0, 0, :, COUPON], tested)


def test_what_was_not_chosen_has_no_such_error() -> None:
    """A cut for everybody is as unsure as it was, and a weak test leaves the coupon's own error and the choice's."""
    weak = told(CHOSEN, lift=0.3, error=20.0)
    np.testing.assert_allclose(weak.sd[..., CUT], 0.3, rtol=0.01)
    np.testing.assert_allclose(weak.sd[..., COUPON], 0.5, rtol=0.01)
    strong = told(CHOSEN)
    assert (strong.sd[0, :, COUPON] < strong.sd[1, :, COUPON]).all()
    assert (strong.sd[..., COUPON] < 0.5).all()


def test_many_lift_tests_are_counted_and_those_far_off_told() -> None:
    """Beside a plan few tests are told as they are, many by their number; what looks like a slip is never hidden."""
    used = [f"Lift test mail on p{n}: measured +5.0%." for n in range(5)]
    unused = [f"Lift test mail on q{n} is not used: this scenario sells no q." for n in range(2)]
    far = "Lift test mail on z: measured +90.0%. The two lie 4.0 standard deviations apart, look at it."
    assert fewer_lift_tests(["first", *used[:2]]) == ("first", *used[:2])
    said = fewer_lift_tests(["first", *used, far, *unused])
    assert said[:2] == ("first", far) and len(said) == 4
    assert said[2].startswith("5 lift tests corrected what was learned")
    assert said[3] == "2 lift tests not used: this scenario sells no q; --json has each."


def of_two(second: float) -> Updated:
    """What tests of the coupon to two of three segments leave; the first measured 30 %, as was learned of all."""
    field = LiftCells(
        lift=np.full((1, 3, 1, 1), 0.3),
        sd=np.full((3, 1, 1), 0.3),
        log_price=np.full((1, 1), 0.22),
        mechanics=(Mechanic.COUPON,),
        names=("coupon",),
        selected=np.array([0.4]),
        carried=np.zeros((3, 1)),
    )
    two = replace(
        field,
        lift=np.full((1, 3, 1, 2), 0.3),
        sd=np.full((3, 1, 2), 0.3),
        log_price=np.full((1, 2), 0.22),
        mechanics=field.mechanics * 2,
        names=field.names * 2,
        selected=np.full(2, 0.4),
        carried=np.zeros((3, 2)),
    )
    weight = np.zeros((2, 3, 1))
    weight[0, 0], weight[1, 1] = 1, 1
    measured = Measured(
        lift=np.array([0.3, second]), standard_error=np.array([0.03, 0.03]), weight=weight, same=(0, 0), cells=two
    )
    return update_lifts(field, measured, ("a",), np.ones((3, 1, 1)))


def test_segments_that_disagree_say_little_of_a_third() -> None:
    """A segment without a test is surer where two others agree, and less sure than before where they lie far apart."""
    alike, apart = of_two(0.3), of_two(0.03)
    before = np.hypot(0.3, 0.4)
    assert alike.sd[2, 0, 0] < before < apart.sd[2, 0, 0]
    assert alike.sd[:2].max() < 0.12 and apart.sd[0, 0, 0] < 0.12, "tested segments keep what their tests say"
    np.testing.assert_allclose(alike.lift[0, :, 0, 0], 0.3, rtol=0.01)
    assert apart.lift[0, 1, 0, 0] < 0.08
