"""Which periods of public prices a rollout's lot switched off, read from its folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from planner.flight.measured import Switch
from planner.flight.rollout_folder import listed_file, read_manifest
from scenarios.grid import Grid
from scenarios.language.csv_files import read_csv
from scenarios.problems import InvalidInput

_LOTS = "switchback.csv"


def rollout_switches(
    rollouts: Sequence[Path], grid: Grid, *, plans_sha256: str = "", rank: int = 1
) -> tuple[Switch, ...]:
    """Periods of public prices that took part in the lots of a campaign's rollouts.

    A campaign that was planned again has been rolled out again. Where two lots hold a period, that of the rollout named
    first counts.

    Parameters
    ----------
    plans_sha256, rank
        Which plan of which plans.json is evaluated: a rollout of another plan of the same file switched other periods
        off. Rollouts of other files pass, because a re-planned campaign has been rolled out before.

    Raises
    ------
    InvalidInput
        Where the folder is no rollout, lacks its lots, or is one of another campaign or plan.
    """
    found: dict[tuple[int, str, str], Switch] = {}
    for rollout in rollouts:
        for each in _switches(rollout, grid, plans_sha256, rank):
            found.setdefault((each.period, each.product, each.offer), each)
    return tuple(found.values())


def _switches(rollout: Path, grid: Grid, plans_sha256: str, rank: int) -> tuple[Switch, ...]:
    manifest = read_manifest(rollout, scenario=grid.scenario.scenario, plans_sha256=plans_sha256, rank=rank)
    if listed_file(rollout, manifest, _LOTS) is None:
        return ()
    return read_switches(rollout / _LOTS, grid)


def read_switches(path: Path, grid: Grid) -> tuple[Switch, ...]:
    """Read ``switchback.csv`` of a rollout.

    Raises
    ------
    InvalidInput
        Where it is none.
    """
    table = read_csv(path.read_bytes(), str(path))
    needed = ("first_day", "product", "offer", "on")
    if table.problems or not table.require((*needed, "last_day", "block"), needed):
        raise InvalidInput(table.problems)
    blocks = table.texts("block") if "block" in table.columns else None
    found = []
    for row in range(len(table)):
        day, product, offer, on = (table.texts(name)[row] for name in needed)
        try:
            period = grid.scenario.horizon.period_of(dt.date.fromisoformat(day))
        except ValueError:
            period = -1
        fine = product in grid.product_index and offer in grid.offer_index and on in ("yes", "no")
        if not (fine and 0 <= period < grid.shape[2]):
            table.problem(row, "row", "a period, product and offer of the plan", f"{day}, {product}, {offer}, {on}")
            continue
        block = None if blocks is None else f"{path} {blocks[row]}"
        found.append(Switch(period=period, product=product, offer=offer, on=on == "yes", block=block))
    if table.problems:
        raise InvalidInput(table.problems)
    return tuple(found)
