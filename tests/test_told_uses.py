"""Uses that the till told are new or would have been anyway: what is unsure of one is unsure of the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from offers_shop import shop_model, shop_scenario
from test_assign_futures import mean_customers, terms_of, write_shop

from planner.assign.futures.foreseen import Foresight
from planner.assign.futures.offer_futures import offer_futures
from planner.assign.scoring.offer_setting import offer_setting
from planner.problem import problem_of
from scenarios.answer.archive import freeze, from_files, to_files
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.futures.shares import drawn, scaled_up
from scenarios.futures.told_uses import moved_take_up
from scenarios.response.measures import objective_functional
from surrogate.evidence.sent_before import SECTION, SentBefore
from surrogate.evidence.uncertainty.selection import SELECTED, selected
from surrogate.parts import pack
from surrogate.scoring.carried_over import USUAL
from surrogate.scoring.score import score
from surrogate.scoring.within_uses import within_uses

MAIL: dict[str, object] = {"id": "mail", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "channel": "app"}


def test_a_smaller_lift_goes_with_more_who_would_have_bought_anyway():
    """Half of all purchases use a coupon: where it lifts by 50 % a quarter of the base uses it, where by 0 a half."""
    lift, none = np.array([[0.5], [0.0], [1.0], [2.0]]), np.zeros((4, 1))
    expected = np.array([0.5]), np.array([0.25])
    found = moved_take_up(expected, lift, np.ones(1), none, np.zeros(1))
    np.testing.assert_allclose(found[:, 0], [0.25, 0.5, 0.0, 0.0])
    scores, sd = np.array([[-1.0], [0.0], [1.0], [3.0]]), np.full(1, 0.4)
    apart = moved_take_up(expected, lift, np.zeros(1), scores, sd)
    np.testing.assert_array_equal(apart, drawn(scaled_up(expected[1], sd), scores, sd))


def test_a_sure_lift_stays_and_an_unsure_one_gives_neither_all_nor_none_of_its_uses():
    """Uses a purchase stay; what is taken off an unsure lift near its uses would have been bought anyway."""
    lift, take_up, sd = np.array([[0.6, 0.6, 0.1]]), np.array([0.05, 0.05, 0.5]), np.array([0.01, 0.8, 0.3])
    now, used = within_uses(lift, take_up, sd)
    np.testing.assert_allclose((1 - used) / (1 + now[0]), (1 - take_up) / (1 + lift[0]), rtol=1e-5)
    np.testing.assert_allclose(now[0, [0, 2]], lift[0, [0, 2]], rtol=0.01)
    assert 0.2 < now[0, 1] < 0.45 and used[1] > 0.15


def test_an_answer_that_is_carried_over_is_less_sure_and_no_public_offer_is():
    """Of segments that were sent next to no coupons the interval is wider, by at least as much as is usual."""
    model = shop_model()
    ids = model.groups.ids
    some = np.zeros((1, len(ids)))
    known = SentBefore(mechanics=("coupon",), ids=ids, sent=np.eye(1, len(ids)), away=some * np.nan, usual=some)
    chosen = replace(model, sections=model.sections | {SECTION: pack(known)})
    cut: dict[str, object] = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}
    before, after = (score(one, shop_scenario(MAIL, cut)).effects for one in (model, chosen))
    assert before.uses_told == after.uses_told == (True, False)
    assert all(type(each) is bool for each in before.uses_told)
    on = np.s_[:, :-1, 0, 0]
    np.testing.assert_array_equal(before.lift_sd[on][0], after.lift_sd[on][0])
    wider = after.lift_sd[on][1:] ** 2 - before.lift_sd[on][1:] ** 2
    np.testing.assert_allclose(wider, USUAL**2, rtol=1e-4)
    assert (after.lift.mean(axis=0)[on][1:] <= before.lift.mean(axis=0)[on][1:] + 1e-9).all()
    np.testing.assert_array_equal(before.lift[..., 1], after.lift[..., 1])
    np.testing.assert_array_equal(before.lift_sd[..., 1], after.lift_sd[..., 1])


def test_a_plan_has_the_same_doubt(tmp_path):
    """Offers wherever they may stand, in the same futures: with uses told the P5 of the profit is lower."""
    loaded, _, _ = terms_of(write_shop(tmp_path))
    problem = problem_of(loaded)
    allowed = problem.grid.allowed_flat.copy()
    allowed[:, 0] = False
    plan = np.where(allowed.any(axis=1), allowed.argmax(axis=1), 0).astype(np.int8)
    draws, profit = draw(problem.grid, problem.effects, 0), objective_functional(problem.model)
    low = [
        np.quantile(outcomes(problem.model, effects, plan, draws, [profit]).values[:, 0], 0.05)
        for effects in (problem.effects, replace(problem.effects, uses_told=(True, True)))
    ]
    assert low[1] < low[0] - 1.0


def test_futures_hold_that_all_uses_may_be_anyway_and_plan_folders_keep_it(tmp_path):
    """The same effects, uses told: an assignment's bad futures are worse, its mean hardly moves; folders say so."""
    path = write_shop(tmp_path)
    mean_customers(path)
    loaded, terms, foresight = terms_of(path)
    assert loaded.effects is not None
    effects = replace(loaded.effects, uses_told=(True, True))
    told = replace(loaded, effects=effects)
    setting = offer_setting(told, terms, None)
    joint = Foresight(setting=setting, futures=offer_futures(setting)).futures.drawn
    apart = foresight.futures.drawn
    values = [one.gain[:, 1, 1] - one.spend[:, 1, 1] for one in (joint, apart)]
    low, usual = (float(np.quantile(one, 0.05)) for one in values)
    assert low < usual - 0.05 * abs(values[1].mean())
    assert values[0].mean() == pytest.approx(values[1].mean(), rel=0.05)
    assert from_files(to_files(freeze(told, 1)), where="problem").effects.uses_told == (True, True)
    learned = replace(told, effects=replace(effects, uses_told=tuple(np.array([True, False]))))
    assert from_files(to_files(freeze(learned, 1)), where="problem").effects.uses_told == (True, False)
    assert b"uses_told" not in to_files(freeze(loaded, 1))["problem.json"]


def test_lifts_that_the_test_speaks_against_may_well_be_half_as_large():
    """Where forecasts under coupons miss more than without any, how customers were chosen leaves more unsure."""
    cut: dict[str, object] = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}
    offers, better = shop_scenario(MAIL, cut).offers, {"wape_coupon": 0.1, "wape_coupon_no_promotion": 0.2}
    worse = {"wape_coupon": 0.2, "wape_coupon_no_promotion": 0.1}
    sure, unsure = (selected(replace(shop_model(), accuracy=told), offers) for told in (better, worse))
    np.testing.assert_allclose((sure[0], unsure[0]), (SELECTED, np.log(2)))
    assert sure[1] == unsure[1] == 0
