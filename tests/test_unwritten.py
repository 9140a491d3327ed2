"""Keys with nothing behind the colon are told: an empty bound must not read as the wish for none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from shop import problems_of, write_shop

from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.experiment.reading.spec import read_experiment_spec


def test_an_empty_cap_is_no_wish_for_an_unlimited_one(tmp_path: Path) -> None:
    """``fund:`` would let a vendor pay anything; ``null`` says that in so many words, and stays allowed."""
    assert problems_of(tmp_path, shop={"fund: 100000": "fund: "}) == [
        "shop.yaml:23: vendors.nova.fund: expected a value, got nothing; write a value or delete the key"
    ]
    assert problems_of(tmp_path, shop={"fund: 100000": "fund: null"}) == []


def test_an_empty_key_that_an_option_fills_is_no_mistake(tmp_path: Path) -> None:
    """``--set`` gives the value that the file leaves open, or takes the key away."""
    write_shop(tmp_path, {"shop.yaml": {"fund: 100000": "fund: "}})
    for value, fund in (("500", 500), ("null", None)):
        assert load_scenario(tmp_path / "shop.yaml", [f"vendors.nova.fund={value}"]).scenario.vendors[0].fund == fund


def test_one_empty_key_is_one_mistake(tmp_path: Path) -> None:
    """A required key, and one that nobody knows, are told once although they are empty, too."""
    for edit in ({"customers: 4000": "customers: "}, {"currency: CNY": "currency: CNY\ncolour:"}):
        assert len(problems_of(tmp_path, shop=edit)) == 1


@pytest.mark.parametrize(
    ("read", "text", "what"),
    [
        (read_data_spec, "kind: transactions\ntime_zone:\n", "time_zone"),
        (read_experiment_spec, "kind: experiment\nredeemed:\n", "redeemed"),
    ],
)
def test_data_files_are_read_as_strictly(tmp_path: Path, read: Callable[[Path], object], text: str, what: str) -> None:
    """An empty key of a data file is told beside whatever else is wrong with it."""
    path = tmp_path / "data.yaml"
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read(path)
    told = [str(each) for each in caught.value.problems]
    assert any(f"data.yaml:2: {what}" in each for each in told) and len(told) > 1, told
