"""A targeted offer that fails in one segment is told apart from one that fails for all, and from one that does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import LINES, Running, line, running_shop
from replan_case import LAST, happened

from planner.replan.changes.because import Alone, Barred, facts
from scenarios.flight.actuals import Actuals
from scenarios.response.totals import sold_by
from surrogate.flight.evidence import Forecast
from surrogate.flight.recalibration.recalibrate import Recalibration, recalibrate
from surrogate.flight.recalibration.redeemed import redeemed
from surrogate.flight.recalibration.unused import unused
from surrogate.flight.recalibration.uses_seen import seen_uses

EXTRAS, COUPON, YOUNG, OLD = 2, "coupon-20", 0, 1

case = running_shop


@pytest.fixture(scope="module")
def both(case: Running) -> Running:
    """The shop with its coupon for both segments."""
    more = (line(day, "case", COUPON, "old") for day in (2, 4, 6))
    return replace(case, plan=case.grid.plan_of([*LINES, *more]))


def _lived(case: Running, dead: tuple[int, ...], *, split: bool = True) -> Actuals:
    """Sales and uses as forecast, but for segments where the coupon is not carried out."""
    number = case.grid.offer_index[COUPON]
    s, k, t = case.grid.shape
    gone = Forecast(case.model, case.frozen.effects, case.plan).without([(number, each) for each in dead], 1e-6)
    actuals = happened(case, gone(np.zeros((s, k)), np.zeros((s, k + 1, len(case.grid.scenario.offers)))).units)
    told = np.rint(sold_by(case.model, case.plan, np).targeted[:, EXTRAS, : LAST + 1])
    told[list(dead)] = 0.0
    uses = np.full((2, s + 1, k + 1, t), np.nan)
    if split:
        uses[0, :s, EXTRAS, : LAST + 1] = told
    else:
        uses[0, s, EXTRAS, : LAST + 1] = told.sum(axis=0)
    return replace(actuals, tables={**actuals.tables, "uses": uses})


def _learned(case: Running, actuals: Actuals) -> tuple[np.ndarray, Recalibration]:
    """Factors [S] on what was forecast of the coupon's lifts."""
    before = case.frozen.effects
    seen = seen_uses(case.model, before, case.plan, actuals, None, None)
    found = recalibrate(case.model, before, case.plan, actuals, unused=unused(case.model, before, seen))
    after = redeemed(case.model, found.carried_out, case.plan, actuals, None, nothing=found.nothing).effects
    here = np.s_[0, :, EXTRAS, -1, case.grid.offer_index[COUPON]]
    return after.lift[here] / before.lift[here], found


def test_the_other_segment_does_not_pay_for_a_dead_one(both: Running) -> None:
    """Dead for the young alone: nothing there, and what was forecast for the old, whose uses say that it works."""
    factor, found = _learned(both, _lived(both, (YOUNG,)))
    assert factor[YOUNG] < 0.05 and factor[OLD] > 0.9
    young, old = (found.in_segments[COUPON, segment] for segment in ("young", "old"))
    assert young.nothing > 0.95 and old.nothing == 0.0 == found.offers[COUPON].nothing
    assert young.factor < found.offers[COUPON].factor < old.factor
    went = Alone(expected=5.0, gains=9.0, then=Barred(), now=Barred())
    assert facts(line(9, "case", COUPON, "young"), None, went, found) == [
        "coupon-20 brings 0.02 of its forecast for young"
    ]
    assert facts(line(9, "case", COUPON, "old"), None, went, found) == []


def test_both_dead_and_none_are_told_as_such(both: Running) -> None:
    """Dead for both: nothing anywhere. Carried out for both: the forecast holds."""
    dead, found = _learned(both, _lived(both, (YOUNG, OLD)))
    assert (dead < 0.05).all() and found.offers[COUPON].nothing > 0.95
    alive, found = _learned(both, _lived(both, ()))
    assert (np.abs(alive - 1.0) < 0.05).all() and not found.nothing


def test_one_that_ran_alone_tells_of_others_by_half(case: Running) -> None:
    """It may be the till, it may be the mailing: where it has not run, the shared half of the surprise is believed."""
    factor, found = _learned(case, _lived(case, (YOUNG,)))
    shared = float(case.grid.scenario.effects.rho_offer)
    assert factor[YOUNG] < 0.05 and factor[OLD] == pytest.approx(1.0 - shared, abs=0.15)
    assert not found.in_segments, "the offer's own factor is that of the segment"


def test_uses_told_in_sum_say_nothing_of_one_segment(both: Running) -> None:
    """None in all: both are dead. The uses of the old alone: one of them may be, and the sales say which."""
    dead, _ = _learned(both, _lived(both, (YOUNG, OLD), split=False))
    assert (dead < 0.05).all()
    some, _ = _learned(both, _lived(both, (YOUNG,), split=False))
    assert some[OLD] > some[YOUNG]
