"""Take-up is recalibrated by told uses: how far, for whom, and with intervals that hold the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from replan_case import LAST, happened, sold

from scenarios.flight.actuals import Actuals
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.redeemed import redeemed, weighed
from surrogate.flight.recalibration.uses_seen import Seen

EXTRAS, COUPON = 2, "coupon-20"


def _told(case: Running, factor: float) -> Actuals:
    """Sales as forecast; base buyers use the coupon so many times as often."""
    actuals, what = happened(case, sold(case)), sold_by(case.model, case.plan, np)
    s, k, t = case.grid.shape
    uses = np.full((2, s + 1, k + 1, t), np.nan)
    real = what.targeted + (factor - 1.0) * what.targeted_base
    uses[0, 0, EXTRAS, : LAST + 1] = np.rint(real[0, EXTRAS, : LAST + 1])
    return replace(actuals, tables={**actuals.tables, "uses": uses})


case = running_shop
"""The shop; its coupon runs for the young."""


@pytest.mark.parametrize("factor", [0.4, 1.0, 2.0])
def test_take_up_moves_towards_what_was_used(case: Running, factor: float) -> None:
    """All days follow, less than all the way, also those that are over: some may not tell; who got none follow less."""
    before = case.frozen.effects
    learned = redeemed(case.model, before, case.plan, _told(case, factor), None)
    after, moved = learned.effects, learned.take_up[COUPON]
    number = case.grid.offer_index[COUPON]
    ratio = after.take_up[:, EXTRAS, :, number] / before.take_up[:, EXTRAS, :, number]
    young, old = np.log(ratio[0]), np.log(ratio[1])
    assert young == pytest.approx(np.log(moved.factor))
    assert (np.abs(old) <= np.abs(young)).all()
    if factor == 1.0:
        assert moved.factor == pytest.approx(1.0, abs=0.02)
    else:
        assert 0 < young[0] / np.log(factor) < 1
        assert old[0] / young[0] == pytest.approx(float(case.grid.scenario.effects.rho_offer))
    assert moved.high / moved.low < moved.before_high / moved.before_low
    assert after.take_up_cv[0, EXTRAS, -1, number] < after.take_up_cv[1, EXTRAS, -1, number]
    assert after.take_up_cv[1, EXTRAS, -1, number] < before.take_up_cv[1, EXTRAS, -1, number]


def test_what_is_believed_for_certain_and_what_is_not_told_stay(case: Running) -> None:
    """A take-up without uncertainty is not moved by uses; without the column nothing is."""
    number = case.grid.offer_index[COUPON]
    certain = replace(case.frozen.effects, take_up_cv=np.zeros_like(case.frozen.effects.take_up_cv))
    found = redeemed(case.model, certain, case.plan, _told(case, 2.0), None)
    assert (found.effects.take_up[..., number] == certain.take_up[..., number]).all()
    assert found.take_up[COUPON].factor == 1.0
    untold = redeemed(case.model, certain, case.plan, happened(case, sold(case)), None)
    assert untold.effects is certain and not untold.take_up and not untold.lift


@pytest.mark.parametrize(("base", "bump", "cv", "days"), [(35.0, 50.0, 0.6, 2), (300.0, 200.0, 0.6, 4)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(base: float, bump: float, cv: float, days: int) -> None:
    """Take-up drawn from the belief, uses counted: 90 % intervals hold it in 85 to 96 % of 300 campaigns."""
    rng, prior, held = np.random.default_rng(1), float(np.log1p(cv**2)), 0
    for truth in rng.normal(0.0, np.sqrt(prior), 300):
        mean = (base * np.exp(truth) + bump * np.exp(rng.normal(0.0, 0.2))) / days
        uses = float(rng.poisson(mean * np.exp(0.1 * rng.standard_normal(days))).sum())
        seen = Seen(cells=np.ones((1, 1, days), dtype=bool), uses=uses, base=base, bump=bump)
        found = weighed((seen,), prior, 0.2**2)
        held += abs(truth - found.take_up) < 1.6449 * np.sqrt(found.take_up_variance)
    assert 0.85 <= held / 300 <= 0.96
