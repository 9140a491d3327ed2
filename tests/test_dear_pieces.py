"""Actuals of a product that stands for a group, at the group's mean price: single pieces are dearer, and no mistake."""

from __future__ import annotations

import pytest
from actuals_files import messages
from broken_actuals import edit
from shop import load_shop

from scenarios.grid import Grid, build_grid


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The small shop's axes."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


def test_one_dear_piece_of_a_group_is_no_mistake(grid: Grid) -> None:
    """A product that stands for a group has its mean price; whole products, and pieces at ten times it, are refused."""
    dear = edit("2026-11-01,case,young,70,5530", "2026-11-01,case,young,1,130")
    assert not messages(dear, grid)
    for wrong in (
        edit("2026-11-01,case,young,70,5530", "2026-11-01,case,young,1,1300"),
        edit("2026-11-01,case,young,70,5530", "2026-11-01,case,young,70,9100"),
    ):
        (said,) = messages(wrong, grid)
        assert said.startswith("actuals.csv:4: revenue: expected at most 1.5 times the regular price")
    alone = "date,product,units,revenue\n2026-11-01,case,1,130\n"
    assert len(messages(alone, grid)) == 1
