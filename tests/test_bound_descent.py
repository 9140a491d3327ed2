"""How the bound is lowered: settings that make no sense are refused, and every limit that binds gets a price."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.bound.lowering.params import BoundParams
from planner.bound.lowering.tight import tight_bound
from planner.problem import build_problem


@pytest.mark.parametrize("settings", [{"iterations": 0}, {"states": 1}, {"tolerance": float("nan")}])
def test_settings_out_of_range_are_refused(settings: dict[str, float]) -> None:
    """Bound settings are checked when made."""
    with pytest.raises(ValueError, match="BoundParams"):
        BoundParams(**settings)  # type: ignore[arg-type]


TEA = """\
scenario: tea
currency: EUR
horizon: {start: 2027-01-04, periods: 3, unit: day}
objective: profit
segments: [{id: all, customers: 1000}]
products: [{id: tea, category: tea, price: 10, unit_cost: 8}]
offers: [{id: cut, mechanic: price_discount, depth: 20%}]
baseline: {table: baseline.csv}
effects: {table: effects.csv}
limits: [{id: floor, measure: units, min: 75}]
response: {fatigue: 0.25, pull_forward: {share: 10%, periods: 2}, cannibalisation: 0, halo: 0}
"""


def test_a_floor_that_asks_for_lines_at_a_loss_has_a_price(tmp_path: Path) -> None:
    """Where no offer gains anything, prices are measured by what is sold, not by gains: two lines cost 85.04."""
    (tmp_path / "tea.yaml").write_text(TEA)
    (tmp_path / "baseline.csv").write_text("segment,product,units\nall,tea,20.5\n")
    (tmp_path / "effects.csv").write_text("offer,lift,take_up\ncut,0.5,1\n")
    asked = build_problem(str(tmp_path / "tea.yaml"))
    bound = tight_bound(asked.model, asked.limits, asked.rulebook.base, asked.rulebook.locked_lines())
    assert -85.04 <= bound.value < -55.0
