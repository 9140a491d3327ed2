"""Every kind of broken scenario gives one clear line per mistake, with file and line, and nothing else."""

import pytest
from broken_shops import BROKEN, PARTS
from shop import problems_of

from scenarios.loading.load import load_scenario


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named_once_with_its_place(name, tmp_path):
    """A broken scenario is answered with exactly these lines: each mistake once, with place and remedy, no noise."""
    edits, expected = BROKEN[name]
    assert problems_of(tmp_path, **edits) == expected


def test_the_unbroken_shop_loads(tmp_path):
    """Without edits there is no problem, so every line above comes from its edit alone."""
    assert problems_of(tmp_path) == []
    assert load_scenario(tmp_path / "shop.yaml").scenario.scenario == "shop"


def test_every_line_says_where_expected_and_something_to_act_on():
    """Lines have the shape file:line: what: expected ...; the kinds are at least forty."""
    assert len(BROKEN) >= 40
    assert len(BROKEN) == sum(len(part) for part in PARTS)  # no name twice
    for _, lines in BROKEN.values():
        for line in lines:
            where, what, rest = line.split(": ", 2)
            assert where.split(":")[1].isdigit() and what and rest.startswith("expected ")
