"""Limits with many windows, and rules that join lines: what does not fit in one place says nothing of others."""

from __future__ import annotations

import numpy as np
import pytest
from lifted_workspace import space_of
from scenario_factory import rng_of, tiny_scenario

from constraints.repairing.relief import broken_rows
from constraints.repairing.repair import Repair, RepairParams
from constraints.repairing.windowed import Windowed
from planner.evolution.shown import baselines
from planner.evolution.shown.baselines import greedy
from planner.evolution.view import View, in_force, trials
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Flag
from scenarios.language.schema import Scenario

FEW = RepairParams(rows_per_pass=2, probes=4, fill_passes=3)
ROOMY = {"id": "roomy", "measure": "discount", "max": 1_000_000, "window": "2 days"}
"""What no plan comes near: with it a cap on the whole has the rows of one on windows, and shares what is compiled."""
RUNS = [{"id": "stays", "rule": "min_run", "periods": 3}, {"id": "rest", "rule": "min_gap", "periods": 2}]


def shop(seed: int, cap: dict[str, object], rules: list[dict[str, object]]) -> Workspace:
    """Twelve days under one cap on discount; the scenarios of all seeds here have one shape."""
    drawn, effects, baskets = tiny_scenario(
        rng_of(seed),
        segments=2,
        products=3,
        periods=12,
        baskets=False,
        weeks=False,
        rules=False,
        own_vendors=False,
        reach=False,
    )
    document = drawn.model_dump(exclude_unset=True, by_alias=True)
    limits = [{"id": "cap", "measure": "discount", **cap}, *([] if "window" in cap else [ROOMY])]
    scenario = Scenario.model_validate({**document, "limits": limits, "rules": rules})
    return space_of(scenario, effects, baskets)


@pytest.fixture(scope="module")
def windows() -> Workspace:
    """At most so much discount in any two days."""
    return shop(11, {"max": 80, "window": "2 days"}, [])


def test_what_a_change_takes_of_windows_is_told_by_one_pass(windows: Workspace) -> None:
    """From the empty plan, where nothing moves in other periods, the estimate is what each window's own pass says."""
    empty, told = windows.grid.empty(), Windowed(windows.limits)
    free = windows.no_prices()
    share = told.shares(0, lambda by: -windows.gains_everywhere(empty, free._replace(scalar=by), 0.0))
    for row in told.rows[0]:
        own = -windows.gains_everywhere(empty, windows.only(int(row)), 0.0) / windows.limits.scale[row]
        inside = told.covered(np.array([row]), np.arange(len(empty)))[0]
        known = np.isfinite(own) & inside[:, None]
        assert np.allclose(share[known], own[known], rtol=1e-3, atol=1e-5)


def test_a_full_window_does_not_end_filling(windows: Workspace) -> None:
    """Three passes fill windows all over the horizon; they used to come to 1,993."""
    free = windows.no_prices()
    work = Repair(View(windows), windows.rules, in_force(windows), windows.bound, FEW)
    filled = work.fill(windows.rules.locked_plan(), free.scalar, free.stock)
    assert filled.feasible and filled.objective > 2_050


def test_all_broken_windows_of_a_limit_are_mended_together(windows: Workspace) -> None:
    """A plan that breaks many windows costs no row of its own for each."""
    free = windows.no_prices()
    gain = windows.gains_everywhere(windows.grid.empty(), free)
    plan = np.where(windows.rules.base, gain, -np.inf).argmax(axis=1).astype(np.int8)
    state = trials(windows, 4).states(plan[None])[0]
    assert (state.excess > 0).sum() > 3
    rows, several = broken_rows(state, Windowed(windows.limits), 2)
    assert several.tolist() == [0] and not np.isin(rows, Windowed(windows.limits).rows[0]).any()


def test_windows_that_nobody_breaks_cost_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that does not fit breaks the windows that hold it: only at these is looked what else does not fit."""
    space = shop(377, {"max": 40, "window": "2 days"}, [])
    asked: list[int] = []
    looks: list[tuple[int, int]] = []
    room, gains = baselines._room, Workspace.gains_everywhere

    def counted(self: Workspace, *arguments: object, **options: object) -> object:
        asked.append(1)
        return gains(self, *arguments, **options)  # type: ignore[arg-type]

    def refused(space: Workspace, current: Candidate, broken: Candidate) -> Flag:
        excess = space.evaluator.excess(broken.uses, broken.stock, space.bound, space.available)
        before, found = len(asked), room(space, current, broken)
        looks.append((len(asked) - before, int(np.count_nonzero(excess.scalar) + excess.stock.any(axis=1).sum())))
        return found

    monkeypatch.setattr(baselines, "_room", refused)
    monkeypatch.setattr(Workspace, "gains_everywhere", counted)
    found = greedy(space)
    assert found is not None and found.feasible and found.objective > 0
    assert len(space.limits.bound) > 10 and len(looks) > 2
    assert all(made == broken for made, broken in looks)
    # Beside these, one pass for gains and one for what all limits are used by, after each line and before the first.
    assert len(asked) - sum(made for made, _ in looks) <= 2 * (np.count_nonzero(found.plan) + 1)


@pytest.mark.parametrize(("most", "least"), [(40, 38), (80, 70)])
def test_greedy_takes_a_run_where_the_schedule_does_not_fit(most: int, least: float) -> None:
    """Lines come three days at a time; that a product's whole schedule breaks the cap leaves its best run."""
    space = shop(377, {"max": most}, RUNS)
    found = greedy(space)
    assert found is not None and found.feasible and not space.rules.violations(found.plan)
    assert found.objective > least
