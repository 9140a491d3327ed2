"""Gifts and pieces beyond what there is, in a re-planning: how many, of what, who gets none, and what helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from little_work import little_work
from replan_case import LAST, again, happened, sold

from planner.replan.replan import ReplanParams, replan
from scenarios.flight.actuals import Actuals

AGREED = "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n"
STOCK = "gifts: [{id: earbuds, unit_cost: 89, stock: 300}]"
BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"
COUPON = "{id: coupon-20, mechanic: coupon, value: 20, layer: targeted,"
GIFTS = tuple(line(day, "phone", "buds", "young") for day in range(1, 8))
COUPONS = tuple(line(day, "case", "coupon-20", "young") for day in range(1, 8))
PHONE, CASE, YOUNG = 0, 2, 0


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of locked lines is tested here, not how good the plan is."""
    little_work(monkeypatch)


def _shop(folder: Path, lines: tuple[object, ...], **shop: str) -> Running:
    edits = {AGREED: "", "channels: [{id: push, cost_per_contact: 0.02, contacts_per_customer: {max: 3, days: 7}}]": (
        "channels: [{id: push, cost_per_contact: 0.02}]"
    ), **shop}  # fmt: skip
    found = running(folder, shop=edits)
    return replace(found, plan=found.grid.plan_of(lines))  # type: ignore[arg-type]


def _told(case: Running, product: int, each: float) -> Actuals:
    """Sales as forecast, with so many uses a day told of the young."""
    actuals = happened(case, sold(case))
    table = np.full_like(actuals.tables["units"], np.nan)
    table[0, YOUNG, product, : LAST + 1] = each
    units = actuals.tables["units"].copy()
    units[0, YOUNG, product, : LAST + 1] = np.maximum(units[0, YOUNG, product, : LAST + 1], each)
    return replace(actuals, tables={**actuals.tables, "units": units, "uses": table})


def _of(sentences: tuple[str, ...], start: str) -> str:
    (found,) = [each for each in sentences if each.startswith(start)]
    return found


def test_gifts_that_the_notice_asks_for_beyond_the_stock(tmp_path: Path) -> None:
    """Four days at 40 gifts leave ten of 170: some of the fifth day, which cannot be stopped, get none."""
    case = _shop(tmp_path, GIFTS, **{STOCK: STOCK.replace("300", "170")})
    said = _of(again(case, _told(case, PHONE, 40.0)).flight.moved, "limit gift:earbuds")
    start = (
        "limit gift:earbuds (buds on phone): 160 of 170 are gone up to 2026-11-04, and lines until 2026-11-05, which "
        "cannot be stopped any more, ask for "
    )
    assert said.startswith(start)
    asked, rest = said.removeprefix(start).split(": ", 1)
    lacking = int(asked) - 10
    assert lacking > 5
    assert rest == (
        f"{lacking} customers will get none unless there are {lacking} more by then "
        f"(--set gifts.earbuds.stock={170 + lacking}); the rest may add nothing"
    )


def test_gifts_of_days_that_are_over_beyond_the_stock(tmp_path: Path) -> None:
    """Of 159 gifts 160 are told: one customer got none, or there was one more; and the notice asks for others."""
    case = _shop(tmp_path, GIFTS, **{STOCK: STOCK.replace("300", "159")})
    said = _of(again(case, _told(case, PHONE, 40.0)).flight.moved, "limit gift:earbuds")
    assert said.startswith(
        "limit gift:earbuds (buds on phone): 160 were due up to 2026-11-04, 1 more than the 159 that there were; "
        "either 1 customer got none, or there were more (then correct it: --set gifts.earbuds.stock=...); lines until "
        "2026-11-05 ask for "
    )
    assert said.endswith(" more, which nobody gets; the rest may add nothing")


def test_uses_beyond_a_limit(tmp_path: Path) -> None:
    """Uses may be granted beyond a limit, so that nobody goes without: how many that is, and what helps."""
    cap = f"{BUDGET}  - {{id: coupons, measure: uses, max: 85, where: {{offers: [coupon-20]}}}}\n"
    case = _shop(tmp_path, COUPONS, **{BUDGET: cap})
    actuals = _told(case, CASE, 20.0)
    said = _of(again(case, actuals).flight.moved, "limit coupons")
    assert said.startswith(
        "limit coupons (coupon-20 on case): 80 of 85 uses up to 2026-11-04, and lines until 2026-11-05, which cannot "
        "be stopped any more, are expected to bring "
    )
    assert " more than it allows, unless the offer is refused once 85 are used; --set limits.coupons.max=" in said
    over = _of(again(case, _told(case, CASE, 22.0)).flight.moved, "limit coupons")
    assert "88 uses up to 2026-11-04, 3 more than the 85 that it allows; lines until 2026-11-05" in over


def test_a_ceiling_on_money_is_told_as_ever(tmp_path: Path) -> None:
    """Nobody goes without where a budget is exceeded."""
    case = _shop(tmp_path, GIFTS, **{BUDGET: BUDGET.replace("80000", "2000")})
    said = _of(again(case, happened(case, sold(case))).flight.moved, "limit total-budget")
    assert said.endswith(", by estimate, are used by what cannot be changed any more; the rest may add nothing")


def test_more_pieces_than_there_were(tmp_path: Path) -> None:
    """Uses beyond the pieces of an offer with quantity are told with their number, and where most of them are."""
    case = _shop(tmp_path, COUPONS, **{COUPON: f"{COUPON} quantity: [100%],"})
    found = again(case, _told(case, CASE, 60.0))
    said = _of(found.warnings, "coupon-20: ")
    number, rest = said.removeprefix("coupon-20: ").split(" more were given out than there were pieces ", 1)
    assert rest.startswith("(on 4 lines, most of all 60 of ")
    assert " on case for young, 2026-11-0" in rest
    assert rest.endswith(
        "they are counted as the file tells them: check the column uses, or which system stops the offer"
    )
    assert 40 < int(number) < 240
    fine = again(case, _told(case, CASE, 5.0))
    assert not any("than there were pieces" in each for each in fine.warnings)


def test_a_ceiling_that_gave_way_is_asked_for_anew(tmp_path: Path) -> None:
    """The day that could not be stopped asked for fewer than feared: there are 170 gifts again, and nothing is said."""
    case = _shop(tmp_path, GIFTS, **{STOCK: STOCK.replace("300", "170")})
    first = again(case, _told(case, PHONE, 40.0))
    assert first.plan_set is not None and first.frozen.flight is not None
    (gave_way,) = first.frozen.flight.ceilings
    assert (gave_way.id, gave_way.asked) == ("gift:earbuds", 170)
    assert first.frozen.scenario.gifts[0].stock == gave_way.now > 170
    assert gave_way.said in first.flight.moved
    actuals = _told(case, PHONE, 40.0)
    uses, units = (actuals.tables[name].copy() for name in ("uses", "units"))
    units[..., LAST + 1] = np.where(np.isfinite(units[..., LAST]), sold_on(case, LAST + 1), np.nan)
    for uses_then, stock in ((5.0, 170), (60.0, 220)):
        uses[0, YOUNG, PHONE, LAST + 1] = uses_then
        units[0, YOUNG, PHONE, LAST + 1] = max(uses_then, 40.0)
        tables = {**actuals.tables, "uses": uses.copy(), "units": units.copy()}
        later = replace(actuals, last=LAST + 1, tables=tables)
        plans = first.plan_set
        params = ReplanParams(notice=0)
        second = replan(first.frozen, plans, plans.plans[0], later, b"date\n", params)
        assert second.frozen.scenario.gifts[0].stock == stock
        assert sum("gift:earbuds" in each for each in second.flight.moved) == (stock > 170)


def sold_on(case: Running, period: int) -> np.ndarray:
    """Units [2, S + 1, K + 1] of one day as forecast, nothing elsewhere."""
    s, k, _ = case.grid.shape
    found = np.zeros((2, s + 1, k + 1))
    found[0, :s, :k] = np.rint(sold(case)[..., period])
    return found
