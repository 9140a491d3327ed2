"""A unit cost in percent becomes an amount like any that is written: `check` compares what it reads again."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop import load_shop

from scenarios.language.schema import Scenario


@pytest.mark.parametrize(("share", "amount"), [("60%", "60"), ("62.5%", "62.5"), ("33.333%", "33.33")])
def test_it_is_the_same_when_it_is_read_again(tmp_path: Path, share: str, amount: str) -> None:
    """60 % of a net price of 100.00 is 60, and not 60.00: an untouched folder was told to have been changed."""
    case = {"price: 79, unit_cost: 20": f"price: 113, unit_cost: {share}"}
    scenario = load_shop(tmp_path, shop=case).scenario
    assert isinstance(scenario.products, tuple)
    assert float(scenario.products[2].unit_cost) == float(amount)
    written = scenario.model_dump(mode="json", by_alias=True)
    assert Scenario.model_validate(written).model_dump(mode="json", by_alias=True) == written
