"""Floors on more units than stock and arrivals bring are refuted by these numbers alone."""

from __future__ import annotations

from typing import Any

from conflict_case import explained
from rule_shop import SHOP


def goods(**stocks: int) -> dict[str, Any]:
    """The shop with stock of some products, and ten more units of the case on the third day."""
    late = {"case": {"arrivals": {"2026-11-04": 10}}}
    own = {name: {"stock": units} | late.get(name, {}) for name, units in stocks.items()}
    return {"products": [each | own.get(each["id"], {}) for each in SHOP["products"]]}


def test_a_floor_above_all_goods_of_its_scope_is_told_with_the_numbers() -> None:
    """40 phones and 20 + 10 cases: 71 units of both are one too many, 70 may be too, but not by these numbers."""
    floor = {"id": "contract", "measure": "units", "where": {"products": ["phone", "case"]}}
    found, _ = explained([floor | {"min": 71}], **goods(phone=40, case=20))
    assert found.proven and found.evident and found.members == ("contract", "stock:phone", "stock:case")
    assert found.reasons == (
        "contract asks for at least 71 units, and with stock and arrivals there are 70 of phone, case",
    )
    assert found.remedies == ("lower contract from 71 to 70", "have 1 more unit of phone, case, together")
    assert not explained([floor | {"min": 70}], **goods(phone=40, case=20))[0].evident
    assert not explained([floor | {"min": 71}], **goods(phone=40))[0].evident, "of cases there is no end"


def test_what_comes_later_is_not_there_before() -> None:
    """What one offer sells in the first two days comes from the stock of the first; the arrival helps later days."""
    floor = {"id": "early", "measure": "units", "min": 25, "where": {"products": ["case"], "offers": ["off10"]}}
    days = {"periods": ["2026-11-02..2026-11-03"]}
    found, _ = explained([floor | {"where": floor["where"] | days}], **goods(case=20))
    assert found.evident and found.remedies[1] == "have 5 more units of case"
    assert not explained([floor], **goods(case=20))[0].evident


def test_floors_of_days_add_up() -> None:
    """9 a day are 27 in three days, which the 20 + 10 cases have; on the fourth day they are 36."""
    floor = {"id": "daily", "measure": "units", "min": 9, "each": "period", "where": {"products": ["case"]}}
    (reason,) = explained([floor], **goods(case=20))[0].reasons
    assert reason.startswith("daily asks for at least 9 units in each of 2026-11-02")
    assert reason.endswith("36 together, and with stock and arrivals there are 30 of case up to the end of 2026-11-05")
