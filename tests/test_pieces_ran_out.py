"""Offers whose pieces ran out: sales tell that at least so many wanted one, and are read so; all else is as before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from realised_past import realised_of
from replan_case import LAST, happened, sold

from scenarios.flight.actuals import Actuals
from scenarios.flight.pieces import Pieces, pieces_so_far, pieces_there
from scenarios.flight.settled import settled
from scenarios.language.plan_lines import PlanLine
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.censored import at_least
from surrogate.flight.recalibration.recalibrate import Recalibration, recalibrate
from surrogate.flight.recalibration.redeemed import redeemed

CUT = "{id: cut-15, mechanic: price_discount, depth: 15%,"
COUPON = "{id: coupon-20, mechanic: coupon, value: 20, layer: targeted,"
QUIET = {
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
    "stock: 500, arrivals: {2026-11-03: 100}, ": "",
    "fatigue: 0.25": "fatigue: 0",
    "{share: 10%, periods: 3}": "{share: 0%, periods: 3}",
    "cannibalisation: 0.2": "cannibalisation: 0",
}
"""A shop without stock and without interactions, so that own arithmetic can live its campaign."""
BUSY = 10.0
"""Times the shop's sales, so that counting hides little."""
PUBLIC = 0
WEEK = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A shop in which half of the days of each phone have the price cut."""

    running: Running
    lift: np.ndarray
    """[S, K, T]"""

    def pieces(self, actuals: Actuals) -> Pieces:
        """What is known of the lines."""
        case = self.running
        account = sold_by(case.model, case.plan, np)
        return pieces_so_far(case.model, case.plan, account, actuals, pieces_there(case.frozen, case.plan))

    def learned(self, actuals: Actuals, pieces: Pieces | None = None) -> Recalibration:
        """What the actuals say."""
        case = self.running
        return recalibrate(case.model, case.frozen.effects, case.plan, actuals, pieces=pieces)


def _lines(level: float) -> list[PlanLine]:
    places = [(day, "phone-pro") for day in (3, 4, 5)] + [(day, "phone") for day in (2, 4, 6)]
    return [line(day, product, "cut-15").model_copy(update={"quantity": level}) for day, product in places]


def _case(folder: Path, *, counts: bool, level: float = 1.0) -> Case:
    folder.mkdir()
    shop = {**QUIET, CUT: f"{CUT} quantity: [50%, 100%]," if counts else CUT}
    case = running(folder, shop=shop)
    effects = case.frozen.effects
    effects = replace(effects, base_units=BUSY * effects.base_units, lift_sd=np.where(effects.lift_sd > 0, 0.4, 0.0))
    case = replace(
        case,
        frozen=replace(case.frozen, effects=effects),
        model=build_coefficients(case.grid, effects, case.frozen.baskets),
        plan=case.grid.plan_of(_lines(level)),
    )
    return Case(running=case, lift=effects.lift.mean(axis=0)[:, :-1, :, case.grid.offer_index["cut-15"]])


def _lived(case: Case, factor: float, seed: int, pieces: float = np.inf) -> np.ndarray:
    """Units [S, K, T] of customers who come at random: whoever comes too late pays the regular price, or does not buy.

    ``pieces`` of each line as a share of what is forecast.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    base = case.running.frozen.effects.base_units[0]
    wanted, more = rng.poisson(base), rng.poisson(base * case.lift * factor)
    units, public = wanted.astype(float), case.running.grid.split(case.running.plan).public
    forecast = (base * (1.0 + case.lift)).sum(axis=0)
    for k, t in np.argwhere(public > 0):
        come = np.concatenate([wanted[:, k, t], more[:, k, t]])
        found = come
        if np.isfinite(pieces):
            there = int(np.ceil(pieces * forecast[k, t] - 1e-6))
            found = rng.multivariate_hypergeometric(come, min(there, come.sum()))
        units[:, k, t] += found[len(base) :]
    return units


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The cut with as many pieces as are forecast."""
    return _case(tmp_path_factory.mktemp("counted") / "shop", counts=True)


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The same cut for everybody."""
    return _case(tmp_path_factory.mktemp("free") / "shop", counts=False)


def test_pieces_are_counted_as_the_lines_say(counted: Case) -> None:
    """Base 250 and 300 and a lift of 0.80 on the phone: 990 pieces, whoever takes them."""
    there = pieces_there(counted.running.frozen, counted.running.plan)[PUBLIC]
    assert there[:, 0, 1] == pytest.approx([990.0, 990.0])
    assert np.isnan(there[:, 0, 0]).all()


def test_a_lift_above_the_forecast_is_found_though_pieces_ran_out(counted: Case, free: Case) -> None:
    """Lifts of 1.6 times the forecast, capped at its pieces: learned as where everybody is served, not four fifths."""
    seeds = range(2)
    lived = [happened(counted.running, _lived(counted, 1.6, seed, pieces=1.0), last=WEEK) for seed in seeds]
    assert all(counted.pieces(each).ran_out[PUBLIC].any(axis=0).sum() == 6 for each in lived)
    blind, found = (
        np.mean([np.log(counted.learned(each, pieces).offers["cut-15"].factor) for each, pieces in pairs])
        for pairs in ([(each, None) for each in lived], [(each, counted.pieces(each)) for each in lived])
    )
    served = [happened(free.running, _lived(free, 1.6, seed), last=WEEK) for seed in seeds]
    whole = np.mean([np.log(free.learned(each).offers["cut-15"].factor) for each in served])
    assert blind < 0.85 * whole
    assert found == pytest.approx(whole, abs=0.04), "half as far from it as what is learned blindly, or nearer"


def test_pieces_that_ran_out_leave_the_factor_uncertain(counted: Case, free: Case) -> None:
    """The interval of what pieces hide is wider than where everybody is served, and holds the truth."""
    hidden = happened(counted.running, _lived(counted, 1.6, 0, pieces=1.0), last=WEEK)
    moved = counted.learned(hidden, counted.pieces(hidden)).offers["cut-15"]
    plain = free.learned(happened(free.running, _lived(free, 1.6, 0), last=WEEK)).offers["cut-15"]
    assert moved.high / moved.low > 1.03 * plain.high / plain.low
    assert moved.low < 1.6 < moved.high
    assert counted.learned(hidden, counted.pieces(hidden)).ran_out == {"cut-15": 6}


def test_what_is_left_over_tells_as_much_as_without_pieces(counted: Case, free: Case) -> None:
    """Fewer want one than there are pieces: everything learned is what the same sales tell of a cut for everybody."""
    units = _lived(free, 0.6, 1)
    actuals = happened(counted.running, units, last=WEEK)
    pieces = counted.pieces(actuals)
    assert pieces.left[PUBLIC].any(axis=0).sum() == 6
    found, plain = counted.learned(actuals, pieces), free.learned(happened(free.running, units, last=WEEK))
    np.testing.assert_allclose(found.effects.lift, plain.effects.lift, rtol=1e-9)
    np.testing.assert_allclose(found.effects.base_units, plain.effects.base_units, rtol=1e-9)
    assert found.ran_out == {}


def test_campaigns_without_pieces_learn_what_they_did_to_the_last_bit(free: Case) -> None:
    """Where no line counts pieces, asking for them changes nothing."""
    actuals = happened(free.running, _lived(free, 1.6, 2), last=WEEK)
    pieces = free.pieces(actuals)
    assert not pieces.known
    one, two = free.learned(actuals), free.learned(actuals, pieces)
    for name in ("lift", "lift_sd", "base_units", "base_cv"):
        assert getattr(one.effects, name).tobytes() == getattr(two.effects, name).tobytes(), name
    assert {n: m.factor for n, m in one.offers.items()} == {n: m.factor for n, m in two.offers.items()}


def test_a_censored_observation_pulls_as_a_sale_far_below_and_says_nothing_far_above() -> None:
    """The derivatives of log P(W >= P): as of a normal observation at P far below it, none far above it."""
    slope, curve = at_least(np.array([-30.0, 0.0, 30.0]))
    assert slope[0] == pytest.approx(30.0, rel=0.01)
    assert curve[0] == pytest.approx(1.0, rel=0.01)
    assert slope[1] == pytest.approx(np.sqrt(2 / np.pi))
    assert slope[2] == pytest.approx(0.0, abs=1e-9)
    assert curve[2] == pytest.approx(0.0, abs=1e-9)


def test_half_of_the_pieces_are_gone_even_where_a_tenth_less_is_sold(tmp_path: Path) -> None:
    """Every buyer takes a shelf price while there are pieces: the monitor and the settled past count all of them."""
    case = _case(tmp_path / "shop", counts=True, level=0.5).running
    actuals = happened(case, 0.9 * sold(case))
    there = pieces_there(case.frozen, case.plan)
    realised = realised_of(case, actuals, there)
    assert realised.pieces is not None
    day = np.s_[:, 0, 1]
    assert realised.sold.public[day].sum() == pytest.approx(there[PUBLIC][0, 0, 1])
    found = settled(
        case.model,
        case.frozen.effects,
        case.plan,
        actuals,
        counted=sold_by(case.model, case.plan, np),
        pieces=realised.pieces,
    )
    account = sold_by(build_coefficients(case.grid, found.effects, case.frozen.baskets), case.plan, np)
    assert account.public[day].sum() == pytest.approx(there[PUBLIC][0, 0, 1], abs=0.01)
    assert account.units[..., : LAST + 1] == pytest.approx(actuals.units[..., : LAST + 1], abs=0.01)


def _coupons(folder: Path, uses: float, *, counts: bool = True) -> tuple[Running, Actuals, Pieces]:
    """The shop's coupon with 82 pieces of one day, of which so many were used; sales as forecast."""
    folder.mkdir()
    case = running(folder, shop={**QUIET, COUPON: f"{COUPON} quantity: [100%]," if counts else COUPON})
    case = replace(case, plan=case.grid.plan_of([line(2, "case", "coupon-20", "young")]))
    actuals, (s, k, t) = happened(case, sold(case)), case.grid.shape
    told = np.full((2, s + 1, k + 1, t), np.nan)
    told[0, 0, 2, 1] = uses
    actuals = replace(actuals, tables={**actuals.tables, "uses": told})
    account = sold_by(case.model, case.plan, np)
    return case, actuals, pieces_so_far(case.model, case.plan, account, actuals, pieces_there(case.frozen, case.plan))


def test_uses_of_what_is_left_over_tell_take_up_and_of_what_ran_out_at_least(tmp_path: Path) -> None:
    """Half of the pieces used: take-up falls as without pieces. All used: it rises, by less than were it so many."""
    factors = []
    for number, (share, counts) in enumerate(((0.6, True), (0.6, False), (1.0, True))):
        case, _, _ = _coupons(tmp_path / f"a{number}", 1.0, counts=counts)
        expected = sold_by(case.model, case.plan, np).targeted[0, 2, 1]
        case, actuals, pieces = _coupons(tmp_path / f"b{number}", float(np.ceil(share * expected)), counts=counts)
        assert bool(pieces.ran_out[1][0, 2, 1]) == (counts and share == 1.0)
        effects = case.frozen.effects
        factors.append(redeemed(case.model, effects, case.plan, actuals, None, pieces).take_up["coupon-20"].factor)
    left, plain, gone = factors
    assert left == pytest.approx(plain, rel=1e-6)
    assert left < 0.9
    assert 1.0 < gone < 1.6


def _coupons_of_a_week(folder: Path, factor: float, seed: int) -> tuple[Case, Actuals]:
    """Coupons for everybody on three days, as many as are forecast, and lived with lifts so many times as high."""
    folder.mkdir()
    case = running(folder, shop={**QUIET, COUPON: f"{COUPON} quantity: [100%],"})
    effects = replace(case.frozen.effects, base_units=BUSY * case.frozen.effects.base_units)
    model = build_coefficients(case.grid, effects, case.frozen.baskets)
    plan = case.grid.plan_of([line(day, "case", "coupon-20", s) for day in (2, 4, 6) for s in ("young", "old")])
    case = replace(case, frozen=replace(case.frozen, effects=effects), model=model, plan=plan)
    number, rng = case.grid.offer_index["coupon-20"], np.random.Generator(np.random.Philox(seed))
    lift, there = effects.lift.mean(axis=0)[..., number], pieces_there(case.frozen, plan)[1]
    units = rng.poisson(effects.base_units[0]).astype(float)
    told = np.full_like(happened(case, units, last=WEEK).tables["units"], np.nan)
    for s, k, t in np.argwhere(np.isfinite(there)):
        asked = rng.binomial(int(units[s, k, t]), effects.take_up[s, k, t, number])
        more = rng.poisson(effects.base_units[0, s, k, t] * lift[s, k, t] * factor)
        used = min(asked + more, there[s, k, t])
        units[s, k, t] += used - rng.hypergeometric(asked, more, int(used))
        told[0, s, k, t] = used
    actuals = happened(case, units, last=WEEK)
    return Case(running=case, lift=lift[:, :-1]), replace(actuals, tables={**actuals.tables, "uses": told})


@pytest.mark.parametrize(("factor", "low", "high"), [(1.0, 0.9, 1.1), (1.8, 1.15, 2.0)])
def test_coupons_that_ran_out_by_chance_say_no_more_than_those_left(
    tmp_path: Path, factor: float, low: float, high: float
) -> None:
    """As many came as forecast, so that about half of the lines ran out: no lift above it is read into that."""
    found = []
    for seed in range(3):
        case, actuals = _coupons_of_a_week(tmp_path / str(seed), factor, seed)
        pieces = case.pieces(actuals)
        assert (pieces.ran_out[1] | pieces.left[1]).sum() == 6
        assert factor > 1.0 or 0 < pieces.ran_out[1].sum() < 6
        found.append(np.log(case.learned(actuals, pieces).offers["coupon-20"].factor))
    assert low < np.exp(np.mean(found)) < high
