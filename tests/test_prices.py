"""LP prices are dual values: they prove the optimum, find binding limits, and stay finite where limits are broken."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of

from constraints.solver import prices
from constraints.solver.linear import LinearModel, StockRows
from constraints.solver.prices import LpPrices, PriceError, PriceProgramme

SEEDS = st.integers(0, 2**31)


def lp_prices(linear: LinearModel, plan: np.ndarray, base: np.ndarray) -> LpPrices:
    """Price all limits at a plan, once."""
    with PriceProgramme(linear, plan, base) as programme:
        return programme.prices


def _random(seed: int, slots: int = 20, width: int = 4, rows: int = 3) -> LinearModel:
    rng = rng_of(seed)
    gain = rng.uniform(-1, 3, size=(slots, width))
    use = rng.uniform(0, 2, size=(rows, slots, width))
    gain[:, 0] = use[:, :, 0] = 0
    places = rng.choice(slots * (width - 1), size=8, replace=False)
    stock = StockRows(
        product=np.array([0]),
        period=np.array([0]),
        headroom=rng.uniform(0.5, 4, size=1),
        row=np.zeros(8, dtype=np.int64),
        slot=places // (width - 1),
        choice=1 + places % (width - 1),
        units=rng.uniform(0, 2, size=8),
    )
    return LinearModel(
        slots=np.arange(slots), gain=gain, use=use, headroom=rng.uniform(1, 0.7 * slots, size=rows), stock=stock
    )


def _lagrangian(linear: LinearModel, scalar: np.ndarray, stock: np.ndarray) -> float:
    """The bound that prices prove: best priced choice of each slot plus the priced headroom."""
    priced = linear.gain - np.tensordot(scalar, linear.use, axes=1)
    rows = linear.stock
    np.subtract.at(priced, (rows.slot, rows.choice), stock[rows.row] * rows.units)
    return float(priced.max(axis=1).sum() + scalar @ linear.headroom + stock @ rows.headroom)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(SEEDS)
def test_prices_prove_the_optimum_of_the_relaxation(seed):
    """Strong duality: the Lagrangian bound at the prices equals the optimum of the programme, and prices are >= 0."""
    linear = _random(seed)
    plan = np.zeros(20, dtype=np.int8)
    found = lp_prices(linear, plan, np.ones((20, 4), dtype=bool))
    assert (found.scalar >= 0).all() and (found.stock >= 0).all()
    assert _lagrangian(linear, found.scalar, found.stock) == pytest.approx(found.value, rel=1e-6, abs=1e-6)


def test_a_limit_that_does_not_bind_has_no_price():
    """Loosening every limit brings all prices to zero and the value to the sum of best gains."""
    linear = _random(3)
    loose = replace(linear, headroom=np.full(3, 1e6), stock=StockRows.none())
    found = lp_prices(loose, np.zeros(20, dtype=np.int8), np.ones((20, 4), dtype=bool))
    assert not found.scalar.any() and found.value == pytest.approx(linear.gain.max(axis=1).clip(min=0).sum())


def test_a_price_is_what_one_more_unit_is_worth():
    """Moving a bound a little changes the value by the price."""
    linear = _random(5)
    base, plan = np.ones((20, 4), dtype=bool), np.zeros(20, dtype=np.int8)
    found = lp_prices(linear, plan, base)
    more = lp_prices(replace(linear, headroom=linear.headroom + np.array([1e-4, 0, 0])), plan, base)
    assert (more.value - found.value) / 1e-4 == pytest.approx(found.scalar[0], rel=1e-3, abs=1e-6)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(SEEDS)
def test_pricing_again_is_as_pricing_anew(seed):
    """Limits that give way or tighten, one after the other, are worth what another programme says they are."""
    linear = _random(seed)
    base, plan = np.ones((20, 4), dtype=bool), np.zeros(20, dtype=np.int8)
    rng = rng_of(seed)
    with PriceProgramme(linear, plan, base) as programme:
        for _ in range(4):
            scalar, stock = rng.uniform(-0.9, 2.0, size=3), rng.uniform(-0.4, 1.0, size=1)
            moved = replace(
                linear,
                headroom=linear.headroom + scalar,
                stock=replace(linear.stock, headroom=linear.stock.headroom + stock),
            )
            again, anew = programme.eased(scalar, stock), lp_prices(moved, plan, base)
            assert again.value == pytest.approx(anew.value, rel=1e-9, abs=1e-9)
            assert _lagrangian(moved, again.scalar, again.stock) == pytest.approx(anew.value, rel=1e-6, abs=1e-6)
        back = programme.eased(np.zeros(3), np.zeros(1))
    assert back.scalar == pytest.approx(programme.prices.scalar) and back.value == pytest.approx(programme.prices.value)


def test_broken_limits_still_get_finite_prices():
    """Where the plan breaks a limit beyond repair the programme stays solvable and the price is high but finite."""
    linear = replace(_random(7), headroom=np.array([-50.0, 5.0, 5.0]))
    found = lp_prices(linear, np.zeros(20, dtype=np.int8), np.ones((20, 4), dtype=bool))
    assert np.isfinite(found.scalar).all() and found.scalar[0] > found.scalar[1:].max()


@pytest.mark.parametrize("money", [1e-3, 1.0, 1e5])
@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e5])
def test_a_price_that_only_slack_sets_is_told_in_any_units(money, unit):
    """A broken limit that no change relieves is priced by its slack; one with a line at its edge is not."""
    gain = money * np.array([[0.0, 3.0], [0.0, 2.0]])
    use = unit * np.array([[[0.0, 1.0], [0.0, 1.0]]])
    plan, base = np.zeros(2, dtype=np.int8), np.ones((2, 2), dtype=bool)
    for headroom, by_slack in ((-1.0, True), (1.5, False)):
        linear = LinearModel(
            slots=np.arange(2), gain=gain, use=use, headroom=np.array([unit * headroom]), stock=StockRows.none()
        )
        with PriceProgramme(linear, plan, base) as programme:
            found = programme.prices
            assert found.scalar[0] > 0
            assert programme.priced_by_slack(found)[0].tolist() == [by_slack]


@pytest.mark.parametrize("wild", [1e300, -1e300, np.nan, np.inf])
def test_numbers_that_no_solver_can_work_with_are_a_price_error(wild):
    """What the solver refuses is said in one kind of error, in the first pricing as in those after it."""
    linear, base, plan = _random(7), np.ones((20, 4), dtype=bool), np.zeros(20, dtype=np.int8)
    use = linear.use.copy()
    use[0, 3, 1] = wild
    with pytest.raises(PriceError), np.errstate(all="ignore"):
        lp_prices(replace(linear, use=use, headroom=np.array([np.nan, wild, wild])), plan, base)
    with PriceProgramme(linear, plan, base) as programme, pytest.raises(PriceError):
        programme.eased(np.array([np.nan, 0.0, 0.0]), np.zeros(1))


def test_masks_and_missing_choices_are_no_columns():
    """Choices that rules or the slot exclude earn nothing."""
    linear = _random(9)
    base = np.zeros((20, 4), dtype=bool)
    base[:, 0] = True
    plan = np.zeros(20, dtype=np.int8)
    assert lp_prices(linear, plan, base).value == 0.0
    lacking = replace(linear, gain=np.where(np.arange(4) > 0, -np.inf, linear.gain))
    assert lp_prices(lacking, plan, np.ones((20, 4), dtype=bool)).value == 0.0


def test_large_programmes_take_pdlp_and_agree(monkeypatch):
    """PDLP answers to about three digits what GLOP answers exactly."""
    linear = _random(11)
    plan, base = np.zeros(20, dtype=np.int8), np.ones((20, 4), dtype=bool)
    exact = lp_prices(linear, plan, base)
    monkeypatch.setattr(prices, "PDLP_COLUMNS", 1)
    near = lp_prices(linear, plan, base)
    assert near.value == pytest.approx(exact.value, rel=1e-3)
    assert _lagrangian(linear, near.scalar, near.stock) == pytest.approx(exact.value, rel=1e-2)


def test_shapes_are_checked():
    """A linear model whose arrays do not fit together is refused."""
    linear = _random(1)
    with pytest.raises(ValueError, match="expected slots"):
        replace(linear, headroom=np.zeros(5))
