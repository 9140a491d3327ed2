"""Spend below 0: read where a vendor pays by unit or by line for what ran, refused where it cannot be true."""

from __future__ import annotations

import pytest
from actuals_files import read_text
from flight_case import Running, running

from scenarios.flight.actuals import Actuals
from scenarios.flight.realised import Realised
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.problems import InvalidInput

SHARE = "funding: {vendor: nova, share: 60%}"
BY_UNIT = "funding: {vendor: nova, share: 60%, per_unit: 500, per_line: 200}"
FRONT, BY_LINE = "fixed_cost: 100", "funding: {vendor: nova, per_line: 60}"
HEADER = "date,product,segment,units,revenue,offer,spend"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop whose vendor pays 500.00 a unit and 200.00 a line beside a share."""
    return running(tmp_path_factory.mktemp("shop"), shop={SHARE: BY_UNIT, FRONT: f"{FRONT}, {BY_LINE}"})


def _read(case: Running, spend: str, *, offer: str = "cut-15", product: str = "phone") -> Actuals:
    others = [each.id for each in case.grid.products if each.id != product]
    rows = [f"2026-11-01,{product},,10,20000,{offer},{spend}", *(f"2026-11-01,{each},,0,0,," for each in others)]
    return read_text("\n".join([HEADER, *rows]), case.grid)


@pytest.mark.parametrize("spend", ["-12.50", "-5200"])
def test_what_a_vendor_pays_beyond_the_costs_is_spend_below_0(case: Running, spend: str) -> None:
    """Ten units at 500.00 and a line at 200.00 are 5,200.00 at most; the report adds it up as it is told."""
    actuals = _read(case, spend)
    real = Realised(case.model, case.model, case.plan, actuals)
    used, told = real.so_far(Measure.SPEND, Scope(products=("phone",)))
    assert told and used == float(spend)


def test_more_than_vendors_can_pay_is_refused(case: Running) -> None:
    """The message says who can pay how much."""
    with pytest.raises(InvalidInput) as refused:
        _read(case, "-5300")
    assert "got -5300, where nova can pay 5,200.00 beyond a share of what offers cost" in str(refused.value)


@pytest.mark.parametrize(("offer", "product"), [("", "phone"), ("front", "phone"), ("coupon-20", "case")])
def test_where_nobody_pays_so_it_is_refused(case: Running, offer: str, product: str) -> None:
    """No offer ran, or one whose fixed cost is more than its fee, or for which nobody pays by unit or line."""
    with pytest.raises(InvalidInput) as refused:
        _read(case, "-12.50", offer=offer, product=product)
    said = str(refused.value)
    assert "got -12.50, where no vendor pays more than a share of what offers cost" in said
    assert "write what offers cost less what vendors pay, or leave it blank" in said
