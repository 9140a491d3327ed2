"""The rule of offers that are sent once: all open days of a validity at one level, or none; and what they may say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from rule_shop import SHOP, Short, accepted, line, shop

from constraints.rules.registry import check_rules
from scenarios.grid import build_grid
from scenarios.language.schema import Horizon, Scenario
from scenarios.language.schemas.validity import Validity

WEEK = {"days": 3, "sent": [dt.date(2026, 11, 3), dt.date(2026, 11, 6)]}
"""Valid from Tuesday to Thursday and from Friday to Sunday; Monday the 2nd and 9th are in no validity."""


def offers(valid: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The shop's offers, its voucher sent once."""
    return [each | {"valid": valid, **more} if each["id"] == "voucher" else each for each in SHOP["offers"]]


def voucher(*days: int, segment: str = "young", coverage: float = 1.0) -> tuple[Short, ...]:
    """Lines of the voucher on some days of November."""
    return tuple((day, "phone", "voucher", segment, coverage) for day in days)


def keeps(*lines: Short, valid: dict[str, Any] = WEEK, **changes: Any) -> bool:
    """Whether both readings of the rule accept some lines."""
    return accepted(None, *lines, offers=offers(valid), **changes)


def told(*lines: Short, **changes: Any) -> list[str]:
    """What the plain check says of some lines."""
    grid, _ = shop([], offers=offers(WEEK), **changes)
    found = check_rules(grid, tuple(line(short) for short in lines))
    return [violation.message for result in found for violation in result.violations]


def test_a_validity_has_all_its_days_or_none() -> None:
    """Whoever was sent it holds it to the end; each segment and product is decided apart."""
    assert keeps() and keeps(*voucher(3, 4, 5)) and keeps(*voucher(3, 4, 5, 6, 7, 8))
    assert not keeps(*voucher(3, 4)) and not keeps(*voucher(4, 5)) and not keeps(*voucher(3, 4, 5, 6))
    assert keeps(*voucher(3, 4, 5), *voucher(6, 7, 8, segment="loyal"))
    assert not keeps(*voucher(3, 4, 5), *voucher(3, segment="loyal"))


def test_a_validity_has_one_level() -> None:
    """Half of the segment cannot hold on Wednesday what all of it got on Tuesday."""
    assert keeps(*voucher(3, 4, 5, coverage=0.5))
    assert not keeps(*voucher(3, 4, coverage=0.5), *voucher(5))


def test_days_in_no_validity_are_closed() -> None:
    """Nobody holds the voucher on a Monday that no sending reaches: no plan can have a line there."""
    grid, _ = shop([], offers=offers(WEEK))
    for day, choices in ((2, 0), (3, 2), (4, 2), (9, 0)):
        slot, _ = grid.locate(line(voucher(day)[0]))
        own = [n for n, each in enumerate(grid.choices.targeted, 1) if grid.scenario.offers[each.offer].id == "voucher"]
        assert grid.allowed_flat[grid.slot_number(slot), own].sum() == choices


def test_the_end_of_the_horizon_cuts_a_validity_short() -> None:
    """Of a week that is sent on the last Sunday the plan holds the two days that it knows."""
    late = {"days": 7, "sent": [dt.date(2026, 11, 8)]}
    assert keeps(*voucher(8, 9), valid=late) and not keeps(*voucher(8), valid=late)


def test_closed_days_hold_no_line_of_a_validity() -> None:
    """Nobody can use it on a closed day, which counts as a day of it all the same."""
    closed = {"horizon": SHOP["horizon"] | {"closed": [dt.date(2026, 11, 4)]}}
    assert (
        keeps(*voucher(3, 5), **closed) and not keeps(*voucher(3), **closed) and not keeps(*voucher(3, 5, 6), **closed)
    )


def test_what_was_sent_before_the_horizon_stays_valid_in_it() -> None:
    """Where the history has the sending its last day is asked for, at its level; where it has not, it is refused."""
    before = {"days": 3, "sent": [dt.date(2026, 10, 31), dt.date(2026, 11, 6)]}
    assert keeps(valid=before) and not keeps(*voucher(2), valid=before)
    sent = voucher(0, coverage=0.5)
    assert keeps(*voucher(2, coverage=0.5), valid=before, history=sent)
    assert not keeps(valid=before, history=sent) and not keeps(*voucher(2), valid=before, history=sent)


def test_only_the_sending_counts_against_contacts_per_customer() -> None:
    """Two messages in four days are too many; a message and three days of its validity are one."""
    channels = [{"id": "push"}, {"id": "mail", "contacts_per_customer": {"max": 1, "days": 4}}]
    assert keeps(*voucher(3, 4, 5), channels=channels)
    assert not keeps(*voucher(3, 4, 5, 6, 7, 8), channels=channels)
    early = {"days": 3, "sent": [dt.date(2026, 10, 31), dt.date(2026, 11, 3)]}
    assert not keeps(*voucher(2, 3, 4, 5), channels=channels, valid=early, history=voucher(0))


def test_what_has_run_may_excuse_the_days_before() -> None:
    """From its day on the sending binds what is left: a coupon that is out cannot be stopped."""
    lock = {"id": "ran", "rule": "locked", "until": dt.date(2026, 11, 4), "lines": [line(voucher(3)[0]).model_dump()]}
    lock["excuses"] = {"valid:voucher": dt.date(2026, 11, 5)}
    assert accepted(lock, *voucher(3, 5), offers=offers(WEEK))
    assert not accepted(lock, *voucher(3), offers=offers(WEEK))


def test_refusals_name_the_days_that_are_missing() -> None:
    """A planner reads which days to add, or what to drop."""
    assert told(*voucher(3, 5)) == [
        "segment young, product phone: lines in 2 of 3 days of the validity from 2026-11-03 to 2026-11-05, none on "
        "2026-11-04; what is sent stays valid: add them, or drop voucher for phone and segment young on 2026-11-03 and "
        "the others"
    ]
    assert "several levels in the validity from 2026-11-03" in told(*voucher(3, 4), *voucher(5, coverage=0.5))[0]


@pytest.mark.parametrize(
    ("valid", "told"),
    [
        ({"days": 7, "sent": "monday"}, [0, 0, 0, 0, 0, 0, 0, 7]),
        ({"days": 2, "sent": "tuesday"}, [None, 1, 1, None, None, None, None, None]),
        ({"days": 2, "sent": [dt.date(2026, 11, 1), dt.date(2026, 11, 8)]}, [-1, None, None, None, None, None, 6, 6]),
    ],
)
def test_each_day_knows_its_sending(valid: dict[str, Any], told: list[int | None]) -> None:
    """The day of the sending is the first of so many calendar days."""
    read, horizon = Validity.model_validate(valid), Horizon.model_validate(SHOP["horizon"])
    assert [read.sending_of(horizon, period) for period in range(8)] == told


def test_an_offer_without_validity_is_written_as_before() -> None:
    """No key, no choice and no byte is new in a scenario that does not use it."""
    scenario = Scenario.model_validate(SHOP)
    assert all("valid" not in offer for offer in scenario.model_dump()["offers"])
    assert all(choice.told for block in build_grid(scenario).choices for choice in block)
    again = Scenario.model_validate(Scenario.model_validate(SHOP | {"offers": offers(WEEK)}).model_dump(mode="json"))
    assert next(each for each in again.offers if each.id == "voucher").valid == Validity.model_validate(WEEK)
