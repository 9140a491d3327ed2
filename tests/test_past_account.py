"""The days that are over have one account: of the report, of the monitor, and of the folder that is planned again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import LINES, Running, line, running
from little_work import little_work
from replan_case import LAST, again, happened, sold

from planner.flight.claims_so_far import claims_so_far
from planner.flight.past.account import past_account
from planner.flight.past.untold_uses import said_of_untold, untold_uses
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.realised import Realised
from scenarios.response.coefficients import build_coefficients

CASE, YOUNG = 2, 0
COUPON = "{id: coupon-20, mechanic: coupon, value: 20,"
PAID = {COUPON: f"{COUPON} funding: {{vendor: nova, share: 50%}},"}
TOLD = (0,)


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the past is tested here, not how good the plan is."""
    little_work(monkeypatch)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with a coupon, half of which the vendor pays, on each of the first three days."""
    shop = running(tmp_path_factory.mktemp("shop"), shop=PAID)
    own = (line(day, "case", "coupon-20", "young") for day in range(1, LAST + 1))
    public = (each for each in LINES if each.offer == "cut-15")
    return replace(shop, plan=shop.grid.plan_of((*own, *public)))


def _told(case: Running, units: np.ndarray, uses: float) -> Actuals:
    """Actuals whose first day tells so many uses of the coupon, and whose later ones tell nothing of them."""
    actuals, (s, k, t) = happened(case, units), case.grid.shape
    table = np.full((2, s + 1, k + 1, t), np.nan)
    table[0, YOUNG, CASE, TOLD] = uses
    return replace(actuals, tables={**actuals.tables, "uses": table})


def _real(frozen: Frozen, plan: Plan, actuals: Actuals) -> Realised:
    own = build_coefficients(actuals.grid, frozen.effects, frozen.baskets)
    return Realised(own, past_account(frozen, plan, actuals).tables, plan, actuals)


def _amounts(book: Account) -> dict[str, list[int]]:
    early = book.up_to(LAST + 1)
    rows = {name: getattr(early.rows, name).tolist() for name in ("units", "uses", "discount", "funding", "fixed_cost")}
    return {**rows, "sold": early.cells.units.ravel().tolist(), "sales": early.cells.sales.ravel().tolist()}


def test_report_and_new_folder_bill_the_same(case: Running) -> None:
    """Every row of the past is the same to the minor unit before and after a re-planning by the same actuals."""
    actuals = _told(case, sold(case, lift={"coupon-20": 0.3, "cut-15": 1.4}), 3.0)
    before = _real(case.frozen, case.plan, actuals)
    found = again(case, actuals)
    assert found.plan_set is not None
    assert _amounts(found.accounts[0]) == _amounts(before.asked)
    later = case.grid.plan_of(found.plan_set.plans[0].plan_lines)
    after = _real(found.frozen, later, replace(actuals, grid=case.grid))
    assert _amounts(after.asked) == _amounts(before.asked)
    claims = [(each.date, each.product, each.offer, each.actual) for each in claims_so_far(before)]
    assert claims and claims == [(each.date, each.product, each.offer, each.actual) for each in claims_so_far(after)]


@pytest.mark.parametrize(("lift", "uses"), [(0.02, 0.0), (1.0, None)])
def test_uses_that_are_not_told_follow_those_that_are(case: Running, lift: float, uses: float | None) -> None:
    """A dead code is used by nobody on the days that do not tell it, either; one that works as planned as planned."""
    units = sold(case, lift={"coupon-20": lift})
    planned = _real(case.frozen, case.plan, _told(case, sold(case), 0.0)).expected.targeted[YOUNG, CASE]
    actuals = _told(case, units, float(np.rint(planned[list(TOLD)].mean())) if uses is None else uses)
    own = build_coefficients(case.grid, case.frozen.effects, case.frozen.baskets)
    past = past_account(case.frozen, case.plan, actuals)
    real = Realised(own, past.tables, case.plan, actuals)
    (found,) = untold_uses(past, own, actuals, real.pieces)
    assert (found.offer, found.told_rows, found.rows) == ("coupon-20", 1, 2)
    open_ = real.sold.targeted[YOUNG, CASE, 1:LAST].sum()
    assert found.reckoned == pytest.approx(open_)
    assert found.planned == pytest.approx(planned[1:LAST].sum())
    assert found.low <= found.reckoned <= found.high
    if uses is None:
        assert found.reckoned == pytest.approx(found.planned, rel=0.1)
        assert found.low < 0.8 * found.planned and found.high > 1.2 * found.planned
    else:
        assert found.reckoned < 0.1 * found.planned
        claimed, foreseen = (book.rows.funding[book.rows.block == 1].sum() for book in (real.asked, real.booked))
        assert foreseen > 0 and claimed < 0.1 * foreseen
    (said,) = said_of_untold((found,), actuals.name)
    assert said.startswith("uses that actuals.csv does not tell are reckoned by the rows that do, and by what was")


def test_where_every_row_tells_its_uses_nothing_is_reckoned(case: Running) -> None:
    """Uses that are told are facts, and nothing is said of others."""
    actuals = _told(case, sold(case), 5.0)
    actuals.tables["uses"][0, YOUNG, CASE, : LAST + 1] = 5.0
    own = build_coefficients(case.grid, case.frozen.effects, case.frozen.baskets)
    past = past_account(case.frozen, case.plan, actuals)
    assert untold_uses(past, own, actuals, None) == ()
    assert not list(said_of_untold((), actuals.name))
