"""Uses tell whether an offer is carried out: a coupon that nobody uses brings nothing, and is not planned more of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from little_work import little_work
from replan_case import LAST, again, happened, sold

from scenarios.flight.actuals import Actuals
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.recalibrate import recalibrate
from surrogate.flight.recalibration.redeemed import redeemed, weighed
from surrogate.flight.recalibration.undone import NOTHING
from surrogate.flight.recalibration.unused import log_ratio, unused
from surrogate.flight.recalibration.uses_seen import Seen, Spread, seen_uses

EXTRAS, COUPON = 2, "coupon-20"
TAKE_UP, LIFT = (Spread(single=sd**2, common=sd**2, elsewhere=1.0) for sd in (0.5, 0.25))

case = running_shop
"""The shop; its coupon runs for the young, two of its three days so far."""


def _told(case: Running, share: float) -> Actuals:
    """Sales as forecast, and so many of the expected uses."""
    actuals, what = happened(case, sold(case)), sold_by(case.model, case.plan, np)
    s, k, t = case.grid.shape
    uses = np.full((2, s + 1, k + 1, t), np.nan)
    uses[0, 0, EXTRAS, : LAST + 1] = np.rint(share * what.targeted[0, EXTRAS, : LAST + 1])
    return replace(actuals, tables={**actuals.tables, "uses": uses})


def _ratio(uses: float, base: float = 30.0, bump: float = 52.0) -> float:
    return log_ratio(uses, base, bump, 20, TAKE_UP, LIFT)


def test_a_count_of_uses_says_whether_a_code_works() -> None:
    """None of 82, or one or two that staff tried: it does not. Half of them: it does. None of one says little."""
    assert _ratio(0) > 15 and _ratio(2) > 10
    assert _ratio(41) < -20 and _ratio(82) < -50 and _ratio(400) < -200
    assert 0 < _ratio(0, 0.4, 0.6) < 2
    ratios = [_ratio(uses) for uses in range(120)]
    assert (np.diff(ratios) < 0).all()


def test_offers_that_work_are_seldom_taken_for_dead() -> None:
    """The likelihood ratio is evidence: of campaigns drawn from the belief it passes 20 in fewer than one in twenty."""
    rng, found = np.random.default_rng(3), []
    for _ in range(2000):
        mean = 4.0 * np.exp(0.5 * rng.standard_normal()) + 3.0 * np.exp(0.25 * rng.standard_normal())
        found.append(_ratio(float(rng.poisson(mean)), 4.0, 3.0))
    ratios = np.exp(np.minimum(found, 50.0))
    assert (ratios > 20).mean() < 1 / 20
    assert ratios.mean() < 1.2


def test_surprising_uses_are_shared_between_take_up_and_lift() -> None:
    """Uses bound what an offer brings from above: few of them lower the lift, too, more where it is less sure."""
    seen = Seen(cells=np.ones((1, 1, 5), dtype=bool), uses=40.0, base=40.0, bump=60.0)
    narrow, wide = (weighed((seen,), 0.25, sd**2) for sd in (0.05, 0.4))
    assert wide.lift < narrow.lift < 0 and narrow.take_up < wide.take_up < 0
    assert wide.lift_variance < 0.4**2 and wide.take_up_variance < 0.25
    more = weighed((replace(seen, uses=160.0),), 0.25, 0.4**2)
    assert more.lift > 0 and more.take_up > 0
    assert weighed((seen,), 0.25, 0.0).lift == pytest.approx(0.0, abs=1e-6)


def test_a_dead_code_is_suspected_by_its_uses_alone(case: Running) -> None:
    """Sales come as forecast; nobody used the coupon: what it brings and who uses it are both nothing."""
    before, number = case.frozen.effects, case.grid.offer_index[COUPON]
    actuals = _told(case, 0.0)
    said = unused(case.model, before, seen_uses(case.model, before, case.plan, actuals, None, None))
    found = recalibrate(case.model, before, case.plan, actuals, unused=said)
    assert found.offers[COUPON].nothing > 0.95 and found.offers[COUPON].low == NOTHING
    learned = redeemed(
        case.model, found.carried_out, case.plan, actuals, None, nothing=found.nothing, running=case.plan
    )
    ratio = learned.effects.lift[0, :, EXTRAS, 0, number] / before.lift[0, :, EXTRAS, 0, number]
    assert ratio[0] < 0.1 and 0.4 < ratio[1] < 0.7, "where it has not run, it is dead by half: it may be one mailing"
    line, none = (0, EXTRAS, 5, number), (0, EXTRAS, 6, number)
    assert learned.effects.take_up[line] < 0.1 * before.take_up[line]
    assert learned.effects.take_up[none] > 0.1 * before.take_up[none], "a new line would not be cheap"
    assert learned.take_up[COUPON].factor < 0.1


def test_an_offer_that_is_used_is_carried_out(case: Running) -> None:
    """However weak its sales: its uses say that it works."""
    before, actuals = case.frozen.effects, _told(case, 0.9)
    seen = seen_uses(case.model, before, case.plan, actuals, None, None)
    weak = happened(case, sold(case, lift={COUPON: 1e-6}))
    tables = {**weak.tables, "uses": actuals.tables["uses"]}
    weak = replace(weak, tables=tables)
    found = recalibrate(case.model, before, case.plan, weak, unused=unused(case.model, before, seen))
    assert found.offers[COUPON].nothing == 0.0


def test_a_coupon_that_nobody_uses_is_not_planned_more(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its take-up of nothing does not make it a cheap one: no line of it comes in, and none grows."""
    little_work(monkeypatch)
    found = again(case, _told(case, 0.0))
    assert found.recalibration.offers[COUPON].nothing > 0.95
    assert not [change for change in found.changes if change.after is not None and change.after.offer == COUPON]
