"""Messages that were not sent are told, and with what the offer is compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, line, running_shop
from little_work import little_work
from replan_case import again, happened, sold

from planner.flight.messages_sent import messages_sent
from scenarios.flight.actuals import Actuals, Ran

case = running_shop
CASE = 2
COUPON_DAYS = (1, 3)
"""Periods so far on which the coupon for the young is planned."""


def told(case: Running, share: float, *, days: tuple[int, ...] = COUPON_DAYS) -> Actuals:
    """Return actuals in which so many of the coupon's messages were sent on some of its days."""
    actuals = happened(case, sold(case))
    young = case.grid.segment_index["young"]
    contacts = np.full_like(actuals.tables["units"], np.nan)
    contacts[0, young, CASE, list(days)] = share * case.grid.segments[young].customers
    return replace(actuals, tables={**actuals.tables, "contacts": contacts})


def test_fewer_and_more_messages_than_planned_are_told(case: Running) -> None:
    """A tenth fewer or more are, with what sales are compared with; a message in fifty is nothing to tell."""
    people = case.grid.segments[case.grid.segment_index["young"]].customers
    (said,) = messages_sent(told(case, 0.9), case.plan)
    sent, planned = f"{1.8 * people:,.0f}", f"{2 * people:,.0f}"
    assert said.startswith(f"coupon-20: {sent} messages were sent where the plan has {planned} (90%)")
    assert said.endswith("; what it sold is compared with what so many bring")
    (said,) = messages_sent(told(case, 1.1), case.plan)
    assert "(110%)" in said
    (said,) = messages_sent(told(case, 0.0), case.plan)
    assert said == f"coupon-20: no messages were sent where the plan has {planned}; nothing is expected of it there"
    assert messages_sent(told(case, 0.98), case.plan) == ()
    assert messages_sent(happened(case, sold(case)), case.plan) == ()


def test_only_days_that_tell_of_messages_and_ran_as_planned_count(case: Running) -> None:
    """A blank is no message that failed, and a day on which the coupon did not run is told elsewhere."""
    people = case.grid.segments[case.grid.segment_index["young"]].customers
    (said,) = messages_sent(told(case, 0.5, days=(1,)), case.plan)
    assert f"{0.5 * people:,.0f} messages were sent where the plan has {people:,.0f} (50%)" in said
    young, coupon = case.grid.segment_index["young"], case.grid.offer_index["coupon-20"]
    second = replace(told(case, 0.5), ran=frozenset({Ran(period=3, product=CASE, segment=young, offer=coupon)}))
    (said,) = messages_sent(second, case.plan)
    assert f"where the plan has {people:,.0f} (50%)" in said


def test_a_re_planning_tells_of_messages_that_were_not_sent(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody takes the factor of the coupon for what customers think of it."""
    little_work(monkeypatch)
    assert any(text.startswith("coupon-20: ") for text in again(case, told(case, 0.6)).warnings)


def test_a_message_for_several_products_is_written_on_one_row(case: Running) -> None:
    """Of a coupon on two products in one message, the row without messages is no failure to send."""
    young = case.grid.segment_index["young"]
    both = case.plan.copy()
    both |= case.grid.plan_of([line(day, "phone", "coupon-20", "young") for day in (2, 4)])
    actuals = told(case, 1.0)
    actuals.tables["contacts"][0, young, 0, list(COUPON_DAYS)] = 0.0
    assert messages_sent(actuals, both) == ()
