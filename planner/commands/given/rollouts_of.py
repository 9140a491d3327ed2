"""What commands read of the rollouts of a plan that runs: lots, and whom its lines are for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planner.commands.given.ranked_plan import ranked_plan

if TYPE_CHECKING:
    from planner.flight.measure.measured import Switch
    from scenarios.answer.archive import Frozen
    from scenarios.flight.messages.audiences import Audiences
    from scenarios.grid import Grid


def lots_of(folder: Path, rank: int, frozen: Frozen, grid: Grid, rollouts: Sequence[Path] | None) -> tuple[Switch, ...]:
    """Read what the lots of a plan's rollouts say: of those that are named, and of those that its folder keeps.

    Raises
    ------
    InvalidInput
        Where one of them is the rollout of another plan, or none at all.
    """
    from planner.flight.rollout.lots import rollout_switches
    from planner.flight.rollout.of_plan import refuse_other_rollouts
    from scenarios.answer.plan_files import PLANS, read_plans, sha256

    if rollouts:
        lines = ranked_plan(read_plans(folder).plan_set, rank, folder).plan_lines
        name, flight = frozen.scenario.scenario, frozen.flight
        refuse_other_rollouts(rollouts, folder, lines, scenario=name, rank=rank, flight=flight)
    plans = sha256((folder / PLANS).read_bytes())
    return rollout_switches(rollouts or [], grid, plans_sha256=plans, rank=rank, flight=frozen.flight)


def audiences_of(folder: Path, rank: int, frozen: Frozen, grid: Grid, rollouts: Sequence[Path] | None) -> Audiences:
    """Read whom the targeted lines of a plan's rollouts are for."""
    from planner.flight.rollout.audiences import rollout_audiences
    from scenarios.answer.plan_files import PLANS, sha256

    plans = sha256((folder / PLANS).read_bytes())
    return rollout_audiences(rollouts or [], grid, plans_sha256=plans, rank=rank, flight=frozen.flight)
